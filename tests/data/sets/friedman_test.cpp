#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "mlp/data.h"

namespace mlp {
namespace {

const Matrix<float>& inputs_of(const Dataset& dataset) { return std::get<Matrix<float>>(dataset.inputs); }

TEST(Friedman, SameSeedSameBitsAndASmallerSetIsTheBeginning) {
  const auto a = make_friedman(50, 20, 1), b = make_friedman(80, 40, 1), c = make_friedman(50, 20, 2);
  for (std::size_t i = 0; i < 50; ++i) {
    for (std::size_t j = 0; j < 10; ++j) EXPECT_EQ(inputs_of(a.train)(i, j), inputs_of(b.train)(i, j));
    EXPECT_EQ(a.train.targets(i, 0), b.train.targets(i, 0));
    EXPECT_NE(a.train.targets(i, 0), c.train.targets(i, 0));
  }
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(a.test.targets(i, 0), b.test.targets(i, 0));
    EXPECT_NE(a.test.targets(i, 0), a.train.targets(i, 0));
  }
  EXPECT_NO_THROW(validate(a.train));
  EXPECT_NO_THROW(validate(a.test));
  EXPECT_EQ(a.origin, "generated");
}

// Without the formula's value, what is left is the noise: mean 0, variance 1, nothing to do with the inputs.
TEST(Friedman, FollowsTheFormula) {
  constexpr std::size_t kRows = 20'000;
  const auto data = make_friedman(kRows, 0, 3).train;
  const auto& x = inputs_of(data);
  double sum = 0, squares = 0;
  std::vector<double> mean(10), with_noise(10);
  for (std::size_t i = 0; i < kRows; ++i) {
    const double formula = 10 * std::sin(std::numbers::pi * x(i, 0) * x(i, 1)) +
                           20 * std::pow(x(i, 2) - 0.5, 2) + 10 * x(i, 3) + 5 * x(i, 4);
    const double noise = data.targets(i, 0) - formula;
    sum += noise;
    squares += noise * noise;
    for (std::size_t j = 0; j < 10; ++j) {
      EXPECT_GE(x(i, j), 0.0f);
      EXPECT_LE(x(i, j), 1.0f);
      mean[j] += x(i, j) / kRows;
      with_noise[j] += (x(i, j) - 0.5) * noise / kRows;
    }
  }
  EXPECT_NEAR(sum / kRows, 0, 0.03);  // four standard errors
  EXPECT_NEAR(squares / kRows, 1, 0.04);
  for (std::size_t j = 0; j < 10; ++j) {
    EXPECT_NEAR(mean[j], 0.5, 0.01) << j;
    EXPECT_NEAR(with_noise[j], 0, 0.01) << j;
  }
}

}  // namespace
}  // namespace mlp
