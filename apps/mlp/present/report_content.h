// What report.html shows of a training run.
#pragma once

#include <string>

#include "mlp/cross_validation.h"
#include "mlp/html_report.h"
#include "present/evaluation.h"
#include "present/run_summary.h"

namespace mlp::app {

/// The smallest possible training and validation loss of a run: above 0 with label smoothing. 0 where rows
/// are weighted, as it would depend on their weights.
double least_training_loss(const RunSummary& run);

/// `outputs`: the network's for the test rows; `command`: as it was typed.
ReportContent report_content(const RunSummary& run, const Trained& trained, const TestResult& test,
                             const Matrix<float>& outputs, const std::optional<CrossValidation>& folds,
                             const std::string& command);

}  // namespace mlp::app
