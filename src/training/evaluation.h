// Loss, outputs and metric of some rows of a data set under parameters that are already in an engine.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/step.h"
#include "mlp/train.h"

namespace mlp {

/// 0 .. count-1
std::vector<std::uint32_t> all_rows(std::size_t count);

/// Throws std::invalid_argument when model and data set do not fit (features, classes), DataError for
/// unusable data.
void check_fit(const Model& model, const Dataset& dataset);

struct LossAndOutputs {
  double loss = 0.0;      ///< mean per row, of weights that are divided by `weight_unit`
  Matrix<float> outputs;  ///< [rows, O], targets in their own unit
};

LossAndOutputs loss_and_outputs(const engine::Plan& plan, engine::Workspace& workspace, ThreadTeam& team,
                                const Dataset& dataset, std::span<const std::uint32_t> rows,
                                double weight_unit);

/// What an epoch reports of its validation rows. The other metrics wait for evaluate(): sorting for ROC AUC
/// can cost as much as the predictions.
struct EpochEvaluation {
  double loss = 0.0;    ///< likewise
  double metric = 0.0;  ///< accuracy, or RMSE in the target's unit
};

EpochEvaluation evaluate_rows(const engine::Plan& plan, engine::Workspace& workspace, ThreadTeam& team,
                              const Dataset& dataset, std::span<const std::uint32_t> rows,
                              double weight_unit);

}  // namespace mlp
