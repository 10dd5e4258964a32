# `cmake --install` puts the library, its headers and the package files where find_package(mlp) finds them.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mlp)

# a shared library is installed with the tool, too
install(TARGETS mlp EXPORT mlp-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
                                       LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT tool)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/mlp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
if(MLP_BUILD_APP)
  # so that the tool finds a shared library beside it wherever the prefix is moved
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

# pkg-config: the same flags for C++ and C. `--libs` alone also works for a static library, whose own libraries it then lists.
set(pc_requires "")
set(pc_libs "")
if(library_type STREQUAL "STATIC_LIBRARY")
  set(pc_requires "libhwy zlib")
  if(MLP_WITH_NPZ)
    string(APPEND pc_requires " libzip")
  endif()
  if(MLP_WITH_DOWNLOAD)
    string(APPEND pc_requires " libcurl libcrypto")
  endif()
  if(MLP_WITH_PNG)
    string(APPEND pc_requires " libpng")
  endif()
  if(MLP_WITH_ONNX)
    string(APPEND pc_requires " protobuf")
  endif()
  set(pc_libs ${CMAKE_CXX_IMPLICIT_LINK_LIBRARIES})
  list(FILTER pc_libs INCLUDE REGEX "^((std)?c\\+\\+|m)$")
  list(TRANSFORM pc_libs PREPEND -l)
  if(MLP_WITH_ONNX)
    list(PREPEND pc_libs -lonnx_proto)  # Debian's has no file for pkg-config
  endif()
  list(JOIN pc_libs " " pc_libs)
  string(PREPEND pc_libs "-pthread ")
endif()
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE to_prefix)
file(RELATIVE_PATH to_include ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(${CMAKE_CURRENT_LIST_DIR}/mlp.pc.in ${PROJECT_BINARY_DIR}/mlp.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/mlp.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
