// What report.html shows of a training run.
#pragma once

#include <string>

#include "cross_validation.h"
#include "evaluation.h"
#include "mlp/html_report.h"
#include "run.h"

namespace mlp::app {

/// `outputs`: the network's for the test rows; `command`: as it was typed.
ReportContent report_content(const Run& run, const Trained& trained, const TestResult& test,
                             const Matrix<float>& outputs, const std::optional<CrossValidation>& folds,
                             const std::string& command);

}  // namespace mlp::app
