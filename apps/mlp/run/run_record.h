// What a run was: as its model says, or where there is none yet, or one of an earlier version that does not
// say it, as config.toml does.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "mlp/model.h"
#include "run/data_origin.h"
#include "run/run_folder.h"

namespace mlp::app {

/// Which rows the model in `folder` was trained on and how much each counted. Nothing where neither it nor a
/// config.toml tells.
std::optional<RowUse> row_use_in(const RunFolder& folder, const Model& model);

/// What a run minimised.
struct Minimised {
  std::optional<Loss> loss;  ///< nothing where it is not known, or is one of a later version
  std::size_t outputs = 0;   ///< of the network; 0: not known
  RowUse row_use = {};

  bool weighted() const { return row_use.balanced_classes || !row_use.weight_column.empty(); }
};
Minimised minimised_in(const RunFolder& folder);

/// The data that the run beside this model was trained on; nothing where there is no config.toml.
std::optional<DataOrigin> origin_in(const RunFolder& folder, const Model& model);

}  // namespace mlp::app
