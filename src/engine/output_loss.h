// The last layer's loss and its gradient by the logits, for one row in float: what network/reference_loss.cpp
// says, without allocating.
#pragma once

#include <span>

#include "mlp/activation.h"
#include "mlp/loss.h"

namespace mlp::engine {

/// One row of C outputs.
struct OutputRow {
  std::span<const float> logits;   ///< z
  std::span<const float> outputs;  ///< a = f(z)
  std::span<const float> targets;  ///< y, not smoothed
};

/// loss_n.
float row_loss(const Loss& loss, const Activation& activation, const OutputRow& row);

/// Times `factor` (w_n / N), to `gradient` [C]: d loss_n / dz where loss and activation are fused, else d
/// loss_n / da.
void row_gradient(const Loss& loss, const Activation& activation, const OutputRow& row, float factor,
                  std::span<float> gradient);

/// Whether the gradient by the logits has a closed form, without the activation's derivative: CrossEntropy on
/// Softmax, BinaryCrossEntropy on Sigmoid.
bool fused(const Loss& loss, const Activation& activation);

}  // namespace mlp::engine
