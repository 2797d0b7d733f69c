# Build switches and the warning level that every target of ours shares.
option(WHITTLE_TESTS "Build the unit tests" ON)
set(WHITTLE_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(whittle_flags INTERFACE)
target_compile_options(whittle_flags INTERFACE
  -Wall -Wextra -Wno-unused-parameter -Wno-gnu-statement-expression -Wno-missing-field-initializers
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)

if(NOT WASI)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-stdlib=libc++>)
  add_link_options(-stdlib=libc++ -static-libstdc++ -fuse-ld=lld)
  add_compile_definitions(_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_FAST)
endif()
if(WHITTLE_SANITIZE)
  add_compile_options(-fsanitize=${WHITTLE_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${WHITTLE_SANITIZE})
endif()
