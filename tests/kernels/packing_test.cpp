#include "kernels/packing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace mlp::kernels {
namespace {

TEST(PackedShape, EverySlotHoldsExactlyOneElement) {
  for (const std::size_t rows : {1u, 2u, 5u, 17u}) {
    for (std::size_t columns = 1; columns <= 300; ++columns) {
      const PackedShape shape(rows, columns);
      ASSERT_EQ(shape.padded_columns() % 16, 0u);
      ASSERT_GE(shape.padded_columns(), columns);
      ASSERT_LT(shape.padded_columns(), columns + 16);
      ASSERT_EQ(shape.size(), rows * shape.padded_columns());
      std::vector<int> uses(shape.size());
      for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < shape.padded_columns(); ++column) {
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

TEST(PackedShape, PanelsLieOneAfterTheOtherAndAreOfNearlyEqualWidth) {
  for (std::size_t columns = 1; columns <= 1000; ++columns) {
    const PackedShape shape(3, columns);
    std::size_t narrowest = 64, widest = 0, column = 0;
    for (std::size_t panel = 0; panel < shape.panels(); ++panel) {
      ASSERT_EQ(shape.first_column(panel), column);
      ASSERT_EQ(shape.offset(panel), 3 * column);
      ASSERT_EQ(shape.width(panel) % 16, 0u);
      narrowest = std::min(narrowest, shape.width(panel));
      widest = std::max(widest, shape.width(panel));
      for (std::size_t c = 0; c < shape.width(panel); ++c) {
        ASSERT_EQ(shape.panel_of(column + c), panel) << columns << " columns, column " << column + c;
        ASSERT_EQ(shape.index(2, column + c), shape.offset(panel) + 2 * shape.width(panel) + c);
      }
      column += shape.width(panel);
    }
    ASSERT_EQ(column, shape.padded_columns());
    ASSERT_LE(widest, 64u);
    ASSERT_LE(widest - narrowest, 16u) << columns << " columns";
    ASSERT_GE(narrowest, 16u);
  }
  EXPECT_EQ(PackedShape(1, 96).width(0), 48u);
  EXPECT_EQ(PackedShape(1, 64).panels(), 1u);
  EXPECT_EQ(PackedShape(1, 65).panels(), 2u);
}

}  // namespace
}  // namespace mlp::kernels
