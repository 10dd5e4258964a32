// mlp train --folds K: the same training K times, each on all folds but one, tested on that one. The numbers
// are mlp::cross_validate's; here are the run's folds, and folds.csv.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "mlp/cross_validation.h"
#include "run/run.h"

namespace mlp::app {

/// Cross-validates a run with --folds: on all rows of a table, or the training rows of another data set.
/// Prints a line for each fold on standard error unless `quiet`. Throws Interrupted after Ctrl-C.
CrossValidation cross_validate(const Run& run, bool quiet);

/// The text of folds.csv: a line for each fold.
std::string folds_csv(const CrossValidation& result);
/// Reads a folds.csv of `count` folds; empty where there is none.
std::optional<CrossValidation> read_folds(const std::filesystem::path& path, std::size_t count);

}  // namespace mlp::app
