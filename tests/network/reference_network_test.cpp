// The affine map, the fold over layers, the batch's loss and dropout, by hand. Gradients: gradient_test.cpp.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mlp/reference.h"

namespace mlp {
namespace {

using reference::DropoutMasks;

template <class T>
class ReferenceNetwork : public testing::Test {};
using Numbers = testing::Types<double, float>;
TYPED_TEST_SUITE(ReferenceNetwork, Numbers);

/// 2 -> 3 -> 2 in small integers. Layer 0: W (1 2 -1; 0 -1 1), b (0 1 -2); layer 1: W (1 0; 2 1; -1 3), b (1
/// -1).
template <class T>
BasicParameters<T> small_integers(const MultilayerPerceptron& network) {
  BasicParameters<T> parameters(network);
  const std::vector<T> values{1, 2, -1, 0, -1, 1, 0, 1, -2, 1, 0, 2, 1, -1, 3, 1, -1};
  std::copy(values.begin(), values.end(), parameters.values().begin());
  return parameters;
}

MultilayerPerceptron relu_network(double dropout = 0) {
  return MultilayerPerceptron({{.fan_in = 2, .fan_out = 3, .activation = ReLU{}, .dropout = dropout},
                               {.fan_in = 3, .fan_out = 2, .activation = Linear{}}});
}

TYPED_TEST(ReferenceNetwork, AffineByHand) {
  using T = TypeParam;
  const auto parameters = small_integers<T>(relu_network());
  const Matrix<T> X(2, 2, {1, 2, -1, 3});
  // (1, 2) W = (1, 2 - 2, -1 + 2); (-1, 3) W = (-1, -2 - 3, 1 + 3)
  EXPECT_EQ(reference::affine<T>(X, parameters.weight(0), parameters.bias(0)),
            Matrix<T>(2, 3, {1, 1, -1, -1, -4, 2}));
}

TYPED_TEST(ReferenceNetwork, ForwardIsTheFoldAndKnowsNoDropout) {
  using T = TypeParam;
  const Matrix<T> X(2, 2, {1, 2, -1, 3});
  // ReLU of the above: (1, 1, 0) and (0, 0, 2); then (1 + 2 + 1, 1 - 1) and (-2 + 1, 6 - 1).
  const Matrix<T> expected(2, 2, {4, 0, -1, 5});
  EXPECT_EQ(reference::forward(relu_network(), small_integers<T>(relu_network()), X), expected);
  EXPECT_EQ(reference::forward(relu_network(0.5), small_integers<T>(relu_network(0.5)), X), expected);
}

TYPED_TEST(ReferenceNetwork, LossAndGradientsByHand) {
  using T = TypeParam;
  const Matrix<T> X(2, 2, {1, 2, -1, 3}), Y(2, 2, {3, 2, -1, 1});
  const auto network = relu_network();
  const auto parameters = small_integers<T>(network);
  // Residuals (1, -2) and (0, 4): SquaredError 5/2 and 16/2, mean 5.25. dZ = residual / 2.
  const auto result = reference::loss_and_gradients<T>(network, parameters, SquaredError{}, X, Y);
  EXPECT_EQ(result.loss, T{5.25});
  // dZ1 = (0.5, -1; 0, 2). dW1 = A0^T dZ1 with A0 = (1, 1, 0; 0, 0, 2); db1 = column sums.
  // dA0 = dZ1 W1^T = (0.5, 0, -3.5; 0, 2, 6); ReLU passes (yes, yes, no; no, no, yes).
  // dW0 = X^T dZ0 with dZ0 = (0.5, 0, 0; 0, 0, 6).
  const std::vector<T> expected{0.5, 0, -6, 1, 0, 18, 0.5, 0, 6, 0.5, -1, 0.5, -1, 0, 4, 0.5, 1};
  const auto values = std::as_const(result.gradients).values();
  EXPECT_EQ(std::vector<T>(values.begin(), values.end()), expected);
}

// Loss = 1/N sum_n w_n loss_n: divided by the rows, whatever the weights sum to.
TYPED_TEST(ReferenceNetwork, WeightsScaleRowsAndTheMeanIsOverTheRows) {
  using T = TypeParam;
  const Matrix<T> X(2, 2, {1, 2, -1, 3}), Y(2, 2, {3, 2, -1, 1});
  const auto network = relu_network();
  const auto parameters = small_integers<T>(network);
  const std::vector<T> weights{2, 0.5};
  const auto result = reference::loss_and_gradients<T>(network, parameters, SquaredError{}, X, Y, weights);
  EXPECT_EQ(result.loss, T{(2 * 2.5 + 0.5 * 8) / 2});
  // db1 = 2 (1, -2) / 2 + 0.5 (0, 4) / 2
  EXPECT_EQ(result.gradients.bias(1)[0], T{1});
  EXPECT_EQ(result.gradients.bias(1)[1], T{-1});
  // A row of weight 0 is as if its error were 0: half the loss of the other alone.
  const std::vector<T> only_first{1, 0};
  const auto first = reference::loss_and_gradients<T>(network, parameters, SquaredError{}, X, Y, only_first);
  EXPECT_EQ(first.loss, T{1.25});
}

// l2/2 sum W^2 over the weights: 8 of the first layer, 16 of the second; biases do not count.
TYPED_TEST(ReferenceNetwork, L2DecaysWeightsAndNotBiases) {
  using T = TypeParam;
  const Matrix<T> X(2, 2, {1, 2, -1, 3}), Y(2, 2, {3, 2, -1, 1});
  const auto network = relu_network();
  const auto parameters = small_integers<T>(network);
  const auto plain = reference::loss_and_gradients<T>(network, parameters, SquaredError{}, X, Y);
  const auto decayed =
      reference::loss_and_gradients<T>(network, parameters, SquaredError{}, X, Y, {}, {}, 0.5);
  EXPECT_EQ(decayed.loss - plain.loss, T{0.25 * (8 + 16)});
  for (std::size_t layer = 0; layer < 2; ++layer) {
    for (std::size_t i = 0; i < network.layer(layer).fan_in; ++i) {
      for (std::size_t o = 0; o < network.layer(layer).fan_out; ++o) {
        EXPECT_EQ(decayed.gradients.weight(layer)(i, o) - plain.gradients.weight(layer)(i, o),
                  T{0.5} * parameters.weight(layer)(i, o));
      }
    }
    for (std::size_t o = 0; o < network.layer(layer).fan_out; ++o) {
      EXPECT_EQ(decayed.gradients.bias(layer)[o], plain.gradients.bias(layer)[o]);
    }
  }
}

TYPED_TEST(ReferenceNetwork, DropoutMultipliesActivationsByItsFactors) {
  using T = TypeParam;
  const auto network = relu_network(0.5);
  const auto parameters = small_integers<T>(network);
  const Matrix<T> X(2, 2, {1, 2, -1, 3}), Y(2, 2, {3, 2, -1, 1});
  for (std::uint64_t step = 0; step < 20; ++step) {
    const DropoutMasks masks{.seed = 1, .step = step};
    Matrix<T> A(2, 3, {1, 1, 0, 0, 0, 2});  // as in ForwardIsTheFold
    for (std::size_t n = 0; n < 2; ++n) {
      for (std::size_t o = 0; o < 3; ++o) {
        A(n, o) *= static_cast<T>(reference::dropout_factor(network.layer(0), 0, masks, n, o));
      }
    }
    const Matrix<T> outputs = reference::affine<T>(A, parameters.weight(1), parameters.bias(1));
    T expected = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const T residual = outputs.values()[i] - Y.values()[i];
      expected += residual * residual / 4;
    }
    const auto result =
        reference::loss_and_gradients<T>(network, parameters, SquaredError{}, X, Y, {}, masks);
    EXPECT_EQ(result.loss, expected);
    // Without masks the same network trains as if it had no dropout.
    EXPECT_EQ(reference::loss_and_gradients<T>(network, parameters, SquaredError{}, X, Y).loss, T{5.25});
  }
}

TEST(DropoutFactor, IsZeroOrTheInverseOfTheProbabilityToStay) {
  const Layer layer{.fan_in = 1, .fan_out = 100, .dropout = 0.2};
  std::size_t dropped = 0;
  double sum = 0;
  constexpr std::size_t kRows = 400;
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t column = 0; column < layer.fan_out; ++column) {
      const double factor = reference::dropout_factor(layer, 0, {.seed = 3, .step = 4}, row, column);
      EXPECT_TRUE(factor == 0 || factor == 1 / (1 - 0.2)) << factor;
      dropped += factor == 0;
      sum += factor;
    }
  }
  // 40000 draws of probability 0.2: standard deviation 0.002; five of them.
  EXPECT_NEAR(static_cast<double>(dropped) / (kRows * 100), 0.2, 0.01);
  EXPECT_NEAR(sum / (kRows * 100), 1, 0.0125);
}

