#include "data/numbers/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace mlp {
namespace {

TEST(Statistics, MomentsByHand) {
  const Moments moments = moments_of(std::vector<double>{1, 3, 5, 7});
  EXPECT_EQ(moments.mean, 4);
  EXPECT_DOUBLE_EQ(moments.deviation, std::sqrt(5.0));
  EXPECT_EQ(moments_of(std::vector<double>{0, 0}).deviation, 0);
}

TEST(Statistics, MomentsOfAnySizeNeitherOverflowNorVanish) {
  for (const double size : {1e-308, 1e-200, 1.0, 1e200, 1e308}) {
    const Moments moments = moments_of(std::vector<double>{-size, size, size, 1.5 * size});
    EXPECT_NEAR(moments.mean / size, 2.5 / 4, 1e-12) << size;
    // Squares: 1 + 1 + 1 + 2.25, less 4 times 0.625 squared.
    EXPECT_NEAR(moments.deviation / size, std::sqrt((5.25 - 4 * 0.625 * 0.625) / 4), 1e-12) << size;
  }
}

TEST(Statistics, ALargeOffsetCostsNoDigits) {
  const double offset = 1.7e9;  // seconds since 1970
  const Moments moments = moments_of(std::vector<double>{offset, offset + 2, offset + 4});
  EXPECT_EQ(moments.mean, offset + 2);
  EXPECT_NEAR(moments.deviation, std::sqrt(8.0 / 3), 1e-6);
}

TEST(Statistics, QuantilesLieBetweenNeighbours) {
  const std::vector<double> four = {1, 2, 4, 8};
  EXPECT_EQ(quantile(four, 0), 1);
  EXPECT_EQ(quantile(four, 1), 8);
  EXPECT_EQ(quantile(four, 0.5), 3);
  EXPECT_EQ(quantile(four, 0.25), 1.75);
  EXPECT_EQ(quantile(four, 0.75), 5);
  EXPECT_EQ(quantile(std::vector<double>{7}, 0.3), 7);
  const double largest = std::numeric_limits<double>::max();
  EXPECT_EQ(quantile(std::vector<double>{largest, largest}, 0.5), largest);
  EXPECT_EQ(quantile(std::vector<double>{-largest, largest}, 0.5), 0);
}

}  // namespace
}  // namespace mlp
