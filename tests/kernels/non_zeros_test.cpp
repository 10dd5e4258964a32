// The bits that gather writes of where inputs are not zero, which the kernels that skip zeros read.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/sparse_case.h"

namespace mlp::kernels {
namespace {

using test::Bits;
using test::GuardedMatrix;
using test::Numbers;
using test::targets;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
const float kNaN = std::nanf("");

TEST(GatherCodes, CopiesRowsByIndexAndTellsWhereTheyAreNotZero) {
  for (const Kernels* kernels : targets()) {
    for (std::size_t columns = 1; columns <= 130; ++columns) {
      const std::size_t count = 1 + columns % 11, row_stride = columns + 3;
      // No more memory than the last row needs: a sanitizer sees who reads on.
      std::vector<std::uint8_t> stored(5 * row_stride + columns);
      for (std::size_t i = 0; i < stored.size(); ++i) stored[i] = static_cast<std::uint8_t>(i * 7 % 13);
      const ConstMatrixView<std::uint8_t> rows(stored.data(), 6, columns, row_stride);
      std::vector<std::uint32_t> index;
      for (std::uint32_t n = 0; n < count; ++n) index.push_back(n * 5 % 6);
      constexpr std::uint8_t kZero = 4, kUntouched = 0xa5;
      const std::size_t stride = count * kBlock + 9, blocks = blocks_of(columns);
      std::vector<std::uint8_t> out(blocks * stride, kUntouched);
      const GuardedMatrix shape(count, columns);
      Bits bits(shape);
      bits.forget();
      kernels->gather_codes(rows, index, kZero, {out.data(), count, columns, stride}, bits.from(0, 0));
      EXPECT_TRUE(bits.guards_intact());
      for (std::size_t block = 0; block < blocks; ++block) {
        for (std::size_t n = 0; n < count; ++n) {
          for (std::size_t c = 0; c < kBlock; ++c) {
            const std::size_t i = block * kBlock + c;
            const std::uint8_t expected = i < columns ? rows(index[n], i) : kZero;
            ASSERT_EQ(out[block * stride + n * kBlock + c], expected) << kernels->name << ", " << columns;
            ASSERT_EQ(bits.at(block, n) >> c & 1, expected != kZero) << kernels->name << ", " << columns;
          }
        }
        for (std::size_t behind = count * kBlock; behind < stride; ++behind) {
          ASSERT_EQ(out[block * stride + behind], kUntouched) << kernels->name << ", " << columns;
        }
        for (std::size_t n = count; n < bits.stride(); ++n) {
          ASSERT_TRUE(Bits::is_untouched(bits.at(block, n))) << kernels->name << ", " << columns;
        }
      }
    }
  }
}
void gather(const Kernels& kernels, ConstMatrixView<float> rows, std::span<const std::uint32_t> index,
            const GatherScaling& scaling, BlockedView<float> out, const NonZeros& non_zeros) {
  kernels.gather_floats(rows, index, scaling, out, non_zeros);
}
void gather(const Kernels& kernels, ConstMatrixView<std::uint8_t> rows, std::span<const std::uint32_t> index,
            const GatherScaling& scaling, BlockedView<float> out, const NonZeros& non_zeros) {
  kernels.gather_bytes(rows, index, scaling, out, non_zeros);
}

/// Rows of a larger matrix, to rows and blocks of a larger matrix, with bits and without.
template <class T>
void expect_bits(const Kernels& kernels, std::size_t columns, bool uniform) {
  SCOPED_TRACE(std::string(kernels.name) + ", " + std::to_string(columns) + " columns, " +
               (uniform ? "uniform " : "by column ") + (std::is_same_v<T, float> ? "floats" : "bytes"));
  Numbers numbers(columns);
  Matrix<T> stored(6, columns + 5);
  for (T& x : stored.values()) x = static_cast<T>(std::abs(numbers.small_integer()));
  const ConstMatrixView<T> rows(stored.data() + 2, stored.rows(), columns, stored.columns());
  std::vector<float> shift(uniform ? 1 : columns), scale(shift.size());
  for (float& x : shift) x = std::abs(numbers.small_integer());  // so that zeros come from other numbers too
  for (float& x : scale) x = numbers.normal();
  const GatherScaling scaling{shift.data(), scale.data(), uniform};
  const std::vector<std::uint32_t> index = {4, 0, 4, 5, 1, 2, 3};

  const GuardedMatrix before(index.size() + 3, kBlock + columns, 1);
  GuardedMatrix with = before, without = before;
  const auto part = with.view().rows(2, index.size()).blocks(1, with.view().blocks());
  Bits bits(before);
  bits.forget();
  gather(kernels, rows, index, scaling, part, bits.from(2, 1));
  gather(kernels, rows, index, scaling,
         without.view().rows(2, index.size()).blocks(1, without.view().blocks()), {});
  EXPECT_TRUE(with.unchanged_since(without));
  EXPECT_TRUE(bits.guards_intact());
  std::size_t zeros = 0;
  for (std::size_t block = 0; block <= part.blocks(); ++block) {
    for (std::size_t row = 0; row < bits.stride(); ++row) {
      if (block == 0 || row < 2 || row >= 2 + index.size()) {
        ASSERT_TRUE(Bits::is_untouched(bits.at(block, row))) << block << ", " << row;
        continue;
      }
      for (std::size_t c = 0; c < kBlock; ++c) {
        const std::size_t i = (block - 1) * kBlock + c;
        const bool zero =
            i >= columns ||
            (static_cast<float>(rows(index[row - 2], i)) - shift[uniform ? 0 : i]) * scale[uniform ? 0 : i] ==
                0;
        zeros += zero;
        ASSERT_EQ(bits.at(block, row) >> c & 1, zero ? 0 : 1) << "row " << row - 2 << ", column " << i;
      }
    }
  }
  EXPECT_GT(zeros, 0u);
}

TEST(NonZeros, AreToldByGatherForAllColumns) {
  for (const Kernels* kernels : targets()) {
    for (std::size_t columns = 1; columns <= 130; ++columns) {
      for (const bool uniform : {true, false}) {
        expect_bits<std::uint8_t>(*kernels, columns, uniform);
        expect_bits<float>(*kernels, columns, uniform);
      }
    }
  }
}

TEST(NonZeros, CountNaNsInfinitiesAndTheSmallestNumberButNoMinusZero) {
  const float zero = 0, one = 1;
  for (const Kernels* kernels : targets()) {
    for (std::size_t place = 0; place < 20; ++place) {
      const std::vector<float> values = {kNaN, kInfinity, -kInfinity, std::numeric_limits<float>::min(),
                                         -0.0f};
      Matrix<float> rows(values.size(), 20);
      for (std::size_t n = 0; n < values.size(); ++n) rows(n, place) = values[n];
      GuardedMatrix out(values.size(), 20);
      Bits bits(out);
      bits.forget();
      kernels->gather_floats(rows, std::vector<std::uint32_t>{0, 1, 2, 3, 4}, {&zero, &one, true}, out.view(),
                             bits.from(0, 0));
      for (std::size_t n = 0; n < values.size(); ++n) {
        for (std::size_t block = 0; block < 2; ++block) {
          const bool here = place / kBlock == block && n < 4;
          EXPECT_EQ(bits.at(block, n), here ? 1u << place % kBlock : 0u) << kernels->name << ", row " << n;
        }
      }
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
