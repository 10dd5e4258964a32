// Saves the files of a running training, in an order that loses nothing wherever it is stopped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mlp/checkpoint.h"
#include "mlp/event_file.h"
#include "mlp/file_layer.h"
#include "mlp/model.h"
#include "run/run_folder.h"

namespace mlp::app {

/// What all files saved by a run, or by one of an ensemble's further members, have in common.
struct RunIdentity {
  RunFolder folder;
  MultilayerPerceptron network;
  std::string config;              ///< the text of config.toml; empty: there is none, as for a member
  std::string fingerprint;         ///< what a resumed run must have in common with it
  std::string folds = {};          ///< the text of folds.csv; empty: there is none
  std::string events_metric = {};  ///< the metric's name in an event file; empty: none is written
};

/// Saves one run: checkpoints, of which the last two are kept, metrics.csv, its event file and the model.
class RunSaver {
 public:
  /// `resumed`: the checkpoint the run continues from. `files` must outlive the saver.
  RunSaver(RunIdentity run, const NewestCheckpoint* resumed, const FileLayer& files);

  /// Saves checkpoint and metrics.csv; does nothing where the checkpoint already holds this step. Until its
  /// first save the folder holds an earlier run whole, also where that save fails; from then on it is this
  /// run's. Throws FileError.
  void save(const TrainingState& state);
  void save(const Model& model) const;
  /// Writes the epochs that have ended since to the run's event file, unless it has none, or the folder is
  /// not this run's yet: the first save then writes them. Throws FileError.
  void write_events(const TrainingState& state);
  /// Whether the folder holds a checkpoint of this run.
  bool has_saved() const { return !first_; }

 private:
  void save_checkpoint_of(const TrainingState& state);

  RunIdentity run_;
  const FileLayer& files_;
  bool first_;  ///< the folder is not this run's yet
  bool keep_;   ///< checkpoint.safetensors is whole and this run's
  std::optional<std::uint64_t> saved_step_;
  std::optional<EventFile> events_;
  std::size_t events_written_ = 0;  ///< how many epochs of the history an event file holds
};

}  // namespace mlp::app
