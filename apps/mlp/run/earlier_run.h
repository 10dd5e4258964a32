// The run that a new run replaces.
#pragma once

#include <string>

#include "mlp/dataset.h"
#include "run/run_folder.h"

namespace mlp::app {

/// The run that a folder holds: "the run of 2026-11-23 08:52 (30 epochs, validation accuracy 98.39%)"; empty
/// where there is none. What cannot be read is left out. Says so where its model predicts another column of a
/// table than `data`.
std::string earlier_run(const RunFolder& folder, const Dataset& data);

}  // namespace mlp::app
