// A summary of a data set's columns: range, mean, histogram.
#include <algorithm>
#include <cmath>

#include "mlp/html_report.h"
#include "mlp/preprocessing.h"

namespace mlp {
namespace {

constexpr std::size_t kBins = 24;

/// Of the first `count` columns, counted in `units`: without names. Two passes over all rows, which may lie
/// in a file.
template <class Rows>
std::vector<DataColumn> summaries_of(const Rows& rows, std::size_t count, const InputUnits& units = {}) {
  std::vector<DataColumn> summaries(count);
  if (rows.rows() == 0) return summaries;
  const auto number = [&](auto stored, std::size_t column) {
    return units.identity() ? static_cast<double>(stored) : units.invert(static_cast<float>(stored), column);
  };
  for (std::size_t c = 0; c < count; ++c) {
    summaries[c].minimum = summaries[c].maximum = number(rows(0, c), c);
    summaries[c].mean = 0.0;
  }
  for (std::size_t n = 0; n < rows.rows(); ++n) {
    const auto row = rows.row(n);
    for (std::size_t c = 0; c < count; ++c) {
      const double value = number(row[c], c);
      summaries[c].minimum = std::min(summaries[c].minimum, value);
      summaries[c].maximum = std::max(summaries[c].maximum, value);
      summaries[c].mean += value;
    }
  }
  for (auto& summary : summaries) {
    summary.mean /= static_cast<double>(rows.rows());
    if (summary.maximum > summary.minimum) summary.histogram.assign(kBins, 0);
  }
  for (std::size_t n = 0; n < rows.rows(); ++n) {
    const auto row = rows.row(n);
    for (std::size_t c = 0; c < count; ++c) {
      DataColumn& summary = summaries[c];
      if (summary.histogram.empty()) continue;
      const double share = (number(row[c], c) - summary.minimum) / (summary.maximum - summary.minimum);
      ++summary.histogram[std::min(kBins - 1, static_cast<std::size_t>(share * kBins))];
    }
  }
  return summaries;
}

/// The summary of a table's column.
DataColumn summary_of(const Column& column) {
  std::vector<double> numbers;  // a category's number is its index in the list
  for (const double x : column.numbers) {
    if (!std::isnan(x)) numbers.push_back(x);
  }
  for (const std::int32_t code : column.codes) {
    if (code >= 0) numbers.push_back(code);
  }
  const std::size_t count = numbers.size();
  DataColumn summary = summaries_of(Matrix<double>(count, 1, numbers), 1).front();
  summary.name = column.type.name;
  summary.kind = to_text(column.type.kind);
  summary.missing = column.missing;
  if (column.type.kind != ColumnKind::kNumeric) {
    summary.minimum = summary.mean = summary.maximum = EpochRecord::kNone;
    summary.histogram.assign(std::min(column.type.categories.size(), kBins), 0);
    for (const std::int32_t code : column.codes) {
      if (code >= 0 && static_cast<std::size_t>(code) < summary.histogram.size()) {
        ++summary.histogram[static_cast<std::size_t>(code)];
      }
    }
    for (const auto& category : column.type.categories) {
      summary.categories += (summary.categories.empty() ? "" : ", ") + category;
    }
  }
  return summary;
}

/// The summary of the column that holds a table's classes.
DataColumn summary_of_classes(const Dataset& dataset) {
  const auto& target = dataset.preprocessing->targets.front();
  Column column;
  column.type = {.name = target.name, .kind = ColumnKind::kCategorical, .categories = dataset.class_names};
  column.codes = dataset.labels;
  DataColumn summary = summary_of(column);
  summary.kind = "target";
  return summary;
}

std::string name_of(const std::vector<std::string>& names, std::size_t index, const std::string& kind) {
  return index < names.size() ? names[index] : kind + " " + std::to_string(index + 1);
}

}  // namespace

std::vector<DataColumn> summarize_columns(const Dataset& dataset, std::size_t most) {
  std::vector<DataColumn> columns;
  const auto add = [&](std::vector<DataColumn> summaries, const std::vector<std::string>& names,
                       const std::string& noun, const std::string& kind) {
    for (std::size_t i = 0; i < summaries.size(); ++i) {
      summaries[i].name = name_of(names, i, noun);
      summaries[i].kind = kind;
      columns.push_back(std::move(summaries[i]));
    }
  };
  add(summaries_of(dataset.targets, std::min(most, dataset.targets.columns())), dataset.target_names,
      "target", "target");
  if (dataset.preprocessing) {
    if (dataset.task() == Task::kClassification && !dataset.preprocessing->targets.empty())
      columns.push_back(summary_of_classes(dataset));
    const Table table = decode(*dataset.preprocessing, std::get<Matrix<float>>(dataset.inputs));
    for (std::size_t i = 0; i < table.columns.size() && columns.size() < most; ++i) {
      columns.push_back(summary_of(table.columns[i]));
      columns.back().inputs = dataset.preprocessing->inputs[i].width();
    }
    return columns;
  }
  const std::size_t shown = std::min(most - columns.size(), dataset.features());
  add(std::visit([&](const auto& inputs) { return summaries_of(inputs, shown, dataset.input_units); },
                 dataset.inputs),
      dataset.feature_names, "feature", "numeric");
  return columns;
}

}  // namespace mlp
