// The metrics of each class or target: tables for people, arrays for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "mlp/baseline.h"
#include "mlp/dataset.h"
#include "mlp/metrics.h"
#include "terminal/terminal.h"

namespace mlp::app {

/// A line for each class, in their order; with very many classes only those of lowest F1, worst first.
std::string class_table(const ClassificationMetrics& metrics, const Dataset& dataset, const Style& style);
/// A line for each target, with the RMSE of the baseline; empty where there is only one.
std::string target_table(const RegressionMetrics& metrics, const std::optional<Baseline>& baseline,
                         const Dataset& dataset, const Style& style);
/// R2 with four decimals; far below 0, with four digits.
std::string r2_text(double r2);
/// Its name, or "target_1".
std::string target_name(const Dataset& dataset, std::size_t target);

/// An array with an object for each class: name, precision, recall, f1, roc_auc, rows.
nlohmann::ordered_json classes_json(const ClassificationMetrics& metrics, const Dataset& dataset);
/// An array with an array for each true class; null where there are too many.
nlohmann::ordered_json confusion_json(const ClassificationMetrics& metrics);
/// An array with an object for each target: name, mse, rmse, mae, r2, baseline_rmse.
nlohmann::ordered_json targets_json(const RegressionMetrics& metrics, const std::optional<Baseline>& baseline,
                                    const Dataset& dataset);

}  // namespace mlp::app
