# clang-19 with Debian's wasi-libc and libc++-19 -> wasm32, as a reactor module. WASI is used as a C library
# only: the finished module brings its own runtime and imports nothing from WASI.
set(CMAKE_SYSTEM_NAME WASI) # unknown to CMake 3.25, so cmake/wasm/Platform/WASI.cmake describes it
set(CMAKE_SYSTEM_PROCESSOR wasm32)
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}/wasm")

# A sysroot of two links. Without it clang adds /usr/include, and the machine's headers would leak in.
set(WASM_SYSROOT "${CMAKE_BINARY_DIR}/sysroot" CACHE PATH "where the wasm32 headers and libraries are")
foreach(part include lib)
  file(MAKE_DIRECTORY "${WASM_SYSROOT}/${part}")
  file(CREATE_LINK "/usr/${part}/wasm32-wasi" "${WASM_SYSROOT}/${part}/wasm32-wasi" SYMBOLIC)
endforeach()
set(CMAKE_SYSROOT "${WASM_SYSROOT}")

option(WHITTLE_WASM_SIMD "Use SIMD128" ON)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES WHITTLE_WASM_SIMD)
if(WHITTLE_WASM_SIMD)
  set(simd "-msimd128 ")
endif()
foreach(language C CXX)
  set(CMAKE_${language}_COMPILER_TARGET wasm32-wasi)
  # Every engine since 2022 has these; tail calls are not among them, so Task uses a trampoline.
  set(CMAKE_${language}_FLAGS_INIT
      "${simd}-mbulk-memory -msign-ext -mnontrapping-fptoint -ffunction-sections -fdata-sections")
  # The default rule repeats the compile flags when linking; an -O there makes clang run whatever wasm-opt
  # the PATH has, and clang 19's switch against that skips the link.
  set(CMAKE_${language}_LINK_EXECUTABLE
      "<CMAKE_${language}_COMPILER> <CMAKE_${language}_LINK_FLAGS> <LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")
endforeach()
set(CMAKE_C_COMPILER clang-19)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_AR llvm-ar-19 CACHE FILEPATH "")
set(CMAKE_RANLIB llvm-ranlib-19 CACHE FILEPATH "")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_EXE_LINKER_FLAGS_INIT
    "-mexec-model=reactor -Wl,--gc-sections,--stack-first,-z,stack-size=1048576")

set(CMAKE_FIND_ROOT_PATH "${WASM_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
