#include "mlp/loss.h"

#include <gtest/gtest.h>

#include <set>

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

}  // namespace
}  // namespace mlp
