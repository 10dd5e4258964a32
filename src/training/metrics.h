// Metrics of predictions against a data set, in the target's own unit.
#pragma once

#include <cstdint>
#include <span>

#include "mlp/dataset.h"
#include "mlp/train.h"

namespace mlp {

/// `outputs` [rows.size(), C]: row n is the prediction for data set row rows[n]; the predicted class is the
/// largest output.
ClassificationMetrics classification_metrics(ConstMatrixView<float> outputs, const Dataset& dataset,
                                             std::span<const std::uint32_t> rows);

/// `outputs` [rows.size(), O] in the targets' unit.
RegressionMetrics regression_metrics(ConstMatrixView<float> outputs, const Dataset& dataset,
                                     std::span<const std::uint32_t> rows);

}  // namespace mlp
