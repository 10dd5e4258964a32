#include "mlp/suggest.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/processor_time.h"

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

TEST(EditDistance, CountsCharactersAndNotBytes) {
  EXPECT_EQ(edit_distance("na\u00EFve", "naive"), 1u);
  EXPECT_EQ(edit_distance("pri\u200Bce", "price"), 1u);
  EXPECT_EQ(edit_distance("\u732B", "\u72AC"), 1u);
  EXPECT_EQ(edit_distance("caf\xE9", "caf\u00E9"), 1u) << "a byte that is no character is not the character";
}

TEST(Suggest, ShowsWhatTheEyeDoesNotSee) {
  const auto hint = [](std::string_view unknown, const std::string& name) {
    const std::vector<std::string> known = {"quetzalcoatl", name};
    const std::string text = suggest(unknown, known);
    return text.substr(0, text.find("? known"));
  };
  const std::string no_break = "heat\u00A0index", composed = "caf\u00E9", decomposed = "cafe\u0301";
  EXPECT_EQ(hint("heat index", no_break), "did you mean '" + no_break + "' (with U+00A0 for U+0020)");
  EXPECT_EQ(hint(no_break, "heat index"), "did you mean 'heat index' (with U+0020 for U+00A0)");
  EXPECT_EQ(hint("price", "pri\u200Bce"), "did you mean 'pri\u200Bce' (with U+200B)");
  EXPECT_EQ(hint("pri\u200Bce", "price"), "did you mean 'price' (without U+200B)");
  EXPECT_EQ(hint(composed, decomposed), "did you mean '" + decomposed + "' (with U+0065 U+0301 for U+00E9)");
  EXPECT_EQ(hint("\u0430ge", "age"), "did you mean 'age' (with U+0061 for U+0430)") << "a Cyrillic a";
  EXPECT_EQ(hint("\U0001F600", "\U0001F601"), "did you mean '\U0001F601' (with U+1F601 for U+1F600)");
  // What can be seen is not spelled out.
  EXPECT_EQ(hint("gr\u00F6se", "gr\u00F6sse"), "did you mean 'gr\u00F6sse'");
}

TEST(Suggest, MegabytesOfNonsenseCostNothing) {
  const double start = testing_support::processor_seconds();
  EXPECT_EQ(suggest(std::string(100 << 20, 'r'), kKnown), kList);
  EXPECT_LT(testing_support::processor_seconds() - start, 2.0);
}

}  // namespace
}  // namespace mlp
