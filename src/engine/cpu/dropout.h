// Dropout's factors on a member's part of a layer, the same as the reference's (network/dropout.h).
#pragma once

#include "engine/cpu/member.h"

namespace mlp::engine {

/// Multiplies `values`, the part of layer `i`'s matrix, by 0 or 1 / (1 - dropout).
void apply_dropout(const Member& member, std::size_t i, const StepSettings& settings, const Part& part,
                   kernels::BlockedView<float> values);

}  // namespace mlp::engine
