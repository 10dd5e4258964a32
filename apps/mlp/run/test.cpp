#include "run/test.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "mlp/ensemble.h"

namespace mlp::app {
namespace {

constexpr std::size_t kReportBatch = 32;

/// The standardised squared error of each row, summed over the targets.
void append_squared_errors(const Model& model, const Dataset& dataset, const PredictionOptions& options,
                           std::vector<double>& errors) {
  const auto predictions = predict(model, dataset.inputs, options);
  for (std::size_t row = 0; row < predictions.rows(); ++row) {
    double sum = 0.0;
    for (std::size_t target = 0; target < predictions.columns(); ++target) {
      const double error = model.target_scaling.apply(predictions(row, target), target) -
                           model.target_scaling.apply(dataset.targets(row, target), target);
      sum += error * error;
    }
    errors.push_back(sum);
  }
}

}  // namespace

double report_total_loss(const Model& model, const DataSplit& split, const PredictionOptions& options) {
  std::vector<double> errors;
  append_squared_errors(model, split.train, options, errors);
  append_squared_errors(model, split.test, options, errors);
  double total = 0.0;
  for (std::size_t begin = 0; begin < errors.size(); begin += kReportBatch) {
    const std::size_t end = std::min(begin + kReportBatch, errors.size());
    double sum = 0.0;
    for (std::size_t row = begin; row < end; ++row) sum += errors[row];
    total += sum / static_cast<double>(end - begin);
  }
  return total;
}

namespace {

/// The scores of an ensemble's members that are defined for every member.
std::vector<FoldScores> member_scores(const Model& model, const Dataset& tested,
                                      const PredictionOptions& options) {
  if (model.member_count() == 1) return {};
  std::vector<NamedScore> names;
  std::vector<std::vector<double>> values;
  for (std::size_t member = 0; member < model.member_count(); ++member) {
    names = fold_scores(evaluate(member_of(model, member), tested, options), tested);
    values.resize(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) values[i].push_back(names[i].value);
  }
  std::vector<FoldScores> scores;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::ranges::all_of(values[i], [](double value) { return std::isfinite(value); }))
      scores.push_back(over_folds(names[i].name, std::move(values[i])));
  }
  return scores;
}

}  // namespace

TestResult test(const Model& model, const DataSplit& split, const std::optional<ConstantAnswer>& answer,
                bool total_loss, const PredictionOptions& options) {
  TestResult result{.evaluation = evaluate(model, split.test, options),
                    .report_total_loss = std::nullopt,
                    .baseline = baseline(answer.value_or(constant_answer(split.test)), split.test),
                    .baseline_of_tested_rows = !answer};
  result.members = member_scores(model, split.test, options);
  if (total_loss) result.report_total_loss = report_total_loss(model, split, options);
  return result;
}

}  // namespace mlp::app
