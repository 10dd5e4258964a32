#include "mlp/parameters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/overloaded.h"
#include "core/random.h"

namespace mlp {
namespace {

constexpr std::size_t kFanIn = 300, kFanOut = 200;  // unequal: swapped fans must show

MultilayerPerceptron one_layer(const Activation& activation, std::optional<Initializer> initializer = {}) {
  return MultilayerPerceptron(
      {{.fan_in = kFanIn, .fan_out = kFanOut, .activation = activation, .initializer = initializer}});
}

struct Moments {
  double mean = 0;
  double variance = 0;
  double kurtosis = 0;  ///< 3 for a normal distribution, 1.8 for a uniform one
  double largest = 0;
};

Moments moments(std::span<const float> values) {
  Moments result;
  const auto count = static_cast<double>(values.size());
  for (const float value : values) result.mean += static_cast<double>(value) / count;
  double fourth = 0;
  for (const float value : values) {
    const double square = std::pow(static_cast<double>(value) - result.mean, 2);
    result.variance += square / count;
    fourth += square * square / count;
    result.largest = std::max(result.largest, std::abs(static_cast<double>(value)));
  }
  result.kurtosis = fourth / (result.variance * result.variance);
  return result;
}

std::span<const float> weights(const Parameters& parameters, std::size_t layer) {
  const auto view = parameters.weight(layer);
  return {view.data(), view.rows() * view.columns()};
}

TEST(ParameterLayout, LayersFollowOneAnotherWeightsThenBias) {
  const MultilayerPerceptron network({{.fan_in = 5, .fan_out = 3}, {.fan_in = 3, .fan_out = 2}});
  const ParameterLayout layout(network);
  using Block = ParameterLayout::Block;
  ASSERT_EQ(layout.blocks().size(), 2u);
  EXPECT_EQ(layout.blocks()[0], (Block{.fan_in = 5, .fan_out = 3, .weight = 0, .bias = 15}));
  EXPECT_EQ(layout.blocks()[1], (Block{.fan_in = 3, .fan_out = 2, .weight = 18, .bias = 24}));
  EXPECT_EQ(layout.size(), 26u);
  EXPECT_EQ(layout.size(), network.parameter_count());
}

TEST(ParameterLayout, OffsetsOfTheLargestNetworksDoNotWrap) {
  const std::size_t widest = MultilayerPerceptron::kMaxWidth;
  const MultilayerPerceptron network(
      {{.fan_in = 255, .fan_out = widest}, {.fan_in = widest, .fan_out = 200}});
  const ParameterLayout layout(network);
  EXPECT_EQ(layout.blocks()[1].weight, 4294967296u);  // 256 * 2^24, beyond 32 bits
  EXPECT_EQ(layout.size(), 4294967296u + 3355443200 + 200);
}

TEST(Parameters, ViewsLookIntoTheFlatBuffer) {
  Parameters parameters(MultilayerPerceptron({{.fan_in = 5, .fan_out = 3}, {.fan_in = 3, .fan_out = 2}}));
  EXPECT_EQ(parameters.layer_count(), 2u);
  EXPECT_TRUE(
      std::all_of(parameters.values().begin(), parameters.values().end(), [](float v) { return v == 0; }));
  parameters.weight(1)(2, 1) = 7;
  parameters.bias(0)[2] = 8;
  EXPECT_EQ(parameters.values()[18 + 2 * 2 + 1], 7);
  EXPECT_EQ(parameters.values()[15 + 2], 8);
  const Parameters& constant = parameters;
  EXPECT_EQ(constant.weight(1)(2, 1), 7);
  EXPECT_EQ(constant.bias(0)[2], 8);
  EXPECT_EQ(constant.bias(1).size(), 2u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(parameters.values().data()) % 64, 0u);
}

TEST(Initialize, EveryInitializerHasItsMeanVarianceAndShape) {
  const Activation slope = LeakyReLU{.slope = 0.5};  // gain^2 = 2 / (1 + 0.25) = 1.6
  for (const auto& initializer : all_initializers()) {
    struct Expected {
      double variance;
      bool normal;
    };
    const auto expected = std::visit(Overloaded{
                                         [](const GlorotUniform&) {
                                           return Expected{1.0 / 250, false};
                                         },
                                         [](const GlorotNormal&) {
                                           return Expected{1.0 / 250, true};
                                         },
                                         [](const HeUniform&) {
                                           return Expected{1.6 / 300, false};
                                         },
                                         [](const HeNormal&) {
                                           return Expected{1.6 / 300, true};
                                         },
                                         [](const LeCunUniform&) {
                                           return Expected{1.0 / 300, false};
                                         },
                                         [](const LeCunNormal&) {
                                           return Expected{1.0 / 300, true};
                                         },
                                         [](const PyTorchDefault&) {
                                           return Expected{1.0 / 900, false};
                                         },
                                     },
                                     initializer);
    const Parameters parameters = initialize(one_layer(slope, initializer), 1);
    const Moments actual = moments(weights(parameters, 0));
    const double count = kFanIn * kFanOut;
    EXPECT_NEAR(actual.mean, 0, 4 * std::sqrt(expected.variance / count)) << to_string(initializer);
    EXPECT_NEAR(actual.variance / expected.variance, 1, 4 * std::sqrt(2 / count)) << to_string(initializer);
    EXPECT_NEAR(actual.kurtosis, expected.normal ? 3 : 1.8, 0.1) << to_string(initializer);
    if (!expected.normal) {
      const double range = std::sqrt(3 * expected.variance);
      EXPECT_LE(actual.largest, range * (1 + 1e-7)) << to_string(initializer);
      EXPECT_GE(actual.largest, range * 0.999) << to_string(initializer);
    }
  }
}

TEST(Initialize, HesGainIsThatOfTheLayersSlope) {
  const auto variance = [](const Activation& activation) {
    return moments(weights(initialize(one_layer(activation, HeNormal{}), 1), 0)).variance;
  };
  // The same numbers at another scale: ratios are exact except for rounding to float.
  EXPECT_NEAR(variance(LeakyReLU{.slope = 0.5}) / variance(ReLU{}), 1 / 1.25, 1e-6);
  EXPECT_NEAR(variance(LeakyReLU{}) / variance(ReLU{}), 1 / 1.0001, 1e-6);
  EXPECT_NEAR(variance(GELU{}) / variance(ReLU{}), 1, 1e-6);
}

TEST(Initialize, WithoutAnInitializerTheActivationsDefaultIsUsed) {
  for (const auto& activation : all_activations()) {
    const auto defaulted = initialize(one_layer(activation), 3);
    const auto named = initialize(one_layer(activation, default_initializer(activation)), 3);
    EXPECT_TRUE(std::ranges::equal(defaulted.values(), named.values())) << to_string(activation);
  }
}

TEST(Initialize, OnlyPyTorchsDefaultTouchesTheBias) {
  for (const auto& initializer : all_initializers()) {
    const Parameters parameters = initialize(one_layer(Linear{}, initializer), 1);
    const auto bias = parameters.bias(0);
    const auto zeros = std::ranges::count(bias, 0.0f);
    EXPECT_EQ(zeros, std::holds_alternative<PyTorchDefault>(initializer) ? 0 : 200) << to_string(initializer);
  }
  const Moments bias = moments(initialize(one_layer(Linear{}, PyTorchDefault{}), 1).bias(0));
  EXPECT_LE(bias.largest, 1 / std::sqrt(300.0) * (1 + 1e-7));
  EXPECT_NEAR(bias.variance, 1.0 / 900, 0.25 / 900);
}

// What a seed produces is a promise: element i of a layer's row-major W, then its bias, is number i of the
// stream.
TEST(Initialize, EachElementIsOneNumberOfTheLayersStream) {
  const MultilayerPerceptron network({{.fan_in = 5, .fan_out = 3, .initializer = LeCunNormal{}},
                                      {.fan_in = 3, .fan_out = 2, .initializer = PyTorchDefault{}}});
  const Parameters parameters = initialize(network, 42);
  const RandomStream first(42, RandomPurpose::kInitialization, 0),
      second(42, RandomPurpose::kInitialization, 1);
  EXPECT_EQ(parameters.weight(0)(2, 1), static_cast<float>(std::sqrt(1 / 5.0) * first.normal(2 * 3 + 1)));
  const double range = 1 / std::sqrt(3.0);
  EXPECT_EQ(parameters.weight(1)(2, 1), static_cast<float>(range * (2 * second.uniform(2 * 2 + 1) - 1)));
  EXPECT_EQ(parameters.bias(1)[1], static_cast<float>(range * (2 * second.uniform(3 * 2 + 1) - 1)));
}

TEST(Initialize, SameSeedSameBitsOtherSeedOrLayerOtherNumbers) {
  const Layer square{.fan_in = 20, .fan_out = 20};
  const MultilayerPerceptron network({square, square});
  const Parameters one = initialize(network, 1), again = initialize(network, 1), two = initialize(network, 2);
  EXPECT_EQ(one, again);
  const auto shared = [](std::span<const float> a, std::span<const float> b) {
    const std::set<float> values(a.begin(), a.end());
    return std::ranges::count_if(b, [&](float value) { return values.contains(value); });
  };
  EXPECT_EQ(shared(weights(one, 0), weights(again, 0)), 400);
  EXPECT_LE(shared(weights(one, 0), weights(two, 0)), 1);
  EXPECT_LE(shared(weights(one, 0), weights(one, 1)), 1);
  EXPECT_LE(shared(weights(one, 1), weights(two, 0)), 1);
}

}  // namespace
}  // namespace mlp
