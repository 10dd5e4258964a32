// How many groups of 4 neighbouring inputs are not all zero.
#include "training/input_density.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mlp {
namespace {

template <class T>
Matrix<T> matrix(std::size_t columns, std::initializer_list<T> values) {
  Matrix<T> result(values.size() / columns, columns);
  std::copy(values.begin(), values.end(), result.values().begin());
  return result;
}

const AffineScaling kIdentity = {};

TEST(InputDensity, CountsGroupsThatAreNotAllZero) {
  EXPECT_EQ(input_density(matrix<float>(4, {0, 0, 0, 0}), kIdentity), 0.0);
  EXPECT_EQ(input_density(matrix<float>(4, {1, 2, 3, 4}), kIdentity), 1.0);
  for (std::size_t place = 0; place < 16; ++place) {
    Matrix<float> inputs(2, 8);
    inputs(place / 8, place % 8) = -0.5f;
    EXPECT_EQ(input_density(inputs, kIdentity), 0.25) << place;
  }
  // Three of four groups; the first has two.
  EXPECT_EQ(
      input_density(matrix<std::uint8_t>(8, {0, 9, 9, 0, 0, 0, 0, 1, 0, 0, 0, 0, 255, 0, 0, 0}), kIdentity),
      0.75);
}

TEST(InputDensity, GroupsDoNotCrossRowsAndTheLastMayBeSmaller) {
  EXPECT_EQ(input_density(matrix<float>(6, {0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0}), kIdentity), 0.5);
  EXPECT_EQ(input_density(matrix<float>(1, {0, 0, 3, 0}), kIdentity), 0.25);
  EXPECT_EQ(input_density(matrix<float>(5, {1, 1, 1, 1, 0}), kIdentity), 0.5);
}

TEST(InputDensity, IsOfWhatTheNetworkSees) {
  const auto inputs = matrix<float>(8, {0, 0, 0, 0, 3, 3, 3, 3});
  EXPECT_EQ(input_density(inputs, {{0.0f}, {2.0f}}), 0.5);
  EXPECT_EQ(input_density(inputs, {{1.0f}, {2.0f}}), 1.0) << "no zero is left";
  EXPECT_EQ(input_density(inputs, {{0, 0, 0, 0, 3, 3, 3, 3}, {1, 1, 1, 1, 1, 1, 1, 1}}), 0.0)
      << "a constant column, standardised, is zero";
  EXPECT_EQ(input_density(inputs, {{0, 0, 0, 0, 3, 3, 2, 3}, {1, 1, 1, 1, 1, 1, 1, 1}}), 0.5);
}

TEST(InputDensity, ANaNIsNotZeroAndAMinusZeroIs) {
  EXPECT_EQ(input_density(matrix<float>(4, {0, 0, std::nanf(""), 0}), kIdentity), 1.0);
  EXPECT_EQ(input_density(matrix<float>(4, {0, -0.0f, 0, 0}), kIdentity), 0.0);
}

TEST(InputDensity, LooksAtRowsFromAllOverTheData) {
  for (const std::size_t rows : {3u, 100u, 511u, 512u, 1023u, 2000u, 60'000u}) {
    // Sorted: the last third is dense.
    Matrix<float> inputs(rows, 4);
    for (std::size_t n = 0; n < rows; ++n) inputs(n, 2) = n * 3 >= rows * 2 ? 1.0f : 0.0f;
    EXPECT_NEAR(input_density(inputs, kIdentity), 1.0 / 3, 0.01) << rows;
  }
}

TEST(InputDensity, OfNothingIsOne) {
  EXPECT_EQ(input_density(Matrix<float>(0, 5), kIdentity), 1.0);
  EXPECT_EQ(input_density(Matrix<std::uint8_t>(5, 0), kIdentity), 1.0);
}

}  // namespace
}  // namespace mlp
