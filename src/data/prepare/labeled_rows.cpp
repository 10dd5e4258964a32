// Which column is predicted, and for which rows: see mlp/table_data.h.
#include "data/prepare/labeled_rows.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "data/cells/formatted_number.h"
#include "data/cells/name_hint.h"
#include "data/cells/text_count.h"
#include "data/numbers/float_units.h"
#include "data/numbers/numbers.h"
#include "data/table/column_finder.h"
#include "mlp/error.h"
#include "network/text.h"

namespace mlp {

namespace {

constexpr std::size_t kFewNumbers = 10;  // with so few different numbers they may be meant as classes

std::string place_of(const Table& table, const std::string& column) {
  return table.name + ": column " + quote(column);
}
std::string place_of(const Table& table, const std::string& column, std::uint32_t row) {
  return place_of(table, column) + ", row " + std::to_string(row + 1);
}

bool is_missing(const Column& column, const ColumnType& type, std::uint32_t row) {
  return type.kind == ColumnKind::kNumeric ? std::isnan(column.numbers[row])
                                           : column.codes[row] == Column::kMissing;
}

/// Throws: some cells have classes that `type` does not have, the first of them in this row.
[[noreturn]] void refuse_classes(const Table& table, const ColumnType& type, std::uint32_t row,
                                 const std::vector<TextCount>& unknown) {
  throw DataError(place_of(table, type.name, row) +
                      (unknown.size() > 1 ? ": classes that are" : ": a class that is") +
                      " not among those trained on: " + listed(unknown),
                  suggest_name(unknown.front().text, type.categories, "they are") +
                      "; rows of others cannot be tested on, nor learned from as the model stands");
}

void read_labels(const Table& table, const Column& column, const ColumnType& type, LabeledRows& result) {
  const auto classes = translation(column.type, type);
  std::vector<TextCount> unknown = column.unknown;
  std::optional<std::uint32_t> first;
  for (const std::uint32_t row : result.rows) {
    const std::int32_t code = column.codes[row];
    const std::int32_t label = code < 0 ? code : classes[static_cast<std::size_t>(code)];
    if (label < 0 && !first) first = row;
    if (label < 0 && code >= 0) count_text(unknown, column.type.categories[static_cast<std::size_t>(code)]);
    result.labels.push_back(label);
  }
  if (first) refuse_classes(table, type, *first, unknown);
}

void read_values(const Table& table, const Column& column, std::size_t target, LabeledRows& result) {
  for (std::size_t n = 0; n < result.rows.size(); ++n) {
    const double value = column.numbers[result.rows[n]];
    result.values(n, target) = static_cast<float>(value);
    if (!std::isfinite(result.values(n, target)))
      throw DataError(place_of(table, column.type.name, result.rows[n]) + ": " + format_number(value) +
                          " does not fit a float",
                      "give the target in a larger unit");
  }
}

std::vector<double> read_weights(const Table& table, const std::string& name, const LabeledRows& labeled) {
  const Column& column = table.column(name);
  if (column.type.kind != ColumnKind::kNumeric)
    throw UsageError(place_of(table, name) + ": weights are numbers, and this column is " +
                     std::string(to_text(column.type.kind)));
  std::vector<double> weights;
  for (const std::uint32_t row : labeled.rows) {
    const double weight = column.numbers[row];
    weights.push_back(weight);
    if (std::isnan(weight) || weight < 0)
      throw DataError(place_of(table, name, row) +
                          ": expected a weight, a number that is not negative, found " +
                          (std::isnan(weight) ? "none" : format_number(weight)),
                      "0 leaves a row out of what is learned");
  }
  return weights;
}

/// The classes of a column's cells, in the order of its categories.
ColumnType classes_of(const Column& column) {
  std::vector<bool> occurs(column.type.categories.size());
  for (const std::int32_t code : column.codes)
    if (code >= 0) occurs[static_cast<std::size_t>(code)] = true;
  ColumnType type{.name = column.type.name, .kind = column.type.kind};
  if (type.kind == ColumnKind::kNumeric) type.kind = ColumnKind::kCategorical;
  for (std::size_t code = 0; code < occurs.size(); ++code)
    if (occurs[code] || type.kind == ColumnKind::kBoolean)
      type.categories.push_back(column.type.categories[code]);
  return type;
}

/// Throws where a column of texts has nothing but numbers, some of which are not read as such. `otherwise` is
/// added to the hint.
void refuse_formatted_numbers(const Table& table, const Column& column, const Message& otherwise = {}) {
  const auto& texts = column.type.categories;
  const auto formatted = std::ranges::find_if(texts, [](const auto& text) { return !parse_double(text); });
  const auto hint = formatted_number_hint(texts, std::nullopt);
  if (column.type.kind != ColumnKind::kCategorical || formatted == texts.end() || hint.empty()) return;
  throw DataError(
      place_of(table, column.type.name) + " holds numbers with a format (" + quote(*formatted) + ")",
      hint + otherwise);
}

/// Throws where a column is categorical and most probably meant as numbers: the user must say which.
void refuse_to_guess(const Table& table, const Column& column) {
  if (!column.perhaps_numeric) return;
  const Message otherwise = "; if they are classes, " + Remedy{Setting::kTask, {"classification"}};
  refuse_formatted_numbers(table, column, otherwise);
  throw DataError(place_of(table, column.type.name) + ": cannot tell whether it holds numbers or classes",
                  column.note + otherwise);
}

/// The task for these targets unless the options name one.
Task usual_task(const Table& table, const std::vector<std::string>& targets) {
  if (targets.size() > 1) return Task::kRegression;
  const Column& target = table.column(targets.front());
  refuse_to_guess(table, target);
  // Where "01" stands beside "1" there are more classes than numbers.
  const bool zero_one = target.type.zero_one && target.type.categories.size() == 2;
  return target.type.kind != ColumnKind::kNumeric || zero_one ? Task::kClassification : Task::kRegression;
}

Task task_of(const Table& table, const TableDataOptions& options) {
  const Column& first = table.column(options.targets.front());
  const Task task = options.task ? *options.task : usual_task(table, options.targets);
  if (task == Task::kClassification) {
    if (options.targets.size() > 1)
      throw UsageError(
          "a classification has one target, and " + std::to_string(options.targets.size()) + " are named",
          "name one of them, or leave out " + Remedy{Setting::kTask, {"classification"}} +
              " where they are numbers");
    if (first.type.categories.empty())
      throw UsageError(place_of(table, first.type.name) +
                           ": has too many different values to be classes, or is " + "not read as a target",
                       "take it as numbers (" + Remedy{Setting::kTask, {"regression"}} + ")");
    return task;
  }
  for (const auto& name : options.targets) {
    const Column& column = table.column(name);
    if (column.type.kind == ColumnKind::kNumeric) continue;
    refuse_formatted_numbers(table, column);
    throw UsageError(place_of(table, name) + ": a regression's target is numeric, and this column is " +
                         std::string(to_text(column.type.kind)),
                     !column.note.empty() ? column.note
                     : options.targets.size() > 1
                         ? "name one target for a classification"
                         : "leave out " + Remedy{Setting::kTask, {"regression"}} + " to predict its classes");
  }
  return task;
}

void check_names(const TableDataOptions& options) {
  if (options.targets.empty())
    throw UsageError("no target is named", "name the column to predict (" + Setting::kTargets + ")");
  auto names = options.targets;
  if (options.sample_weight) names.push_back(*options.sample_weight);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end())
    throw UsageError("column " + quote(*twice) + " is named twice, as a target or as the weight",
                     "name it once");
}

void check_classes(const Table& table, LabeledRows& labeled) {
  const auto& type = labeled.targets.front();
  std::vector<std::size_t> counts(type.categories.size());
  for (const std::int32_t label : labeled.labels) ++counts[static_cast<std::size_t>(label)];
  const auto classes = counts.size() - static_cast<std::size_t>(std::ranges::count(counts, 0u));
  if (classes < 2)
    throw DataError(place_of(table, type.name) + ": " +
                        quote(type.categories[static_cast<std::size_t>(labeled.labels.front())]) +
                        " in every row: there is nothing to tell apart",
                    "is it the right target?");
  if (classes == labeled.rows.size()) {
    const Column& column = table.column(type.name);
    refuse_formatted_numbers(table, column);
    Message hint = "is it the right target?";
    if (column.type.kind == ColumnKind::kNumeric)
      hint += " Numbers are predicted with " + Remedy{Setting::kTask, {"regression"}};
    throw DataError(place_of(table, type.name) + ": every one of " + std::to_string(classes) +
                        " rows is a class of its own",
                    column.note.empty() ? hint : column.note);
  }
  const auto single = static_cast<std::size_t>(std::ranges::count(counts, 1u));
  if (single > 0) {
    const auto first = static_cast<std::size_t>(std::ranges::find(counts, 1u) - counts.begin());
    labeled.notes.emplace_back(SingleRowClasses{type.name, single, type.categories[first]});
  }
}

/// Targets are learned as floats: where floats cannot tell them apart, scores would say nothing.
void check_rounding(const Table& table, const Column& column, const std::vector<std::uint32_t>& rows) {
  NumberRange range;
  for (const std::uint32_t row : rows) range.add(column.numbers[row]);
  std::vector<double> some;
  const std::size_t enough = std::min(rows.size(), kEnoughNumbers);
  for (std::size_t k = 0; k < enough; ++k) some.push_back(column.numbers[rows[k * rows.size() / enough]]);
  const auto needed = needed_unit(range, std::move(some));
  if (!needed) return;
  const auto [what, hint] = problem_of_target(range, *needed);
  throw DataError(place_of(table, column.type.name) + ": " + what, hint);
}

/// Whether each number is one more than the one before.
bool counts_rows(const Column& column, const std::vector<std::uint32_t>& rows) {
  if (rows.size() <= kFewNumbers) return false;
  for (std::size_t n = 1; n < rows.size(); ++n)
    if (column.numbers[rows[n]] != column.numbers[rows[n - 1]] + 1) return false;
  return true;
}

void check_values(const Table& table, const TableDataOptions& options, LabeledRows& labeled) {
  for (std::size_t target = 0; target < labeled.targets.size(); ++target) {
    const Column& column = table.column(labeled.targets[target].name);
    const double first = column.numbers[labeled.rows.front()];
    if (std::ranges::all_of(labeled.rows, [&](auto row) { return column.numbers[row] == first; })) {
      const std::size_t texts = column.type.categories.size();
      if (texts > 1)
        throw DataError(place_of(table, column.type.name) + ": as a number " + format_number(first) +
                            " in every row, though in " + std::to_string(texts) + " different texts",
                        "where these are classes, " + Remedy{Setting::kTask, {"classification"}});
      throw DataError(place_of(table, column.type.name) + ": " + format_number(first) +
                          " in every row: there is nothing to learn",
                      "is it the right target?");
    }
    check_rounding(table, column, labeled.rows);
    if (!column.note.empty())
      labeled.notes.emplace_back(ColumnsNote{ColumnFinding::kNumeric, {{column.type.name, column.note}}});
    if (counts_rows(column, labeled.rows)) labeled.notes.emplace_back(TargetCountsRows{column.type.name});
    if (!options.task && column.distinct.value_or(kFewNumbers + 1) <= kFewNumbers)
      labeled.notes.emplace_back(FewNumbers{column.type.name, *column.distinct});
  }
}

}  // namespace

