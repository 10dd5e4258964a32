// Trainings that diverge or are refused: errors that say where, why, and what to do.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <set>
#include <thread>

#include "mlp/reference.h"
#include "mlp/train.h"
#include "training/toy.h"

namespace mlp {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// --- Divergence --------------------------------------------------------------------------------------------

/// what() and hint() of the DivergenceError of a training run; empty when there was none.
std::pair<std::string, std::string> divergence_of(const std::string& network, const Dataset& dataset,
                                                  const TrainingOptions& options) {
  try {
    train(parse_network(network, dataset.features()), dataset, options);
  } catch (const DivergenceError& error) {
    return {error.what(), error.hint()};
  }
  return {};
}

void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

TEST(Train, DivergenceNamesLayerStepLossAndRemedy) {
  const auto [what, hint] = divergence_of(
      "20:relu,20:relu,1:linear", test::toy_numbers(60),
      {.loss = SquaredError{}, .optimizer = SGD{1e4}, .epochs = 50, .batch_size = 20, .standardize = false});
  expect_contains(what, "training diverged in epoch ");
  expect_contains(what, ", step ");
  expect_contains(what, "the loss became ");
  expect_contains(what, "layer ");
  expect_contains(hint, "lower the learning rate (it was 1e+04)");
  EXPECT_EQ(what.find('\n'), std::string::npos);
  // Where a schedule begins lower, the rate that was asked for is named as well.
  const auto scheduled = divergence_of("20:relu,20:relu,1:linear", test::toy_numbers(60),
                                       {.loss = SquaredError{},
                                        .optimizer = SGD{1e6},
                                        .schedule = OneCycle{},
                                        .epochs = 50,
                                        .batch_size = 20,
                                        .standardize = false})
                             .second;
  expect_contains(scheduled, " at that step, of 1e+06 at most)");
}

TEST(Train, DivergenceNamesTheFirstLayerThatIsNotFinite) {
  // 3e38 times itself: infinite in the first step, in the second layer alone.
  Dataset dataset = test::toy_numbers(8, 1);
  for (float& x : std::get<Matrix<float>>(dataset.inputs).values()) x = 3e38f;
  MultilayerPerceptron network = parse_network("1:relu,40:linear,1:linear", 1);
  TrainingState state{.parameters = Parameters(network)};
  for (float& p : state.parameters.values()) p = 3;
  state.parameters.weight(0)(0, 0) = 1;
  try {
    train(network, dataset, {.loss = SquaredError{}, .optimizer = SGD{0.01}, .standardize = false}, nullptr,
          &state);
    ADD_FAILURE() << "did not diverge";
  } catch (const DivergenceError& error) {
    expect_contains(error.what(), "epoch 1, step 1: ");
    expect_contains(error.what(), "layer 2 (1 -> 40 linear)");
  }
}

TEST(Train, AnOverflowInTheVeryLastStepIsFoundAndBlamedOnIt) {
  const auto [what, hint] = divergence_of("1:linear", test::toy_numbers(20),
                                          {.loss = SquaredError{},
                                           .optimizer = SGD{3e38},
                                           .schedule = Cosine{},
                                           .epochs = 1,
                                           .batch_size = 20,
                                           .standardize = false});
  expect_contains(what, "epoch 1, step 1: the loss was ");
  expect_contains(what, "a parameter is no longer finite");
  expect_contains(what, "layer 1 (4 -> 1 linear)");
  expect_contains(hint, "it was 3e+38");
}

TEST(Train, ALargeLossIsToldInAFewDigits) {
  Dataset dataset = test::toy_numbers(20);
  for (float& y : dataset.targets.values()) y *= 1e15f;
  const auto [what, hint] = divergence_of(
      "1:linear", dataset,
      {.loss = SquaredError{}, .optimizer = SGD{1e30}, .epochs = 1, .batch_size = 20, .standardize = false});
  const std::size_t begin = what.find("the loss was "),
                    end = what.find(" but a parameter is no longer finite");
  ASSERT_NE(end, std::string::npos) << what;
  EXPECT_LE(end - begin, std::string("the loss was 1.234e+32").size()) << what;
}

TEST(Train, ClippingTamesWhatDivergesWithout) {
  TrainingOptions options{.loss = SquaredError{}, .optimizer = SGD{0.5}, .epochs = 40, .batch_size = 20};
  options.standardize = false;
  const Dataset dataset = test::toy_numbers(60);
  EXPECT_NE(divergence_of("20:relu,20:relu,1:linear", dataset, options).first, "");
  options.clip_norm = 0.1;
  EXPECT_EQ(divergence_of("20:relu,20:relu,1:linear", dataset, options).first, "");
}

// --- What is refused ---------------------------------------------------------------------------------------

/// The message of the std::invalid_argument that `action` throws.
std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST(Train, NumbersThatAreNotFiniteAreRefused) {
  const MultilayerPerceptron network = parse_network("1:linear", 4);
  const TrainingOptions options{.loss = SquaredError{}};
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Dataset dataset = test::toy_numbers(10);
    std::get<Matrix<float>>(dataset.inputs)(3, 1) = bad;
    EXPECT_THROW(train(network, dataset, options), DataError);
    dataset = test::toy_numbers(10);
    dataset.targets(9, 0) = bad;
    EXPECT_THROW(train(network, dataset, options), DataError);
    dataset = test::toy_numbers(10);
    dataset.sample_weights.assign(10, bad);
    EXPECT_THROW(train(network, dataset, options), DataError);
  }
}

