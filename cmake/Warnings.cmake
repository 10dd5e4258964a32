# Compile flags shared by every target of the project.
add_library(mlp_flags INTERFACE)
target_compile_options(mlp_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wno-missing-field-initializers
  # GCC 12 warns by mistake of overlapping copies in "text" + std::string (its bug 105651)
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # clang attributes the deprecated calls within libstdc++ 12's own std::stable_sort to us
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  # a*b+c becomes a fused multiply-add only where the code says so: the bits must not depend on the compiler
  -ffp-contract=off)
if(MLP_SANITIZE)
  target_compile_options(mlp_flags INTERFACE -fsanitize=${MLP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # GCC's flow analysis sees uninitialised values in std::regex and std::function once sanitizers instrument them
  target_compile_options(mlp_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(mlp_flags INTERFACE -fsanitize=${MLP_SANITIZE})
  # Instrumented code compiles slowly: -O1 is enough for tests, but not for fuzzing, where inputs per second count.
  if(NOT MLP_SANITIZE MATCHES "fuzzer")
    target_compile_options(mlp_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-O1>)
  endif()
endif()
