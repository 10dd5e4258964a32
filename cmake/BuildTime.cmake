# What keeps the build short: ccache, optimisation where it matters, precompiled standard headers.

# ccache, where it is installed, compiles nothing a second time. (It needs to be told that a precompiled header counts by
# its content.)
option(MLP_CCACHE "Compile through ccache where it is installed" ${PROJECT_IS_TOP_LEVEL})
find_program(MLP_CCACHE_PROGRAM ccache)
mark_as_advanced(MLP_CCACHE_PROGRAM)
if(MLP_CCACHE AND MLP_CCACHE_PROGRAM AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${MLP_CCACHE_PROGRAM})
endif()

# mlp_optimise_less(TARGET): for all that no run spends its time in. Release gives -O1, which takes 70% of the time of -O3
# (and, coming after CMake's own -O3, wins; Debug and RelWithDebInfo are left alone). -O3 is for kernels, engine, training
# and the reading of data.
function(mlp_optimise_less target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# mlp_precompile_headers(TARGET [HEADER]...): the standard headers that most files include, and these, are read once for the
# target, which halves the time of a small file. All its files have to be optimised alike: GCC 12 crashes where a file is
# optimised more than the precompiled header. And it forgets the "#pragma GCC diagnostic ignored" in one (its bug 64117): those
# of libstdc++'s char_traits.h are said here. (./scripts/check shared precompiles nothing, and has all warnings.)
function(mlp_precompile_headers target)
  target_precompile_headers(${target} PRIVATE <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <memory> <optional>
                                              <span> <string> <string_view> <variant> <vector> ${ARGN})
  mlp_mend_precompiled(${target})
endfunction()

# mlp_reuse_precompiled_headers(TARGET OWNER): the same, with what is precompiled for another target of the same options.
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
