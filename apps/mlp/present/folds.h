// A cross-validation as text for people and JSON for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mlp/cross_validation.h"
#include "terminal/terminal.h"

namespace mlp::app {

/// "RMSE", "macro F1", "RMSE of weight"; `name` as in fold_scores().
std::string score_title(const std::string& name);
/// "98.43%" of an accuracy, "2.639" of others.
std::string score_text(const std::string& name, double value);

/// "fold 3/10  RMSE 2.345, MAE 1.234  (40 rows)", with line end.
std::string fold_line(const FoldResult& result, std::size_t count);

/// A line for each metric: "members  RMSE 2.61 +- 0.30 (mean and standard deviation of 10)".
std::string spread_field(const std::string& label, const std::vector<FoldScores>& scores, const Style& style);
/// The same for folds: "folds  RMSE 2.61 +- 0.30 (mean and standard deviation of 10)".
std::string folds_field(const CrossValidation& result, const Style& style);
nlohmann::ordered_json folds_json(const CrossValidation& result);

/// Each member's metrics on the test rows.
nlohmann::ordered_json members_json(const std::vector<FoldScores>& members);

/// The message after an interruption, which keeps nothing of `count` folds but what this text says.
std::string interrupted_folds_text(const CrossValidation& done, std::size_t count);

}  // namespace mlp::app
