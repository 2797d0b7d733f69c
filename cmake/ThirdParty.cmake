# third_party_* targets: what whittle uses instead of writing its own. Natively, C libraries come from
# Debian's -dev packages. The C++ ones (snappy, RE2, double-conversion) are always built from Debian's
# source packages, against our libc++; for wasm32 everything is.
set(WHITTLE_SOURCES "${CMAKE_SOURCE_DIR}/build/third_party" CACHE PATH "unpacked Debian sources")

function(fetch_sources)
  execute_process(COMMAND "${CMAKE_SOURCE_DIR}/cmake/fetch_sources.sh" "${WHITTLE_SOURCES}" ${ARGN}
                  COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Not our code: its warnings are not ours to see, its unsigned tricks not UBSan's to report.
function(third_party_options)
  foreach(target ${ARGN})
    target_compile_options(${target} PRIVATE -O2 -w)
    if(WASI)
      target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)
    endif()
    if(WHITTLE_SANITIZE MATCHES "undefined")
      target_compile_options(${target} PRIVATE -fno-sanitize=undefined)
    endif()
  endforeach()
endfunction()

fetch_sources(snappy re2 double-conversion)

block()
  set(snappy_source "${WHITTLE_SOURCES}/snappy")
  set(PROJECT_VERSION_MAJOR 1) # snappy 1.1.9
  set(PROJECT_VERSION_MINOR 1)
  set(PROJECT_VERSION_PATCH 9)
  set(HAVE_SYS_UIO_H_01 0)
  configure_file("${snappy_source}/snappy-stubs-public.h.in"
                 "${CMAKE_BINARY_DIR}/generated/snappy-stubs-public.h")
  add_library(snappy STATIC "${snappy_source}/snappy.cc" "${snappy_source}/snappy-sinksource.cc"
              "${snappy_source}/snappy-stubs-internal.cc")
  target_include_directories(snappy SYSTEM PUBLIC "${snappy_source}" "${CMAKE_BINARY_DIR}/generated")
  target_compile_definitions(snappy PRIVATE NDEBUG HAVE_BUILTIN_EXPECT=1 HAVE_BUILTIN_CTZ=1
                             SNAPPY_IS_BIG_ENDIAN=0)
endblock()

set(re2_source "${WHITTLE_SOURCES}/re2")
set(re2_tables "${CMAKE_BINARY_DIR}/generated/re2")
execute_process(COMMAND "${CMAKE_SOURCE_DIR}/cmake/re2_tables.sh" "${re2_source}" "${re2_tables}"
                COMMAND_ERROR_IS_FATAL ANY)
file(GLOB re2_files "${re2_source}/re2/*.cc")
list(FILTER re2_files EXCLUDE REGEX "(test|fuzz)")
add_library(re2 STATIC ${re2_files} "${re2_source}/util/rune.cc" "${re2_source}/util/strutil.cc"
            "${re2_tables}/unicode_groups.cc" "${re2_tables}/unicode_casefold.cc"
            "${re2_tables}/perl_groups.cc")
target_include_directories(re2 SYSTEM PUBLIC "${re2_source}")

# Only the way from binary to decimal.
set(double_conversion_source "${WHITTLE_SOURCES}/double-conversion")
set(double_conversion_files bignum bignum-dtoa cached-powers double-to-string fast-dtoa fixed-dtoa)
list(TRANSFORM double_conversion_files PREPEND "${double_conversion_source}/double-conversion/")
list(TRANSFORM double_conversion_files APPEND .cc)
add_library(double-conversion STATIC ${double_conversion_files})
target_include_directories(double-conversion SYSTEM PUBLIC "${double_conversion_source}")
third_party_options(snappy re2 double-conversion)

foreach(name codecs re2 utf8proc double_conversion)
  add_library(third_party_${name} INTERFACE)
endforeach()
target_link_libraries(third_party_codecs INTERFACE snappy)
target_link_libraries(third_party_re2 INTERFACE re2)
target_link_libraries(third_party_double_conversion INTERFACE double-conversion)

if(WASI)
  include(ThirdPartyWasm)
  return()
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
target_link_libraries(re2 PUBLIC Threads::Threads)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(codecs REQUIRED IMPORTED_TARGET
                  libzstd liblz4 libdeflate libbrotlidec libbrotlienc)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(edit REQUIRED IMPORTED_TARGET libedit)
add_library(third_party_threads INTERFACE)
target_link_libraries(third_party_threads INTERFACE Threads::Threads)
add_library(third_party_curl INTERFACE)
target_link_libraries(third_party_curl INTERFACE PkgConfig::curl)
add_library(third_party_edit INTERFACE) # the command's line editor
target_link_libraries(third_party_edit INTERFACE PkgConfig::edit)
target_link_libraries(third_party_utf8proc INTERFACE PkgConfig::utf8proc)
target_link_libraries(third_party_codecs INTERFACE PkgConfig::codecs)
