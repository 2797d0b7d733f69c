# whittle.wasm: the rooms and the faces of wasm/ as one reactor module that imports nothing but what
# wasm/imports.hpp names. Memory is imported, so that its maximum follows the memory limit.
file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/wasm/*.cpp")
add_executable(whittle_wasm ${sources})
set_target_properties(whittle_wasm PROPERTIES OUTPUT_NAME whittle)
target_include_directories(whittle_wasm PRIVATE
  "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/include")
target_link_libraries(whittle_wasm PRIVATE whittle_engine whittle_flags)
# The map says what each room adds (tests/wasm/size.mjs).
target_link_options(whittle_wasm PRIVATE
  "-Wl,-Map=${CMAKE_BINARY_DIR}/whittle.map"
  "-Wl,--import-memory,--initial-memory=8388608,--max-memory=4294967296")
