#include "mlp/matrix.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <type_traits>

namespace mlp {
namespace {

Matrix<float> counting(std::size_t rows, std::size_t columns) {
  Matrix<float> matrix(rows, columns);
  std::iota(matrix.values().begin(), matrix.values().end(), 0.0f);
  return matrix;
}

TEST(Matrix, StartsAtZeroAndAligned) {
  for (std::size_t columns = 1; columns < 40; ++columns) {
    const Matrix<float> matrix(3, columns);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(matrix.data()) % 64, 0u);
    for (const float value : matrix.values()) EXPECT_EQ(value, 0);
  }
}

TEST(Matrix, IsRowMajor) {
  Matrix<float> matrix = counting(3, 4);
  EXPECT_EQ(matrix.rows(), 3u);
  EXPECT_EQ(matrix.columns(), 4u);
  EXPECT_EQ(matrix(2, 1), 9);
  EXPECT_EQ(matrix.row(1)[3], 7);
  EXPECT_EQ(matrix.row(1).size(), 4u);
  matrix(0, 2) = -1;
  EXPECT_EQ(matrix.values()[2], -1);
}

TEST(Matrix, TakesValuesOfTheRightCountOnly) {
  const Matrix<double> matrix(2, 2, {1, 2, 3, 4});
  EXPECT_EQ(matrix(1, 0), 3);
  EXPECT_THROW(Matrix<double>(2, 2, {1, 2, 3}), std::invalid_argument);
  EXPECT_THROW(Matrix<double>(2, 2, {1, 2, 3, 4, 5}), std::invalid_argument);
}

TEST(Matrix, ComparesShapeAndValues) {
  EXPECT_EQ(counting(2, 3), counting(2, 3));
  EXPECT_NE(counting(2, 3), counting(3, 2));
  Matrix<float> other = counting(2, 3);
  other(1, 2) = 0;
  EXPECT_NE(other, counting(2, 3));
  EXPECT_TRUE(Matrix<float>().empty());
  EXPECT_TRUE(Matrix<float>(0, 5).empty());
  EXPECT_FALSE(counting(1, 1).empty());
}

TEST(Matrix, CopiesAreSeparate) {
  Matrix<float> matrix = counting(2, 2);
  const Matrix<float> copy = matrix;
  matrix(0, 0) = 9;
  EXPECT_EQ(copy(0, 0), 0);
}

TEST(MatrixView, LooksAtTheMatrixItself) {
  Matrix<float> matrix = counting(3, 4);
  MatrixView<float> view = matrix;
  view(2, 3) = 100;
  view.row(0)[1] = 50;
  EXPECT_EQ(matrix(2, 3), 100);
  EXPECT_EQ(matrix(0, 1), 50);
  EXPECT_EQ(view.stride(), 4u);
}

TEST(MatrixView, StrideSkipsWhatLiesBetweenRows) {
  Matrix<float> matrix = counting(3, 4);
  const MatrixView<float> middle(matrix.data() + 1, 3, 2, 4);
  EXPECT_EQ(middle(0, 0), 1);
  EXPECT_EQ(middle(2, 1), 10);
  EXPECT_EQ(middle.row(1).size(), 2u);
  EXPECT_EQ(middle.row(1)[0], 5);
  const auto rest = middle.rows(1, 2);
  EXPECT_EQ(rest.rows(), 2u);
  EXPECT_EQ(rest.columns(), 2u);
  EXPECT_EQ(rest(0, 0), 5);
  EXPECT_EQ(rest(1, 1), 10);
}

TEST(MatrixView, WritableReadsAsConstButNotTheOtherWay) {
  Matrix<float> matrix = counting(2, 2);
  const ConstMatrixView<float> view = matrix.view();
  EXPECT_EQ(view(1, 1), 3);
  static_assert(std::is_convertible_v<MatrixView<float>, ConstMatrixView<float>>);
  static_assert(!std::is_convertible_v<ConstMatrixView<float>, MatrixView<float>>);
  static_assert(std::is_convertible_v<const Matrix<float>&, ConstMatrixView<float>>);
  static_assert(!std::is_convertible_v<const Matrix<float>&, MatrixView<float>>);
}

TEST(AlignedVector, ValuesLieOnCacheLines) {
  for (std::size_t count = 1; count < 100; ++count) {
    const AlignedVector<double> values(count);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(values.data()) % 64, 0u);
  }
}

}  // namespace
}  // namespace mlp
