// What the training rows say about each column, see mlp/preprocessing.h and docs/preprocessing.md.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "data/numbers/statistics.h"
#include "data/prepare/numbers_apart.h"
#include "mlp/error.h"
#include "mlp/preprocessing.h"
#include "network/text.h"

namespace mlp {

namespace {

using Rows = std::span<const std::uint32_t>;

constexpr double kFar = 10;  // spreads from the median: too far for mean and standard deviation
constexpr double kClip = 3;  // RealMLP's

constexpr std::size_t kManyInputs = 50;  // of one column: so many are worth a note

struct Kept {
  InputColumn column;
  Message apart = {};  ///< what its numbers make one ask; or empty
};

/// What to note about a column.
struct Noted {
  NotedColumn column;
  ColumnFinding finding;
};

/// A column as an input, or why it is none.
using Learned = std::variant<Kept, Noted>;

Noted constant(const Column& column, const std::string& value) {
  return {{column.type.name, value}, ColumnFinding::kConstant};
}

/// One note for each finding, in the order in which they were made.
std::vector<Note> notes_of(const std::vector<Noted>& noted) {
  std::vector<ColumnsNote> notes;
  for (const auto& [column, finding] : noted) {
    auto note = std::ranges::find(notes, finding, &ColumnsNote::finding);
    if (note == notes.end()) note = notes.insert(note, {.finding = finding, .columns = {}});
    note->columns.push_back(column);
  }
  return {notes.begin(), notes.end()};
}

Learned learn_numeric(const Column& column, Rows rows, InputScaling scaling) {
  std::vector<double> values;
  for (const std::uint32_t row : rows)
    if (!std::isnan(column.numbers[row])) values.push_back(column.numbers[row]);
  const bool missing = values.size() < rows.size();
  std::ranges::sort(values);
  if (values.front() == values.back() && !missing) return constant(column, format_number(values.front()));

  const Moments moments = moments_of(values);
  NumericEncoding encoding{.fill = quantile(values, 0.5),
                           .center = moments.mean,
                           .spread = values.front() == values.back() ? 0.0 : moments.deviation,
                           .least = values.front(),
                           .most = values.back(),
                           .missing_input = missing};
  const Parts parts = parts_of(values);
  const double center = quantile(parts.inner, 0.5), spread = robust_spread(parts.inner);
  const bool far = std::max(encoding.most - center, center - encoding.least) > kFar * spread;
  if (scaling == InputScaling::kRobust || (scaling == InputScaling::kAuto && far)) {
    encoding.center = center;
    encoding.spread = spread;
    encoding.clip = kClip;
  }
  return Kept{{{.name = column.type.name, .zero_one = column.type.zero_one}, encoding}, text_of_parts(parts)};
}

/// How often each category occurs.
std::vector<std::size_t> count_codes(const Column& column, Rows rows) {
  std::vector<std::size_t> counts(column.type.categories.size());
  for (const std::uint32_t row : rows)
    if (column.codes[row] >= 0) ++counts[static_cast<std::size_t>(column.codes[row])];
  return counts;
}

Learned learn_codes(const Column& column, Rows rows) {
  const auto counts = count_codes(column, rows);
  const auto present = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  const bool missing = present < rows.size();
  const auto share = [&](std::size_t code) {
    return static_cast<double>(counts[code]) / static_cast<double>(present);
  };
  ColumnType type{.name = column.type.name, .kind = column.type.kind};
  OneHotEncoding encoding{.missing_input = missing};
  for (std::size_t code = 0; code < counts.size(); ++code) {
    if (counts[code] == 0) continue;
    type.categories.push_back(column.type.categories[code]);
    encoding.shares.push_back(share(code));
  }
  if (type.categories.size() == 1 && !missing) return constant(column, quote(type.categories.front()));
  if (type.kind == ColumnKind::kCategorical) return Kept{{std::move(type), std::move(encoding)}};
  type.categories = column.type.categories;
  return Kept{{std::move(type), BooleanEncoding{.fill = share(1), .missing_input = missing}}};
}

/// What to note about how an input was read; nothing where it is as usual.
std::optional<Noted> noted_input(const Column& column, const InputColumn& input) {
  const std::string& name = input.type.name;
  const std::size_t categories = input.type.categories.size();
  const bool many = categories > kManyInputs;
  if (column.note.empty() && !many) return std::nullopt;
  if (column.note.empty()) return Noted{{name, std::to_string(categories)}, ColumnFinding::kOfManyInputs};
  if (input.type.kind == ColumnKind::kNumeric) return Noted{{name, column.note}, ColumnFinding::kNumeric};
  if (input.type.kind == ColumnKind::kBoolean) return Noted{{name, column.note}, ColumnFinding::kBoolean};
  return Noted{
      {name, (many ? std::to_string(categories) + " categories, each an input of its own" : "categorical") +
                 ": " + column.note},
      ColumnFinding::kCategorical};
}

/// Whether the column counts 1, 2, 3, ... down the file. Not numbers that may be years.
bool numbers_the_rows(const Column& column) {
  constexpr std::size_t kFewest = 20;
  constexpr double kFirstYear = 1500, kLastYear = 2100;
  const auto& numbers = column.numbers;
  if (numbers.size() < kFewest || numbers.front() != std::trunc(numbers.front())) return false;
  if (numbers.front() >= kFirstYear && numbers.back() <= kLastYear) return false;
  return std::ranges::adjacent_find(numbers, [](double a, double b) { return !(b - a == 1); }) ==
         numbers.end();
}

bool has_value(const Column& column, Rows rows) {
  return std::ranges::any_of(rows, [&](std::uint32_t row) {
    return column.type.kind == ColumnKind::kNumeric ? !std::isnan(column.numbers[row])
                                                    : column.codes[row] >= 0;
  });
}

Learned learn_column(const Column& column, Rows rows, InputScaling scaling) {
  const std::string& name = column.type.name;
  if (column.type.kind == ColumnKind::kText)
    return Noted{{name, column.note},
                 column.perhaps_numeric ? ColumnFinding::kFormatted : ColumnFinding::kText};
  if (column.identifier) return Noted{{name, column.note}, ColumnFinding::kIdentifier};
  if (!has_value(column, rows)) return Noted{{name}, ColumnFinding::kNoValue};
  return column.type.kind == ColumnKind::kNumeric ? learn_numeric(column, rows, scaling)
                                                  : learn_codes(column, rows);
}

}  // namespace

LearnedPreprocessing learn_preprocessing(const Table& table, Rows training_rows,
                                         const PreprocessingOptions& options) {
  require(!training_rows.empty(), "learn_preprocessing: there are no rows to learn from");
  require(std::ranges::all_of(training_rows, [&](std::uint32_t row) { return row < table.rows; }),
          "learn_preprocessing: a row that the table does not have");
  for (const auto& name : options.excluded) table.column(name);  // throws where there is no such column

  LearnedPreprocessing result;
  std::vector<Noted> noted;
  std::vector<InputColumn> row_numbers;
  for (const auto& column : table.columns) {
    if (std::ranges::find(options.excluded, column.type.name) != options.excluded.end()) continue;
    auto learned = learn_column(column, training_rows, options.scaling);
    if (numbers_the_rows(column) && std::holds_alternative<Kept>(learned)) {
      row_numbers.push_back(std::get<Kept>(std::move(learned)).column);
      learned = Noted{{column.type.name}, ColumnFinding::kRowNumber};
    }
    if (auto* reason = std::get_if<Noted>(&learned)) {
      noted.push_back(std::move(*reason));
      continue;
    }
    auto& [input, apart] = std::get<Kept>(learned);
    if (auto note = noted_input(column, input)) noted.push_back(std::move(*note));
    if (!apart.empty()) noted.push_back({{column.type.name, apart}, ColumnFinding::kApart});
    result.preprocessing.inputs.push_back(std::move(input));
  }
  // Where row numbers are the only inputs they are kept: they may be the x of a function y(x).
  if (result.preprocessing.inputs.empty() && !row_numbers.empty()) {
    std::erase_if(noted,
                  [&](const Noted& note) { return note.column.name == row_numbers.front().type.name; });
    result.preprocessing.inputs.push_back(std::move(row_numbers.front()));
  }
  for (const auto& [column, finding] : noted)
    if (is_left_out(finding)) result.left_out.push_back({column.name, reason(finding, column)});
  result.notes = notes_of(noted);
  if (result.preprocessing.inputs.empty())
    throw DataError(
        table.name + ": no column is left to learn from" +
            (result.notes.empty() ? "" : "; " + message_of(result.notes.front())) +
            (result.notes.size() > 1 ? ", and " + std::to_string(result.notes.size() - 1) + " more" : ""),
        "inputs are numbers and categories that differ from row to row; texts can be made categories (" +
            Setting::kCategorical + ")");
  if (const auto wrong = problem(result.preprocessing); !wrong.empty())
    throw DataError(table.name + ": " + wrong,
                    "leave out columns with many categories (" + Setting::kIgnore + ")");
  return result;
}

}  // namespace mlp
