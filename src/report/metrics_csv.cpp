// metrics.csv: one row per epoch, see docs/formats.md.
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <span>
#include <string_view>

#include "mlp/atomic_file.h"
#include "mlp/report.h"
#include "network/text.h"

namespace mlp {
namespace {

constexpr std::array<std::string_view, 7> kColumns{
    "epoch",         "train_loss", "validation_loss",   "validation_metric",
    "learning_rate", "seconds",    "samples_per_second"};

constexpr std::uintmax_t kMaxBytes = 100'000'000;  ///< enough for a million epochs

std::string header_line() {
  std::string line;
  for (const auto column : kColumns) line += (line.empty() ? "" : ",") + std::string(column);
  return line;
}

std::string cell(double value) { return std::isnan(value) ? "" : format_number(value); }

/// Where we are in the file, for messages.
struct Place {
  const std::filesystem::path& path;
  std::size_t line;

  [[noreturn]] void fail(const std::string& problem) const {
    throw FileError(path.string() + ": line " + std::to_string(line) + ": " + problem);
  }
};

double parse_cell(std::string_view text, std::string_view column, const Place& place) {
  if (text.empty()) return EpochRecord::kNone;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    place.fail("column " + std::string(column) + ": expected a number, found " + quote(text));
  }
  return value;
}

std::uint64_t parse_epoch(std::string_view text, const Place& place) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    place.fail("column epoch: expected a whole number, found " + quote(text));
  }
  return value;
}

EpochRecord parse_row(std::string_view row, const Place& place) {
  const auto cells = split(row, ',', kColumns.size() + 1);
  if (cells.size() != kColumns.size()) {
    place.fail("expected " + std::to_string(kColumns.size()) + " cells, found " +
               (cells.size() > kColumns.size() ? "more" : std::to_string(cells.size())));
  }
  const auto number = [&](std::size_t i) { return parse_cell(cells[i], kColumns[i], place); };
  return {.epoch = parse_epoch(cells[0], place),
          .train_loss = number(1),
          .validation_loss = number(2),
          .validation_metric = number(3),
          .learning_rate = number(4),
          .seconds = number(5),
          .samples_per_second = number(6)};
}

}  // namespace

void write_metrics_csv(const History& history, const std::filesystem::path& path, const FileLayer& files) {
  std::string text = header_line() + "\n";
  for (const auto& record : history) {
    text += std::to_string(record.epoch);
    for (const double value : {record.train_loss, record.validation_loss, record.validation_metric,
                               record.learning_rate, record.seconds, record.samples_per_second}) {
      text += "," + cell(value);
    }
    text += "\n";
  }
  write_file_atomically(path, text, files);
}

History read_metrics_csv(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw FileError(path.string() + ": expected a metrics.csv, found a folder");
  }
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored)) {
    throw FileError(path.string() + ": expected a metrics.csv, found a device or pipe");
  }
  if (const auto bytes = std::filesystem::file_size(path, ignored); !ignored && bytes > kMaxBytes) {
    throw FileError(path.string() + ": expected a metrics.csv of at most " + std::to_string(kMaxBytes) +
                    " bytes, found " + std::to_string(bytes));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw FileError(path.string() + ": cannot read: " + std::strerror(errno),
                    "a training run writes metrics.csv into its output folder");
  }
  History history;
  Place place{path, 1};
  std::string line;
  const auto next_line = [&] {
    if (!std::getline(file, line)) return false;
    if (line.ends_with('\r')) line.pop_back();
    return true;
  };
  if (!next_line() || line != header_line()) {
    place.fail("expected the columns " + header_line() + ", found " + quote(line));
  }
  for (place.line = 2; next_line(); ++place.line) history.push_back(parse_row(line, place));
  if (file.bad()) place.fail("cannot read on");
  return history;
}

}  // namespace mlp