TEST(DropoutFactor, DiffersBySeedStepAndLayerAndIsOneWithoutDropout) {
  const Layer layer{.fan_in = 1, .fan_out = 64, .dropout = 0.5};
  const auto mask = [&](std::uint64_t seed, std::uint64_t step, std::size_t index, std::size_t row) {
    std::vector<double> factors;
    for (std::size_t column = 0; column < 64; ++column) {
      factors.push_back(reference::dropout_factor(layer, index, {seed, step}, row, column));
    }
    return factors;
  };
  const auto base = mask(1, 1, 0, 0);
  EXPECT_EQ(mask(1, 1, 0, 0), base);
  EXPECT_NE(mask(2, 1, 0, 0), base);
  EXPECT_NE(mask(1, 2, 0, 0), base);
  EXPECT_NE(mask(1, 1, 1, 0), base);
  EXPECT_NE(mask(1, 1, 0, 1), base);
  EXPECT_EQ(reference::dropout_factor({.fan_in = 1, .fan_out = 64}, 0, {1, 1}, 0, 0), 1);
}

TEST(ReferenceNetworkErrors, RefusesShapesThatDoNotFit) {
  const auto network = relu_network();
  const BasicParameters<double> parameters(network);
  const auto run = [&](const Matrix<double>& X, const Matrix<double>& Y, std::vector<double> weights,
                       const Loss& loss) {
    return reference::loss_and_gradients<double>(network, parameters, loss, X, Y, weights);
  };
  const Matrix<double> X(4, 2), Y(4, 2);
  EXPECT_NO_THROW(run(X, Y, {1, 1, 1, 1}, SquaredError{}));
  EXPECT_THROW(run(Matrix<double>(4, 3), Y, {}, SquaredError{}), std::invalid_argument);
  EXPECT_THROW(run(Matrix<double>(0, 2), Matrix<double>(0, 2), {}, SquaredError{}), std::invalid_argument);
  EXPECT_THROW(run(X, Matrix<double>(3, 2), {}, SquaredError{}), std::invalid_argument);
  EXPECT_THROW(run(X, Matrix<double>(4, 1), {}, SquaredError{}), std::invalid_argument);
  EXPECT_THROW(run(X, Y, {1, 1}, SquaredError{}), std::invalid_argument);
  EXPECT_THROW(run(X, Y, {}, CrossEntropy{}), std::invalid_argument);  // on linear outputs
  // Parameters of another network.
  const MultilayerPerceptron other({{.fan_in = 2, .fan_out = 2}});
  EXPECT_THROW(
      reference::loss_and_gradients<double>(network, BasicParameters<double>(other), SquaredError{}, X, Y),
      std::invalid_argument);
  EXPECT_THROW(reference::forward<double>(network, BasicParameters<double>(other), X), std::invalid_argument);
  EXPECT_THROW(reference::affine<double>(Matrix<double>(4, 3), parameters.weight(0), parameters.bias(0)),
               std::invalid_argument);
}

}  // namespace
}  // namespace mlp
