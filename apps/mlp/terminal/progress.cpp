#include "terminal/progress.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "terminal/format.h"
#include "terminal/terminal.h"

namespace mlp::app {
namespace {

constexpr auto kBetweenDraws = std::chrono::milliseconds(100);
constexpr std::uint64_t kMostLines = 25;
constexpr std::size_t kWidestBar = 40;
constexpr std::size_t kNarrowestBar = 8;

double seconds_since(LiveLine::Clock::time_point start) {
  return std::chrono::duration<double>(LiveLine::Clock::now() - start).count();
}

/// 1, 2, 5, 10, 20, 50, ...: the smallest step that takes `epochs` in at most kMostLines lines.
std::uint64_t epochs_per_line(std::uint64_t epochs) {
  for (std::uint64_t decade = 1;; decade *= 10) {
    for (const std::uint64_t step : {decade, 2 * decade, 5 * decade}) {
      if (epochs <= step * kMostLines) return step;
    }
  }
}

struct Part {
  std::string text;
  int importance;  ///< the least important is dropped first where the terminal is narrow
};

/// "head  bar  part  part", in at most `width` columns. Parts are plain ASCII.
std::string compose(const std::string& head, double fraction, std::vector<Part> parts, std::size_t width,
                    bool utf8) {
  const auto length = [&] {
    std::size_t sum = head.size();
    for (const auto& part : parts) sum += 2 + part.text.size();
    return sum;
  };
  while (!parts.empty() && length() + 2 + kNarrowestBar > width) {
    parts.erase(std::min_element(parts.begin(), parts.end(),
                                 [](const Part& a, const Part& b) { return a.importance < b.importance; }));
  }
  std::string line = head.substr(0, width);
  if (length() + 2 + kNarrowestBar <= width) {
    line += "  " + bar(fraction, std::min(kWidestBar, width - length() - 2), utf8);
  }
  for (const auto& part : parts) line += "  " + part.text;
  return line;
}

}  // namespace

ProgressMode progress_mode(bool quiet, const Environment& environment) {
  if (quiet) return ProgressMode::kOff;
  return environment.live && is_terminal(kStderr) ? ProgressMode::kLive : ProgressMode::kLines;
}

bool LiveLine::due() {
  const auto now = Clock::now();
  if (shown_ && now - last_ < kBetweenDraws) return false;
  last_ = now;
  return true;
}

void LiveLine::draw(const std::string& line) {
  print_error(to_its_start() + line + "\033[K");
  shown_ = true;
  columns_ = columns_of(line);
}

void LiveLine::clear() {
  if (shown_) print_error(to_its_start() + "\033[K");
  shown_ = false;
}

std::string LiveLine::to_its_start() const {
  const auto width = static_cast<std::size_t>(terminal_width(kStderr));
  const std::size_t rows = shown_ && columns_ > 0 ? (columns_ - 1) / width : 0;
  return rows == 0 ? "\r" : "\r\033[" + std::to_string(rows) + "A\033[J";
}

std::string bar(double fraction, std::size_t width, bool utf8) {
  fraction = std::clamp(fraction, 0.0, 1.0);
  std::string text;
  if (!utf8) {
    const auto full = static_cast<std::size_t>(fraction * static_cast<double>(width));
    return std::string(full, '#') + std::string(width - full, '-');
  }
  const auto halves = static_cast<std::size_t>(fraction * static_cast<double>(2 * width));
  for (std::size_t column = 0; column < width; ++column) {
    if (2 * column + 2 <= halves) {
      text += "\u2501";  // heavy line
    } else if (2 * column + 1 == halves) {
      text += "\u2578";  // its left half
    } else {
      text += "\u2500";  // light line
    }
  }
  return text;
}

TrainingProgress::TrainingProgress(ProgressMode mode, bool utf8, std::uint64_t rows, const Dataset& data)
    : mode_(mode),
      utf8_(utf8),
      rows_(rows),
      task_(data.task()),
      several_targets_(task_ == Task::kRegression && data.outputs() > 1),
      unit_(data.unit) {}

void TrainingProgress::step(const StepProgress& progress) {
  epochs_ = progress.epochs;
  if (mode_ != ProgressMode::kLive) return;
  if (first_position_ < 0.0) {
    first_position_ = static_cast<double>(progress.epoch - 1) +
                      static_cast<double>(progress.batch) / static_cast<double>(progress.batches);
    start_ = LiveLine::Clock::now();
  }
  if (line_.due()) line_.draw(live_line(progress));
}

std::string TrainingProgress::live_line(const StepProgress& progress) const {
  const double position = static_cast<double>(progress.epoch - 1) +
                          static_cast<double>(progress.batch) / static_cast<double>(progress.batches);
  const double elapsed = seconds_since(start_);
  const double epochs_per_second = (position - first_position_) / elapsed;
  const std::string total = std::to_string(progress.epochs);
  std::string number = std::to_string(progress.epoch);
  number.insert(0, total.size() - std::min(total.size(), number.size()), ' ');

  std::vector<Part> parts;
  parts.push_back({"loss " + significant(progress.mean_loss), 3});
  if (has_metric(last_)) parts.push_back({"validation " + metric(last_.validation_metric), 2});
  if (elapsed > 0.2) {
    parts.push_back({rate(epochs_per_second * static_cast<double>(rows_)) + " samples/s", 1});
    parts.push_back(
        {countdown((static_cast<double>(progress.epochs) - position) / epochs_per_second) + " left", 4});
  }
  const auto width = static_cast<std::size_t>(std::max(terminal_width(kStderr) - 1, 1));
  return compose("epoch " + number + "/" + total, position / static_cast<double>(progress.epochs), parts,
                 width, utf8_);
}

void TrainingProgress::epoch(const EpochRecord& record, std::uint64_t epochs) {
  epochs_ = epochs;
  last_ = record;
  last_printed_ = mode_ != ProgressMode::kLines;
  if (mode_ != ProgressMode::kLines) return;
  if (record.epoch == 1 || record.epoch == epochs || record.epoch % epochs_per_line(epochs) == 0)
    print_epoch(record);
}

void TrainingProgress::finish() {
  line_.clear();
  if (!last_printed_) print_epoch(last_);
}

void TrainingProgress::print_epoch(const EpochRecord& record) {
  last_printed_ = true;
  std::string number = std::to_string(record.epoch);
  const std::string total = std::to_string(epochs_);
  number.insert(0, total.size() - std::min(total.size(), number.size()), ' ');
  std::string line = "epoch " + number + "/" + total + "  loss " + significant(record.train_loss);
  if (!std::isnan(record.validation_loss)) line += "  validation loss " + significant(record.validation_loss);
  if (has_metric(record)) line += ", " + metric(record.validation_metric);
  print_error(line + "  " + rate(record.samples_per_second) + " samples/s\n");
}

bool TrainingProgress::has_metric(const EpochRecord& record) const {
  return !several_targets_ && !std::isnan(record.validation_metric);
}

std::string TrainingProgress::metric(double value) const {
  if (task_ == Task::kClassification) return "accuracy " + percent(value);
  return "RMSE " + significant(value) + (unit_.empty() ? "" : " " + unit_);
}

namespace {

std::string member_text(std::size_t member, std::size_t members) {
  return "member " + std::to_string(member + 1) + "/" + std::to_string(members);
}

}  // namespace

EnsembleProgress::EnsembleProgress(ProgressMode mode, bool utf8, std::size_t members, int epochs)
    : mode_(mode), utf8_(utf8), positions_(members, 0.0), epochs_(static_cast<double>(members) * epochs) {}

void EnsembleProgress::step(std::size_t member, const StepProgress& progress) {
  positions_[member] = static_cast<double>(progress.epoch - 1) +
                       static_cast<double>(progress.batch) / static_cast<double>(progress.batches);
  if (mode_ != ProgressMode::kLive || !line_.due()) return;
  const auto width = static_cast<std::size_t>(std::max(terminal_width(kStderr) - 1, 1));
  const double done = std::accumulate(positions_.begin(), positions_.end(), 0.0);
  line_.draw(compose(member_text(member, positions_.size()) + ", epoch " + std::to_string(progress.epoch) +
                         "/" + std::to_string(progress.epochs),
                     done / epochs_, {{"loss " + significant(progress.mean_loss), 1}}, width, utf8_));
}

void EnsembleProgress::ended(std::size_t member, const Trained& trained) {
  const bool took_steps = positions_[member] > 0.0;
  // A member that stopped early has no epochs left.
  positions_[member] = epochs_ / static_cast<double>(positions_.size());
  if (mode_ == ProgressMode::kOff || !took_steps) return;
  line_.clear();
  const auto& record = trained.model.record;
  std::string text = member_text(member, positions_.size()) + "  seed " + std::to_string(record.seed) + "  " +
                     counted(record.epochs, "epoch") + " in " + duration(record.seconds);
  if (!trained.history().empty()) text += "  loss " + significant(record.train_loss);
  if (!std::isnan(record.validation_loss)) text += "  validation loss " + significant(record.validation_loss);
  print_error(text + "\n");
}

void DownloadProgress::update(const std::string& file, std::uint64_t done, std::uint64_t total) {
  const bool new_file = file != file_;
  file_ = file;
  if (mode_ == ProgressMode::kLines && new_file) {
    print_error("downloading " + file + (total > 0 ? " (" + bytes(total) + ")" : "") + "\n");
  }
  if (mode_ != ProgressMode::kLive || (!line_.due() && !new_file)) return;
  const auto width = static_cast<std::size_t>(std::max(terminal_width(kStderr) - 1, 1));
  std::vector<Part> parts;
  parts.push_back({total > 0 ? bytes(done) + " of " + bytes(total) : bytes(done), 1});
  const double fraction = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0.0;
  line_.draw(compose("downloading " + file, fraction, parts, width, utf8_));
}

}  // namespace mlp::app
