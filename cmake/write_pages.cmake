# cmake -D MLP=the built tool -D OUTPUT=folder -D HELP2MAN=program or nothing -P write_pages.cmake
file(REMOVE_RECURSE ${OUTPUT})

function(ask result)
  execute_process(COMMAND ${MLP} ${ARGN} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

foreach(shell_file bash/mlp zsh/_mlp fish/mlp.fish)
  get_filename_component(shell ${shell_file} DIRECTORY)
  ask(script completion ${shell})
  file(WRITE ${OUTPUT}/${shell_file} "${script}")
endforeach()

ask(version --version)
string(REGEX REPLACE "^mlp |\n$" "" version "${version}")

# man_page(COMMAND...): the page of a command, or of the tool itself where none is given; and those of its sub-commands
function(man_page)
  ask(help ${ARGN} --help)
  string(REGEX MATCH "^[^\n]+" description "${help}")
  string(REGEX REPLACE "\\.$" "" description "${description}")
  string(JOIN "-" page mlp ${ARGN})
  string(JOIN " " command ${MLP} ${ARGN})
  execute_process(COMMAND ${HELP2MAN} --no-info --no-discard-stderr --section=1 --version-string=${version} "--name=${description}"
                          --output=${OUTPUT}/man1/${page}.1 ${command}
                  COMMAND_ERROR_IS_FATAL ANY)
  # help2man describes programs, not their commands: the page of "mlp data list" is called mlp-data-list
  file(READ ${OUTPUT}/man1/${page}.1 text)
  string(TOUPPER ${page} title)
  string(REPLACE ";" " " name "mlp;${ARGN}")
  string(STRIP "${name}" name)
  string(REPLACE "\n.TH MLP " "\n.TH ${title} " text "${text}")
  string(REPLACE "\n${name} \\- " "\n${page} \\- " text "${text}")
  # Examples that are commands and nothing else: a line each, as they are typed
  if(text MATCHES "\n\\.SH EXAMPLES\n\\.IP\n(([^.][^\n]*\n)+)")
    string(REPLACE ".SH EXAMPLES\n.IP\n${CMAKE_MATCH_1}" ".SH EXAMPLES\n.IP\n.nf\n${CMAKE_MATCH_1}.fi\n" text "${text}")
  endif()
  file(WRITE ${OUTPUT}/man1/${page}.1 "${text}")
  if(GZIP)
    execute_process(COMMAND ${GZIP} -9n ${OUTPUT}/man1/${page}.1 COMMAND_ERROR_IS_FATAL ANY)
  endif()
  if(help MATCHES "\nCommands:\n(([^\n]+\n)+)")
    string(REGEX MATCHALL "(^|\n)  [a-z]+" commands "${CMAKE_MATCH_1}")
    foreach(inner IN LISTS commands)
      string(STRIP "${inner}" inner)
      man_page(${ARGN} ${inner})
    endforeach()
  endif()
endfunction()

if(HELP2MAN)
  find_program(GZIP gzip)
  file(MAKE_DIRECTORY ${OUTPUT}/man1)
  man_page()
endif()
file(TOUCH ${OUTPUT}/stamp)
