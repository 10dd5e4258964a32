// The folder a training run leaves: which file is where, and the care taken in writing them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/atomic_file.h"

namespace mlp::app {

struct RunFolder {
  std::filesystem::path path;

  std::filesystem::path model() const { return path / "model.safetensors"; }
  std::filesystem::path checkpoint() const { return path / "checkpoint.safetensors"; }
  std::filesystem::path previous_checkpoint() const { return previous_version(checkpoint()); }
  bool has_checkpoint() const;  ///< under at least one of the two names
  std::filesystem::path metrics() const { return path / "metrics.csv"; }
  std::filesystem::path config() const { return path / "config.toml"; }
  std::filesystem::path loss_svg() const { return path / "loss.svg"; }
  std::filesystem::path loss_png() const { return path / "loss.png"; }
  std::filesystem::path folds() const { return path / "folds.csv"; }
  std::filesystem::path confusion_svg() const { return path / "confusion.svg"; }
  std::filesystem::path predicted_svg() const { return path / "predicted.svg"; }
  std::filesystem::path report() const { return path / "report.html"; }

  /// The files of a member of an ensemble, from the second one (1) on: its checkpoint and metrics. The first
  /// one's are those of the run.
  std::filesystem::path members() const { return path / "members"; }
  RunFolder member(std::size_t index) const { return {members() / std::to_string(index + 1)}; }

  /// Removes the files of an earlier run, except checkpoint, config and folds: the folder never mixes files
  /// of two runs.
  void clear_earlier_run() const;
  void clear_folds() const;
  /// Names of the run's files that are there.
  std::vector<std::string> files() const;
};

/// MODEL as given on the command line: a run's folder or the model file itself. Throws FileError where
/// neither is there, or something else is.
std::filesystem::path model_file(const std::filesystem::path& given);

/// Throws UsageError where `output`, the value of `option`, is the model or another file of its run, which a
/// run is resumed and evaluated from.
void require_no_part_of_the_run(const std::filesystem::path& output, const std::filesystem::path& model,
                                const std::string& option);

/// Writes the whole file or throws FileError; a reader never sees half of it. What is not a regular file (a
/// pipe, a device such as /dev/stdout) is written to directly.
void write_text_file(const std::filesystem::path& path, std::string_view text);

}  // namespace mlp::app
