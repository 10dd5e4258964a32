// What is decided about one layer before the first batch; part of a Plan (plan.h).
#pragma once

#include <cstddef>

#include "kernels/blocked.h"
#include "mlp/layer.h"

namespace mlp::engine {

/// What the backward pass needs of one layer's forward pass to turn dA into dZ.
enum class Derivative {
  kOfOutput,  ///< nothing more than A: f has one slope below zero, and there is no dropout
  kStored,    ///< f'(z) * dropout factor, computed on the way forward
  kSoftmax,   ///< p itself, for p (dA - <dA, p>)
};

struct LayerPlan {
  Layer layer;
  kernels::BlockedShape weights;  ///< W [fan_in, fan_out]
  std::size_t weight_offset = 0;  ///< in the packed parameters
  std::size_t bias_offset = 0;    ///< in the packed parameters
  Derivative derivative = Derivative::kOfOutput;
  float slope = 1;             ///< of kOfOutput: f(z) = z > 0 ? z : slope * z
  bool share_outputs = false;  ///< forward, threads share the columns of Z instead of the rows
  bool share_inputs = false;   ///< backward, they share the columns of dX
  bool bfloat16 = false;       ///< training multiplies bfloat16 operands
};

}  // namespace mlp::engine
