// Facts about a run: from its model or, where there is none yet or one of an earlier version without them,
// from config.toml.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "mlp/model.h"
#include "run/data_origin.h"
#include "run/run_folder.h"

namespace mlp::app {

/// Which rows the model in `folder` was trained on and how much each counted. None where neither the model
/// nor a config.toml says so.
std::optional<RowUse> row_use_in(const RunFolder& folder, const Model& model);

/// What a run minimised.
struct Minimised {
  std::optional<Loss> loss;  ///< none where it is not known, or is from a later version
  std::size_t outputs = 0;   ///< of the network; 0: not known
  RowUse row_use = {};

  bool weighted() const { return row_use.balanced_classes || !row_use.weight_column.empty(); }
};
Minimised minimised_in(const RunFolder& folder);

/// The data that the run beside this model was trained on; none where there is no config.toml.
std::optional<DataOrigin> origin_in(const RunFolder& folder, const Model& model);

}  // namespace mlp::app
