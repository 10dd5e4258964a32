#include "mlp/mapped_rows.h"

#include <gtest/gtest.h>

#include <optional>

#include "support/mapped.h"

namespace mlp {
namespace {

using testing_support::mapped;
using Rows = std::vector<std::uint32_t>;

const Matrix<float> kFile(4, 2, {0, 1, 10, 11, 20, 21, 30, 31});

std::vector<float> first_column(const MappedRows<float>& rows) {
  std::vector<float> column;
  for (std::size_t n = 0; n < rows.rows(); ++n) column.push_back(rows(n, 0));
  return column;
}

TEST(MappedRows, AreThoseOfTheFile) {
  const auto rows = mapped(kFile);
  EXPECT_EQ(rows.rows(), 4u);
  EXPECT_EQ(rows.columns(), 2u);
  EXPECT_FALSE(rows.empty());
  EXPECT_TRUE(rows.numbers().empty());
  EXPECT_EQ(rows(2, 1), 21);
  EXPECT_EQ(rows.row(3)[1], 31);
  EXPECT_EQ(rows.stored().rows(), 4u);
}

TEST(MappedRows, ASelectionOfASelectionCountsInTheFile) {
  const auto some = mapped(kFile).select(Rows{3, 0, 2});
  EXPECT_EQ(first_column(some), (std::vector<float>{30, 0, 20}));
  const auto fewer = some.select(Rows{2, 2, 0});
  EXPECT_EQ(first_column(fewer), (std::vector<float>{20, 20, 30}));
  EXPECT_EQ(Rows(fewer.numbers().begin(), fewer.numbers().end()), (Rows{2, 2, 3}));
  EXPECT_EQ(fewer.stored().data(), some.stored().data()) << "nothing was copied";
  EXPECT_TRUE(some.select(Rows{}).empty());
  EXPECT_EQ(some.select(Rows{}).rows(), 0u);
  EXPECT_THROW(some.select(Rows{3}), std::invalid_argument) << "though the file has such a row";
}

TEST(MappedRows, AreEqualWhereTheirNumbersAre) {
  const auto all = mapped(kFile);
  EXPECT_EQ(all.select(Rows{1, 2}),
            testing_support::selected_from_mapped(Matrix<float>(2, 2, {10, 11, 20, 21})));
  EXPECT_NE(all.select(Rows{1, 2}), all.select(Rows{2, 1}));
  EXPECT_NE(all.select(Rows{1, 2}), all.select(Rows{1}));
}

TEST(MappedRows, EachCopyKeepsTheMapping) {
  const auto file = std::make_shared<const Matrix<float>>(kFile);
  std::optional<MappedRows<float>> all(std::in_place, file, file->view());
  const auto some = all->select(Rows{1});
  all.reset();
  EXPECT_EQ(file.use_count(), 2) << "mine and the selection's";
  EXPECT_EQ(some(0, 0), 10);
}

}  // namespace
}  // namespace mlp
