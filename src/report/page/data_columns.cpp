// A summary of a data set's columns: range, mean, histogram.
#include <algorithm>
#include <cmath>

#include "mlp/html_report.h"
#include "mlp/preprocessing.h"

namespace mlp {
namespace {

constexpr std::size_t kBins = 24;

/// The summary of a matrix's column, counted in `units`.
template <class T>
DataColumn summary_of(const Matrix<T>& matrix, std::size_t column, std::string name, std::string kind,
                      const InputUnits& units = {}) {
  DataColumn summary;
  summary.name = std::move(name);
  summary.kind = std::move(kind);
  if (matrix.rows() == 0) return summary;
  const auto number = [&](std::size_t n) {
    const T stored = matrix(n, column);
    return units.identity() ? static_cast<double>(stored) : units.invert(static_cast<float>(stored), column);
  };
  double low = number(0), high = low, sum = 0.0;
  for (std::size_t n = 0; n < matrix.rows(); ++n) {
    const double value = number(n);
    low = std::min(low, value);
    high = std::max(high, value);
    sum += value;
  }
  summary.minimum = low;
  summary.maximum = high;
  summary.mean = sum / static_cast<double>(matrix.rows());
  if (!(high > low)) return summary;
  summary.histogram.assign(kBins, 0);
  for (std::size_t n = 0; n < matrix.rows(); ++n) {
    const double share = (number(n) - low) / (high - low);
    ++summary.histogram[std::min(kBins - 1, static_cast<std::size_t>(share * kBins))];
  }
  return summary;
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
  DataColumn summary = summary_of(Matrix<double>(count, 1, numbers), 0, column.type.name,
                                  std::string(to_text(column.type.kind)));
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
  for (std::size_t o = 0; o < dataset.targets.columns() && columns.size() < most; ++o) {
    columns.push_back(summary_of(dataset.targets, o, name_of(dataset.target_names, o, "target"), "target"));
  }
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
  std::visit(
      [&](const auto& inputs) {
        for (std::size_t i = 0; i < inputs.columns() && columns.size() < most; ++i) {
          columns.push_back(summary_of(inputs, i, name_of(dataset.feature_names, i, "feature"), "numeric",
                                       dataset.input_units));
        }
      },
      dataset.inputs);
  return columns;
}

}  // namespace mlp
