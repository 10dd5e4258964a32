# Keeps the build short: ccache, optimisation where it matters, precompiled standard headers.

# With ccache, where it is installed, nothing is compiled a second time. (It must be told to compare precompiled headers by
# content.)
option(MLP_CCACHE "Compile through ccache where it is installed" ${PROJECT_IS_TOP_LEVEL})
find_program(MLP_CCACHE_PROGRAM ccache)
mark_as_advanced(MLP_CCACHE_PROGRAM)
if(MLP_CCACHE AND MLP_CCACHE_PROGRAM AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${MLP_CCACHE_PROGRAM})
endif()

# mlp_optimise_less(TARGET): for code in which no run spends its time. Release gets -O1, which takes 70% of the compile time of
# -O3 (and, coming after CMake's own -O3, takes precedence; Debug and RelWithDebInfo are unchanged). Kernels, engine, training
# and the reading of data stay at -O3.
function(mlp_optimise_less target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# mlp_precompile_headers(TARGET [HEADER]...): the standard headers that most files include, and HEADERs, are read once for the
# target, which halves the compile time of a small file. All files of the target must have the same optimisation level: GCC 12
# crashes where a file is optimised more than the precompiled header. GCC also forgets a "#pragma GCC diagnostic ignored" in a
# precompiled header (its bug 64117), so those of libstdc++'s char_traits.h are repeated here. (./scripts/check shared
# precompiles nothing, and has all warnings.)
function(mlp_precompile_headers target)
  target_precompile_headers(${target} PRIVATE <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <memory> <optional>
                                              <span> <string> <string_view> <variant> <vector> ${ARGN})
  mlp_mend_precompiled(${target})
endfunction()

# mlp_reuse_precompiled_headers(TARGET OWNER): the same with the headers precompiled for OWNER, which must have the same
# options.
function(mlp_reuse_precompiled_headers target owner)
  target_precompile_headers(${target} REUSE_FROM ${owner})
  mlp_mend_precompiled(${target})
endfunction()

function(mlp_mend_precompiled target)
  if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    target_compile_options(${target} PRIVATE
      "$<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>")
  endif()
endfunction()
