#include "mlp/optimizer.h"

#include <gtest/gtest.h>

namespace mlp {
namespace {

TEST(Optimizer, MomentsAreCounted) {
  std::vector<int> counts;
  for (const auto& optimizer : all_optimizers()) counts.push_back(moment_count(optimizer));
  EXPECT_EQ(counts, (std::vector<int>{0, 1, 1, 1, 2, 2}));
}

TEST(Optimizer, LearningRateIsReadAndReplacedAndNothingElse) {
  EXPECT_EQ(learning_rate(Adam{.learning_rate = 0.25}), 0.25);
  EXPECT_EQ(learning_rate(SGD{.learning_rate = 0.5}), 0.5);
  EXPECT_EQ(with_learning_rate(AdamW{.beta2 = 0.5, .weight_decay = 3}, 0.125),
            Optimizer(AdamW{.learning_rate = 0.125, .beta2 = 0.5, .weight_decay = 3}));
  for (const auto& optimizer : all_optimizers()) {
    const Optimizer other = with_learning_rate(optimizer, 0.75);
    EXPECT_EQ(learning_rate(other), 0.75) << to_string(optimizer);
    EXPECT_EQ(with_learning_rate(other, learning_rate(optimizer)), optimizer);
    EXPECT_EQ(to_string(other), to_string(optimizer));
  }
}

TEST(Optimizer, WeightDecayIsReadAndReplacedAndNothingElse) {
  EXPECT_EQ(weight_decay(AdamW{.weight_decay = 0.25}), 0.25);
  EXPECT_EQ(weight_decay(AdamW{.weight_decay = 0}), 0.0) << "none now, and still its own";
  EXPECT_EQ(with_weight_decay(AdamW{.learning_rate = 2, .beta2 = 0.5}, 0.125),
            Optimizer(AdamW{.learning_rate = 2, .beta2 = 0.5, .weight_decay = 0.125}));
  for (const Optimizer& other : {Optimizer(SGD{}), Optimizer(RMSProp{}), Optimizer(Adam{})}) {
    EXPECT_EQ(weight_decay(other), std::nullopt) << to_string(other);
    EXPECT_THROW(with_weight_decay(other, 0.125), std::invalid_argument) << to_string(other);
  }
}

}  // namespace
}  // namespace mlp
