// What notebooks show of a model, and its report.
#pragma once

#include <filesystem>
#include <string>

#include "mlp/train.h"

namespace mlp::python {

/// A small table of what the model is, and below it the loss curves where there is a history.
std::string summary_html(const Model& model, const History& history);

/// The page of mlp/html_report.h about the rows of `test`; of `train`, unless it is null, it describes the
/// columns. Throws FileError, and std::invalid_argument where model and data set do not fit.
void write_report(const Model& model, const History& history, const Dataset* train, const Dataset& test,
                  const std::filesystem::path& path);

}  // namespace mlp::python
