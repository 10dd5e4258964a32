#include "run/run_saver.h"

#include <system_error>
#include <utility>

#include "mlp/atomic_file.h"
#include "mlp/error.h"
#include "mlp/report.h"
#include "terminal/format.h"

namespace mlp::app {

RunSaver::RunSaver(RunIdentity run, const NewestCheckpoint* resumed, const FileLayer& files)
    : run_(std::move(run)),
      files_(files),
      first_(resumed == nullptr),
      keep_(resumed != nullptr && resumed->problem.empty()) {
  if (resumed != nullptr && keep_) saved_step_ = resumed->checkpoint.state.step;
}

void RunSaver::save(const TrainingState& state) {
  if (saved_step_ == state.step) return;
  const auto& folder = run_.folder;
  // Before the checkpoint: whoever finds one finds what it was made with.
  if (first_) {
    folder.clear_folds();
    if (run_.config.empty()) {
      std::error_code error;  // that of what is written says more
      std::filesystem::create_directories(folder.path, error);
    } else {
      write_file_atomically(folder.config(), run_.config, files_);
    }
    if (!run_.folds.empty()) write_file_atomically(folder.folds(), run_.folds, files_);
  }
  const Checkpoint checkpoint{.network = run_.network, .state = state, .fingerprint = run_.fingerprint};
  try {
    // A damaged file, or another run's, must not take the place of the one before.
    if (keep_) {
      save_checkpoint_keeping_previous(checkpoint, folder.checkpoint(), files_);
    } else {
      save_checkpoint(checkpoint, folder.checkpoint(), files_);
    }
  } catch (const FileError& error) {
    if (first_) throw;
    throw FileError(error.message(), error.advice() + "; '" +
                                         shell_text({"mlp", "train", "--resume", folder.path.string()}) +
                                         "' then goes on from the last checkpoint");
  }
  saved_step_ = state.step;
  keep_ = true;
  if (first_) folder.clear_earlier_run();
  first_ = false;
  write_metrics_csv(state.history, folder.metrics(), files_);
}

void RunSaver::save(const Model& model) const { save_model(model, run_.folder.model(), files_); }

}  // namespace mlp::app
