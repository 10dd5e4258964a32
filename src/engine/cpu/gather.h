// A chunk's inputs and targets, from rows of the examples to blocked, scaled floats; and which inputs are not
// zero, for a first layer that skips the others.
#pragma once

#include "engine/cpu/member.h"

namespace mlp::engine {

/// The result of gathering a chunk's inputs for one member; X itself lies in the workspace.
struct Gathered {
  kernels::NonZeros non_zeros;  ///< of its rows of X; without bits where the first layer skips none
  kernels::CodedView codes;     ///< X of all the chunk's rows in codes, its own rows gathered; or no values
  kernels::Prefetch prefetch;   ///< the inputs it will gather next, prefetched while kernels work
};

/// X for training, dense or sparse as the plan says: all the chunk's rows where this member needs them, else
/// its own.
Gathered gather_for_training(const Member& member);

/// X for prediction; zeros are skipped as the plan says, or where the first rows have many.
Gathered gather_for_prediction(const Member& member);

/// One block of columns of X for all the chunk's rows.
struct GatheredBlock {
  kernels::ConstBlockedView<float> X;
  kernels::NonZeros non_zeros;  ///< without bits unless `sparse`
};

/// Gathers it again, into this member's input block; overwrites the zero bits of its own rows.
GatheredBlock gather_block(const Member& member, std::size_t block, bool sparse);

/// Some blocks of columns of X in codes, for all the chunk's rows.
struct GatheredCodes {
  kernels::CodedView X;
  kernels::NonZeros non_zeros;
};

/// The same for inputs in codes: at most plan.gather_blocks() of them.
GatheredCodes gather_code_blocks(const Member& member, Share blocks);

/// Y of this member's rows: one-hot labels, or scaled targets.
void gather_targets(const Member& member);

}  // namespace mlp::engine
