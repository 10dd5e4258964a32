// Evaluation and prediction with a trained model, see mlp/train.h.
#include <algorithm>
#include <numeric>

#include "core/counted.h"
#include "mlp/predictor.h"
#include "mlp/train.h"
#include "training/evaluation.h"
#include "training/examples.h"
#include "training/weights.h"

namespace mlp {

namespace {

// The most rows of one engine step: enough to keep every thread busy. (The engine cuts steps to fit its
// caches.)
constexpr std::size_t kStepRows = 1024;

std::size_t step_rows(std::size_t rows) { return std::clamp<std::size_t>(rows, 1, kStepRows); }

void check_outputs(const Model& model, std::size_t found, std::string_view noun) {
  require(model.network.fan_out() == found, "the model has " + counted(model.network.fan_out(), "output") +
                                                ", the data set " + counted(found, noun));
}

void check_features(const Model& model, std::size_t found) {
  require(model.network.fan_in() == found, "the model takes " + counted(model.network.fan_in(), "feature") +
                                               ", the data has " + std::to_string(found));
}

}  // namespace

std::vector<std::uint32_t> all_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

void check_fit(const Model& model, const Dataset& dataset) {
  require(dataset.rows() > 0, "evaluate: the data set has no rows");
  require(model.task() == dataset.task(), "evaluate: the model and the data set are not of the same task");
  validate(dataset);
  check_features(model, dataset.features());
  check_outputs(model, dataset.outputs(), dataset.task() == Task::kClassification ? "class" : "target");
  require(model.input_units == dataset.input_units,
          "the data set's inputs are not in the model's input_units");
}

namespace {

/// `evaluate` computes a batch's sum_n w_n loss_n and its outputs, targets in their own unit.
template <class Evaluate>
LossAndOutputs in_steps(const Evaluate& evaluate, std::size_t step_rows, const Dataset& dataset,
                        std::span<const std::uint32_t> rows, double weight_unit) {
  LossAndOutputs result{.outputs = Matrix<float>(rows.size(), dataset.outputs())};
  const engine::Examples examples = examples_of(dataset, weight_unit);
  for (std::size_t begin = 0; begin < rows.size(); begin += step_rows) {
    const auto step = rows.subspan(begin, std::min(step_rows, rows.size() - begin));
    result.loss += evaluate(engine::Batch{.examples = examples, .rows = step},
                            result.outputs.view().rows(begin, step.size())) /
                   static_cast<double>(rows.size());
  }
  return result;
}

}  // namespace

LossAndOutputs loss_and_outputs(ModelEngine& engine, std::size_t step_rows, const Dataset& dataset,
                                std::span<const std::uint32_t> rows, double weight_unit) {
  return in_steps(
      [&](const engine::Batch& batch, MatrixView<float> outputs) { return engine.evaluate(batch, outputs); },
      step_rows, dataset, rows, weight_unit);
}

RowsEvaluation evaluate_rows(engine::Engine& engine, const AffineScaling& target_scaling,
                             std::size_t step_rows, const Dataset& dataset,
                             std::span<const std::uint32_t> rows, double weight_unit,
                             const engine::OwnLoss* own_loss) {
  const auto evaluate_batch = [&](engine::Batch batch, MatrixView<float> outputs) {
    batch.own_loss = own_loss;
    const double loss = engine.evaluate(batch, outputs);
    invert(target_scaling, outputs);
    return loss;
  };
  const auto [loss, outputs] = in_steps(evaluate_batch, step_rows, dataset, rows, weight_unit);
  if (dataset.task() == Task::kClassification) {
    std::vector<std::int32_t> labels;
    labels.reserve(rows.size());
    for (const std::uint32_t row : rows) labels.push_back(dataset.labels[row]);
    return {.loss = loss, .metric = accuracy(outputs, labels)};
  }
  Matrix<float> targets(rows.size(), dataset.targets.columns());
  for (std::size_t n = 0; n < rows.size(); ++n)
    std::ranges::copy(dataset.targets.row(rows[n]), targets.row(n).begin());
  return {.loss = loss, .metric = regression_metrics(outputs, targets).rmse};
}

Evaluation evaluate(const Model& model, const Dataset& dataset, const PredictionOptions& options) {
  check_fit(model, dataset);
  const std::size_t step = step_rows(dataset.rows());
  ModelEngine engine(model, {.max_batch = step, .threads = options.threads, .target = options.target});
  const auto rows = all_rows(dataset.rows());
  const auto [loss, outputs] = loss_and_outputs(engine, step, dataset, rows, weight_unit(dataset, rows));
  Evaluation evaluation{.rows = dataset.rows(), .loss = loss};
  if (dataset.task() == Task::kClassification) {
    evaluation.classification = classification_metrics(outputs, dataset.labels,
                                                       output_kind(model.network.layers().back().activation));
  } else {
    evaluation.regression = regression_metrics(outputs, dataset.targets);
  }
  return evaluation;
}

Matrix<float> predict(const Model& model, const Inputs& inputs, const PredictionOptions& options) {
  const std::size_t rows = row_count(inputs);
  check_features(model, column_count(inputs));
  Predictor predictor(model,
                      {.max_rows = step_rows(rows), .threads = options.threads, .target = options.target});
  Matrix<float> outputs(rows, model.network.fan_out());
  predictor.predict(inputs, 0, outputs);
  return outputs;
}

Matrix<float> predict(const Model& model, const Table& table, const PredictionOptions& options) {
  require(model.preprocessing.has_value(), "predict: the model was not trained on a table");
  return predict(model, Inputs(encode(*model.preprocessing, table)), options);
}

}  // namespace mlp
