// What changes while a Plan is carried out: packed parameters and moments, and the buffers of one batch.
// Owned by the caller; after construction no step allocates.
#pragma once

#include <vector>

#include "engine/plan.h"
#include "mlp/matrix.h"

namespace mlp::engine {

/// One layer's buffers for a batch, [max_batch, padded(fan_out)] each; empty where not needed.
struct LayerBuffers {
  AlignedVector<float> outputs;     ///< A, after dropout
  AlignedVector<float> derivative;  ///< see Derivative
  AlignedVector<float> gradient;    ///< dA, then dZ
};

class Workspace {
 public:
  explicit Workspace(const Plan& plan);

  /// Takes parameters and moments in (moments: as many as the plan's optimizer has).
  void load(const Plan& plan, const Parameters& parameters, const std::vector<Parameters>& moments = {});

  // The steps of step.cpp work on these directly.
  AlignedVector<float> parameters;  ///< packed
  AlignedVector<float> transposed;  ///< packed transposes of all layers but the first
  std::vector<AlignedVector<float>> moments;
  AlignedVector<float> gradients;  ///< packed; empty until clipping asks for it
  AlignedVector<float> inputs;     ///< X [max_batch, padded(fan_in)]
  AlignedVector<float> targets;    ///< Y [max_batch, padded(fan_out)], scaled; labels as one-hot rows
  AlignedVector<float> logits;     ///< Z of the last layer [max_batch, padded(fan_out)]
  std::vector<LayerBuffers> layers;
  std::vector<float> row_losses;    ///< [max_batch], weighted
  std::vector<double> square_sums;  ///< partial sums of the gradient norm
};

}  // namespace mlp::engine
