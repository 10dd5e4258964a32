#include "run/run_saver.h"

#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "mlp/atomic_file.h"
#include "mlp/error.h"
#include "mlp/report.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

std::optional<std::string> text_in(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// config.toml and folds.csv as an earlier run left them, to be put back where the first checkpoint of the
/// new run cannot be written.
class EarlierTexts {
 public:
  explicit EarlierTexts(const RunFolder& folder)
      : texts_{{folder.config(), text_in(folder.config())}, {folder.folds(), text_in(folder.folds())}} {}

  void put_back(const FileLayer& files) const {
    for (const auto& [path, text] : texts_) {
      std::error_code none;
      if (!text) std::filesystem::remove(path, none);
      if (text && text_in(path) != text) write_file_atomically(path, *text, files);
    }
  }

 private:
  std::vector<std::pair<std::filesystem::path, std::optional<std::string>>> texts_;
};

/// Whether the folder's checkpoint is this run's, which it may be even if writing it reported a failure.
bool holds_checkpoint(const RunFolder& folder, const std::string& fingerprint) {
  try {
    return load_newest_checkpoint(folder.checkpoint()).checkpoint.fingerprint == fingerprint;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

RunSaver::RunSaver(RunIdentity run, const NewestCheckpoint* resumed, const FileLayer& files)
    : run_(std::move(run)),
      files_(files),
      first_(resumed == nullptr),
      keep_(resumed != nullptr && resumed->problem.empty()) {
  if (resumed != nullptr) events_written_ = resumed->checkpoint.state.history.size();
  if (resumed != nullptr && keep_) saved_step_ = resumed->checkpoint.state.step;
}

void RunSaver::save(const TrainingState& state) {
  if (saved_step_ == state.step) return;
  if (!first_) {
    save_checkpoint_of(state);
  } else {
    const EarlierTexts earlier(run_.folder);
    try {
      save_checkpoint_of(state);
    } catch (const FileError&) {
      if (!holds_checkpoint(run_.folder, run_.fingerprint)) earlier.put_back(files_);
      throw;
    }
    run_.folder.clear_earlier_run();
    first_ = false;
  }
  write_metrics_csv(state.history, run_.folder.metrics(), files_);
  write_events(state);
}

void RunSaver::write_events(const TrainingState& state) {
  if (run_.events_metric.empty() || first_ || events_written_ == state.history.size()) return;
  if (!events_) {
    events_.emplace(
        run_.folder.path,
        EventFileOptions{.metric = run_.events_metric, .first_epoch = state.history[events_written_].epoch},
        files_);
  }
  for (; events_written_ < state.history.size(); ++events_written_)
    events_->write(state.history[events_written_]);
}

void RunSaver::save_checkpoint_of(const TrainingState& state) {
  const auto& folder = run_.folder;
  // Before the checkpoint, so every checkpoint has its config.
  if (first_) {
    folder.clear_folds();
    if (run_.config.empty()) {
      std::error_code error;  // writing to the folder gives a better message
      std::filesystem::create_directories(folder.path, error);
    } else {
      write_file_atomically(folder.config(), run_.config, files_);
    }
    if (!run_.folds.empty()) write_file_atomically(folder.folds(), run_.folds, files_);
  }
  const Checkpoint checkpoint{.network = run_.network, .state = state, .fingerprint = run_.fingerprint};
  try {
    // A damaged file, or another run's, must not replace the previous checkpoint.
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
}

void RunSaver::save(const Model& model) const { save_model(model, run_.folder.model(), files_); }

}  // namespace mlp::app
