// The reference, in double and in float, against what PyTorch computed.

#include "golden/golden.h"

#include <gtest/gtest.h>

#include <set>

#include "mlp/reference.h"

namespace mlp {
namespace {

template <class T>
class Golden : public testing::Test {};
using Numbers = testing::Types<double, float>;
TYPED_TEST_SUITE(Golden, Numbers);

TYPED_TEST(Golden, ActivationsAndTheirDerivatives) {
  using T = TypeParam;
  for (const auto& golden : golden::activation_cases()) {
    SCOPED_TRACE(to_string(golden.activation));
    Matrix<T> Z(1, golden.z.size()), ones(1, golden.z.size());
    for (std::size_t i = 0; i < golden.z.size(); ++i) {
      Z(0, i) = static_cast<T>(golden.z[i]);
      ones(0, i) = 1;
    }
    const Matrix<T> A = reference::activate(golden.activation, Z);
    const Matrix<T> dZ = reference::activation_backward(golden.activation, Z, ones);
    // Each point by itself, relative to |z| and 1, so that the small values on the left count as well.
    for (std::size_t i = 0; i < golden.z.size(); ++i) {
      const double scale = std::max(1.0, std::abs(golden.values[i]));
      EXPECT_NEAR(A(0, i), golden.values[i], golden::kTolerance<T> * scale) << "z = " << golden.z[i];
      EXPECT_NEAR(dZ(0, i), golden.derivatives[i], golden::kTolerance<T>) << "z = " << golden.z[i];
    }
  }
}

TYPED_TEST(Golden, OutputsLossesAndGradients) {
  using T = TypeParam;
  for (const auto& golden : golden::gradient_cases<T>()) {
    SCOPED_TRACE(golden.name);
    if (golden.outputs) {
      const Matrix<T> outputs = reference::forward(golden.network, golden.parameters, golden.X);
      EXPECT_LE(golden::distance(std::as_const(outputs).values(), std::as_const(*golden.outputs).values()),
                golden::kTolerance<T>);
    }
    const auto [value, gradients] = reference::loss_and_gradients<T>(
        golden.network, golden.parameters, golden.loss, golden.X, golden.Y, golden.weights, {}, golden.l2);
    EXPECT_NEAR(value, golden.value, golden::kTolerance<T> * golden.value);
    for (std::size_t layer = 0; layer < golden.network.depth(); ++layer) {
      const auto dW = gradients.weight(layer);
      const auto expected = golden.gradients.weight(layer);  // in double
      EXPECT_LE(
          golden::distance(std::span<const T>(dW.data(), dW.rows() * dW.columns()),
                           std::span<const double>(expected.data(), expected.rows() * expected.columns())),
          golden::kTolerance<T>)
          << "dW of layer " << layer;
      EXPECT_LE(golden::distance(gradients.bias(layer), golden.gradients.bias(layer)), golden::kTolerance<T>)
          << "db of layer " << layer;
    }
  }
}

TYPED_TEST(Golden, OptimizerTrajectories) {
  using T = TypeParam;
  for (const auto& golden : golden::trajectories<T>()) {
    SCOPED_TRACE(golden.name);
    auto state = reference::start(golden.optimizer, golden.parameters);
    for (const auto& point : golden.points) {
      while (state.step < point.step) {
        const auto gradients =
            reference::loss_and_gradients(golden.network, state.parameters, golden.loss, golden.X, golden.Y)
                .gradients;
        const double factor =
            learning_rate_factor(golden.schedule, state.step, golden.total_steps, golden.total_steps);
        state = reference::update(golden.optimizer, std::move(state), gradients, factor);
      }
      EXPECT_LE(golden::distance(std::as_const(state.parameters).values(), point.parameters.values()),
                golden::kTolerance<T>)
          << "after step " << point.step;
    }
  }
}

TEST(GoldenSchedule, OneCycle) {
  for (const auto& golden : golden::one_cycle_cases()) {
    SCOPED_TRACE(to_string(golden.schedule));
    for (std::size_t step = 0; step < golden.factors.size(); ++step) {
      EXPECT_NEAR(learning_rate_factor(golden.schedule, step, golden.factors.size(), 1), golden.factors[step],
                  1e-14)
          << "step " << step;
    }
  }
}

// A new activation, loss or optimizer must enter generate.py too.
TEST(GoldenFile, CoversEveryActivationLossAndOptimizer) {
  std::set<std::string> hidden, outputs, losses, optimizers;
  for (const auto& golden : golden::gradient_cases<double>()) {
    const auto layers = golden.network.layers();
    for (const Layer& layer : layers.first(layers.size() - 1)) hidden.insert(to_string(layer.activation));
    outputs.insert(to_string(layers.back().activation) + " under " + to_string(golden.loss));
    losses.insert(to_string(golden.loss));
  }
  for (const auto& golden : golden::trajectories<double>()) {
    optimizers.insert(std::to_string(golden.optimizer.index()));
  }
  for (const Activation& activation : all_activations()) {
    EXPECT_TRUE(hidden.contains(to_string(activation))) << to_string(activation);
    for (const Loss& loss : all_losses()) {
      const std::string pair = to_string(activation) + " under " + to_string(loss);
      EXPECT_EQ(outputs.contains(pair), compatible(loss, activation)) << pair;
    }
  }
  for (std::size_t index = 0; index < std::variant_size_v<Optimizer>; ++index) {
    EXPECT_TRUE(optimizers.contains(std::to_string(index))) << "optimizer " << index;
  }
}

}  // namespace
}  // namespace mlp
