// Gathering rows by index, converted and scaled, into blocks.
#include <gtest/gtest.h>

#include <type_traits>

#include "kernels/cases.h"

namespace mlp::kernels {
namespace {

using test::GuardedMatrix;
using test::kColumns;
using test::Numbers;
using test::targets;

void gather(const Kernels& kernels, ConstMatrixView<float> rows, std::span<const std::uint32_t> index,
            const GatherScaling& scaling, BlockedView<float> out) {
  kernels.gather_floats(rows, index, scaling, out, {});
}
void gather(const Kernels& kernels, ConstMatrixView<std::uint8_t> rows, std::span<const std::uint32_t> index,
            const GatherScaling& scaling, BlockedView<float> out) {
  kernels.gather_bytes(rows, index, scaling, out, {});
}

/// A data set of `rows` x `columns` whose rows lie `stride` apart.
template <class T>
struct Stored {
  std::vector<T> values;
  std::size_t rows, columns, stride;

  Stored(std::size_t rows_, std::size_t columns_, std::size_t stride_, Numbers& numbers)
      // No more memory than the last row needs: a sanitizer sees reads beyond it.
      : values((rows_ - 1) * stride_ + columns_), rows(rows_), columns(columns_), stride(stride_) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] =
          std::is_same_v<T, float> ? static_cast<T>(numbers.normal()) : static_cast<T>(255 - i * 7 % 256);
    }
  }
  ConstMatrixView<T> view() const { return {values.data(), rows, columns, stride}; }
};

/// Into part of a matrix: some rows above and below, a block before.
template <class T>
void expect_gathered(const Kernels& kernels, std::size_t columns, std::size_t gap, bool uniform,
                     const std::vector<std::uint32_t>& index) {
  SCOPED_TRACE(std::string(kernels.name) + ", " + std::to_string(columns) + " columns, " +
               std::to_string(index.size()) + " rows, " + (uniform ? "uniform " : "by column ") +
               (std::is_same_v<T, float> ? "floats" : "bytes"));
  Numbers numbers(columns);
  const Stored<T> stored(5, columns, columns + gap, numbers);
  std::vector<float> shift(uniform ? 1 : columns), scale(shift.size());
  for (float& x : shift) x = numbers.normal();
  for (float& x : scale) x = numbers.normal();
  const GuardedMatrix before(index.size() + 3, kBlock + columns, 1);
  GuardedMatrix out = before;
  const auto part = out.view().rows(2, index.size()).blocks(1, out.view().blocks());
  gather(kernels, stored.view(), index, {shift.data(), scale.data(), uniform}, part);
  EXPECT_TRUE(out.unchanged_outside(part, before));
  for (std::size_t n = 0; n < index.size(); ++n) {
    for (std::size_t i = 0; i < columns; ++i) {
      const std::size_t s = uniform ? 0 : i;
      ASSERT_EQ(part(n, i), (static_cast<float>(stored.view()(index[n], i)) - shift[s]) * scale[s])
          << n << ", " << i;
    }
    for (std::size_t i = columns; i < padded(columns); ++i)
      ASSERT_EQ(part(n, i), 0) << n << ", padding " << i;
  }
}

TEST(Gather, ConvertsScalesAndClearsPadding) {
  for (const Kernels* kernels : targets()) {
    for (std::size_t columns = 1; columns <= 130; ++columns) {
      for (const bool uniform : {true, false}) {
        expect_gathered<std::uint8_t>(*kernels, columns, 0, uniform, {4, 0, 4});
        expect_gathered<float>(*kernels, columns, 0, uniform, {4, 0, 4});
      }
    }
  }
}

TEST(Gather, AnyNumberOfRowsInAnyOrder) {
  std::vector<std::uint32_t> index;
  for (std::size_t count = 0; count <= 20; ++count) {
    for (const Kernels* kernels : targets()) {
      for (const std::size_t columns : {1u, 16u, 33u}) {
        expect_gathered<std::uint8_t>(*kernels, columns, 3, true, index);
        expect_gathered<float>(*kernels, columns, 5, false, index);
      }
    }
    index.push_back(static_cast<std::uint32_t>(count * 3 % 5));
  }
}

TEST(Gather, EveryByteIsItsNumber) {
  Matrix<std::uint8_t> rows(1, 256);
  for (std::size_t i = 0; i < 256; ++i) rows(0, i) = static_cast<std::uint8_t>(i);
  const float zero = 0, one = 1;
  for (const Kernels* kernels : targets()) {
    GuardedMatrix out(1, 256);
    kernels->gather_bytes(rows, std::vector<std::uint32_t>{0}, {&zero, &one, true}, out.view(), {});
    for (std::size_t i = 0; i < 256; ++i) EXPECT_EQ(out(0, i), static_cast<float>(i)) << kernels->name;
  }
}

TEST(Gather, KeepsNaNsAndInfinities) {
  const float shift = 1, scale = 2;
  for (const Kernels* kernels : targets()) {
    for (std::size_t place = 0; place < 20; ++place) {
      Matrix<float> rows(2, 20);
      rows(0, place) = std::nanf("");
      rows(1, place) = -INFINITY;
      GuardedMatrix out(2, 20);
      kernels->gather_floats(rows, std::vector<std::uint32_t>{0, 1}, {&shift, &scale, true}, out.view(), {});
      for (std::size_t i = 0; i < 20; ++i) {
        EXPECT_EQ(std::isnan(out(0, i)), i == place) << kernels->name;
        EXPECT_EQ(out(1, i), i == place ? -INFINITY : -2.0f) << kernels->name;
      }
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
