#include "data/sets/auto_mpg.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/random.h"
#include "data/bytes/byte_reader.h"
#include "data/numbers/numbers.h"
#include "data/sets/published.h"
#include "mlp/data.h"
#include "mlp/error.h"

namespace mlp {

namespace {

constexpr std::size_t kNumbers = 8;
constexpr std::array<const char*, kNumbers> kColumns = {
    "mpg", "cylinders", "displacement", "horsepower", "weight", "acceleration", "model_year", "origin"};
constexpr std::string_view kBlanks = " \t";
constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// The line without its end and outer blanks.
std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::array<float, kNumbers> parse_line(std::string_view line, const std::string& where) {
  constexpr const char* kHint =
      "expected UCI's auto-mpg.data: eight numbers (? where missing), then a name in quotes";
  std::array<float, kNumbers> numbers{};
  for (std::size_t i = 0; i < kNumbers; ++i) {
    const auto cell = line.substr(0, line.find_first_of(kBlanks));
    const auto number = parse_float(cell);
    if (!number && cell != "?")
      throw FileError(where + ", column " + std::to_string(i + 1) + " (" + kColumns[i] +
                          "): expected a number or ?, found " + (cell.empty() ? "nothing" : in_quotes(cell)),
                      kHint);
    numbers[i] = number.value_or(kMissing);
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks, cell.size()), line.size()));
  }
  if (line.size() < 2 || line.front() != '"' || line.find('"', 1) != line.size() - 1)
    throw FileError(where + ", column 9 (car_name): expected a name in quotes, found " +
                        (line.empty() ? "nothing" : in_quotes(line)),
                    kHint);
  return numbers;
}

}  // namespace

const std::vector<std::string>& auto_mpg_features() {
  static const std::vector<std::string> names(kColumns.begin() + 1, kColumns.end());
  return names;
}

AutoMpg parse_auto_mpg(std::string_view text, const std::string& file) {
  AutoMpg table;
  AlignedVector<float> features, mpg;
  std::array<bool, kNumbers> lacks{};
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    const auto line = trim(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    if (line.empty()) continue;
    const auto numbers = parse_line(line, file + ": line " + std::to_string(line_number));
    bool complete = true;
    for (std::size_t i = 0; i < kNumbers; ++i) {
      if (!std::isnan(numbers[i])) continue;
      complete = false;
      lacks[i] = true;
    }
    if (!complete) {
      ++table.incomplete;
      continue;
    }
    mpg.push_back(numbers[0]);
    table.lines.push_back(static_cast<std::uint32_t>(line_number - 1));
    features.insert(features.end(), numbers.begin() + 1, numbers.end());
  }
  if (mpg.empty())
    throw FileError(file + ": holds no complete row", "expected UCI's auto-mpg.data, 398 lines");
  for (std::size_t i = 0; i < kNumbers; ++i)
    if (lacks[i]) table.missing_in.emplace_back(kColumns[i]);
  const std::size_t rows = mpg.size();
  table.features = Matrix<float>::adopt(rows, kNumbers - 1, std::move(features));
  table.mpg = Matrix<float>::adopt(rows, 1, std::move(mpg));
  return table;
}

namespace {

Dataset select(const AutoMpg& table, std::span<const std::uint32_t> rows) {
  Dataset dataset;
  dataset.name = "mpg";
  dataset.feature_names = auto_mpg_features();
  dataset.target_names = {"mpg"};
  dataset.unit = "mpg";
  Matrix<float> inputs(rows.size(), table.features.columns());
  dataset.targets = Matrix<float>(rows.size(), 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(table.features.row(rows[i]), inputs.row(i).begin());
    dataset.targets(i, 0) = table.mpg(rows[i], 0);
    dataset.source_rows.push_back(table.lines[rows[i]]);
  }
  dataset.inputs = std::move(inputs);
  return dataset;
}

}  // namespace

DataSplit load_auto_mpg(const DataSource& source, std::uint64_t seed, double test_fraction) {
  require(test_fraction > 0 && test_fraction < 1, "load_auto_mpg: test_fraction must lie between 0 and 1");
  const auto path = obtain(auto_mpg_publication(), source).front();
  constexpr std::size_t kMaxBytes = std::size_t{1} << 24;
  ByteReader reader(path);
  const auto table = parse_auto_mpg(read_text(reader, kMaxBytes), path.string());

  const std::size_t rows = table.mpg.rows();
  const auto test_rows = static_cast<std::size_t>(std::llround(test_fraction * static_cast<double>(rows)));
  if (test_rows == 0 || test_rows == rows)
    throw DataError(path.string() + ": " + std::to_string(rows) + " complete rows cannot be split into " +
                        "training and test rows",
                    "expected UCI's auto-mpg.data, 398 lines");
  const auto order = permutation(rows, RandomStream(seed, RandomPurpose::kSplit));
  DataSplit split;
  split.test = select(table, std::span(order).first(test_rows));
  split.train = select(table, std::span(order).subspan(test_rows));
  if (table.incomplete > 0)
    split.notes.emplace_back(IncompleteRows{table.incomplete, table.incomplete + rows, table.missing_in});
  split.origin = path.parent_path().string();
  return split;
}

}  // namespace mlp
