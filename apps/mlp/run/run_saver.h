// What a run leaves on disk while it goes on, in an order that loses nothing wherever it is stopped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mlp/checkpoint.h"
#include "mlp/file_layer.h"
#include "mlp/model.h"
#include "run/run_folder.h"

namespace mlp::app {

/// What is the same in everything that a run saves, or one of an ensemble's further members does.
struct RunIdentity {
  RunFolder folder;
  MultilayerPerceptron network;
  std::string config;       ///< what config.toml holds; empty: there is none, as of a member
  std::string fingerprint;  ///< what a resumed run must have in common with it
  std::string folds = {};   ///< what folds.csv holds; empty: there is none
};

/// Saves one run: checkpoints, of which the last two are kept, metrics.csv and the model.
class RunSaver {
 public:
  /// `resumed`: the checkpoint the run goes on from. `files` must outlive the saver.
  RunSaver(RunIdentity run, const NewestCheckpoint* resumed, const FileLayer& files);

  /// Checkpoint and metrics.csv; nothing where this step is what the checkpoint holds already. Until its
  /// first save the folder holds an earlier run whole, also where that save fails; from then on it is this
  /// run's. Throws FileError.
  void save(const TrainingState& state);
  void save(const Model& model) const;
  /// Whether the folder holds a checkpoint of this run.
  bool has_saved() const { return !first_; }

 private:
  void save_checkpoint_of(const TrainingState& state);

  RunIdentity run_;
  const FileLayer& files_;
  bool first_;  ///< the folder is not this run's yet
  bool keep_;   ///< checkpoint.safetensors is whole and this run's
  std::optional<std::uint64_t> saved_step_;
};

}  // namespace mlp::app
