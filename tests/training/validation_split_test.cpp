#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "mlp/train.h"

namespace mlp {
namespace {

TEST(ValidationSplit, EveryRowIsInOneOfTheTwo) {
  for (const std::size_t rows : {1u, 2u, 3u, 10u, 101u}) {
    for (const double fraction : {0.0, 0.001, 0.1, 0.5, 0.999}) {
      const ValidationSplit split = validation_split(rows, fraction, 7);
      EXPECT_TRUE(std::ranges::is_sorted(split.training) && std::ranges::is_sorted(split.validation));
      std::vector<std::uint32_t> all = split.training;
      all.insert(all.end(), split.validation.begin(), split.validation.end());
      std::ranges::sort(all);
      ASSERT_EQ(all.size(), rows);
      for (std::uint32_t row = 0; row < rows; ++row) EXPECT_EQ(all[row], row);
      EXPECT_FALSE(split.training.empty());
      EXPECT_EQ(split.validation.empty(), fraction == 0 || rows == 1);
    }
  }
  EXPECT_EQ(validation_split(100, 0.1, 1).validation.size(), 10u);
  EXPECT_EQ(validation_split(0, 0.1, 1).training.size(), 0u);
}

TEST(ValidationSplit, IsDrawnBySeed) {
  const auto rows_of = [](std::uint64_t seed) { return validation_split(200, 0.2, seed).validation; };
  EXPECT_EQ(rows_of(1), rows_of(1));
  EXPECT_NE(rows_of(1), rows_of(2));
  EXPECT_GT(rows_of(1).back() - rows_of(1).front(), 100u);  // from all over, not one end
}

TEST(ValidationSplit, FractionsOutsideAreRefused) {
  for (const double fraction : {-0.1, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(validation_split(10, fraction, 1), std::invalid_argument);
  }
}

}  // namespace
}  // namespace mlp