LabeledRows rows_with_targets(const Table& table, std::span<const ColumnType> targets) {
  std::vector<const Column*> columns;
  std::vector<std::string> names;
  for (const auto& type : targets) {
    columns.push_back(&ColumnFinder(table).find(type));
    names.push_back(type.name);
  }
  LabeledRows result{
      .task = targets.front().kind == ColumnKind::kNumeric ? Task::kRegression : Task::kClassification,
      .rows = {},
      .targets = {targets.begin(), targets.end()},
      .labels = {},
      .values = {},
      .weights = {},
      .notes = {}};
  for (std::uint32_t row = 0; row < table.rows; ++row) {
    bool complete = true;
    for (std::size_t i = 0; i < targets.size(); ++i) complete &= !is_missing(*columns[i], targets[i], row);
    if (complete) result.rows.push_back(row);
  }
  if (const std::size_t missing = table.rows - result.rows.size(); missing > 0) {
    RowsLeftOut left_out{.rows = missing, .of = table.rows, .targets = names};
    if (result.task == Task::kClassification) left_out.marks = columns.front()->missing_marks;
    result.notes.emplace_back(std::move(left_out));
  }
  if (result.task == Task::kClassification) {
    read_labels(table, *columns.front(), targets.front(), result);
  } else {
    result.values = Matrix<float>(result.rows.size(), targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) read_values(table, *columns[i], i, result);
  }
  return result;
}

