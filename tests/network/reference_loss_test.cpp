// Losses and their gradients by outputs and by logits, against numbers computed by hand.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "core/overloaded.h"
#include "mlp/reference.h"

namespace mlp {
namespace {

using reference::activate;
using reference::activation_backward;
using reference::loss_gradient_by_logits;
using reference::loss_gradient_by_outputs;
using reference::loss_per_row;

template <class T>
void expect_near(const Matrix<T>& actual, const Matrix<double>& expected, double tolerance) {
  ASSERT_EQ(actual.rows(), expected.rows());
  ASSERT_EQ(actual.columns(), expected.columns());
  for (std::size_t i = 0; i < actual.values().size(); ++i) {
    EXPECT_NEAR(actual.values()[i], expected.values()[i], tolerance) << "element " << i;
  }
}

TEST(AllLosses, HasEveryAlternative) {
  std::set<std::size_t> indices;
  for (const Loss& loss : all_losses()) indices.insert(loss.index());
  EXPECT_EQ(indices.size(), std::variant_size_v<Loss>);
}

template <class T>
class ReferenceLoss : public testing::Test {
 protected:
  static constexpr double kRounding = 4 * std::numeric_limits<T>::epsilon();
};
using Numbers = testing::Types<double, float>;
TYPED_TEST_SUITE(ReferenceLoss, Numbers);

// Regression losses: two rows of three outputs, residuals p - y = (0.5, -2, 3) and (-0.25, 0, 1).
struct Regression {
  Loss loss;
  std::vector<double> per_row;
  std::vector<double> gradient;
};

std::vector<Regression> regressions() {
  return {
      // (0.25 + 4 + 9) / 2 and (0.0625 + 0 + 1) / 2
      {SquaredError{}, {6.625, 0.53125}, {0.5, -2, 3, -0.25, 0, 1}},
      // (0.25 + 4 + 9) / 3 and (0.0625 + 0 + 1) / 3; 2 r / 3
      {MeanSquaredError{}, {13.25 / 3, 1.0625 / 3}, {1.0 / 3, -4.0 / 3, 2, -0.5 / 3, 0, 2.0 / 3}},
      // (0.5 + 2 + 3) / 3 and (0.25 + 0 + 1) / 3; sign(r) / 3
      {MeanAbsoluteError{}, {5.5 / 3, 1.25 / 3}, {1.0 / 3, -1.0 / 3, 1.0 / 3, -1.0 / 3, 0, 1.0 / 3}},
      // delta 1: (0.125 + 1.5 + 2.5) / 3 and (0.03125 + 0 + 0.5) / 3; r within 1, +-1 beyond
      {Huber{}, {4.125 / 3, 0.53125 / 3}, {0.5 / 3, -1.0 / 3, 1.0 / 3, -0.25 / 3, 0, 1.0 / 3}},
      // delta 2: (0.125 + 2 + 2 (3 - 1)) / 3 and (0.03125 + 0 + 0.5) / 3; r within 2, +-2 beyond
      {Huber{2}, {6.125 / 3, 0.53125 / 3}, {0.5 / 3, -2.0 / 3, 2.0 / 3, -0.25 / 3, 0, 1.0 / 3}},
  };
}

TYPED_TEST(ReferenceLoss, RegressionLossesByHand) {
  using T = TypeParam;
  const Matrix<T> A(2, 3, {1.5, 0, 2, 0.75, 4, 2}), Y(2, 3, {1, 2, -1, 1, 4, 1});
  for (const auto& [loss, per_row, gradient] : regressions()) {
    SCOPED_TRACE(to_string(loss));
    const auto losses = loss_per_row<T>(loss, Linear{}, A, Y);
    ASSERT_EQ(losses.size(), 2u);
    EXPECT_NEAR(losses[0], per_row[0], 2 * TestFixture::kRounding);
    EXPECT_NEAR(losses[1], per_row[1], TestFixture::kRounding);
    expect_near(loss_gradient_by_outputs(loss, A, Y), Matrix<double>(2, 3, gradient), TestFixture::kRounding);
    // On linear outputs the logits are the outputs.
    expect_near(loss_gradient_by_logits<T>(loss, Linear{}, A, Y), Matrix<double>(2, 3, gradient),
                TestFixture::kRounding);
    // On ReLU outputs below zero p = 0, and no gradient passes.
    const Matrix<T> Z(1, 3, {-1, 2, -3}), target(1, 3, {-0.5, 1.5, -3});
    EXPECT_EQ(loss_per_row<T>(loss, ReLU{}, Z, target),
              (loss_per_row<T>(loss, Linear{}, Matrix<T>(1, 3, {0, 2, 0}), target)));
    const Matrix<T> dZ = loss_gradient_by_logits<T>(loss, ReLU{}, Z, target);
    EXPECT_EQ(dZ(0, 0), 0);
    EXPECT_GT(dZ(0, 1), 0);
    EXPECT_EQ(dZ(0, 2), 0);
  }
}

TEST(ReferenceLossCoverage, HandComputedNumbersCoverEveryLoss) {
  for (const Loss& loss : all_losses()) {
    const auto table = regressions();
    const bool by_hand =
        std::any_of(table.begin(), table.end(), [&](const auto& entry) { return entry.loss == loss; });
    // CrossEntropy and BinaryCrossEntropy have tests of their own below.
    EXPECT_TRUE(by_hand || std::holds_alternative<CrossEntropy>(loss) ||
                std::holds_alternative<BinaryCrossEntropy>(loss))
        << to_string(loss);
  }
}

// Logits (0, log 2, log 5) have probabilities (1/8, 2/8, 5/8).
TYPED_TEST(ReferenceLoss, CrossEntropyByHand) {
  using T = TypeParam;
  const T log2 = std::log(T{2}), log5 = std::log(T{5});
  const Matrix<T> Z(3, 3, {0, log2, log5, 0, log2, log5, 0, log2, log5});
  const Matrix<T> Y(3, 3, {1, 0, 0, 0, 0, 1, 0.5, 0.5, 0});
  const auto losses = loss_per_row<T>(CrossEntropy{}, Softmax{}, Z, Y);
  EXPECT_NEAR(losses[0], std::log(8.0), TestFixture::kRounding);
  EXPECT_NEAR(losses[1], std::log(8.0 / 5), TestFixture::kRounding);
  EXPECT_NEAR(losses[2], 0.5 * std::log(8.0) + 0.5 * std::log(4.0), TestFixture::kRounding);
  const Matrix<double> expected(
      3, 3,
      {1.0 / 8 - 1, 2.0 / 8, 5.0 / 8, 1.0 / 8, 2.0 / 8, 5.0 / 8 - 1, 1.0 / 8 - 0.5, 2.0 / 8 - 0.5, 5.0 / 8});
  expect_near(loss_gradient_by_logits<T>(CrossEntropy{}, Softmax{}, Z, Y), expected, TestFixture::kRounding);
}

// s = 0.3 over three classes: y (1, 0, 0) becomes (0.8, 0.1, 0.1).
TYPED_TEST(ReferenceLoss, CrossEntropySmoothsTowardsUniform) {
  using T = TypeParam;
  const Matrix<T> Z(1, 3, {0, std::log(T{2}), std::log(T{5})}), Y(1, 3, {1, 0, 0});
  const Loss loss = CrossEntropy{.label_smoothing = 0.3};
  EXPECT_NEAR(loss_per_row<T>(loss, Softmax{}, Z, Y)[0],
              0.8 * std::log(8.0) + 0.1 * std::log(4.0) + 0.1 * std::log(8.0 / 5), TestFixture::kRounding);
  expect_near(loss_gradient_by_logits<T>(loss, Softmax{}, Z, Y),
              Matrix<double>(1, 3, {1.0 / 8 - 0.8, 2.0 / 8 - 0.1, 5.0 / 8 - 0.1}), TestFixture::kRounding);
  // -y / p
  expect_near(loss_gradient_by_outputs(loss, activate(Softmax{}, Z), Y),
              Matrix<double>(1, 3, {-0.8 * 8, -0.1 * 4, -0.1 * 8 / 5}), 16 * TestFixture::kRounding);
}

// Targets that do not sum to 1 (here 3) scale the softmax part: p sum(y) - y.
TYPED_TEST(ReferenceLoss, CrossEntropyOfUnnormalisedTargets) {
  using T = TypeParam;
  const Matrix<T> Z(1, 3, {0, std::log(T{2}), std::log(T{5})}), Y(1, 3, {1, 2, 0});
  EXPECT_NEAR(loss_per_row<T>(CrossEntropy{}, Softmax{}, Z, Y)[0], std::log(8.0) + 2 * std::log(4.0),
              4 * TestFixture::kRounding);
  expect_near(loss_gradient_by_logits<T>(CrossEntropy{}, Softmax{}, Z, Y),
              Matrix<double>(1, 3, {3.0 / 8 - 1, 6.0 / 8 - 2, 15.0 / 8}), 2 * TestFixture::kRounding);
}

TYPED_TEST(ReferenceLoss, CrossEntropyOfExtremeLogits) {
  using T = TypeParam;
  const auto cross_entropy = [](std::vector<T> z, std::vector<T> y) {
    return loss_per_row<T>(CrossEntropy{}, Softmax{}, Matrix<T>(1, z.size(), z),
                           Matrix<T>(1, y.size(), y))[0];
  };
  EXPECT_EQ(cross_entropy({1e4, -1e4, 0}, {1, 0, 0}), 0);
  EXPECT_EQ(cross_entropy({1e4, -1e4, 0}, {0, 1, 0}), T{2e4});
  EXPECT_EQ(cross_entropy({1e4, -1e4, 0}, {0, 0, 1}), T{1e4});
  EXPECT_EQ(cross_entropy({1e30f, -1e30f, 0}, {0, 1, 0}), T{2e30f});
  // A common shift changes nothing: log 3, however large the logits.
  for (const T shift : {T{1e4}, T{-1e4}, T{1e30}, T{-1e30}, T{3e38}}) {
    EXPECT_NEAR(cross_entropy({shift, shift, shift}, {0, 1, 0}), std::log(3.0), TestFixture::kRounding)
        << shift;
  }
  // Where a logit's distance from the largest overflows, a class of no weight still costs nothing.
  const T huge = std::numeric_limits<T>::max();
  EXPECT_EQ(cross_entropy({huge, -huge, 0}, {1, 0, 0}), 0);
  const Matrix<T> dZ = loss_gradient_by_logits<T>(
      CrossEntropy{}, Softmax{}, Matrix<T>(1, 3, {huge, -huge, 0}), Matrix<T>(1, 3, {0, 1, 0}));
  EXPECT_EQ(dZ, Matrix<T>(1, 3, {1, -1, 0}));
}

// Logits (0, log 3) have probabilities (1/2, 3/4).
TYPED_TEST(ReferenceLoss, BinaryCrossEntropyOnSigmoidByHand) {
  using T = TypeParam;
  const T log3 = std::log(T{3});
  const Matrix<T> Z(3, 2, {0, log3, 0, log3, 0, log3}), Y(3, 2, {1, 1, 0, 0, 0.5, 0.25});
  const auto losses = loss_per_row<T>(BinaryCrossEntropy{}, Sigmoid{}, Z, Y);
  EXPECT_NEAR(losses[0], (std::log(2.0) + std::log(4.0 / 3)) / 2, TestFixture::kRounding);
  EXPECT_NEAR(losses[1], (std::log(2.0) + std::log(4.0)) / 2, TestFixture::kRounding);
  EXPECT_NEAR(losses[2], (std::log(2.0) + 0.25 * std::log(4.0 / 3) + 0.75 * std::log(4.0)) / 2,
              TestFixture::kRounding);
  // (p - y) / 2
  expect_near(loss_gradient_by_logits<T>(BinaryCrossEntropy{}, Sigmoid{}, Z, Y),
              Matrix<double>(3, 2, {-0.25, -0.125, 0.25, 0.375, 0, 0.25}), TestFixture::kRounding);
}

// s = 0.2: y = 1 becomes 0.9, y = 0 becomes 0.1 - towards 1/2, not 1/C.
TYPED_TEST(ReferenceLoss, BinaryCrossEntropySmoothsTowardsAHalf) {
  using T = TypeParam;
  const Loss loss = BinaryCrossEntropy{.label_smoothing = 0.2};
  const Matrix<T> Z(1, 3, {0, std::log(T{3}), 0}), Y(1, 3, {1, 0, 1});
  EXPECT_NEAR(loss_per_row<T>(loss, Sigmoid{}, Z, Y)[0],
              (2 * std::log(2.0) + 0.1 * std::log(4.0 / 3) + 0.9 * std::log(4.0)) / 3,
              TestFixture::kRounding);
  expect_near(loss_gradient_by_logits<T>(loss, Sigmoid{}, Z, Y),
              Matrix<double>(1, 3, {-0.4 / 3, 0.65 / 3, -0.4 / 3}), TestFixture::kRounding);
}

// Probabilities (1/4, 3/4) from softmax logits (0, log 3).
TYPED_TEST(ReferenceLoss, BinaryCrossEntropyOnSoftmaxByHand) {
  using T = TypeParam;
  const Matrix<T> Z(1, 2, {0, std::log(T{3})}), Y(1, 2, {1, 0});
  EXPECT_NEAR(loss_per_row<T>(BinaryCrossEntropy{}, Softmax{}, Z, Y)[0], std::log(4.0),
              TestFixture::kRounding);
  // dA = (p - y) / (p (1 - p)) / 2 = (-2, 2); dz_j = p_j (dA_j - <dA, p>) with <dA, p> = 1
  expect_near(loss_gradient_by_outputs<T>(BinaryCrossEntropy{}, activate(Softmax{}, Z), Y),
              Matrix<double>(1, 2, {-2, 2}), 4 * TestFixture::kRounding);
  expect_near(loss_gradient_by_logits<T>(BinaryCrossEntropy{}, Softmax{}, Z, Y),
              Matrix<double>(1, 2, {-0.75, 0.75}), TestFixture::kRounding);
}

TYPED_TEST(ReferenceLoss, BinaryCrossEntropyOfExtremeLogits) {
  using T = TypeParam;
  const auto binary = [](T z, T y) {
    return loss_per_row<T>(BinaryCrossEntropy{}, Sigmoid{}, Matrix<T>(1, 1, {z}), Matrix<T>(1, 1, {y}))[0];
  };
  for (const T z : {T{1e4}, T{1e30}, T{3e38}}) {
    EXPECT_EQ(binary(z, 1), 0) << z;
    EXPECT_EQ(binary(z, 0), z) << z;
    EXPECT_EQ(binary(-z, 0), 0) << z;
    EXPECT_EQ(binary(-z, 1), z) << z;
  }
  // A confident and right answer still costs its little: log(1 + exp(-30)).
  EXPECT_NEAR(binary(30, 1) / std::log1p(std::exp(-30.0)), 1, 32 * TestFixture::kRounding);
  EXPECT_NEAR(binary(-30, 0) / std::log1p(std::exp(-30.0)), 1, 32 * TestFixture::kRounding);
}

// Softmax outputs may underflow to exactly 0 and 1, where the logarithm of BinaryCrossEntropy has no value.
TYPED_TEST(ReferenceLoss, EveryLossIsFiniteOnExtremeLogits) {
  using T = TypeParam;
  for (const Loss& loss : all_losses()) {
    for (const Activation& activation : all_activations()) {
      if (!compatible(loss, activation)) continue;
      const Matrix<T> Z(2, 3, {1e4, -1e4, 0, -1e4, -1e4, 1e4}), Y(2, 3, {0, 1, 0, 0, 0, 1});
      for (const T value : loss_per_row(loss, activation, Z, Y)) {
        EXPECT_TRUE(std::isfinite(value)) << to_string(loss) << " on " << to_string(activation);
      }
      const Matrix<T> dZ = loss_gradient_by_logits(loss, activation, Z, Y);
      for (const T value : dZ.values()) {
        EXPECT_TRUE(std::isfinite(value)) << to_string(loss) << " on " << to_string(activation);
      }
    }
  }
}

// The two paths to dZ: fused from the logits, and through the activation's Jacobian.
TYPED_TEST(ReferenceLoss, FusedAndUnfusedGradientsAgree) {
  using T = TypeParam;
  const Matrix<T> Z(2, 3, {0.5, -1.5, 2, -0.25, 1, 0.125}), Y(2, 3, {0, 1, 0, 0.2, 0.5, 0.3});
  const auto expect_agreement = [&](const Loss& loss, const Activation& activation) {
    const Matrix<T> fused = loss_gradient_by_logits(loss, activation, Z, Y);
    const Matrix<T> unfused =
        activation_backward(activation, Z, loss_gradient_by_outputs(loss, activate(activation, Z), Y));
    for (std::size_t i = 0; i < fused.values().size(); ++i) {
      EXPECT_NEAR(fused.values()[i], unfused.values()[i], 2 * TestFixture::kRounding) << to_string(loss);
      EXPECT_NE(fused.values()[i], 0);
    }
  };
  for (const double smoothing : {0.0, 0.1}) {
    expect_agreement(CrossEntropy{smoothing}, Softmax{});
    expect_agreement(BinaryCrossEntropy{smoothing}, Sigmoid{});
  }
}

// Which output activations each loss is defined on, written down a second time.
TEST(ReferenceLossErrors, RefusesWhatIsNotCompatible) {
  const Matrix<double> Z(1, 2, {0.25, 0.5}), Y(1, 2, {0, 1});
  for (const Loss& loss : all_losses()) {
    for (const Activation& activation : all_activations()) {
      const bool softmax = std::holds_alternative<Softmax>(activation);
      const bool sigmoid = std::holds_alternative<Sigmoid>(activation);
      const bool defined = std::visit(
          Overloaded{[](const SquaredError&) { return true; }, [](const MeanSquaredError&) { return true; },
                     [](const MeanAbsoluteError&) { return true; }, [](const Huber&) { return true; },
                     [&](const CrossEntropy&) { return softmax; },
                     [&](const BinaryCrossEntropy&) { return softmax || sigmoid; }},
          loss);
      EXPECT_EQ(compatible(loss, activation), defined) << to_string(loss) << " on " << to_string(activation);
      if (defined) {
        EXPECT_NO_THROW(loss_per_row(loss, activation, Z, Y));
      } else {
        EXPECT_THROW(loss_per_row(loss, activation, Z, Y), std::invalid_argument);
        EXPECT_THROW(loss_gradient_by_logits(loss, activation, Z, Y), std::invalid_argument);
      }
    }
  }
}

TEST(ReferenceLossErrors, RefusesTargetsOfAnotherShape) {
  const Matrix<double> Z(2, 3), Y(3, 2);
  EXPECT_THROW(loss_per_row<double>(SquaredError{}, Linear{}, Z, Y), std::invalid_argument);
  EXPECT_THROW(loss_gradient_by_outputs<double>(SquaredError{}, Z, Y), std::invalid_argument);
  EXPECT_THROW(loss_gradient_by_logits<double>(SquaredError{}, Linear{}, Z, Y), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
