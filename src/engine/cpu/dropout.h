// Dropout's factors on a member's part of a layer, the same as the reference's (network/dropout.h).
#pragma once

#include "engine/cpu/chunk.h"

namespace mlp::engine {

/// Multiplies `values`, the part of layer `index`'s matrix, by 0 or 1 / (1 - dropout).
void apply_dropout(const Plan& plan, std::size_t index, const StepSettings& settings, const Chunk& chunk,
                   const Part& part, kernels::BlockedView<float> values);

}  // namespace mlp::engine
