# The test `package`: installs the build in MLP_BINARY_DIR to a prefix of its own, then configures, builds and runs
# this folder's project against it, and the installed tool; last, configures the source tree inside another project.
#   cmake -D MLP_BINARY_DIR=... -D CONFIG=Release -P run.cmake
set(work ${MLP_BINARY_DIR}/package-test)
file(REMOVE_RECURSE ${work})

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# the prefix moves after the install: no path in it may be absolute
run(${CMAKE_COMMAND} --install ${MLP_BINARY_DIR} --config ${CONFIG} --prefix ${work}/installed)
file(RENAME ${work}/installed ${work}/prefix)

run(${CMAKE_COMMAND} -G Ninja -S ${CMAKE_CURRENT_LIST_DIR} -B ${work}/consumer
    -D CMAKE_BUILD_TYPE=${CONFIG} -D CMAKE_PREFIX_PATH=${work}/prefix)
run(${CMAKE_COMMAND} --build ${work}/consumer)
run(${work}/consumer/consumer)
run(${work}/prefix/bin/mlp --version)
foreach(completion bash-completion/completions/mlp zsh/site-functions/_mlp fish/vendor_completions.d/mlp.fish)
  if(NOT EXISTS ${work}/prefix/share/${completion})
    message(FATAL_ERROR "not installed: ${completion}")
  endif()
endforeach()

# add_subdirectory and FetchContent: the library alone, without tool, tests, examples and install rules
run(${CMAKE_COMMAND} -G Ninja -S ${CMAKE_CURRENT_LIST_DIR}/subdirectory -B ${work}/subdirectory)

# which is optimised where no build type is given
file(READ ${work}/subdirectory/compile_commands.json commands)
string(JSON first GET ${commands} 0 command)
if(NOT first MATCHES " -O[23] ")
  message(FATAL_ERROR "not optimised: ${first}")
endif()
