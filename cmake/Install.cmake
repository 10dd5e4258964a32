# `cmake --install` puts the library, its headers and the package files where find_package(mlp) finds them.
include(CMakePackageConfigHelpers)

install(TARGETS mlp EXPORT mlp-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS mlp_app RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/mlp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT mlp-targets NAMESPACE mlp:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/mlp FILE mlp-targets.cmake)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/mlp-config.cmake.in ${PROJECT_BINARY_DIR}/mlp-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/mlp)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mlp-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/mlp-config.cmake ${PROJECT_BINARY_DIR}/mlp-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/mlp)
