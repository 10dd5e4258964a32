// A model on its test rows, as `train` and `evaluate` report it.
#pragma once

#include <optional>

#include "mlp/baseline.h"
#include "mlp/dataset.h"
#include "mlp/model.h"
#include "mlp/train.h"
#include "present/evaluation.h"

namespace mlp::app {

/// The quantity the report this project grew out of calls total loss: squared error (without 1/2) of the
/// standardised target, averaged within batches of 32 rows and summed over the batches of one pass through
/// the training rows and then the test rows.
double report_total_loss(const Model& model, const DataSplit& split, const PredictionOptions& options);

/// `answer`: the baseline that the model should beat; none: that of the tested rows, as no others are known.
/// `total_loss`: with the report's total loss, see has_report_total_loss().
TestResult test(const Model& model, const DataSplit& split, const std::optional<ConstantAnswer>& answer,
                bool total_loss, const PredictionOptions& options);

}  // namespace mlp::app
