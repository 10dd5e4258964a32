// The most a CPU can do.
#pragma once

#include "kernels/kernels.h"

namespace mlp {

/// Floating-point operations a second of `threads` threads whose multiply-add units wait for nothing: the
/// best of several tries, in about `seconds`.
double flop_limit(const kernels::Kernels& kernels, int threads, double seconds);

}  // namespace mlp
