# `cmake --install`: the command, the public headers, and libwhittle.a: all rooms and the C++ libraries they
# were built with (snappy, RE2, double-conversion) merged into one archive, found by find_package(whittle)
# or pkg-config.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY WHITTLE_ROOM_LIBRARIES)
set(merged "${CMAKE_BINARY_DIR}/libwhittle.a")
set(parts ${rooms} snappy re2 double-conversion)
list(TRANSFORM parts REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE part_files)
find_program(LLVM_AR NAMES llvm-ar-19 llvm-ar REQUIRED)
add_custom_command(
  OUTPUT "${merged}"
  COMMAND ${CMAKE_COMMAND} -E rm -f "${merged}"
  COMMAND ${LLVM_AR} qcsL "${merged}" ${part_files} # L: the members of an archive, not the archive
  DEPENDS ${parts}
  COMMENT "Merging the rooms into libwhittle.a"
  COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(libwhittle ALL DEPENDS "${merged}")

install(FILES "${merged}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
if(TARGET whittle)
  install(TARGETS whittle DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
install(DIRECTORY "${CMAKE_SOURCE_DIR}/include/whittle" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")

set(WHITTLE_PKG_REQUIRES
    "libcurl libutf8proc libzstd liblz4 libdeflate libbrotlidec libbrotlienc")
# Where clang keeps libc++; a C program linked by another compiler needs to be told.
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -stdlib=libc++ -print-file-name=libc++.so
                OUTPUT_VARIABLE libcxx OUTPUT_STRIP_TRAILING_WHITESPACE)
get_filename_component(libcxx "${libcxx}" REALPATH)
get_filename_component(WHITTLE_LIBCXX_DIRECTORY "${libcxx}" DIRECTORY)
file(RELATIVE_PATH WHITTLE_PC_TO_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" /)
configure_file(cmake/whittle.pc.in whittle.pc @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/whittle.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

set(package_directory "${CMAKE_INSTALL_LIBDIR}/cmake/whittle")
configure_package_config_file(cmake/whittleConfig.cmake.in whittleConfig.cmake
                              INSTALL_DESTINATION "${package_directory}"
                              PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/whittleConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/whittleConfig.cmake" "${CMAKE_BINARY_DIR}/whittleConfigVersion.cmake"
        DESTINATION "${package_directory}")
