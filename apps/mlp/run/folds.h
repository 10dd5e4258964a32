// mlp train --folds K: the same training K times, each on all folds but one, tested on that one. The numbers
// are mlp::cross_validate's; here are the run's folds, and folds.csv.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "mlp/cross_validation.h"
#include "run/run.h"

namespace mlp::app {

/// The folds of a run that has them: of a table's rows, of another data set's training rows. Tells of each on
/// standard error unless `quiet`. Throws Interrupted after Ctrl-C.
CrossValidation cross_validate(const Run& run, bool quiet);

/// As folds.csv: a line for each fold.
std::string folds_csv(const CrossValidation& result);
/// What a folds.csv of `count` folds says; nothing where there is none.
std::optional<CrossValidation> read_folds(const std::filesystem::path& path, std::size_t count);

}  // namespace mlp::app
