#include "mlp/loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "mlp/reference.h"

namespace mlp {
namespace {

TEST(Loss, OnlyTheEntropiesNeedProbabilities) {
  const std::set<std::string> entropies = {"cross_entropy", "binary_cross_entropy"};
  for (const auto& loss : all_losses()) {
    for (const auto& activation : all_activations()) {
      const bool any_output = !entropies.contains(to_string(loss));
      const bool softmax = to_string(activation) == "softmax";
      const bool sigmoid = to_string(activation) == "sigmoid" && to_string(loss) == "binary_cross_entropy";
      EXPECT_EQ(compatible(loss, activation), any_output || softmax || sigmoid)
          << to_string(loss) << " on " << to_string(activation);
    }
  }
}

TEST(LeastLoss, IsTheEntropyOfSmoothedLabels) {
  // Of ten classes smoothed by 0.05: 0.955 for the true one, 0.005 for each other.
  EXPECT_NEAR(least_loss(CrossEntropy{.label_smoothing = 0.05}, 10),
              -0.955 * std::log(0.955) - 9 * 0.005 * std::log(0.005), 1e-15);
  EXPECT_NEAR(least_loss(CrossEntropy{.label_smoothing = 0.05}, 10), 0.282, 5e-4);
  EXPECT_NEAR(least_loss(CrossEntropy{.label_smoothing = 0.5}, 2),
              -0.75 * std::log(0.75) - 0.25 * std::log(0.25), 1e-15);
  // Each of any number of outputs should be 0.9 or 0.1.
  for (const std::size_t classes : {1u, 2u, 7u}) {
    EXPECT_NEAR(least_loss(BinaryCrossEntropy{.label_smoothing = 0.2}, classes),
                -0.9 * std::log(0.9) - 0.1 * std::log(0.1), 1e-15);
  }
}

TEST(LeastLoss, IsZeroWhereNothingIsSmoothed) {
  for (const auto& loss : all_losses()) EXPECT_EQ(least_loss(loss, 10), 0.0) << to_string(loss);
  EXPECT_EQ(least_loss(CrossEntropy{.label_smoothing = 0.3}, 1), 0.0) << "one class is certain";
}

/// The loss of a row of class 0 whose outputs come from these logits.
double loss_at(const Loss& loss, const Activation& activation, const std::vector<double>& logits) {
  Matrix<double> Z(1, logits.size(), logits), Y(1, logits.size());
  Y(0, 0) = 1.0;
  return reference::loss_per_row<double>(loss, activation, Z, Y)[0];
}

TEST(LeastLoss, IsReachedByTheSmoothedProbabilitiesAndByNothingElse) {
  struct Case {
    Loss loss;
    Activation activation;
    std::vector<double> logits;  ///< of the smoothed labels
  };
  const double odds = std::log(0.9 / 0.1);
  for (const auto& [loss, activation, logits] :
       {Case{CrossEntropy{.label_smoothing = 0.2},
             Softmax{},
             {std::log(0.85), std::log(0.05), std::log(0.05), std::log(0.05)}},
        Case{BinaryCrossEntropy{.label_smoothing = 0.2}, Sigmoid{}, {odds, -odds, -odds, -odds}}}) {
    const double least = least_loss(loss, 4);
    EXPECT_NEAR(loss_at(loss, activation, logits), least, 1e-12) << to_string(loss);
    for (std::size_t c = 0; c < 4; ++c) {
      for (const double step : {-0.1, 0.1, 20.0}) {
        auto other = logits;
        other[c] += step;
        EXPECT_GT(loss_at(loss, activation, other), least + 1e-5)
            << to_string(loss) << " " << c << " " << step;
      }
    }
  }
}

}  // namespace
}  // namespace mlp
