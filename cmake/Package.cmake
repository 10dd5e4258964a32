# `cpack -G DEB` in the build folder: the tool as a Debian package, with completions, man pages and the libraries it needs. The
# package does not include the library; `cmake --install` does.
set(MLP_PACKAGE_CONTACT "mlp <mlp@example.org>" CACHE STRING
    "Who a package names as its maintainer: Name <address>")
string(TIMESTAMP package_date "%a, %d %b %Y %H:%M:%S +0000" UTC)  # or SOURCE_DATE_EPOCH
set(debian_dir ${PROJECT_BINARY_DIR}/debian)
file(CONFIGURE OUTPUT ${debian_dir}/changelog @ONLY NEWLINE_STYLE UNIX CONTENT
"mlp (@PROJECT_VERSION@) unstable; urgency=low

  * What changed: CHANGELOG.md in the sources.

 -- @MLP_PACKAGE_CONTACT@  @package_date@
")
file(CONFIGURE OUTPUT ${debian_dir}/copyright @ONLY NEWLINE_STYLE UNIX CONTENT
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: mlp

Files: *
Copyright: 2026 the mlp contributors
License: Apache-2.0
 On Debian systems, the complete text of the Apache License, Version 2.0, can be
 found in /usr/share/common-licenses/Apache-2.0.
")
find_program(MLP_GZIP gzip)
mark_as_advanced(MLP_GZIP)
if(MLP_GZIP)
  execute_process(COMMAND ${MLP_GZIP} -9nf ${debian_dir}/changelog COMMAND_ERROR_IS_FATAL ANY)
  install(FILES ${debian_dir}/changelog.gz ${debian_dir}/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/mlp
          COMPONENT debian EXCLUDE_FROM_ALL)
  install(FILES ${PROJECT_BINARY_DIR}/pages/zsh/_mlp DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
          COMPONENT debian EXCLUDE_FROM_ALL)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mlp)
set(CPACK_PACKAGE_CONTACT ${MLP_PACKAGE_CONTACT})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "trains multilayer perceptrons, and uses them")
set(CPACK_PACKAGE_DESCRIPTION
    "Trains neural networks of fully connected layers on tables (CSV), images and
arrays, reports what came of it on a page for a browser, and predicts new rows.
Training gives the same bits for any number of threads, can be interrupted at
any moment and goes on to the same result.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL tool debian)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "librsvg2-bin, ca-certificates")  # PNG; downloads
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                                                WORLD_READ WORLD_EXECUTE)
include(CPack)
