// Forward through all layers: A = f(XW + b). Weights are only read.
#pragma once

#include "engine/cpu/gather.h"

namespace mlp::engine {

/// Computes this member's part of every layer of a chunk. `settings`: a training step, which drops
/// activations and keeps what the backward pass needs; null: a prediction.
void forward(const Member& member, Gathered& gathered, const StepSettings* settings);

}  // namespace mlp::engine
