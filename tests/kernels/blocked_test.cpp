// The blocked layout: where elements lie, and which elements parts of a matrix see.
#include "kernels/blocked.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <vector>

namespace mlp::kernels {
namespace {

TEST(Blocked, ColumnsArePaddedToWholeBlocks) {
  EXPECT_EQ(blocks_of(0), 0u);
  for (std::size_t columns = 1; columns <= 300; ++columns) {
    EXPECT_EQ(padded(columns) % kBlock, 0u);
    EXPECT_GE(padded(columns), columns);
    EXPECT_LT(padded(columns), columns + kBlock);
    EXPECT_EQ(padded(columns), blocks_of(columns) * kBlock);
  }
}

TEST(BlockedShape, EveryPlaceHoldsExactlyOneElement) {
  for (const std::size_t rows : {1u, 2u, 5u, 15u, 16u, 17u, 33u}) {
    for (std::size_t columns = 1; columns <= 130; ++columns) {
      const BlockedShape shape{rows, columns};
      ASSERT_EQ(shape.size(), padded(rows) * padded(columns));
      std::vector<int> uses(shape.size());
      for (std::size_t row = 0; row < padded(rows); ++row) {
        for (std::size_t column = 0; column < padded(columns); ++column) {
          const std::size_t index = shape.index(row, column);
          ASSERT_LT(index, uses.size()) << rows << " x " << columns;
          ++uses[index];
        }
      }
      EXPECT_TRUE(std::ranges::all_of(uses, [](int count) { return count == 1; }))
          << rows << " x " << columns;
    }
  }
}

TEST(BlockedShape, ABlockIsItsRowsOneAfterTheOtherSixteenFloatsEach) {
  const BlockedShape shape{20, 40};  // padded to 32 x 48
  EXPECT_EQ(shape.block_stride(), 32u * 16u);
  EXPECT_EQ(shape.size(), 3u * 32u * 16u);
  EXPECT_EQ(shape.index(0, 0), 0u);
  EXPECT_EQ(shape.index(0, 15), 15u);
  EXPECT_EQ(shape.index(1, 0), 16u);
  EXPECT_EQ(shape.index(19, 3), 19u * 16u + 3u);
  EXPECT_EQ(shape.index(0, 16), 512u);
  EXPECT_EQ(shape.index(2, 39), 2u * 512u + 2u * 16u + 7u);
}

TEST(BlockedShape, ViewsLieAsTheShapeSays) {
  for (const std::size_t rows : {1u, 16u, 17u}) {
    for (const std::size_t columns : {1u, 15u, 16u, 17u, 64u, 70u}) {
      const BlockedShape shape{rows, columns};
      std::vector<float> data(shape.size());
      const auto view = shape.view(data.data());
      EXPECT_EQ(view.rows(), rows);
      EXPECT_EQ(view.columns(), columns);
      EXPECT_EQ(view.blocks(), blocks_of(columns));
      EXPECT_EQ(view.block_stride(), shape.block_stride());
      for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
          ASSERT_EQ(&view(row, column), data.data() + shape.index(row, column));
        }
      }
    }
  }
}

TEST(BlockedView, BlocksMayLieFurtherApartThanTheirRowsNeed) {
  std::vector<int> data(3 * 100);
  std::iota(data.begin(), data.end(), 0);
  const BlockedView<int> view(data.data(), 5, 40, 100);
  EXPECT_EQ(view.blocks(), 3u);
  EXPECT_EQ(view(0, 0), 0);
  EXPECT_EQ(view(4, 15), 4 * 16 + 15);
  EXPECT_EQ(view(0, 16), 100);
  EXPECT_EQ(view(3, 39), 200 + 3 * 16 + 7);
  EXPECT_EQ(view.block(0), data.data());
  EXPECT_EQ(view.block(2), data.data() + 200);
  view(1, 17) = -1;
  EXPECT_EQ(data[100 + 16 + 1], -1);
}

/// Whether `part` sees view(first_row + r, first_column + c) everywhere.
bool looks_at(BlockedView<int> part, BlockedView<int> view, std::size_t first_row, std::size_t first_column) {
  for (std::size_t row = 0; row < part.rows(); ++row) {
    for (std::size_t column = 0; column < part.columns(); ++column) {
      if (&part(row, column) != &view(first_row + row, first_column + column)) return false;
    }
  }
  return true;
}

TEST(BlockedView, PartsLookAtTheSameElements) {
  for (const std::size_t columns : {1u, 16u, 17u, 32u, 40u, 64u, 70u}) {
    const std::size_t rows = 7, stride = 9 * kBlock + 3;
    std::vector<int> data(blocks_of(columns) * stride);
    const BlockedView<int> view(data.data(), rows, columns, stride);
    for (std::size_t first = 0; first <= rows; ++first) {
      for (std::size_t count = 0; first + count <= rows; ++count) {
        const auto part = view.rows(first, count);
        EXPECT_EQ(part.rows(), count);
        EXPECT_EQ(part.columns(), columns);
        EXPECT_EQ(part.block_stride(), stride);
        EXPECT_TRUE(looks_at(part, view, first, 0)) << first << ", " << count;
      }
    }
    for (std::size_t begin = 0; begin < view.blocks(); ++begin) {
      for (std::size_t end = begin + 1; end <= view.blocks(); ++end) {
        const auto part = view.blocks(begin, end);
        EXPECT_EQ(part.rows(), rows);
        EXPECT_EQ(part.columns(), std::min(end * kBlock, columns) - begin * kBlock);
        EXPECT_EQ(part.blocks(), end - begin);
        EXPECT_EQ(part.block_stride(), stride);
        EXPECT_TRUE(looks_at(part, view, 0, begin * kBlock)) << begin << " to " << end;
        EXPECT_TRUE(looks_at(part.rows(2, 3), view, 2, begin * kBlock));
        EXPECT_TRUE(looks_at(view.rows(2, 3).blocks(begin, end), view, 2, begin * kBlock));
      }
    }
  }
}

TEST(BlockedView, APartOfNoBlocksIsEmptyWhereverItLies) {
  for (const std::size_t columns : {16u, 20u, 32u, 33u}) {
    std::vector<int> data(blocks_of(columns) * 16);
    const BlockedView<int> view(data.data(), 1, columns, 16);
    for (std::size_t begin = 0; begin <= view.blocks(); ++begin) {
      EXPECT_EQ(view.blocks(begin, begin).columns(), 0u) << columns << " columns, from block " << begin;
      EXPECT_EQ(view.blocks(begin, begin).blocks(), 0u) << columns << " columns, from block " << begin;
    }
  }
}

TEST(BlockedView, WritableReadsAsConstButNotTheOtherWay) {
  static_assert(std::is_convertible_v<BlockedView<float>, ConstBlockedView<float>>);
  static_assert(!std::is_convertible_v<ConstBlockedView<float>, BlockedView<float>>);
  std::vector<float> data(32, 2.0f);
  const ConstBlockedView<float> view = BlockedView<float>(data.data(), 2, 3, 32);
  EXPECT_EQ(view.data(), data.data());
  EXPECT_EQ(view.rows(), 2u);
  EXPECT_EQ(view.columns(), 3u);
  EXPECT_EQ(view.block_stride(), 32u);
}

}  // namespace
}  // namespace mlp::kernels
