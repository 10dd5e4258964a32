#include "data/numbers/float_units.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace mlp {
namespace {

NumberRange range_of(const std::vector<double>& numbers) {
  NumberRange range;
  for (const double number : numbers) range.add(number);
  return range;
}

std::optional<FloatUnit> needed(const std::vector<double>& numbers) {
  return needed_unit(range_of(numbers), numbers);
}

/// 0, 1, ..., 99, times `step`, from `origin`.
std::vector<double> steps(double origin, double step) {
  std::vector<double> numbers;
  for (int n = 0; n < 100; ++n) numbers.push_back(origin + step * n);
  return numbers;
}

TEST(FloatUnits, AreNotNeededWhereFloatsTellNumbersApart) {
  EXPECT_FALSE(needed(steps(0, 1)));
  EXPECT_FALSE(needed(steps(0, 0.1)));
  EXPECT_FALSE(needed(steps(1000, 0.001)));
  EXPECT_FALSE(needed(steps(1.7e9, 1e6))) << "days";
  EXPECT_FALSE(needed(steps(16'777'116, 1))) << "whole numbers below 2^24 are floats";
  EXPECT_FALSE(needed(steps(1e-20, 1e-22)));
  EXPECT_FALSE(needed({0, 0, 0, 0, 1, 0, 0, 0, 0.3}));
  EXPECT_FALSE(needed(steps(-6.4e9, 512))) << "exact, and training scales it";
  std::vector<double> rare(1000, 5.0);
  rare[7] = 7;
  EXPECT_FALSE(needed_unit(range_of(rare), std::vector<double>(250, 5.0)));
  EXPECT_FALSE(needed({1e30, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7})) << "one outlier";
}

TEST(FloatUnits, AreNotNeededOfOneNumber) {
  EXPECT_FALSE(needed({}));
  EXPECT_FALSE(needed({1.7e9 + 1, 1.7e9 + 1}));
  const auto large = needed({1e39, 1e39});
  ASSERT_TRUE(large);
  EXPECT_EQ(large->origin, 1e39);
}

TEST(FloatUnits, TellApartWhatFloatsDoNot) {
  const std::vector<double> outlier = [] {
    auto numbers = steps(1.7e9, 1);
    numbers[7] = 0;
    return numbers;
  }();
  for (const auto& numbers :
       {steps(1.7e9, 1), steps(1e9, 0.01), steps(-1e9, 0.01), steps(20'240'101, 0.3), steps(1e15, 1), outlier,
        steps(1.2e39, 1e37), steps(-1e308, 1.7e306), steps(0, 1e-42), steps(0, 5e-324), steps(6.4e9, 64),
        std::vector<double>{1e9, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9 + 0.6}}) {
    const auto unit = needed(numbers);
    ASSERT_TRUE(unit) << numbers[0] << " " << numbers[1];
    int exponent = 0;
    EXPECT_EQ(std::frexp(unit->unit, &exponent), 0.5) << "a power of two";
    const auto stored = [&](double x) {
      return static_cast<float>(x / unit->unit - unit->origin / unit->unit);
    };
    for (std::size_t n = 1; n < numbers.size(); ++n) {
      EXPECT_TRUE(std::isfinite(stored(numbers[n])));
      EXPECT_EQ(stored(numbers[n]) > stored(numbers[n - 1]), numbers[n] > numbers[n - 1]) << numbers[n];
    }
    EXPECT_LT(std::abs(stored(numbers[50 % numbers.size()])), 8) << "most are near 0";
  }
}

TEST(FloatUnits, TargetsAreToldWhatToDo) {
  const auto problem = [](const std::vector<double>& numbers) {
    const auto unit = needed(numbers);
    if (!unit) return std::string("none");
    const auto [what, hint] = problem_of_target(range_of(numbers), *unit);
    return what + " | " + hint;
  };
  EXPECT_EQ(problem({1.7e9, 1.7e9 + 1, 1.7e9 + 2, 1.7e9 + 3, 1.7e9 + 4}),
            "1.7e+09 to 1700000004 differ by too little to be told apart as floats | "
            "subtract 1700000002 from the target in every row");
  EXPECT_EQ(problem({0, 1.7e9, 1.7e9 + 1, 1.7e9 + 2, 1.7e9 + 3}),
            "0 to 1700000003 differ by too little to be told apart as floats | "
            "subtract 1700000001 from the target in every row");
  EXPECT_EQ(
      problem({1e-42, 2e-42, 3e-42}),
      "1e-42 to 3e-42 differ by too little to be told apart as floats | give the target in a smaller unit");
  EXPECT_EQ(problem({1.2e39, 0, 1}),
            "0 to 1.2e+39 are too large for floats | give the target in a larger unit");
  EXPECT_EQ(problem({1e38, 2e38, 3e38}),
            "1e+38 to 3e+38 are too large for floats | give the target in a larger unit");
}

}  // namespace
}  // namespace mlp
