// evaluate() and predict(): that they agree with each other and with the reference.
#include <gtest/gtest.h>

#include <cmath>

#include "mlp/reference.h"
#include "training/toy.h"

namespace mlp {
namespace {

// More rows than fit in one chunk of either function.
constexpr std::size_t kRows = 2500;

/// The model's outputs by the reference, in double, on inputs scaled by hand.
Matrix<double> reference_outputs(const Model& model, const Matrix<float>& inputs) {
  BasicParameters<double> parameters(model.network);
  std::ranges::copy(model.parameters.values(), parameters.values().begin());
  Matrix<double> X(inputs.rows(), inputs.columns());
  for (std::size_t n = 0; n < inputs.rows(); ++n) {
    for (std::size_t i = 0; i < inputs.columns(); ++i) {
      X(n, i) =
          (static_cast<double>(inputs(n, i)) - model.input_scaling.shift[i]) * model.input_scaling.scale[i];
    }
  }
  return reference::forward(model.network, parameters, X);
}

TEST(Evaluate, RegressionInTheTargetsOwnUnit) {
  const Dataset dataset = test::toy_numbers(kRows);
  const Model model =
      train(parse_network("9:tanh:0.2,1:linear", 4), dataset, {.loss = SquaredError{}, .epochs = 2});
  const Matrix<float> predictions = predict(model, dataset.inputs);
  const Matrix<double> outputs = reference_outputs(model, std::get<Matrix<float>>(dataset.inputs));
  double squares = 0, sizes = 0, loss = 0, mean = 0, spread = 0;
  for (const float y : dataset.targets.values()) mean += static_cast<double>(y) / kRows;
  for (std::size_t n = 0; n < kRows; ++n) {
    const double y = dataset.targets(n, 0);
    const double scale = model.target_scaling.scale[0], shift = model.target_scaling.shift[0];
    const double expected = outputs(n, 0) / scale + shift;
    ASSERT_NEAR(predictions(n, 0), expected, 1e-4);
    squares += (expected - y) * (expected - y) / kRows;
    sizes += std::abs(expected - y) / kRows;
    spread += (y - mean) * (y - mean) / kRows;
    loss += (expected - y) * (expected - y) * scale * scale / 2 / kRows;  // in the network's scale
  }
  const Evaluation evaluation = evaluate(model, dataset);
  EXPECT_EQ(evaluation.rows, kRows);
  EXPECT_FALSE(evaluation.classification.has_value());
  ASSERT_TRUE(evaluation.regression.has_value());
  EXPECT_NEAR(evaluation.loss, loss, 1e-5 * loss);
  EXPECT_NEAR(evaluation.regression->mse, squares, 1e-5 * squares);
  EXPECT_NEAR(evaluation.regression->rmse, std::sqrt(squares), 1e-5 * std::sqrt(squares));
  EXPECT_NEAR(evaluation.regression->mae, sizes, 1e-5 * sizes);
  EXPECT_NEAR(evaluation.regression->r2, 1 - squares / spread, 1e-5);
}

TEST(Evaluate, ClassificationCountsWhatPredictPredicts) {
  const Dataset dataset = test::toy_classes(kRows);
  const Model model = train(parse_network("9:relu,3:softmax", 6), dataset,
                            {.optimizer = Adam{.learning_rate = 0.01}, .epochs = 3});
  const Matrix<float> predictions = predict(model, dataset.inputs);
  const Matrix<double> outputs = reference_outputs(model, std::get<Matrix<float>>(dataset.inputs));
  Matrix<std::uint64_t> confusion(3, 3);
  double correct = 0, loss = 0;
  for (std::size_t n = 0; n < kRows; ++n) {
    const auto p = predictions.row(n);
    const auto predicted = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
    const auto truth = static_cast<std::size_t>(dataset.labels[n]);
    for (std::size_t c = 0; c < 3; ++c) ASSERT_NEAR(p[c], outputs(n, c), 1e-5);
    correct += predicted == truth;
    ++confusion(truth, predicted);
    loss -= std::log(outputs(n, truth)) / kRows;
  }
  const Evaluation evaluation = evaluate(model, dataset);
  ASSERT_TRUE(evaluation.classification.has_value());
  EXPECT_FALSE(evaluation.regression.has_value());
  EXPECT_DOUBLE_EQ(evaluation.classification->accuracy, correct / kRows);
  EXPECT_EQ(evaluation.classification->confusion, confusion);
  EXPECT_NEAR(evaluation.loss, loss, 1e-5 * loss);
  EXPECT_NEAR(evaluation.classification->log_loss, loss, 1e-5 * loss);
  EXPECT_GT(correct / kRows, 0.6);
  EXPECT_GT(evaluation.classification->roc_auc, 0.6);
}

TEST(Evaluate, LogLossOnlyOfProbabilities) {
  const Dataset dataset = test::toy_classes(50);
  for (const char* network : {"3:sigmoid", "3:softmax", "3:linear"}) {
    const Model model = train(parse_network(network, 6), dataset, {.loss = SquaredError{}, .epochs = 1});
    const Evaluation evaluation = evaluate(model, dataset);
    const bool scores = std::holds_alternative<Linear>(model.network.layers().back().activation);
    EXPECT_EQ(std::isnan(evaluation.classification->log_loss), scores) << network;
    EXPECT_FALSE(std::isnan(evaluation.classification->roc_auc)) << network;
  }
}

TEST(Evaluate, SameMetricsToTheBitForAnyNumberOfThreads) {
  const Dataset dataset = test::toy_classes(kRows);
  const Model model = train(parse_network("9:gelu,3:softmax", 6), dataset, {.epochs = 1});
  const auto expected = *evaluate(model, dataset, {.threads = 1}).classification;
  for (const int threads : {2, 3, 4}) {
    const auto found = *evaluate(model, dataset, {.threads = threads}).classification;
    EXPECT_EQ(found.log_loss, expected.log_loss);
    EXPECT_EQ(found.roc_auc, expected.roc_auc);
    EXPECT_EQ(found.macro_f1, expected.macro_f1);
    EXPECT_EQ(found.confusion, expected.confusion);
  }
}

TEST(Predict, SameBitsForAnyNumberOfThreadsAndAnyRowsAround) {
  const Dataset dataset = test::toy_classes(kRows);
  const Model model = train(parse_network("9:gelu,3:softmax", 6), dataset, {.epochs = 1});
  const Matrix<float> expected = predict(model, dataset.inputs, {.threads = 1});
  for (const int threads : {2, 3, 4})
    EXPECT_EQ(predict(model, dataset.inputs, {.threads = threads}), expected);
  const std::vector<std::uint32_t> some = {2400, 3, 1024};
  const Matrix<float> few = predict(model, test::subset(dataset, some).inputs);
  for (std::size_t n = 0; n < some.size(); ++n) {
    EXPECT_TRUE(std::ranges::equal(few.row(n), expected.row(some[n])));
  }
  EXPECT_EQ(predict(model, Matrix<float>(0, 6)).rows(), 0u);
}

TEST(Predict, BytesAreScaledAsInTraining) {
  Matrix<std::uint8_t> bytes(40, 6);
  Matrix<float> floats(40, 6);
  for (std::size_t i = 0; i < bytes.values().size(); ++i) {
    bytes.values()[i] = static_cast<std::uint8_t>(i * 41);
    floats.values()[i] = static_cast<float>(bytes.values()[i]);
  }
  Dataset dataset = test::toy_classes(40);
  dataset.inputs = bytes;
  const Model model = train(parse_network("5:tanh,3:softmax", 6), dataset, {.epochs = 1});
  EXPECT_EQ(model.input_scaling, (AffineScaling{.shift = {0}, .scale = {1.0f / 255}}));
  EXPECT_EQ(predict(model, Inputs(bytes)), predict(model, Inputs(floats)));
}

TEST(Evaluate, TheLossIsTheWeightedMean) {
  Dataset dataset = test::toy_numbers(50);
  const Model model = train(parse_network("1:linear", 4), dataset, {.loss = SquaredError{}, .epochs = 1});
  double sum = 0, weights = 0;
  for (std::size_t n = 0; n < 50; ++n) {
    const std::vector<std::uint32_t> row = {static_cast<std::uint32_t>(n)};
    const double weight = static_cast<double>(n % 4);
    sum += weight * evaluate(model, test::subset(dataset, row)).loss;
    weights += weight;
  }
  for (const float unit : {1.0f, 1e-30f, 1e30f}) {
    dataset.sample_weights.clear();
    for (std::size_t n = 0; n < 50; ++n) dataset.sample_weights.push_back(unit * static_cast<float>(n % 4));
    EXPECT_NEAR(evaluate(model, dataset).loss, sum / weights, 1e-5 * sum / weights) << unit;
  }
}

TEST(Evaluate, InputsAreInTheModelsUnits) {
  Dataset dataset = test::toy_numbers(50);
  const InputUnits units{.origin = {1.7e9, 0, 0, 0}, .unit = {0.5, 1, 1, 1}};
  dataset.input_units = units;
  const Model model = train(parse_network("1:linear", 4), dataset, {.loss = SquaredError{}, .epochs = 1});
  EXPECT_EQ(model.input_units, units);
  EXPECT_EQ(evaluate(model, dataset).rows, 50u);
  dataset.input_units = {};
  EXPECT_THROW(evaluate(model, dataset), std::invalid_argument);
}

TEST(Evaluate, WhatDoesNotFitIsRefused) {
  const Model model = train(parse_network("3:softmax", 6), test::toy_classes(20), {.epochs = 1});
  EXPECT_THROW(evaluate(model, test::toy_classes(20, 5)), std::invalid_argument);
  EXPECT_THROW(evaluate(model, test::toy_classes(20, 6, 4)), std::invalid_argument);
  EXPECT_THROW(evaluate(model, test::toy_numbers(20, 6)), std::invalid_argument);
  EXPECT_THROW(evaluate(model, test::subset(test::toy_classes(20), {})), std::invalid_argument);
  EXPECT_THROW(predict(model, Matrix<float>(2, 7)), std::invalid_argument);
  EXPECT_THROW(predict(model, Matrix<float>(2, 6), {.target = "avx1024"}), UsageError);
}

}  // namespace
}  // namespace mlp
