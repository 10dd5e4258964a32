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
  Recipe recipe;  ///< the settings that no option gave
  RunFolder folder;
  std::unique_ptr<RunLock> lock;
  DataSplit data;
  std::optional<Table> table;  ///< the table the data were split from, where it is to be cut into folds
  MultilayerPerceptron network;
  std::string config;  ///< the text of config.toml
  std::string fingerprint;
  std::optional<NewestCheckpoint> resumed;  ///< the checkpoint to continue from
  /// Those of an ensemble's members after the first; empty where one has not begun.
  std::vector<std::optional<NewestCheckpoint>> resumed_members;
  std::shared_ptr<const Model> init = nullptr;  ///< settings.training.init points to it
  std::string replaced;                         ///< the earlier run in the folder, from earlier_run()

  PredictionOptions prediction() const {
    return {.threads = settings.training.threads, .target = settings.training.target};
  }
};

/// Everything that can be wrong with options, folders and data is found here, before training begins. `train`
/// is the parser of `mlp train`: a config file gives its options their values.
Run prepare_run(const Parser& train, TrainArguments& arguments, const Environment& environment);

/// What can be shown about the run so far; the run must outlive it.
RunSummary summary_of(const Run& run);

}  // namespace mlp::app
