# What is made by asking the built tool: completions for shells, and man pages. Both follow the parser, so that neither
# can be out of date. Not where the tool is built for another machine.
find_program(MLP_HELP2MAN help2man)
mark_as_advanced(MLP_HELP2MAN)
if(MLP_HELP2MAN)
  set(have_help2man ON)
else()
  set(have_help2man OFF)
endif()
option(MLP_BUILD_MAN "Write man pages of the tool (needs help2man)" ${have_help2man})
if(MLP_BUILD_MAN AND NOT MLP_HELP2MAN)
  message(FATAL_ERROR "MLP_BUILD_MAN needs help2man: install it, or leave the option off")
endif()

set(pages_dir ${PROJECT_BINARY_DIR}/pages)
add_custom_command(
  OUTPUT ${pages_dir}/stamp
  COMMAND ${CMAKE_COMMAND} -D MLP=$<TARGET_FILE:mlp_app> -D OUTPUT=${pages_dir} -D HELP2MAN=$<$<BOOL:${MLP_BUILD_MAN}>:${MLP_HELP2MAN}>
          -P ${CMAKE_CURRENT_LIST_DIR}/write_pages.cmake
  DEPENDS mlp_app ${CMAKE_CURRENT_LIST_DIR}/write_pages.cmake
  COMMENT "Writing completions and man pages" VERBATIM)
add_custom_target(mlp_pages ALL DEPENDS ${pages_dir}/stamp)

if(MLP_INSTALL)
  install(FILES ${pages_dir}/bash/mlp DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT tool)
  install(FILES ${pages_dir}/fish/mlp.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT tool)
  install(FILES ${pages_dir}/zsh/_mlp DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT zsh)
  if(MLP_BUILD_MAN)
    install(DIRECTORY ${pages_dir}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT tool)
  endif()
endif()
