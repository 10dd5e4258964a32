// What the training rows say about each column, see mlp/preprocessing.h and docs/preprocessing.md.
#include <algorithm>
#include <array>
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

/// The quantiles at `share` and 1 - `share` lie so many standard deviations apart where numbers are normal.
struct QuantileRange {
  double share;
  double deviations;
};
constexpr std::array<QuantileRange, 5> kQuantileRanges = {
    {{0.25, 1.349}, {0.1, 2.563}, {0.05, 3.290}, {0.025, 3.920}, {0.01, 4.653}}};

constexpr double kFar = 10;  // spreads from the median: more are not left to mean and standard deviation
constexpr double kClip = 3;  // RealMLP's

constexpr std::size_t kManyInputs = 50;  // of one column: worth a note

/// What a note says of a column: why it is left out, or what to know of how it was taken.
enum class Finding {
  kConstant,
  kNoValue,
  kText,
  kIdentifier,
  kRowNumber,
  kBoolean,
  kCategorical,
  kOfManyInputs,
  kNumeric,
  kApart
};

struct Kept {
  InputColumn column;
  std::string apart = {};  ///< what its numbers make one ask; or empty
};

/// A finding, and what is particular to this column: the value of a constant one, a text's note.
struct Noted {
  std::string column;
  Finding finding;
  std::string detail = {};
};

/// A column as an input, or why it is none.
using Learned = std::variant<Kept, Noted>;

Noted constant(const Column& column, const std::string& value) {
  return {column.type.name, Finding::kConstant, value};
}

bool is_left_out(Finding finding) { return finding <= Finding::kRowNumber; }

constexpr const char* kNumbersTheRows = "whole numbers, each one more than above: they number the rows";

/// Why one column is left out, or as what it is taken.
std::string reason(const Noted& noted) {
  switch (noted.finding) {
    case Finding::kConstant:
      return noted.detail + " in every training row";
    case Finding::kNoValue:
      return "no value in the training rows";
    case Finding::kText:
      return "text (" + noted.detail + ")";
    case Finding::kRowNumber:
      return kNumbersTheRows;
    case Finding::kBoolean:
      return "boolean: " + noted.detail;
    case Finding::kNumeric:
      return "numeric: " + noted.detail;
    case Finding::kOfManyInputs:
      return noted.detail + " categories, each an input of its own";
    case Finding::kIdentifier:
    case Finding::kCategorical:
    case Finding::kApart:
      return noted.detail;
  }
  return {};
}

/// The same of several, before their names.
std::string reason_of_many(Finding finding) {
  switch (finding) {
    case Finding::kConstant:
      return "one value in every training row";
    case Finding::kNoValue:
      return "no value in the training rows";
    case Finding::kText:
      return "text";
    case Finding::kIdentifier:
      return "identifiers, whole numbers and nearly all different";
    case Finding::kRowNumber:
      return kNumbersTheRows;
    case Finding::kBoolean:
      return "boolean";
    case Finding::kCategorical:
      return "categories";
    case Finding::kOfManyInputs:
      return "categories, each an input of its own";
    case Finding::kNumeric:
      return "numeric";
    case Finding::kApart:
      return "numbers far from all others";
  }
  return {};
}

/// One note for each finding: its column, or how many there are and the first of them.
std::vector<std::string> notes_of(const std::vector<Noted>& noted) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> notes;
  std::vector<Finding> told;
  for (const auto& first : noted) {
    if (std::ranges::find(told, first.finding) != told.end()) continue;
    told.push_back(first.finding);
    std::string names;
    std::size_t count = 0;
    for (const auto& [column, finding, detail] : noted) {
      if (finding != first.finding || ++count > kShown) continue;
      const bool particular = !detail.empty() && finding != Finding::kIdentifier;
      names += (count > 1 ? ", " : "") + quote(column) + (particular ? " (" + detail + ")" : "");
    }
    const bool apart = first.finding == Finding::kApart;
    const std::string what = is_left_out(first.finding) ? " left out: " : apart ? ": " : " taken as ";
    notes.push_back(count == 1
                        ? "column " + quote(first.column) + what + reason(first)
                        : std::to_string(count) + " columns" + (apart ? " with " : what) +
                              reason_of_many(first.finding) + ": " + names +
                              (count > kShown ? " and " + std::to_string(count - kShown) + " more" : ""));
  }
  return notes;
}

double robust_spread(std::span<const double> sorted) {
  for (const auto& [share, deviations] : kQuantileRanges) {
    const double spread = quantile(sorted, 1 - share) / deviations - quantile(sorted, share) / deviations;
    if (spread > 0) return spread;
  }
  return sorted.front() == sorted.back() ? 0 : moments_of(sorted).deviation;
}

