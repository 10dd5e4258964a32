// The last layer's losses and their gradient by the logits, for rows in float: the same as
// network/reference_loss.cpp, without allocating.
#pragma once

#include "kernels/kernels.h"
#include "mlp/loss.h"

namespace mlp::engine {

/// Some rows of C outputs, all laid out alike.
struct OutputRows {
  kernels::ConstBlockedView<float> logits;   ///< z
  kernels::ConstBlockedView<float> outputs;  ///< a = f(z)
  kernels::ConstBlockedView<float> targets;  ///< y, not smoothed
  const float* weights = nullptr;            ///< w_n; null: 1
  float mean = 1;                            ///< 1 / N, the factor of the gradients
};

/// What the facts of a loss decide here (network/facts.h).
struct LossForm {
  bool fused = false;     ///< with the last activation
  bool averages = false;  ///< over the outputs, instead of summing
};

/// losses[n] = w_n loss_n, and to `gradient` (laid out as the outputs; may be null), times w_n * mean:
/// d loss_n / dz where loss and activation are fused, else d loss_n / da.
void row_losses(const kernels::Kernels& kernels, const Loss& loss, LossForm form, const OutputRows& rows,
                float* losses, float* gradient);

}  // namespace mlp::engine
