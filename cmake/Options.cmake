# Build switches and the flags that every target of ours shares.
option(WHITTLE_TESTS "Build the unit tests" ON)
option(WHITTLE_FUZZ "Build tests/fuzz/*_fuzzer.cpp as libFuzzer programs" OFF)
set(WHITTLE_FUZZED_ROOMS base io columnar parquet sql)
set(WHITTLE_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
set(WHITTLE_ARCH "x86-64-v2" CACHE STRING
    "-march of x86-64 builds; kernels that gain from more choose at run time")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  if(WHITTLE_SANITIZE) # what ccache asks of builds with precompiled headers
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  endif()
endif()

add_library(whittle_flags INTERFACE)
target_compile_options(whittle_flags INTERFACE
  -Wall -Wextra -Wno-unused-parameter -Wno-gnu-statement-expression -Wno-missing-field-initializers
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)

# Bounds checks of the standard library cost 0.1 % and stay on.
add_compile_definitions(_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_FAST)

if(NOT WASI)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "whittle is built with clang 19 and libc++: set CC=clang-19 CXX=clang++-19")
  endif()
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-stdlib=libc++>)
  add_link_options($<$<LINK_LANGUAGE:CXX>:-stdlib=libc++> $<$<LINK_LANGUAGE:CXX>:-static-libstdc++>
                   -fuse-ld=lld)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64" AND WHITTLE_ARCH)
    add_compile_options(-march=${WHITTLE_ARCH})
  endif()
endif()

if(WHITTLE_SANITIZE)
  set(sanitize -fsanitize=${WHITTLE_SANITIZE} -fno-omit-frame-pointer)
  if(WHITTLE_SANITIZE MATCHES "undefined")
    # Without RTTI there is no vptr to check.
    list(APPEND sanitize -fno-sanitize-recover=all -fno-sanitize=vptr)
  endif()
  add_compile_options(${sanitize})
  add_link_options(${sanitize})
  add_compile_options("SHELL:$<$<COMPILE_LANGUAGE:CXX>:-Xclang -fno-pch-timestamp>")
endif()

# At -O0 most of a compilation is the standard library's headers: the sanitized builds parse them once for each
# target. The release does without, so that no file lives on what another one includes.
function(whittle_precompile target)
  if(WHITTLE_SANITIZE)
    target_precompile_headers(${target} PRIVATE
      <algorithm> <atomic> <bit> <cmath> <coroutine> <cstring> <deque> <expected> <functional> <locale> <map>
      <memory> <optional> <span> <string> <string_view> <unordered_map> <utility> <vector>)
  endif()
endfunction()
