// The first phase of a chunk: from rows of the examples through gather, forward, loss and backward to dZ of
// every layer. Weights are only read. Every member of the team calls these together; inside there is a
// barrier wherever one needs what another has computed.
#pragma once

#include "engine/cpu/gather.h"
#include "engine/cpu/member.h"

namespace mlp::engine {

/// X to A of the last layer, without dropout. Returns what was gathered, for further networks (forward.h).
Gathered prediction_pass(const Member& member);

/// The same, then this member's rows' weighted losses.
void evaluation_pass(const Member& member);

/// Forward with dropout, losses, and dZ of every layer. Returns what the weights' gradients need in addition.
Gathered training_pass(const Member& member, const StepSettings& settings);

}  // namespace mlp::engine
