#include "training/scaling.h"

#include <gtest/gtest.h>

#include <cmath>

#include "training/toy.h"

namespace mlp {
namespace {

TEST(Scaling, MeanZeroAndDeviationOneOverTheGivenRowsAlone) {
  // Rows 0, 2, 3 hold 1, 3, 5 (mean 3, deviation sqrt(8/3)) and a constant; row 1 must not count.
  const Matrix<float> values(4, 2, {1, 7, 1e30f, -1e30f, 3, 7, 5, 7});
  const std::vector<std::uint32_t> rows = {0, 2, 3};
  for (const AffineScaling& scaling : {input_scaling_of(values, rows), target_scaling_of(values, rows)}) {
    EXPECT_EQ(scaling.shift, (std::vector<float>{3, 7}));
    ASSERT_EQ(scaling.scale.size(), 2u);
    EXPECT_FLOAT_EQ(scaling.scale[0], static_cast<float>(std::sqrt(3.0 / 8)));
    EXPECT_EQ(scaling.scale[1], 1.0f);  // only shifted
    EXPECT_FLOAT_EQ(scaling.apply(5, 0), static_cast<float>(2 * std::sqrt(3.0 / 8)));
    EXPECT_EQ(scaling.apply(8, 1), 1.0f);
  }
}

TEST(Scaling, AConstantColumnIsOnlyShiftedWhateverItsValue) {
  for (const float constant : {0.0f, 0.1f, -3.3e7f, 1e-30f}) {
    const Matrix<float> values(7, 1, std::vector<float>(7, constant));
    const AffineScaling scaling = input_scaling_of(values, std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6});
    EXPECT_EQ(scaling.scale.front(), 1.0f) << constant;
    EXPECT_EQ(scaling.apply(constant, 0), 0.0f) << constant;
  }
}

TEST(Scaling, ALargeOffsetCostsNoDigits) {
  Matrix<float> values(1000, 1);
  for (std::size_t n = 0; n < 1000; ++n) values(n, 0) = 1e6f + static_cast<float>(n % 2 == 0 ? 64 : -64);
  std::vector<std::uint32_t> rows(1000);
  for (std::uint32_t n = 0; n < 1000; ++n) rows[n] = n;
  const AffineScaling scaling = input_scaling_of(values, rows);
  EXPECT_EQ(scaling.shift.front(), 1e6f);
  EXPECT_EQ(scaling.scale.front(), 1.0f / 64);
}

TEST(Scaling, BytesBecomeZeroToOne) {
  Matrix<std::uint8_t> values(3, 3);
  const auto scaled = [&](std::uint8_t greatest, float value) {
    values(1, 2) = greatest;
    const AffineScaling scaling = input_scaling_of(values, std::vector<std::uint32_t>{0, 1});
    EXPECT_EQ(scaling.apply(0, 2), 0.0f);
    return scaling.apply(value, 2);
  };
  values(2, 0) = 200;  // a row that must not count
  EXPECT_EQ(scaled(255, 255), 1.0f);
  EXPECT_EQ(scaled(17, 255), 1.0f) << "dark images are not made bright";
  EXPECT_EQ(scaled(0, 255), 1.0f);
  // Inputs that never fill eight bits: yes and no, sixteen shades.
  EXPECT_EQ(scaled(1, 1), 1.0f);
  EXPECT_EQ(scaled(16, 16), 1.0f);
  EXPECT_EQ(scaled(16, 4), 0.25f);
}

TEST(Scaling, InvertUndoesApply) {
  const Dataset dataset = test::toy_numbers(50);
  std::vector<std::uint32_t> rows(50);
  for (std::uint32_t n = 0; n < 50; ++n) rows[n] = n;
  const AffineScaling scaling = target_scaling_of(dataset.targets, rows);
  double sum = 0, squares = 0;
  for (const float y : dataset.targets.values()) {
    const double scaled = scaling.apply(y, 0);
    sum += scaled;
    squares += scaled * scaled;
    EXPECT_NEAR(scaling.invert(scaling.apply(y, 0), 0), y, 1e-6 * std::abs(y) + 1e-6);
  }
  EXPECT_NEAR(sum / 50, 0, 1e-6);
  EXPECT_NEAR(squares / 50, 1, 1e-6);
}

}  // namespace
}  // namespace mlp
