// Tables read with types that are known already, whole or in pieces.
#include "data/table/reading.h"

namespace mlp {
namespace {

using namespace table_reading;

class TypedTable : public ::testing::Test {
 protected:
  const std::vector<ColumnType> types_ = {{"size", ColumnKind::kNumeric, {}},
                                          {"color", ColumnKind::kCategorical, {"blue", "red"}},
                                          {"new", ColumnKind::kBoolean, {"No", "Yes"}}};
};

TEST_F(TypedTable, FindsColumnsByNameInAnyOrder) {
  const auto table = read_table(
      stream_of("new,other,color,size\nyes,\x41,red,1\nNo,?,green,\n?,5,blue,2.5\nmaybe,5,,3\n"), types_);
  EXPECT_EQ(table.rows, 4u);
  ASSERT_EQ(table.columns.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(table.columns[i].type, types_[i]);
  expect_numbers(table.columns[0].numbers, {1, kNaN, 2.5, 3});
  EXPECT_EQ(table.columns[1].codes, (Codes{1, Column::kUnknown, 0, Column::kMissing}));
  EXPECT_EQ(table.columns[2].codes, (Codes{1, 0, Column::kMissing, Column::kUnknown}));
  EXPECT_EQ(table.columns[0].missing, 1u);
  EXPECT_EQ(table.columns[1].missing, 1u);
  EXPECT_EQ(table.columns[2].missing, 1u);
}

TEST_F(TypedTable, ReadsBackWhatInferenceFound) {
  const std::string text = "a,b,c\n1,x,yes\n?,y,no\n3,x,?\n";
  const auto table = read(text);
  std::vector<ColumnType> types;
  for (const auto& column : table.columns) types.push_back(column.type);
  const auto again = read_table(stream_of(text), types);
  ASSERT_EQ(again.columns.size(), table.columns.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    EXPECT_EQ(again.columns[i].type, table.columns[i].type);
    EXPECT_EQ(again.columns[i].codes, table.columns[i].codes);
    expect_numbers(again.columns[i].numbers, table.columns[i].numbers);
    EXPECT_EQ(again.columns[i].missing, table.columns[i].missing);
  }
}

TEST_F(TypedTable, NamesWhatIsLackingOrWrong) {
  const auto refuse_typed = [&](std::string_view text, std::initializer_list<std::string_view> parts) {
    return expect_error<FileError>([&] { read_table(stream_of(text), types_); }, parts);
  };
  const auto message = refuse_typed("sise,new\n1,no\n", {"memory: lacks the columns 'size', 'color'"});
  EXPECT_TRUE(message.ends_with(
      "did you mean 'sise'? the table has: sise, new; if the first line holds no names, put them above it"))
      << message;
  // Only a model of a table without names can read another such table.
  const std::vector<ColumnType> numbered = {{"1", ColumnKind::kNumeric, {}}};
  const auto counted =
      expect_error<FileError>([&] { read_table(stream_of("5,red\n"), numbered); }, {"lacks the column '1'"});
  EXPECT_TRUE(counted.ends_with("if the first line holds no names, say so (TableOptions::header = false)"))
      << counted;
  refuse_typed("color,new\nred,no\n", {"memory: lacks the column 'size'"});
  refuse_typed("size,color,new\n1,red,no\nbig,red,no\n",
               {"line 3, record 3, column 1 ('size'): expected a finite number, found 'big'"});
  refuse_typed("size,color,new\n-inf,red,no\n",
               {"column 1 ('size'): expected a finite number, found '-inf'"});
  refuse_typed("size,color,new\n1,red\n", {"expected 3 cells", "found 2"});
  refuse_typed("size,color,new\n", {"holds no row"});
  const auto unnamed = expect_error<FileError>(
      [&] { read_table(stream_of("1,red,no\n"), types_, {.header = false}); }, {"lacks the columns 'size'"});
  EXPECT_TRUE(unnamed.ends_with("put a line of names above the rows, like size,color,new")) << unnamed;
  const std::vector<ColumnType> text = {{"size", ColumnKind::kText, {}}},
                                one = {{"new", ColumnKind::kBoolean, {"x"}}},
                                twice = {{"color", ColumnKind::kCategorical, {"x", "x"}}};
  for (const auto& types : {text, one, twice})
    EXPECT_THROW(read_table(stream_of("size,color,new\n1,red,no\n"), types), std::invalid_argument);
}

TEST_F(TypedTable, HandsOutPieces) {
  std::string text = "size,color,new\n";
  for (int i = 0; i < 1000; ++i) text += std::to_string(i) + ",red,no\n";
  const auto whole = read_table(stream_of(text), types_);
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{100}, text.size()}) {
    for (const std::size_t rows : {1u, 7u, 1000u, 5000u}) {
      Numbers sizes;
      std::size_t most = 0;
      read_table_in_pieces(stream_of(text, bytes), types_, {}, rows, [&](const Table& piece) {
        EXPECT_EQ(piece.columns[1].codes.size(), piece.rows);
        EXPECT_GT(piece.rows, 0u);
        most = std::max(most, piece.rows);
        sizes.insert(sizes.end(), piece.columns[0].numbers.begin(), piece.columns[0].numbers.end());
      });
      EXPECT_EQ(sizes, whole.columns[0].numbers);
      EXPECT_LE(most, rows);
    }
  }
  EXPECT_THROW(read_table_in_pieces(stream_of(text), types_, {}, 0, [](const Table&) {}),
               std::invalid_argument);
}

TEST_F(TypedTable, HandsOutTheRowsAboveOneThatIsRefused) {
  for (const std::string_view wrong : {"3,red\n", "big,red,no\n", "\xFF"}) {
    const std::string text = "color,size,new\nred,1,no\n,,no\n" + std::string(wrong) + "red,4,no\n";
    Numbers sizes;
    std::size_t missing = 0;
    EXPECT_THROW(read_table_in_pieces(stream_of(text), types_, {}, 100,
                                      [&](const Table& piece) {
                                        for (const auto& column : piece.columns) {
                                          EXPECT_EQ(column.numbers.size() + column.codes.size(), piece.rows);
                                          missing += column.missing;
                                        }
                                        sizes.insert(sizes.end(), piece.columns[0].numbers.begin(),
                                                     piece.columns[0].numbers.end());
                                      }),
                 FileError)
        << wrong;
    expect_numbers(sizes, {1, std::numeric_limits<double>::quiet_NaN()});
    EXPECT_EQ(missing, 2u) << wrong;
  }
}

TEST_F(TypedTable, WithoutRowsThereAreNoPieces) {
  for (const std::string_view text : {"size,color,new\n", "size,color,new", "new,size,color\n\n\n"})
    read_table_in_pieces(stream_of(text), types_, {}, 100, [](const Table&) { FAIL(); });
  EXPECT_THROW(read_table_in_pieces(stream_of(""), types_, {}, 100, [](const Table&) {}), FileError);
}

TEST_F(TypedTable, AnErrorWaitsForNoRow) {
  bool sent = false;
  const ByteStream stream{"pipe", [&](std::span<std::uint8_t> destination) -> std::size_t {
                            EXPECT_FALSE(std::exchange(sent, true)) << "asked for more";
                            const std::string_view names = "a,b\n";
                            std::ranges::copy(names, destination.begin());
                            return names.size();
                          }};
  EXPECT_THROW(read_table(stream, types_), FileError);
}

TEST_F(TypedTable, PiecesKnowTheirPlace) {
  std::vector<std::size_t> first_rows;
  read_table_in_pieces(stream_of("size,color,new\n1,red,no\n2,red,no\n3,red,no\n4,red,no\n5,red,no\n"),
                       types_, {}, 2, [&](const Table& piece) { first_rows.push_back(piece.first_row); });
  EXPECT_EQ(first_rows, (std::vector<std::size_t>{0, 2, 4}));
}

TEST_F(TypedTable, AnswersBeforeMoreArrives) {
  const Texts sent = {"size,color,new\n", "1,red,no\n", "2,red,no\n3,blue,no\n", "4,red,yes\n"};
  std::size_t next = 0;
  std::vector<std::size_t> rows_before;  // handed out when each part was asked for
  std::size_t rows = 0;
  const ByteStream stream{"pipe", [&](std::span<std::uint8_t> destination) -> std::size_t {
                            rows_before.push_back(rows);
                            if (next == sent.size()) return 0;
                            std::ranges::copy(sent[next], destination.begin());
                            return sent[next++].size();
                          }};
  read_table_in_pieces(stream, types_, {}, 100, [&](const Table& piece) { rows += piece.rows; });
  EXPECT_EQ(rows_before, (std::vector<std::size_t>{0, 0, 1, 3, 4}));
}

}  // namespace
}  // namespace mlp
