// Transposition in 16 x 16 squares, padding included.
#include <gtest/gtest.h>

#include <bit>

#include "kernels/cases.h"

namespace mlp::kernels {
namespace {

using test::GuardedMatrix;
using test::kColumns;
using test::Numbers;
using test::targets;

TEST(Transpose, MovesEveryElementPaddingIncludedAndNothingElse) {
  for (const Kernels* kernels : targets()) {
    for (std::size_t rows = 1; rows <= 70; ++rows) {
      for (const std::size_t columns : kColumns) {
        GuardedMatrix from(padded(rows), columns, 3);
        float next = 0;
        from.fill([&] { return next += 1; });
        const GuardedMatrix before(padded(columns), rows, 5);
        GuardedMatrix to = before;
        kernels->transpose(from.view().rows(0, rows), to.view().rows(0, columns));
        EXPECT_TRUE(to.unchanged_outside(to.view(), before))
            << kernels->name << ", " << rows << " x " << columns;
        for (std::size_t r = 0; r < padded(rows); ++r) {
          for (std::size_t c = 0; c < padded(columns); ++c) {
            ASSERT_EQ(to(c, r), from(r, c)) << kernels->name << ", " << rows << " x " << columns;
          }
        }
      }
    }
  }
}

TEST(Transpose, KeepsBitsThatAreNotNumbersInOrder) {
  for (const Kernels* kernels : targets()) {
    GuardedMatrix from(16, 16), to(16, 16);
    std::uint32_t bits = 0x7fc00000;
    from.fill([&] { return std::bit_cast<float>(++bits); });
    kernels->transpose(from.view(), to.view());
    for (std::size_t r = 0; r < 16; ++r) {
      for (std::size_t c = 0; c < 16; ++c) {
        ASSERT_EQ(std::bit_cast<std::uint32_t>(to(c, r)), std::bit_cast<std::uint32_t>(from(r, c)));
      }
    }
  }
}

TEST(Transpose, OfPartsOfAMatrix) {
  const std::size_t rows = 96, columns = 50;
  for (const Kernels* kernels : targets()) {
    Numbers numbers(1);
    const GuardedMatrix from = numbers.normals(rows, columns, 3);
    for (std::size_t top = 0; top < 6; ++top) {
      for (std::size_t bottom = top + 1; bottom <= 6; ++bottom) {
        for (std::size_t left = 0; left < 4; ++left) {
          const auto part = from.view().rows(top * kBlock, (bottom - top) * kBlock).blocks(left, 4);
          const GuardedMatrix before(4 * kBlock, rows, 1);
          GuardedMatrix to = before;
          const auto target = to.view().rows(left * kBlock, part.columns()).blocks(top, bottom);
          kernels->transpose(part, target);
          EXPECT_TRUE(to.unchanged_outside(
              to.view().rows(left * kBlock, part.blocks() * kBlock).blocks(top, bottom), before));
          for (std::size_t r = 0; r < part.rows(); ++r) {
            for (std::size_t c = 0; c < part.columns(); ++c) ASSERT_EQ(target(c, r), part(r, c));
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
