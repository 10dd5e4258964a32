// A training run before its first step: options resolved, data read, network built, checkpoint loaded.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/parser.h"
#include "mlp/checkpoint.h"
#include "mlp/data.h"
#include "present/run_summary.h"
#include "run/run_folder.h"
#include "run/run_lock.h"
#include "run/settings.h"
#include "terminal/environment.h"

namespace mlp::app {

struct Run {
  Settings settings;
  Recipe recipe;  ///< what of the settings no option said
  RunFolder folder;
  std::unique_ptr<RunLock> lock;
  DataSplit data;
  std::optional<Table> table;  ///< that the data were split from, where it is to be cut into folds
  MultilayerPerceptron network;
  std::string config;  ///< what config.toml holds
  std::string fingerprint;
  std::optional<NewestCheckpoint> resumed;  ///< where to go on from
  /// Likewise the members of an ensemble after the first; nothing where one has not begun.
  std::vector<std::optional<NewestCheckpoint>> resumed_members;
  std::shared_ptr<const Model> init = nullptr;  ///< that settings.training.init is
  std::string replaced;                         ///< the earlier run in the folder, as earlier_run() has it

  PredictionOptions prediction() const {
    return {.threads = settings.training.threads, .target = settings.training.target};
  }
};

/// Everything that can be wrong with options, folders and data is found here, before training begins. `train`
/// is the parser of `mlp train`: a config file gives its options their values.
Run prepare_run(const Parser& train, TrainArguments& arguments, const Environment& environment);

/// What there is to show of it by now; the run must outlive it.
RunSummary summary_of(const Run& run);

}  // namespace mlp::app
