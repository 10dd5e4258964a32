// Backward through all layers: from the outputs' gradient to dZ of every layer. Weights are only read; their
// gradients are the next phase's (weight_pass.h).
#pragma once

#include "engine/cpu/member.h"

namespace mlp::engine {

/// Computes this member's part: the last layer's dZ from its outputs' gradient (unless the loss has left dZ),
/// then dA = dZ W^T of the layer above, through the activation. Prefetches meanwhile as `prefetch` says.
void backward(const Member& member, const StepSettings& settings, kernels::Prefetch& prefetch);

}  // namespace mlp::engine
