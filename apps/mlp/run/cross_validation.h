// mlp train --folds K: the same training K times, each on all folds but one, tested on that one.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "run/run.h"
#include "terminal/terminal.h"

namespace mlp::app {

/// One metric over the folds.
struct FoldScores {
  std::string name;  ///< "rmse", "accuracy", as in JSON
  std::vector<double> values;
  double mean = 0.0;
  double deviation = 0.0;  ///< standard deviation of the values, with K - 1
};

struct CrossValidation {
  std::vector<std::size_t> rows;   ///< tested on, of each fold
  std::vector<FoldScores> scores;  ///< those defined in every fold
};

/// --folds: 2 or more. Throws UsageError.
std::size_t parse_folds(const std::string& text);

/// Folds of a table's rows, each with a preprocessing of its own; of another data set's training rows. Tells
/// of each fold on standard error unless `quiet`. Throws Interrupted after Ctrl-C.
CrossValidation cross_validate(const Run& run, std::size_t count, bool quiet);

using NamedScore = std::pair<std::string, double>;
/// The metrics that are taken over the folds, by their names in JSON; the one to look at comes first.
std::vector<NamedScore> fold_scores(const Evaluation& evaluation, const Dataset& tested);
/// "RMSE", "macro F1", "RMSE of weight"
std::string score_title(const std::string& name);

/// A line for each metric: "folds  RMSE 2.61 +- 0.30 (mean and standard deviation of 10)".
std::string folds_field(const CrossValidation& result, const Style& style);
nlohmann::ordered_json folds_json(const CrossValidation& result);
/// As folds.csv: a line for each fold.
std::string folds_csv(const CrossValidation& result);
/// What a folds.csv of `count` folds says; nothing where there is none.
std::optional<CrossValidation> read_folds(const std::filesystem::path& path, std::size_t count);

}  // namespace mlp::app
