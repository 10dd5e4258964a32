#include "mlp/number_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mlp {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTiny = 5e-324;  ///< the least that is not 0

TEST(NumberText, SignificantDigitsOfLargeNumbersReadAsCountsDo) {
  EXPECT_EQ(significant(146234.0), "146,200");
  EXPECT_EQ(significant(-146234.0), "-146,200");
  EXPECT_EQ(significant(1234.4), "1,234");
  EXPECT_EQ(significant(9999.7), "10,000");
  EXPECT_EQ(significant(999.96), "1,000");
  EXPECT_EQ(significant(123456.0, 6), "123,456");
  EXPECT_EQ(significant(1234.5, 6), "1,234.50");
  EXPECT_EQ(significant(999949999.0), "999,900,000");
  EXPECT_EQ(significant(999999999.0), "1.000e+09") << "no longer read at a glance";
  EXPECT_EQ(significant(1.5e9), "1.500e+09");
  EXPECT_EQ(significant(1e300), "1.000e+300");
  EXPECT_EQ(significant(-std::numeric_limits<double>::max()), "-1.798e+308");
}

TEST(NumberText, SignificantDigitsOfSmallOnesAreKept) {
  EXPECT_EQ(significant(999.91), "999.9");
  EXPECT_EQ(significant(0.123), "0.1230");
  EXPECT_EQ(significant(0.0001), "0.0001000");
  EXPECT_EQ(significant(0.000099999), "0.0001000") << "rounded, it is no longer below";
  EXPECT_EQ(significant(0.00009999), "9.999e-05");
  EXPECT_EQ(significant(-1.234e-5), "-1.234e-05");
  EXPECT_EQ(significant(kTiny), "4.941e-324");
  EXPECT_EQ(significant(0.95, 1), "0.9") << "a little less than 0.95";
}

TEST(NumberText, TiesGoToTheEvenDigitOfTheBinaryValue) {
  EXPECT_EQ(significant(9.9995), "9.999") << "a little less than it says";
  EXPECT_EQ(significant(9.9996), "10.00");
  EXPECT_EQ(significant(146250.0), "146,200");
  EXPECT_EQ(significant(146350.0), "146,400");
  EXPECT_EQ(significant(0.125, 2), "0.12");
  EXPECT_EQ(significant(0.375, 2), "0.38");
  EXPECT_EQ(fixed(0.125, 2), "0.12");
  EXPECT_EQ(fixed(2.5, 0), "2");
  EXPECT_EQ(fixed(3.5, 0), "4");
  EXPECT_EQ(compact(123456.5, 4), "123456");
  EXPECT_EQ(compact(123457.5, 4), "123458");
}

TEST(NumberText, ZeroHasNoSign) {
  for (const double zero : {0.0, -0.0}) {
    EXPECT_EQ(significant(zero), "0");
    EXPECT_EQ(compact(zero, 4), "0");
    EXPECT_EQ(fixed(zero, 2), "0.00");
    EXPECT_EQ(percent(zero), "0.00%");
    EXPECT_EQ(duration(zero), "0 ms");
  }
  EXPECT_EQ(fixed(-0.004, 2), "0.00");
  EXPECT_EQ(fixed(-0.006, 2), "-0.01");
  EXPECT_EQ(percent(-kTiny), "0.00%");
}

TEST(NumberText, WhatIsNoFiniteNumber) {
  for (const auto& text :
       {significant(kNan), compact(kNan, 4), fixed(kNan, 2), percent(kNan), duration(kNan)}) {
    EXPECT_EQ(text, "-");
  }
  for (const auto& text : {significant(-kInfinity), compact(-kInfinity, 4), fixed(-kInfinity, 2)}) {
    EXPECT_EQ(text, "-inf");
  }
  EXPECT_EQ(significant(kInfinity), "inf");
  EXPECT_EQ(percent(kInfinity), "inf%");
  EXPECT_EQ(duration(kInfinity), "-");
  EXPECT_EQ(duration(-1), "-");
}

TEST(NumberText, CompactNumbersKeepTheWholePart) {
  EXPECT_EQ(compact(0.05, 4), "0.05");
  EXPECT_EQ(compact(23.456, 4), "23.46");
  EXPECT_EQ(compact(1987, 4), "1987");
  EXPECT_EQ(compact(9999.7, 4), "10000") << "not 1e+04";
  EXPECT_EQ(compact(-12345.6, 4), "-12346");
  EXPECT_EQ(compact(999999999.0, 4), "999999999");
  EXPECT_EQ(compact(999999999.7, 4), "1e+09");
  EXPECT_EQ(compact(-2e9, 4), "-2e+09");
  EXPECT_EQ(compact(1.5e-7, 4), "1.5e-07");
  EXPECT_EQ(compact(std::numeric_limits<double>::max(), 6), "1.79769e+308");
}

TEST(NumberText, ThousandsApart) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(18446744073709551615u), "18,446,744,073,709,551,615");
  EXPECT_EQ(grouped("-1234.5678"), "-1,234.5678");
  EXPECT_EQ(grouped("1999", 4), "1999");
  EXPECT_EQ(grouped("12345", 4), "12,345");
  EXPECT_EQ(grouped("1.5e+09"), "1.5e+09");
  EXPECT_EQ(grouped("-inf"), "-inf");
  EXPECT_EQ(grouped(""), "");
}

TEST(NumberText, PercentagesAndDurations) {
  EXPECT_EQ(percent(0.98431), "98.43%");
  EXPECT_EQ(percent(1.0, 1), "100.0%");
  EXPECT_EQ(duration(0.042), "42 ms");
  EXPECT_EQ(duration(0.0996), "0.10 s");
  EXPECT_EQ(duration(9.996), "10.0 s");
  EXPECT_EQ(duration(12.34), "12.3 s");
  EXPECT_EQ(duration(59.96), "1:00");
  EXPECT_EQ(duration(3599.6), "1:00:00");
  EXPECT_EQ(duration(7389), "2:03:09");
}

}  // namespace
}  // namespace mlp
