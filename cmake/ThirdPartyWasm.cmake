# The C libraries for wasm32, from Debian's source packages. -O2, not -Oz: the decoders lose 40 % at -Oz.
fetch_sources(zstd lz4 libdeflate brotli utf8proc)

# re2's mutex header wants pthreads; the shim in front of it has the same names and does nothing.
target_compile_options(re2 PRIVATE -Os)
target_include_directories(re2 BEFORE PRIVATE "${CMAKE_SOURCE_DIR}/cmake/wasm/shim")

# wasm_library(NAME PUBLIC_INCLUDE folder SOURCES globs… DEFINES …)
function(wasm_library name)
  cmake_parse_arguments(ARG "" "INCLUDE" "SOURCES;DEFINES" ${ARGN})
  list(TRANSFORM ARG_SOURCES PREPEND "${WHITTLE_SOURCES}/")
  file(GLOB files ${ARG_SOURCES})
  add_library(${name} STATIC ${files})
  target_include_directories(${name} SYSTEM PUBLIC "${WHITTLE_SOURCES}/${ARG_INCLUDE}")
  target_compile_definitions(${name} PRIVATE ${ARG_DEFINES})
  third_party_options(${name})
endfunction()

wasm_library(zstd INCLUDE zstd/lib
  SOURCES zstd/lib/common/*.c zstd/lib/decompress/*.c zstd/lib/compress/*.c
  DEFINES ZSTD_DISABLE_ASM=1 ZSTD_LEGACY_SUPPORT=0 XXH_NAMESPACE=ZSTD_ ZSTD_STRIP_ERROR_STRINGS=1
          DYNAMIC_BMI2=0)
wasm_library(lz4 INCLUDE lz4/lib SOURCES lz4/lib/lz4.c)
wasm_library(deflate INCLUDE libdeflate
  SOURCES libdeflate/lib/*.c)
wasm_library(brotli INCLUDE brotli/c/include
  SOURCES brotli/c/common/*.c brotli/c/dec/*.c brotli/c/enc/*.c)
wasm_library(utf8proc INCLUDE utf8proc SOURCES utf8proc/utf8proc.c)
target_compile_definitions(utf8proc PUBLIC UTF8PROC_STATIC)

target_link_libraries(third_party_codecs INTERFACE zstd lz4 deflate brotli)
target_link_libraries(third_party_utf8proc INTERFACE utf8proc)