TEST(Train, WhatDoesNotFitIsRefusedNamingBothSides) {
  const Dataset classes = test::toy_classes(10), numbers = test::toy_numbers(10);
  std::string message = refusal([&] { train(parse_network("3:softmax", 5), classes); });
  expect_contains(message, "5 features");
  expect_contains(message, "has 6");
  message = refusal([&] { train(parse_network("7:softmax", 6), classes); });
  expect_contains(message, "7 outputs");
  expect_contains(message, "3 classes");
  message = refusal([&] { train(parse_network("2:linear", 4), numbers, {.loss = SquaredError{}}); });
  expect_contains(message, "2 outputs");
  EXPECT_TRUE(message.ends_with("the data set 1 target")) << message;
  message = refusal([&] { train(parse_network("1:softmax", 4), numbers); });
  expect_contains(message, "cross_entropy needs classes");
  expect_contains(message, "SquaredError");
  Dataset unnamed = classes;
  unnamed.class_names.clear();
  message = refusal([&] { train(parse_network("3:softmax", 6), unnamed); });
  expect_contains(message, "labels but no class_names");
  message = refusal([&] { train(parse_network("3:linear", 6), classes); });
  expect_contains(message, "cross_entropy");
  expect_contains(message, "not defined on linear outputs");
  expect_contains(message, "must be softmax");
  message = refusal([&] { train(parse_network("3:tanh", 6), classes, {.loss = BinaryCrossEntropy{}}); });
  expect_contains(message, "binary_cross_entropy");
  expect_contains(message, "not defined on tanh outputs");
  expect_contains(message, "must be sigmoid or softmax");
}

TEST(Train, OptionsOutOfRangeAreRefused) {
  const Dataset dataset = test::toy_classes(10);
  const MultilayerPerceptron network = parse_network("3:softmax", 6);
  const auto refused = [&](const TrainingOptions& options) {
    EXPECT_THROW(train(network, dataset, options), std::invalid_argument);
  };
  EXPECT_NO_THROW(train(network, dataset, {.epochs = 1}));
  for (const int count : {0, -1}) {
    refused({.epochs = count});
    refused({.batch_size = count});
  }
  for (const double denormal : {1e-38, 1e-45, 1e-300}) {
    refused({.l2 = denormal});
    refused({.clip_norm = denormal});
    refused({.optimizer = Adam{.epsilon = denormal}});
    refused({.optimizer = SGD{denormal}});
  }
  for (const double bad : {-0.1, kNaN, HUGE_VAL}) {
    refused({.l2 = bad});
    refused({.clip_norm = bad});
    refused({.validation_fraction = bad});
    refused({.optimizer = SGD{bad}});
    refused({.optimizer = Momentum{.momentum = bad}});
    refused({.optimizer = Adam{.beta2 = bad}});
    refused({.loss = CrossEntropy{bad}});
    refused({.schedule = StepDecay{.factor = bad}});
  }
  refused({.validation_fraction = 1.0});
  refused({.early_stopping = -1});
  refused({.validation_fraction = 0.0, .early_stopping = 3});
  refused({.threads = -1});
  EXPECT_THROW(train(network, dataset, {.target = "avx1024"}), UsageError);
  EXPECT_THROW(train(network, test::subset(dataset, {}), {}), std::invalid_argument);
  const std::vector<std::uint32_t> one = {0};
  EXPECT_THROW(train(network, test::subset(dataset, one), {.validation_fraction = 0.5}),
               std::invalid_argument);
}

}  // namespace
}  // namespace mlp
