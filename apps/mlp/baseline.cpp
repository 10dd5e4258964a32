#include "baseline.h"

#include <algorithm>
#include <numeric>

#include "format.h"

namespace mlp::app {

ConstantAnswer constant_answer(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  ConstantAnswer answer;
  if (dataset.task() == Task::kClassification) {
    std::vector<std::size_t> counts(dataset.class_names.size(), 0);
    for (const std::uint32_t row : rows) ++counts[static_cast<std::size_t>(dataset.labels[row])];
    answer.label = static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
    return answer;
  }
  for (std::size_t target = 0; target < dataset.targets.columns(); ++target) {
    double sum = 0.0;
    for (const std::uint32_t row : rows) sum += static_cast<double>(dataset.targets(row, target));
    answer.means.push_back(static_cast<float>(sum / static_cast<double>(rows.size())));
  }
  return answer;
}

ConstantAnswer constant_answer(const Dataset& dataset) {
  std::vector<std::uint32_t> rows(dataset.rows());
  std::iota(rows.begin(), rows.end(), 0u);
  return constant_answer(dataset, rows);
}

Baseline baseline(const ConstantAnswer& answer, const Dataset& tested) {
  constexpr std::size_t kNameColumns = 32;
  if (tested.task() == Task::kClassification) {
    const auto right = std::ranges::count(tested.labels, static_cast<std::int32_t>(answer.label));
    return {.answer = "always '" + shortened(one_line(tested.class_names[answer.label]), kNameColumns) + "'" +
                      (answer.of_tested_rows ? ", their most frequent class" : ""),
            .accuracy = static_cast<double>(right) / static_cast<double>(tested.rows())};
  }
  Matrix<float> outputs(tested.rows(), answer.means.size());
  for (std::size_t row = 0; row < outputs.rows(); ++row)
    std::ranges::copy(answer.means, outputs.row(row).begin());
  return {.answer = answer.of_tested_rows ? "always their mean" : "always the mean",
          .regression = regression_metrics(outputs, tested.targets)};
}

}  // namespace mlp::app
