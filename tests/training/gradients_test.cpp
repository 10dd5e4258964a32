// Gradients for users: compared with the reference and with differences of evaluate()'s loss; and the check
// fails where it should.
#include "mlp/gradients.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mlp/loss.h"
#include "training/toy.h"

namespace mlp {
namespace {

Model trained_on(const Dataset& dataset, const char* layers, const Loss& loss) {
  return train(parse_network(layers, dataset.features()), dataset,
               {.loss = loss, .optimizer = SGD{0.05}, .epochs = 1, .batch_size = 16})
      .model;
}

Dataset weighted(Dataset dataset) {
  for (std::size_t n = 0; n < dataset.rows(); ++n)
    dataset.sample_weights.push_back(0.5f + static_cast<float>(n % 4));
  return dataset;
}

/// evaluate()'s loss with one parameter moved.
double loss_at(Model model, const Dataset& dataset, std::size_t index, double by) {
  model.parameters.values()[index] += static_cast<float>(by);
  return evaluate(model, dataset, {.target = "reference"}).loss;
}

TEST(Gradients, ByParametersAreThoseOfTheEvaluatedLoss) {
  const Dataset dataset = weighted(test::toy_numbers(40));
  const Model model = trained_on(dataset, "7:tanh:0.3,1:linear", MeanSquaredError{});
  const Parameters gradients = gradients_by_parameters(model, dataset);
  const double h = 1e-3;
  for (std::size_t i = 0; i < gradients.values().size(); ++i) {
    const double slope = (loss_at(model, dataset, i, h) - loss_at(model, dataset, i, -h)) / (2 * h);
    EXPECT_NEAR(gradients.values()[i], slope, 2e-3 * (1 + std::abs(slope))) << i;
  }
  const Parameters with_l2 = gradients_by_parameters(model, dataset, 0.5);
  EXPECT_NEAR(with_l2.weight(0)(1, 2), gradients.weight(0)(1, 2) + 0.5f * model.parameters.weight(0)(1, 2),
              1e-6);
  EXPECT_EQ(with_l2.bias(0)[1], gradients.bias(0)[1]);
}

TEST(Gradients, ByInputsAreOfEachRowsOwnLossInItsOwnUnits) {
  for (const bool classes : {true, false}) {
    Dataset dataset = classes ? test::toy_classes(30) : test::toy_numbers(30);
    auto& inputs = std::get<Matrix<float>>(dataset.inputs);
    for (std::size_t n = 0; n < inputs.rows(); ++n)
      inputs(n, 1) = 100 * inputs(n, 1) + 7;  // scaled by training
    const Model model = trained_on(dataset, classes ? "7:tanh,5:gelu,3:softmax" : "7:tanh,1:linear",
                                   classes ? Loss(CrossEntropy{0.1}) : Loss(MeanSquaredError{}));
    const Matrix<double> found = gradients_by_inputs(model, dataset);
    ASSERT_EQ(found.rows(), 30u);
    ASSERT_EQ(found.columns(), dataset.features());
    for (const std::size_t row : {0u, 11u, 29u}) {
      const std::vector<std::uint32_t> only = {static_cast<std::uint32_t>(row)};
      for (std::size_t i = 0; i < found.columns(); ++i) {
        const float h = i == 1 ? 1.0f : 0.01f;
        const auto loss_with = [&](float by) {
          Dataset moved = test::subset(dataset, only);
          std::get<Matrix<float>>(moved.inputs)(0, i) += by;
          return evaluate(model, moved, {.target = "reference"}).loss;
        };
        const double slope = (loss_with(h) - loss_with(-h)) / (2.0 * static_cast<double>(h));
        EXPECT_NEAR(found(row, i), slope, 5e-3 * std::abs(slope) + 2e-4 / static_cast<double>(h) * 0.01)
            << row << " " << i;
      }
    }
  }
}

TEST(Gradients, TheCheckAgreesForEveryLossAndActivation) {
  for (const Loss& loss : all_losses()) {
    for (const Activation& output : all_activations()) {
      if (!compatible(loss, output)) continue;
      Dataset dataset = test::toy_classes(20);
      const MultilayerPerceptron network({{.fan_in = 6, .fan_out = 9, .activation = Tanh{}, .dropout = 0.5},
                                          {.fan_in = 9, .fan_out = 3, .activation = output}});
      Model model{.network = network,
                  .parameters = initialize(network, 3),
                  .loss = loss,
                  .class_names = dataset.class_names};
      const GradientCheck check = check_gradients(model);
      EXPECT_EQ(check.tensors.size(), 4u);
      EXPECT_EQ(check.tensors[0].name, "W1");
      EXPECT_EQ(check.tensors[0].values, 54u);
      EXPECT_EQ(check.tensors[3].name, "b2");
      EXPECT_GT(check.tensors[0].largest, 0.0);
      EXPECT_TRUE(check.passed()) << to_string(loss) << " on " << to_string(output);
    }
  }
}

TEST(Gradients, AWrongGradientFailsTheCheck) {
  const GradientCheck good{
      .rows = 1, .loss = 1, .tensors = {{.name = "W1", .engine = 1e-7, .by_differences = 1e-8}}};
  EXPECT_TRUE(good.passed());
  GradientCheck bad = good;
  bad.tensors[0].engine = 2.0;  // a wrong sign
  EXPECT_FALSE(bad.passed());
  bad = good;
  bad.tensors[0].by_differences = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(bad.passed());
}

TEST(Gradients, WhatDoesNotFitIsRefused) {
  const Dataset dataset = test::toy_numbers(20);
  const Model model = trained_on(dataset, "3:tanh,1:linear", MeanSquaredError{});
  EXPECT_THROW(gradients_by_inputs(model, test::toy_numbers(20, 5)), std::invalid_argument);
  EXPECT_THROW(gradients_by_parameters(model, test::toy_classes(20, 4)), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