/// How many of the greatest numbers lie behind a gap more than 5 times as wide as the others reach from their
/// median, and as 5 of their spreads: most often none. Such numbers are rather codes or mistakes than
/// measurements. They are at most a tenth of all, or one and the same number and at most half. Found in 22
/// real tables: three mistakes and nothing else (from 3 times on also measurements; of up to half of all, if
/// they may differ, also columns with two heaps).
std::size_t apart_above(std::span<const double> sorted) {
  constexpr double kGap = 5;
  constexpr std::size_t kFewest = 20;       // of fewer numbers nothing is said
  constexpr std::size_t kFewestValues = 3;  // or the numbers are a flag that is rarely set
  const std::size_t count = sorted.size();
  if (count < kFewest) return 0;
  std::size_t different = 1;
  for (std::size_t i = 1; i < count; ++i) {
    const double gap = sorted[i] - sorted[i - 1];
    if (gap == 0) continue;
    const auto others = sorted.first(i);
    const std::size_t apart = count - i;
    const std::size_t most = sorted[i] == sorted.back() ? count / 2 : count / 10;
    if (apart <= most && different >= kFewestValues && gap > kGap * (others.back() - quantile(others, 0.5)) &&
        gap > kGap * robust_spread(others))
      return apart;
    ++different;
  }
  return 0;
}

/// Sorted numbers as those in the middle and those far below and above all others.
struct Parts {
  std::span<const double> below, inner, above;
};

Parts parts_of(std::span<const double> sorted) {
  std::vector<double> mirrored(sorted.rbegin(), sorted.rend());
  for (double& number : mirrored) number = -number;
  const std::size_t below = apart_above(mirrored), above = apart_above(sorted);
  return {sorted.first(below), sorted.subspan(below, sorted.size() - below - above), sorted.last(above)};
}

/// "3 of 200 numbers are 99999, ...", or "" where none is apart.
std::string apart_note(const Parts& parts) {
  const std::size_t count = parts.below.size() + parts.inner.size() + parts.above.size();
  const auto text = [](std::span<const double> part) {
    const bool one = part.front() == part.back();
    return format_number(part.front()) + (one ? "" : " to " + format_number(part.back()));
  };
  std::string note, marks;
  for (const auto part : {parts.below, parts.above}) {
    if (part.empty()) continue;
    note += (note.empty() ? "" : ", and ") + std::to_string(part.size()) + " of " + std::to_string(count) +
            " numbers " + (part.size() == 1 ? "is " : "are ") + text(part);
    marks += " --na " + format_number(part.front());
    if (part.front() != part.back()) marks += " --na " + format_number(part.back());
  }
  if (note.empty()) return note;
  return note + ", far from all others (" + text(parts.inner) + "): where that stands for a missing value," +
         marks + " says so";
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
  return Kept{{{.name = column.type.name, .zero_one = column.type.zero_one}, encoding}, apart_note(parts)};
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

/// What there is to know of how an input was taken; nothing where it is as usual.
std::optional<Noted> noted_input(const Column& column, const InputColumn& input) {
  const std::string& name = input.type.name;
  const std::size_t categories = input.type.categories.size();
  const bool many = categories > kManyInputs;
  if (column.note.empty() && !many) return std::nullopt;
  if (column.note.empty()) return Noted{name, Finding::kOfManyInputs, std::to_string(categories)};
  if (input.type.kind == ColumnKind::kNumeric) return Noted{name, Finding::kNumeric, column.note};
  if (input.type.kind == ColumnKind::kBoolean) return Noted{name, Finding::kBoolean, column.note};
  return Noted{name, Finding::kCategorical,
               (many ? std::to_string(categories) + " categories, each an input of its own" : "categorical") +
                   ": " + column.note};
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
  const std::string& name = column.type.name;
  if (column.type.kind == ColumnKind::kText) return Noted{name, Finding::kText, column.note};
  if (column.identifier) return Noted{name, Finding::kIdentifier, column.note};
  if (!has_value(column, rows)) return Noted{name, Finding::kNoValue};
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
  std::vector<Noted> noted;
  std::vector<InputColumn> row_numbers;
  for (const auto& column : table.columns) {
    if (std::ranges::find(options.excluded, column.type.name) != options.excluded.end()) continue;
    auto learned = learn_column(column, training_rows, options.scaling);
    if (numbers_the_rows(column) && std::holds_alternative<Kept>(learned)) {
      row_numbers.push_back(std::get<Kept>(std::move(learned)).column);
      learned = Noted{column.type.name, Finding::kRowNumber};
    }
    if (auto* reason = std::get_if<Noted>(&learned)) {
      noted.push_back(std::move(*reason));
      continue;
    }
    auto& [input, apart] = std::get<Kept>(learned);
    if (auto note = noted_input(column, input)) noted.push_back(std::move(*note));
    if (!apart.empty()) noted.push_back({column.type.name, Finding::kApart, apart});
    result.preprocessing.inputs.push_back(std::move(input));
  }
  // Alone they are the x of somebody's y.
  if (result.preprocessing.inputs.empty() && !row_numbers.empty()) {
    std::erase_if(noted, [&](const Noted& note) { return note.column == row_numbers.front().type.name; });
    result.preprocessing.inputs.push_back(std::move(row_numbers.front()));
  }
  for (const auto& note : noted)
    if (is_left_out(note.finding)) result.left_out.push_back({note.column, reason(note)});
  result.notes = notes_of(noted);
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
