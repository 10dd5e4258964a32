// Columns whose cells are kept as they stand in the file, beside those that a model knows.
#include <gtest/gtest.h>

#include <string>

#include "data/table/table_text.h"
#include "mlp/error.h"

namespace mlp {
namespace {

using testing_support::expect_error;
using testing_support::source_of;
using Names = std::vector<std::string>;

const std::vector<ColumnType> kTypes = {{.name = "x"}};
const std::string kText = "id, x ,\"a, \"\"b\"\"\"\n007,1, two \n,2,\"line\nbreak\"\n\"\",NA,\u00E9\n";

TEST(KeptColumns, AreTheCellsOfTheFile) {
  TableOptions options;
  options.keep = {"a, \"b\"", "id", "x"};
  const Table table = read_table(source_of(kText), kTypes, options);
  ASSERT_EQ(table.kept.size(), 3u);
  EXPECT_EQ(table.kept[0].name, "a, \"b\"");
  EXPECT_EQ(table.kept[0].cells, (Names{" two ", "line\nbreak", "\u00E9"}));
  EXPECT_EQ(table.kept[1].cells, (Names{"007", "", ""}));
  EXPECT_EQ(table.kept[2].cells, (Names{"1", "2", "NA"}));
  EXPECT_EQ(table.columns.size(), 1u);
  EXPECT_TRUE(read_table(source_of(kText), kTypes).kept.empty());
}

TEST(KeptColumns, AllOfThemInPieces) {
  TableOptions options;
  options.keep_all = true;
  Names names, ids;
  std::vector<std::size_t> rows;
  read_table_in_pieces(
      source_of(kText), kTypes, options, 2,
      [&](const Table& piece) {
        rows.push_back(piece.rows);
        ASSERT_EQ(piece.kept.size(), 3u);
        for (const auto& column : piece.kept) EXPECT_EQ(column.cells.size(), piece.rows);
        ids.insert(ids.end(), piece.kept[0].cells.begin(), piece.kept[0].cells.end());
      },
      [&](const Names& kept) { names = kept; });
  EXPECT_EQ(names, (Names{"id", "x", "a, \"b\""}));
  EXPECT_EQ(rows, (std::vector<std::size_t>{2, 1}));
  EXPECT_EQ(ids, (Names{"007", "", ""}));
  // Names and no rows.
  bool taken = false;
  names.clear();
  read_table_in_pieces(
      source_of("x,y\n"), kTypes, options, 2, [&](const Table&) { taken = true; },
      [&](const Names& kept) { names = kept; });
  EXPECT_EQ(names, (Names{"x", "y"}));
  EXPECT_FALSE(taken);
}

TEST(KeptColumns, ARefusedRowLeavesNoCell) {
  TableOptions options;
  options.keep_all = true;
  std::vector<Names> cells;
  EXPECT_THROW(read_table_in_pieces(source_of("y,x\na,1\nb,2\nc,three\n"), kTypes, options, 10,
                                    [&](const Table& piece) { cells.push_back(piece.kept[0].cells); }),
               FileError);
  EXPECT_EQ(cells, (std::vector<Names>{{"a", "b"}}));
}

TEST(KeptColumns, OneThatIsNotThereIsNamedWithTheNearest) {
  TableOptions options;
  options.keep = {"ids"};
  const std::string message = expect_error<UsageError>([&] { read_table(source_of(kText), kTypes, options); },
                                                       {"test.csv: has no column 'ids'"});
  EXPECT_NE(message.find("did you mean 'id'?"), std::string::npos) << message;
}

}  // namespace
}  // namespace mlp
