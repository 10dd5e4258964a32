// What the training rows say about each column, see mlp/preprocessing.h and docs/preprocessing.md.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "data/statistics.h"
#include "mlp/error.h"
#include "mlp/preprocessing.h"
#include "network/text.h"

namespace mlp {

namespace {

using Rows = std::span<const std::uint32_t>;

constexpr double kQuartileRangeOfNormal = 1.349;  // in standard deviations

constexpr std::size_t kManyInputs = 50;  // of one column: worth a note

/// A column as an input, or why it is none.
using Learned = std::variant<InputColumn, std::string>;

std::string constant(const std::string& value) { return value + " in every training row"; }

Learned learn_numeric(const Column& column, Rows rows, InputScaling scaling) {
  std::vector<double> values;
  for (const std::uint32_t row : rows)
    if (!std::isnan(column.numbers[row])) values.push_back(column.numbers[row]);
  const bool missing = values.size() < rows.size();
  std::ranges::sort(values);
  if (values.front() == values.back() && !missing) return constant(format_number(values.front()));

  const Moments moments = moments_of(values);
  NumericEncoding encoding{.fill = quantile(values, 0.5),
                           .center = moments.mean,
                           .spread = values.front() == values.back() ? 0.0 : moments.deviation,
                           .missing_input = missing};
  if (scaling == InputScaling::kRobust) {
    encoding.center = encoding.fill;
    const double low = quantile(values, 0.25), high = quantile(values, 0.75);
    const double spread = high / kQuartileRangeOfNormal - low / kQuartileRangeOfNormal;
    if (spread > 0) encoding.spread = spread;
  }
  return InputColumn{{.name = column.type.name, .zero_one = column.type.zero_one}, encoding};
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
  if (type.categories.size() == 1 && !missing) return constant(quote(type.categories.front()));
  if (type.kind == ColumnKind::kCategorical) return InputColumn{std::move(type), std::move(encoding)};
  type.categories = column.type.categories;
  return InputColumn{std::move(type), BooleanEncoding{.fill = share(1), .missing_input = missing}};
}

/// "categorical", or how many inputs it makes where they are many.
std::string how_taken(const InputColumn& column) {
  const std::size_t categories = column.type.categories.size();
  return categories > kManyInputs ? std::to_string(categories) + " categories, each an input of its own"
                                  : std::string(to_text(column.type.kind));
}

/// 1, 2, 3, ... down the file. Not what may be years.
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
  if (column.type.kind == ColumnKind::kText) return "text (" + column.note + ")";
  if (column.identifier) return column.note;
  if (!has_value(column, rows)) return std::string("no value in the training rows");
  return column.type.kind == ColumnKind::kNumeric ? learn_numeric(column, rows, scaling)
                                                  : learn_codes(column, rows);
}

}  // namespace

LearnedPreprocessing learn_preprocessing(const Table& table, Rows training_rows,
                                         const PreprocessingOptions& options) {
  require(!training_rows.empty(), "learn_preprocessing: there are no rows to learn from");
  require(std::ranges::all_of(training_rows, [&](std::uint32_t row) { return row < table.rows; }),
          "learn_preprocessing: a row that the table does not have");
  for (const auto& name : options.excluded) table.column(name);  // must be there

  LearnedPreprocessing result;
  std::optional<InputColumn> row_number;
  std::size_t row_number_note = 0;
  for (const auto& column : table.columns) {
    if (std::ranges::find(options.excluded, column.type.name) != options.excluded.end()) continue;
    auto learned = learn_column(column, training_rows, options.scaling);
    const std::string name = "column " + quote(column.type.name);
    if (numbers_the_rows(column) && std::holds_alternative<InputColumn>(learned)) {
      if (!row_number) {
        row_number = std::get<InputColumn>(std::move(learned));
        row_number_note = result.notes.size();
      }
      learned = std::string("whole numbers, each one more than above: they number the rows");
    }
    if (const auto* reason = std::get_if<std::string>(&learned)) {
      result.notes.push_back(name + " left out: " + *reason);
      continue;
    }
    auto& input = std::get<InputColumn>(learned);
    if (!column.note.empty() || input.type.categories.size() > kManyInputs)
      result.notes.push_back(name + " taken as " + how_taken(input) +
                             (column.note.empty() ? "" : ": " + column.note));
    result.preprocessing.inputs.push_back(std::move(input));
  }
  // Alone they are the x of somebody's y.
  if (result.preprocessing.inputs.empty() && row_number) {
    result.notes.erase(result.notes.begin() + static_cast<std::ptrdiff_t>(row_number_note));
    result.preprocessing.inputs.push_back(std::move(*row_number));
  }
  if (result.preprocessing.inputs.empty())
    throw DataError(
        table.name + ": no column is left to learn from" +
            (result.notes.empty() ? "" : "; " + result.notes.front()) +
            (result.notes.size() > 1 ? ", and " + std::to_string(result.notes.size() - 1) + " more" : ""),
        "inputs are numbers and categories that differ from row to row; texts can be made categories "
        "(--categorical)");
  if (const auto wrong = problem(result.preprocessing); !wrong.empty())
    throw DataError(table.name + ": " + wrong, "leave out columns with many categories (--ignore)");
  return result;
}

}  // namespace mlp
