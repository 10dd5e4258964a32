# The test `exports`: what the shared library LIBRARY shows is what the public headers declare, by NM.
#   cmake -D NM=nm -D LIBRARY=libmlp.so -P exports.cmake
foreach(demangled IN ITEMS "" --demangle)
  execute_process(COMMAND ${NM} --dynamic --defined-only --format=posix ${demangled} ${LIBRARY}
                  OUTPUT_VARIABLE symbols${demangled} COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE ";" "," symbols${demangled} "${symbols${demangled}}")
  string(REGEX REPLACE "\n$" "" symbols${demangled} "${symbols${demangled}}")
  string(REPLACE "\n" ";" symbols${demangled} "${symbols${demangled}}")
endforeach()

file(GLOB headers ${CMAKE_CURRENT_LIST_DIR}/../../include/mlp/*.h)
set(declared "")
foreach(header IN LISTS headers)
  file(READ ${header} text)
  string(APPEND declared "${text}")
endforeach()

# Every one is mlp's, and the name it ends in ("mlp::Predictor::predict(...)": predict) stands in a header.
set(undeclared "")
foreach(symbol IN LISTS symbols--demangle)
  string(REGEX REPLACE "(\\[abi:[^]]*\\]|\\(.*| [A-Za-z] [0-9a-f]+( [0-9a-f]+)?$)" "" name "${symbol}")
  string(REGEX REPLACE "<.*" "" name "${name}")
  string(REGEX MATCH "[A-Za-z_0-9]+$" last "${name}")
  if(symbol MATCHES "(nlohmann|hwy|engine|kernels)::" OR NOT symbol MATCHES "(mlp::|^mlp_)" OR
     NOT (declared MATCHES "[^A-Za-z_0-9]${last}[^A-Za-z_0-9]" OR symbol MATCHES "operator"))
    string(APPEND undeclared "\n  ${symbol}")
  endif()
endforeach()
list(LENGTH symbols count)
if(undeclared)
  message(FATAL_ERROR "of ${count} symbols exported, no public header declares${undeclared}")
endif()

# And those that programs need are there.
foreach(needed _ZN3mlp10load_modelE _ZN3mlp9Predictor7predictE _ZTIN3mlp9FileErrorE _ZTVN3mlp9FileLayerE mlp_predict
               _ZN3mlp9reference7forwardI)
  if(NOT symbols MATCHES ";${needed}")
    message(FATAL_ERROR "${needed}... is not exported, of ${count} symbols")
  endif()
endforeach()
message(STATUS "${count} symbols exported")
