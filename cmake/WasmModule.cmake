# whittle.wasm: the rooms and the faces of wasm/ as one reactor module that imports nothing but what
# wasm/imports.hpp names. Memory is imported, so that its maximum follows the memory limit.
file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/wasm/*.cpp")
get_property(rooms GLOBAL PROPERTY WHITTLE_ROOM_LIBRARIES)
add_executable(whittle_wasm ${sources})
set_target_properties(whittle_wasm PROPERTIES OUTPUT_NAME whittle)
target_include_directories(whittle_wasm PRIVATE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/include")
target_link_libraries(whittle_wasm PRIVATE whittle_engine whittle_flags)
target_link_options(whittle_wasm PRIVATE "-Wl,--why-extract=${CMAKE_BINARY_DIR}/why.txt,-Map=${CMAKE_BINARY_DIR}/whittle.map" "-Wl,--import-memory,--initial-memory=8388608,--max-memory=4294967296")
