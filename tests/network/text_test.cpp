#include "network/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "core/random.h"
#include "mlp/error.h"
#include "support/usage_error.h"

namespace mlp {
namespace {

using testing_support::usage_error;

TEST(Text, NumbersAreWrittenShortest) {
  EXPECT_EQ(format_number(0.1), "0.1");
  EXPECT_EQ(format_number(20), "20");
  EXPECT_EQ(format_number(1e-8), "1e-08");
  EXPECT_EQ(format_number(0.1 + 0.2), "0.30000000000000004");
}

TEST(Text, EveryFiniteNumberReadsBackExactly) {
  const RandomStream stream(1, RandomPurpose::kTest);
  int finite = 0;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const auto words = stream.block(i);
    double value = 0;
    std::memcpy(&value, words.data(), sizeof value);
    if (!std::isfinite(value)) continue;
    ++finite;
    ASSERT_EQ(parse_number(format_number(value)), value) << format_number(value);
  }
  EXPECT_GT(finite, 19000);
}

TEST(Text, OnlyFiniteNumbersAreNumbers) {
  EXPECT_EQ(parse_number(" 0.25 "), 0.25);
  EXPECT_EQ(parse_number("-1e3"), -1000);
  for (const char* text :
       {"", " ", "x", "1x", "1 2", "nan", "inf", "-inf", "infinity", "1e999", "0x10", "1,5", "--1"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
}

TEST(Text, CountsAreDigitsOnly) {
  EXPECT_EQ(parse_count(" 64 "), 64u);
  EXPECT_EQ(parse_count("18446744073709551615"), std::numeric_limits<std::size_t>::max());
  for (const char* text : {"", "-1", "+1", "1.5", "1e3", "18446744073709551616", "64 relu"}) {
    EXPECT_EQ(parse_count(text), std::nullopt) << text;
  }
}

TEST(Text, NamesIgnoreCaseHyphensAndUnderscores) {
  EXPECT_TRUE(same_name("LeakyReLU", "leaky_relu"));
  EXPECT_TRUE(same_name("leaky-relu", "leaky_relu"));
  EXPECT_FALSE(same_name("leaky relu", "leaky_relu"));
  EXPECT_FALSE(same_name("relu", "elu"));
  EXPECT_EQ(fold("One-Cycle"), "one_cycle");
}

TEST(Text, QuotesAreShortAndOnOneLine) {
  EXPECT_EQ(quote("relu"), "'relu'");
  EXPECT_EQ(quote("a\nb\x1b[31m", '"'), "\"a?b?[31m\"");
  EXPECT_EQ(quote(std::string(1 << 20, 'a')), "'" + std::string(40, 'a') + "...'");
}

TEST(Text, SplitLeavesParenthesesAlone) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(split("a,b(c,d),e", ',', 10), (Parts{"a", "b(c,d)", "e"}));
  EXPECT_EQ(split("", ',', 10), (Parts{""}));
  EXPECT_EQ(split("a,", ',', 10), (Parts{"a", ""}));
  EXPECT_EQ(split("a,b,c,d", ',', 2), (Parts{"a", "b,c,d"}));
  EXPECT_EQ(split(")a,b", ',', 10), (Parts{")a", "b"}));
}

TEST(Text, CallsArePartedIntoNameKeysAndValues) {
  const Call call = parse_call("thing", " adam ( beta2 = 0.99 , 5 ) ");
  EXPECT_EQ(call.name, "adam");
  ASSERT_EQ(call.arguments.size(), 2u);
  EXPECT_EQ(call.arguments[0].key, "beta2");
  EXPECT_EQ(call.arguments[0].value, "0.99");
  EXPECT_EQ(call.arguments[1].key, "");
  EXPECT_EQ(call.arguments[1].value, "5");
  EXPECT_TRUE(parse_call("thing", "relu").arguments.empty());
  EXPECT_TRUE(parse_call("thing", "relu()").arguments.empty());
}

TEST(Text, BrokenCallsSayWhatWasExpected) {
  const auto complaint = [](std::string_view text) {
    return usage_error([&] { parse_call("thing", text); }).what;
  };
  EXPECT_EQ(complaint(""), "thing '': a name was expected");
  EXPECT_EQ(complaint("(1)"), "thing '(1)': a name was expected");
  EXPECT_EQ(complaint("a(1"), "thing 'a(1': ')' was expected at the end");
  EXPECT_EQ(complaint("a(1)b"), "thing 'a(1)b': ')' was expected at the end");
  EXPECT_EQ(complaint("a(b=)"), "thing 'a(b=)': key=value was expected, found 'b='");
  EXPECT_EQ(complaint("a(=1)"), "thing 'a(=1)': key=value was expected, found '=1'");
  EXPECT_EQ(complaint("a(1,,2)"), "thing 'a(1,,2)': key=value was expected, found ''");
  EXPECT_EQ(complaint("a(" + std::string(1 << 20, ',') + ")"),
            "thing 'a(" + std::string(38, ',') + "...': too many parameters");
}

TEST(Range, ContainsWhatItSays) {
  EXPECT_EQ(Range::closed(0, 1).to_string(), "[0, 1]");
  EXPECT_TRUE(Range::closed(0, 1).contains(0));
  EXPECT_TRUE(Range::closed(0, 1).contains(1));
  EXPECT_EQ(Range::right_open(0, 1).to_string(), "[0, 1)");
  EXPECT_TRUE(Range::right_open(0, 1).contains(0));
  EXPECT_FALSE(Range::right_open(0, 1).contains(1));
  EXPECT_EQ(Range::left_open(0, 1).to_string(), "(0, 1]");
  EXPECT_FALSE(Range::left_open(0, 1).contains(0));
  EXPECT_TRUE(Range::left_open(0, 1).contains(1));
  EXPECT_EQ(Range::above(0).to_string(), "> 0");
  EXPECT_EQ(Range::positive_float().to_string(), "[1.2e-38, 3.4e+38]");
  EXPECT_TRUE(std::isnormal(static_cast<float>(1.2e-38)) && std::isfinite(static_cast<float>(3.4e38)));
  EXPECT_FALSE(Range::above(0).contains(0));
  EXPECT_TRUE(Range::above(0).contains(1e300));
  EXPECT_EQ(Range::at_least(1).to_string(), ">= 1");
  EXPECT_TRUE(Range::at_least(1).contains(1));
  EXPECT_FALSE(Range::at_least(1).contains(0.999));
  for (const Range& range : {Range::closed(0, 1), Range::above(0), Range::at_least(0)}) {
    EXPECT_FALSE(range.contains(std::numeric_limits<double>::quiet_NaN()));
    EXPECT_FALSE(range.contains(std::numeric_limits<double>::infinity()));
    EXPECT_FALSE(range.contains(-1));
  }
}

}  // namespace
}  // namespace mlp
