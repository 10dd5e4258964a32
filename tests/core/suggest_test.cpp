#include "mlp/suggest.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace mlp {
namespace {

const std::vector<std::string> kKnown = {"linear", "relu", "leaky_relu", "tanh"};
const std::string kList = "known: linear, relu, leaky_relu, tanh";

TEST(EditDistance, CountsInsertionsDeletionsAndSubstitutions) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("relu", "relu"), 0u);
  EXPECT_EQ(edit_distance("rellu", "relu"), 1u);
  EXPECT_EQ(edit_distance("rel", "relu"), 1u);
  EXPECT_EQ(edit_distance("rexu", "relu"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("saturday", "sunday"), 3u);
  EXPECT_EQ(edit_distance("ab", "ba"), 2u);
}

TEST(EditDistance, IsAMetric) {
  const std::vector<std::string> words = {"", "relu", "elu", "selu", "gelu", "leaky_relu", "tanh", "mish"};
  for (const auto& a : words) {
    for (const auto& b : words) {
      EXPECT_EQ(edit_distance(a, b), edit_distance(b, a));
      EXPECT_EQ(edit_distance(a, b) == 0, a == b);
      for (const auto& c : words) EXPECT_LE(edit_distance(a, c), edit_distance(a, b) + edit_distance(b, c));
    }
  }
}

TEST(Suggest, NamesTheNearestWhereItIsClose) {
  EXPECT_EQ(suggest("rellu", kKnown), "did you mean 'relu'? " + kList);
  EXPECT_EQ(suggest("leakyrelu", kKnown), "did you mean 'leaky_relu'? " + kList);
  EXPECT_EQ(suggest("tan", kKnown), "did you mean 'tanh'? " + kList);
  EXPECT_EQ(suggest("liner", kKnown), "did you mean 'linear'? " + kList);
}

TEST(Suggest, OnlyListsWhereNothingIsClose) {
  EXPECT_EQ(suggest("quetzalcoatl", kKnown), kList);
  EXPECT_EQ(suggest("", kKnown), kList);
  EXPECT_EQ(suggest("relu", {}), "known: ");
  EXPECT_EQ(suggest("quetzalcoatl", std::vector<std::string>{"a", "b"}, "the table has"),
            "the table has: a, b");
}

TEST(Suggest, MegabytesOfNonsenseCostNothing) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(suggest(std::string(100 << 20, 'r'), kKnown), kList);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace mlp