namespace {

void check_row_count(const Table& table, const LabeledRows& labeled) {
  if (labeled.rows.size() >= 2) return;
  throw DataError(table.name + ": " + (labeled.rows.empty() ? "no row has" : "only one row has") +
                      " a value in " + quote(labeled.targets.front().name) +
                      (labeled.targets.size() > 1 ? " and the other targets" : ""),
                  "is it the right target? At least two rows are needed");
}

/// Rows for a model to be trained further on, in the targets that it has.
LabeledRows rows_to_go_on_with(const Table& table, const TableDataOptions& options) {
  LabeledRows labeled = rows_with_targets(table, options.preprocessing->targets);
  check_row_count(table, labeled);
  if (options.sample_weight) labeled.weights = read_weights(table, *options.sample_weight, labeled);
  return labeled;
}

}  // namespace

LabeledRows label_rows(const Table& table, const TableDataOptions& options) {
  if (options.preprocessing) return rows_to_go_on_with(table, options);
  check_names(options);
  const Task task = task_of(table, options);
  std::vector<ColumnType> targets;
  for (const auto& name : options.targets) {
    const Column& column = table.column(name);
    targets.push_back(task == Task::kClassification
                          ? classes_of(column)
                          : ColumnType{.name = name, .zero_one = column.type.zero_one});
  }
  LabeledRows labeled = rows_with_targets(table, targets);
  check_row_count(table, labeled);
  if (task == Task::kClassification) {
    const Column& target = table.column(options.targets.front());
    if (!target.note.empty())
      labeled.notes.emplace_back(ColumnsNote{ColumnFinding::kClasses, {{target.type.name, target.note}}});
    if (!options.task && target.type.kind == ColumnKind::kNumeric)
      labeled.notes.emplace_back(ZeroOneClasses{target.type.name});
    check_classes(table, labeled);
  } else {
    check_values(table, options, labeled);
  }
  if (options.sample_weight) labeled.weights = read_weights(table, *options.sample_weight, labeled);
  return labeled;
}

}  // namespace mlp
