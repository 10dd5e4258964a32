// Loss, outputs and metric of some rows of a data set under the parameters that an engine holds.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/engine.h"
#include "mlp/train.h"
#include "mlp/trainer.h"
#include "training/model_engine.h"

namespace mlp {

/// 0 .. count-1
std::vector<std::uint32_t> all_rows(std::size_t count);

/// Throws std::invalid_argument when model and data set do not fit (features, classes), DataError for
/// unusable data.
void check_fit(const Model& model, const Dataset& dataset);

struct LossAndOutputs {
  double loss = 0.0;      ///< mean per row, with weights divided by `weight_unit`
  Matrix<float> outputs;  ///< [rows, O], targets in their own unit
};

/// Works in steps of at most `step_rows` rows.
LossAndOutputs loss_and_outputs(ModelEngine& engine, std::size_t step_rows, const Dataset& dataset,
                                std::span<const std::uint32_t> rows, double weight_unit);

/// What an epoch reports of its validation rows. The other metrics are left to evaluate(): sorting for ROC
/// AUC can cost as much as the predictions.
RowsEvaluation evaluate_rows(engine::Engine& engine, const AffineScaling& target_scaling,
                             std::size_t step_rows, const Dataset& dataset,
                             std::span<const std::uint32_t> rows, double weight_unit,
                             const engine::OwnLoss* own_loss = nullptr);

}  // namespace mlp
