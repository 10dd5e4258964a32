// The last layer's loss and its gradient by the logits, for one row in float: what network/reference_loss.cpp
// says, without allocating.
#pragma once

#include <span>

#include "mlp/activation.h"
#include "mlp/loss.h"

namespace mlp::engine {

/// One row of C outputs.
struct OutputRow {
  std::span<const float> logits;   ///< z; overwritten memory is never read, so it may be `gradient` itself
  std::span<const float> outputs;  ///< a = f(z)
  std::span<const float> targets;  ///< y, not smoothed
};

/// loss_n.
float row_loss(const Loss& loss, const Activation& activation, const OutputRow& row);

/// d loss_n / dz, times `factor` (w_n / N), to `gradient` [C]. `by_outputs` [C]: f'(z) where the activation
/// is element-wise and the loss is not fused with it.
void row_gradient(const Loss& loss, const Activation& activation, const OutputRow& row,
                  std::span<const float> derivative, float factor, std::span<float> gradient);

/// Whether the gradient by the logits is known in closed form (and f' is not needed).
bool fused(const Loss& loss, const Activation& activation);

}  // namespace mlp::engine
