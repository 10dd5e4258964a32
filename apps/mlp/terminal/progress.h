// Progress on standard error: a live line on a terminal, a few plain lines elsewhere, nothing when quiet.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "mlp/train.h"
#include "terminal/environment.h"

namespace mlp::app {

enum class ProgressMode { kOff, kLines, kLive };
ProgressMode progress_mode(bool quiet, const Environment& environment);

/// One line at the bottom of a terminal that is drawn again and again, at most ten times a second.
class LiveLine {
 public:
  using Clock = std::chrono::steady_clock;

  ~LiveLine() { clear(); }
  /// Whether it is time to draw again; if not, the line need not be composed.
  bool due();
  void draw(const std::string& line);
  void clear();

 private:
  /// The terminal may be narrower than when the line was drawn and have broken it into rows: removes all but
  /// the first.
  std::string to_its_start() const;

  Clock::time_point last_{};
  bool shown_ = false;
  std::size_t columns_ = 0;  ///< of the line that is shown
};

/// "##########----------" of `width` columns, in block characters where the terminal has them.
std::string bar(double fraction, std::size_t width, bool utf8);

/// The progress of a training run.
class TrainingProgress {
 public:
  /// `rows`: training rows of an epoch. `data`: the data set they belong to.
  TrainingProgress(ProgressMode mode, bool utf8, std::uint64_t rows, const Dataset& data);

  void step(const StepProgress& progress);
  void epoch(const EpochRecord& record, std::uint64_t epochs);
  /// Removes the live line; prints the last epoch's line if it was left out.
  void finish();

 private:
  void print_epoch(const EpochRecord& record);
  std::string live_line(const StepProgress& progress) const;
  bool has_metric(const EpochRecord& record) const;
  std::string metric(double value) const;

  ProgressMode mode_;
  bool utf8_;
  std::uint64_t rows_;
  Task task_;
  bool several_targets_;  ///< then the RMSE has no unit, and is not shown
  std::string unit_;
  LiveLine line_;
  LiveLine::Clock::time_point start_ = LiveLine::Clock::now();
  double first_position_ = -1.0;  ///< in epochs, when this process took its first step; below 0: not yet
  std::uint64_t epochs_ = 0;
  EpochRecord last_;
  bool last_printed_ = true;
};

/// The progress of an ensemble's training: a live line for all members, and a line for each that has ended.
class EnsembleProgress {
 public:
  EnsembleProgress(ProgressMode mode, bool utf8, std::size_t members, int epochs);

  void step(std::size_t member, const StepProgress& progress);
  /// Prints nothing for a member that had finished before this run was resumed.
  void ended(std::size_t member, const Trained& trained);
  void finish() { line_.clear(); }

 private:
  ProgressMode mode_;
  bool utf8_;
  std::vector<double> positions_;  ///< of each member, in epochs
  double epochs_;                  ///< of all members
  LiveLine line_;
};

/// The progress of downloads, file by file; fits DataSource::progress.
class DownloadProgress {
 public:
  DownloadProgress(ProgressMode mode, bool utf8) : mode_(mode), utf8_(utf8) {}
  void update(const std::string& file, std::uint64_t done, std::uint64_t total);
  void finish() { line_.clear(); }

 private:
  ProgressMode mode_;
  bool utf8_;
  LiveLine line_;
  std::string file_;
};

}  // namespace mlp::app
