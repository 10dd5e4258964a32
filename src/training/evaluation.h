// Loss and metric of some rows of a data set under parameters that are already in an engine.
#pragma once

#include <span>

#include "engine/step.h"
#include "mlp/train.h"

namespace mlp {

/// What an epoch reports of its validation rows. The other metrics wait for evaluate(): sorting for ROC AUC
/// can cost as much as the predictions.
struct EpochEvaluation {
  double loss = 0.0;    ///< mean per row
  double metric = 0.0;  ///< accuracy, or RMSE in the target's unit
};

EpochEvaluation evaluate_rows(const engine::Plan& plan, engine::Workspace& workspace, ThreadTeam& team,
                              const Dataset& dataset, std::span<const std::uint32_t> rows);

}  // namespace mlp
