// The engine of a model: of one network for most, of several, whose outputs are averaged, for an ensemble.
#pragma once

#include <memory>
#include <vector>

#include "engine/engine.h"
#include "mlp/model.h"

namespace mlp {

class ModelEngine {
 public:
  ModelEngine(const Model& model, const engine::EngineOptions& options);

  /// The outputs [rows, O] for at most `max_batch` rows, targets in their own unit: the mean of the members'
  /// own outputs, summed in double in the members' order. Allocates nothing.
  void predict(const engine::InputsView& inputs, std::span<const std::uint32_t> rows,
               MatrixView<float> outputs);

  /// The same, and returns sum_n w_n loss_n. An ensemble's loss is the loss of its outputs, not the mean of
  /// its members' losses; for a regression, outputs are scaled as the first member scales targets.
  double evaluate(const engine::Batch& batch, MatrixView<float> outputs);

 private:
  std::size_t members() const { return target_scalings_.size(); }

  Loss loss_;
  std::vector<AffineScaling> target_scalings_;  ///< of each member
  std::unique_ptr<engine::Engine> engine_;
  std::vector<float> member_outputs_;  ///< [members * max_batch, O]; empty where there is one member
};

/// Network outputs [N, O] to targets in their own unit, in place.
void invert(const AffineScaling& target_scaling, MatrixView<float> outputs);

}  // namespace mlp
