// The last layer's loss and its gradient by the logits, for one row in float: what network/reference_loss.cpp
// says, without allocating.
#pragma once

#include "kernels/blocked.h"
#include "mlp/activation.h"
#include "mlp/loss.h"

namespace mlp::engine {

/// One row of C outputs; element c is (0, c).
struct OutputRow {
  kernels::ConstBlockedView<float> logits;   ///< z
  kernels::ConstBlockedView<float> outputs;  ///< a = f(z)
  kernels::ConstBlockedView<float> targets;  ///< y, not smoothed
};

/// loss_n.
float row_loss(const Loss& loss, const Activation& activation, const OutputRow& row);

/// Times `factor` (w_n / N), to `gradient` [1, C]: d loss_n / dz where loss and activation are fused, else d
/// loss_n / da.
void row_gradient(const Loss& loss, const Activation& activation, const OutputRow& row, float factor,
                  kernels::BlockedView<float> gradient);

/// Whether the gradient by the logits has a closed form, without the activation's derivative: CrossEntropy on
/// Softmax, BinaryCrossEntropy on Sigmoid.
bool fused(const Loss& loss, const Activation& activation);

}  // namespace mlp::engine
