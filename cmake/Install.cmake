# `cmake --install` puts the library, its headers and the package files where find_package(mlp) finds them.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mlp)

# a shared library belongs to the tool, too
install(TARGETS mlp EXPORT mlp-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
                                       LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT tool)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/mlp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
if(MLP_BUILD_APP)
  # the tool finds a shared library beside it wherever the prefix is moved to
  file(RELATIVE_PATH bin_to_lib ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(mlp_app PROPERTIES INSTALL_RPATH "$ORIGIN/${bin_to_lib}")
  install(TARGETS mlp_app RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tool)
endif()

install(EXPORT mlp-targets NAMESPACE mlp:: DESTINATION ${package_dir})
get_target_property(library_type mlp TYPE)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/mlp-config.cmake.in ${PROJECT_BINARY_DIR}/mlp-config.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mlp-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/mlp-config.cmake ${PROJECT_BINARY_DIR}/mlp-config-version.cmake
              ${CMAKE_CURRENT_LIST_DIR}/FindLibZip.cmake
        DESTINATION ${package_dir})
