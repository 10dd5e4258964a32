// The CPU targets that kernels are compiled for. Every source file of kernels includes this before Highway's
// foreach_target.h, so that all agree.
#pragma once

// CPUs with SSSE3 and SSE4 but without AVX2 date from before 2013: they run the baseline. SVE vectors have no
// size at compile time and cannot be held in the tile's array of accumulators; every SVE machine has NEON.
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#endif
