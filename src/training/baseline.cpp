// Constant answers and how good they are, see mlp/baseline.h.
#include "mlp/baseline.h"

#include <algorithm>
#include <cmath>

#include "mlp/error.h"
#include "training/evaluation.h"

namespace mlp {
namespace {

std::size_t classes_with_rows(const Dataset& dataset) {
  std::vector<bool> occurs(dataset.class_names.size(), false);
  for (const std::int32_t label : dataset.labels) occurs[static_cast<std::size_t>(label)] = true;
  return static_cast<std::size_t>(std::ranges::count(occurs, true));
}

/// The standard deviation of balanced accuracy by chance.
double deviation_of_balanced_accuracy(const ClassificationMetrics& metrics) {
  double sum = 0.0, classes = 0.0;
  for (const auto& scores : metrics.classes) {
    const auto rows = static_cast<double>(scores.support);
    if (rows == 0) continue;
    const double recall = (scores.recall * rows + 1) / (rows + 2);
    sum += recall * (1 - recall) / rows;
    ++classes;
  }
  return std::sqrt(sum) / classes;
}

/// The standard deviation of ROC AUC by chance; for several classes the mean, as if all erred together.
double deviation_of_roc_auc(const ClassificationMetrics& metrics) {
  double rows = 0.0, sum = 0.0, classes = 0.0;
  for (const auto& scores : metrics.classes) rows += static_cast<double>(scores.support);
  for (const auto& scores : metrics.classes) {
    const auto own = static_cast<double>(scores.support);
    if (own == 0 || own == rows) continue;
    sum += std::sqrt((rows + 1) / (12 * own * (rows - own)));
    ++classes;
  }
  return sum / classes;
}

}  // namespace

ConstantAnswer constant_answer(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  require(!rows.empty(), "constant_answer: there must be rows to learn from");
  require(*std::ranges::max_element(rows) < dataset.rows(), "constant_answer: a row that is not there");
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
  return constant_answer(dataset, all_rows(dataset.rows()));
}

Baseline baseline(const ConstantAnswer& answer, const Dataset& tested) {
  require(tested.rows() > 0, "baseline: there must be rows to test on");
  if (tested.task() == Task::kClassification) {
    require(answer.means.empty() && answer.label < tested.class_names.size(),
            "baseline: the answer is none of the data set's classes");
    const auto right = std::ranges::count(tested.labels, static_cast<std::int32_t>(answer.label));
    return {.answer = answer,
            .accuracy = static_cast<double>(right) / static_cast<double>(tested.rows()),
            .balanced_accuracy = 1.0 / static_cast<double>(classes_with_rows(tested))};
  }
  require(answer.means.size() == tested.targets.columns(),
          "baseline: the answer has " + std::to_string(answer.means.size()) + " means, the data set " +
              std::to_string(tested.targets.columns()) + " targets");
  Matrix<float> outputs(tested.rows(), answer.means.size());
  for (std::size_t row = 0; row < outputs.rows(); ++row)
    std::ranges::copy(answer.means, outputs.row(row).begin());
  return {.answer = answer, .regression = regression_metrics(outputs, tested.targets)};
}

BetterScores better_scores(const ClassificationMetrics& metrics, const Baseline& baseline) {
  return {.accuracy = metrics.accuracy > baseline.accuracy,
          .balanced_accuracy = metrics.balanced_accuracy - baseline.balanced_accuracy >
                               2 * deviation_of_balanced_accuracy(metrics),
          .roc_auc = metrics.roc_auc - 0.5 > 2 * deviation_of_roc_auc(metrics)};
}

}  // namespace mlp
