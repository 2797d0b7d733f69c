# whittle_wasm_core: every core room compiled for wasm32 and linked whole. The link fails when a room asks
# for something a browser tab has not got; the size says how far the rooms are from the 1 MB goal.
# tests/wasm/check.mjs asks the module questions and reads the link map.
get_property(rooms GLOBAL PROPERTY WHITTLE_ROOM_LIBRARIES)
add_executable(whittle_wasm_core cmake/wasm/check_runtime.cpp)
target_include_directories(whittle_wasm_core PRIVATE
  "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/include")
target_link_options(whittle_wasm_core PRIVATE "-Wl,-Map=${CMAKE_BINARY_DIR}/whittle_wasm_core.map")
target_link_libraries(whittle_wasm_core PRIVATE
  whittle_flags third_party_codecs third_party_re2 third_party_utf8proc)
foreach(room ${rooms})
  target_sources(whittle_wasm_core PRIVATE $<TARGET_OBJECTS:${room}>)
endforeach()
