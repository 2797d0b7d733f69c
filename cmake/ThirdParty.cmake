# third_party_* targets: what whittle uses instead of writing its own. C libraries come from Debian's -dev
# packages; the C++ ones (snappy, RE2) are built from Debian's source packages against our libc++.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
add_library(third_party_threads INTERFACE)
target_link_libraries(third_party_threads INTERFACE Threads::Threads)

function(third_party_pkg name)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${ARGN})
  add_library(third_party_${name} INTERFACE)
  target_link_libraries(third_party_${name} INTERFACE PkgConfig::${name})
endfunction()
third_party_pkg(curl libcurl)
third_party_pkg(utf8proc libutf8proc)
third_party_pkg(ccodecs libzstd liblz4 libdeflate libbrotlidec libbrotlienc zlib)

set(WHITTLE_SOURCES "${CMAKE_SOURCE_DIR}/build/third_party" CACHE PATH "unpacked Debian sources")
execute_process(COMMAND "${CMAKE_SOURCE_DIR}/cmake/fetch_sources.sh" "${WHITTLE_SOURCES}" snappy re2
                COMMAND_ERROR_IS_FATAL ANY)

set(SNAPPY "${WHITTLE_SOURCES}/snappy")
set(PROJECT_VERSION_MAJOR_SAVED ${PROJECT_VERSION_MAJOR})
set(HAVE_SYS_UIO_H_01 0)
configure_file(${SNAPPY}/snappy-stubs-public.h.in ${CMAKE_BINARY_DIR}/generated/snappy-stubs-public.h)
add_library(snappy STATIC ${SNAPPY}/snappy.cc ${SNAPPY}/snappy-sinksource.cc
            ${SNAPPY}/snappy-stubs-internal.cc)
target_include_directories(snappy SYSTEM PUBLIC ${SNAPPY} ${CMAKE_BINARY_DIR}/generated)
target_compile_definitions(snappy PRIVATE NDEBUG HAVE_BUILTIN_EXPECT=1 HAVE_BUILTIN_CTZ=1
                           SNAPPY_IS_BIG_ENDIAN=0)
target_compile_options(snappy PRIVATE -O2 -w)
add_library(third_party_codecs INTERFACE)
target_link_libraries(third_party_codecs INTERFACE snappy third_party_ccodecs)

set(RE2 "${WHITTLE_SOURCES}/re2")
file(GLOB re2_sources "${RE2}/re2/*.cc")
list(FILTER re2_sources EXCLUDE REGEX "(test|fuzz)")
add_library(re2 STATIC ${re2_sources} "${RE2}/util/rune.cc" "${RE2}/util/strutil.cc")
target_include_directories(re2 SYSTEM PUBLIC "${RE2}")
target_compile_options(re2 PRIVATE -O2 -w)
target_link_libraries(re2 PUBLIC Threads::Threads)
add_library(third_party_re2 INTERFACE)
target_link_libraries(third_party_re2 INTERFACE re2)
