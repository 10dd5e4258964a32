# The test `package`: installs the build in MLP_BINARY_DIR to a prefix of its own, then configures, builds and runs
# this folder's project against it, and the installed tool; last, configures the source tree inside another project.
# WITHOUT names the packages that the library was built without and its users must not be asked for; PKG_CONFIG, CC and
# CXX are those programs.
#   cmake -D MLP_BINARY_DIR=... -D CONFIG=Release -D WITHOUT=OpenSSL -D CC=cc -D CXX=c++ -D PKG_CONFIG=pkg-config -P run.cmake
set(work ${MLP_BINARY_DIR}/package-test)
file(REMOVE_RECURSE ${work})

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# the prefix moves after the install: no path in it may be absolute
run(${CMAKE_COMMAND} --install ${MLP_BINARY_DIR} --config ${CONFIG} --prefix ${work}/installed)
file(RENAME ${work}/installed ${work}/prefix)

set(root ${CMAKE_CURRENT_LIST_DIR}/../..)
set(without ${WITHOUT})
list(TRANSFORM without REPLACE "(.+)" "-DCMAKE_DISABLE_FIND_PACKAGE_\\1=ON")
run(${CMAKE_COMMAND} -G Ninja -S ${CMAKE_CURRENT_LIST_DIR} -B ${work}/consumer
    -D CMAKE_BUILD_TYPE=${CONFIG} -D CMAKE_PREFIX_PATH=${work}/prefix -D MLP_SOURCE_DIR=${root} ${without})
run(${CMAKE_COMMAND} --build ${work}/consumer)
set(model ${work}/digits.safetensors)
run(${work}/consumer/consumer ${model})
string(REPEAT "0 " 784 image)
separate_arguments(image)
run(${work}/consumer/consumer_in_c ${model} ${image})

# pkg-config, for C++ and C, from wherever the prefix was moved to
if(PKG_CONFIG)
  file(GLOB_RECURSE pc ${work}/prefix/mlp.pc)
  cmake_path(GET pc PARENT_PATH pc_folder)
  cmake_path(GET pc_folder PARENT_PATH libraries)
  set(ENV{PKG_CONFIG_PATH} ${pc_folder}:$ENV{PKG_CONFIG_PATH})
  set(ENV{LD_LIBRARY_PATH} ${libraries}:$ENV{LD_LIBRARY_PATH})
  execute_process(COMMAND ${PKG_CONFIG} --cflags --libs mlp OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE
                  COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags)
  run(${CXX} -std=c++20 ${CMAKE_CURRENT_LIST_DIR}/main.cpp ${flags} -o ${work}/from_pkg_config)
  run(${work}/from_pkg_config)
  run(${CC} -std=c11 ${root}/examples/predict.c ${flags} -o ${work}/from_pkg_config_in_c)
  run(${work}/from_pkg_config_in_c ${model} ${image})
else()
  message(STATUS "no pkg-config here: mlp.pc was not tested")
endif()
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
