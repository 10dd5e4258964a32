// Files that are not tables, and the messages about them.
#include "data/table/reading.h"

namespace mlp {
namespace {

using namespace table_reading;

TEST(Table, UnknownNamesAreAnsweredWithTheNearest) {
  const std::string text = "mpg,weight\n1,2\n";
  for (const auto& options : {TableOptions{.ignore = {"wieght"}}, TableOptions{.categorical = {"wieght"}},
                              TableOptions{.targets = {"wieght"}}}) {
    const auto message =
        expect_error<UsageError>([&] { read(text, options); }, {"memory: has no column 'wieght'"});
    EXPECT_NE(message.find("did you mean 'weight'? the table has: mpg, weight"), std::string::npos)
        << message;
  }
  expect_error<UsageError>([&] { read(text, {.ignore = {"mpg"}, .targets = {"mpg"}}); },
                           {"'mpg' is named as a target and as one to ignore"});
  expect_error<UsageError>([&] { read(text).column("wait"); }, {"memory: has no column 'wait'"});
  // Of thousands only the nearest are listed.
  Texts names;
  for (int i = 0; i < 5000; ++i) names.push_back("column_" + std::to_string(i));
  const auto wide = make(names, 1, [](auto, auto) { return std::string("1"); });
  const auto message =
      expect_error<UsageError>([&] { read(wide, {.targets = {"column_7x"}}); }, {"'column_7x'"});
  EXPECT_LT(message.size(), 1000u);
}

TEST(Table, ALineOfTotalsIsAskedFor) {
  const std::string question = "; is the last line one of totals? then delete it";
  for (const std::size_t rows : {40u, 3000u}) {
    auto text = make({"n", "x"}, rows, [](std::size_t row, std::size_t) { return std::to_string(row); });
    const auto note_of = [&](const std::string& end, const TableOptions& options = {}) {
      return in_words(read(text + end, options).column("n").note);
    };
    EXPECT_TRUE(note_of("Summe,\n").ends_with("name it as such (TableOptions::missing)" + question)) << rows;
    EXPECT_TRUE(note_of("Summe,\n7,7\n").ends_with("name it as such (TableOptions::missing)")) << rows;
    EXPECT_EQ(note_of("\"12,5\",\n").find(question), std::string::npos) << "a number with a format";
    EXPECT_EQ(note_of("Summe,\n", {.categorical = {"n"}}), "");
  }
  std::string many = make({"y"}, 3000, [](std::size_t row, std::size_t) { return std::to_string(row); });
  const auto refused =
      expect_error<FileError>([&] { read(many + "Summe\n", {.targets = {"y"}}); }, {"found 'Summe'"});
  EXPECT_TRUE(refused.ends_with("if its line is one of totals, delete it")) << refused;
}

TEST(Table, RefusesInfiniteNumbers) {
  refuse("a,b\n1,2\n3,inf\n",
         {"memory: line 3, record 3, column 2 ('b'): expected a finite number", "found 'inf'"});
  refuse("a\n1e999\n", {"line 2, record 2, column 1 ('a')", "found '1e999'"});
  const auto late =
      make({"a"}, 5000, [](auto row, auto) { return row == 4000 ? "-inf" : std::to_string(row); });
  refuse(late, {"line 4002, record 4002, column 1 ('a')", "found '-inf'"});
  const auto early =
      make({"a"}, 5000, [](auto row, auto) { return row == 3 ? "-inf" : std::to_string(row); });
  refuse(early, {"line 5, record 5, column 1 ('a')", "found '-inf'"});
  EXPECT_EQ(read("level\nlow\ninf\nlow\n").columns[0].type.categories, (Texts{"inf", "low"}));  // a name
  EXPECT_EQ(read("a\n1\ninf\n", {.categorical = {"a"}}).columns[0].type.categories, (Texts{"1", "inf"}));
  EXPECT_EQ(read("a\n1\ninf\n", {.missing = {"inf"}}).columns[0].missing, 1u);
}

TEST(Table, RefusesWhatIsNoTable) {
  refuse("", {"memory: holds no record"});
  refuse("\n\n", {"memory: holds no record"});
  refuse("a,b\n", {"memory: holds no row below the line of names"});
  refuse("a,b\n1,2\n3\n", {"memory: line 3, record 3: expected 2 cells as in the first record, found 1"});
  refuse("a,b\n\n1,2\n\n3,4,5\n", {"line 5, record 3: expected 2 cells as in the first record, found 3"});
  refuse("1,2\n3\n", {"line 2, record 2: expected 2 cells", "found 1"}, {.header = false});
  refuse("a,b,a\n1,2,3\n", {"line 1, record 1, column 3: the name 'a' stands in column 1 already"});
  refuse(std::string(2000, 'x') + "\n1\n",
         {"line 1, record 1, column 1: expected a column's name of at most 1000"});
  refuse("a,b\n1,\"2\n", {"line 2, record 2, column 2 ('b'): expected a closing quote"});
  refuse("a,b\n1,\xE9\n", {"line 2, record 2, column 2 ('b'): expected UTF-8"});
  refuse(std::string("a,b\n1,\0\n", 8),
         {"line 2, record 2, column 2 ('b'): expected text, found a zero byte"});
  for (const std::string_view json : {"[{\"y\":1}]", "{\"y\": [1, 2]}", "[\n {\"y\": 1}\n]", "{\n\"y\": 1}"})
    refuse(json, {"memory: expected a table as text, CSV or TSV, found JSON"});
  refuse("PK\x03\x04\x14", {"found a zip archive, as an Excel workbook is"});
  refuse(std::string("\x93NUMPY\1\0", 8), {"found a NumPy array"});
  refuse("PAR1\x15\x04", {"found Parquet"});
  refuse("MATLAB 5.0 MAT-file, Platform: GLNXA64", {"found a MATLAB file"});
  for (const std::string_view names :
       {"[m/s],y\n1,2\n", "{a},y\n1,2\n", "P,y\n1,2\n", "PK,y\n1,2\n", "PAR1,y\n1,2\n", "MATLAB,y\n1,2\n"})
    EXPECT_EQ(read(names).rows, 1u) << names;
  const TemporaryFolder folder;
  expect_error<FileError>([&] { read_table(folder.path()); }, {"is a directory"});
  expect_error<FileError>([&] { read_table(folder / "none.csv"); }, {"none.csv: cannot be opened"});
  expect_error<FileError>([&] { read_table("/dev/zero"); }, {"/dev/zero: line 1, record 1", "zero byte"});
}

TEST(Table, ATitleAboveTheNamesIsNotTakenForNames) {
  const auto hint = [](std::string_view text, const TableOptions& options) {
    return expect_error<Error>([&] { read(text, options); }, {});
  };
  const std::string title = "is it a title above the names? then delete it";
  EXPECT_TRUE(hint("Sales, 2024\na,b,c,y\n1,2,3,4\n", {.targets = {"y"}})
                  .ends_with("the first line has 2 cells, the next 4: " + title));
  EXPECT_TRUE(hint("Sales\na,y\n1,2\n", {.targets = {"y"}})
                  .ends_with("the first line has 1 cell, the next 2: " + title));
  EXPECT_NE(hint("Sales, 2024\na,b,c,y\n1,2,3,4\n", {}).find("the next 4: " + title), std::string::npos);
  EXPECT_TRUE(hint("Sales;;\na;b;y\n1;2;3\n", {.targets = {"y"}})
                  .ends_with("the first line has a single cell that is not empty: " + title));
  // The first line's delimiter need not be that of the table.
  EXPECT_NE(hint("Sales\na;b;y\n1;2;3\n", {.targets = {"y"}}).find("cells are taken to end at ','"),
            std::string::npos);
  for (const std::string_view names :
       {"a,x,c\n1,2,3\n", "a,x,c\n1,2,3,4\n", "a,x,c\n1,2\n", "a,x,c\n", ",x\n1,2\n", "a,x,c\n\"1\n"}) {
    const auto text = hint(names, {.targets = {"xx"}});
    EXPECT_EQ(text.find("title"), std::string::npos) << text;
    EXPECT_NE(text.find("did you mean 'x'?"), std::string::npos) << text;
  }
  EXPECT_EQ(hint("1,2\n1,2,3,4\n", {.header = false}).find("title"), std::string::npos);
  EXPECT_EQ(hint("a,b\n1,2\n1,2,3,4\n", {}).find("title"), std::string::npos) << "not the first row";
}

TEST(Table, NamesThatAreRepeatedAreRefused) {
  const std::string place = "memory: line 3, record 3: repeats the names of the columns";
  refuse("a,b\n1,2\na,b\n3,4\n", {place});
  EXPECT_EQ(
      hint_of_refusal("a,b\n1,2\na,b\n3,4\n"),
      "delete the line, which a second table brings along where it is put behind the first; if the first "
      "line holds no names, say so (TableOptions::header = false)");
  refuse("a;b c\n1;2\n a ; \"b c\"\n", {place});
  refuse(",b,\n1,2,3\n,b,\n", {place});
  refuse(
      "a,b\n1,2\n\xEF\xBB\xBF"
      "a,b\n",
      {place});
  refuse("a\nx\na\n", {place});
  refuse("5.1,setosa\n4.9,setosa\n5.1,setosa\n", {place});
  const auto late = make({"a", "b"}, 5000, [](std::size_t row, std::size_t i) {
    return row == 3000 ? std::string(1, "ab"[i]) : std::to_string(row);
  });
  refuse(late, {"memory: line 3002, record 3002: repeats"}, {.targets = {"b"}});
  // A row may hold a name, and names may be missing.
  EXPECT_EQ(read("a,b\na,2\n1,b\nb,a\nA,B\n").rows, 4u);
  EXPECT_EQ(read(",\n,\n1,2\n").rows, 2u);
  EXPECT_EQ(read("a,b\n1,2\na,b\n", {.header = false}).rows, 3u);
  // A table with other columns, appended to another.
  EXPECT_EQ(
      hint_of_refusal("a,b,c\n1,2,3\na,b,c,d\n1,2,3,4\n"),
      "it has names of columns: a table put behind another needs the same columns, and no line of names");

  const std::vector<ColumnType> types = {{"b", ColumnKind::kNumeric, {}}};
  Numbers answered;
  expect_error<FileError>(
      [&] {
        read_table_in_pieces(stream_of("a,b\nx,2\na,b\nx,3\n"), types, {}, 9,
                             [&](const Table& piece) { answered = piece.columns[0].numbers; });
      },
      {place});
  expect_numbers(answered, {2});
}

TEST(Table, SaysWhatMayMakeTooManyOrTooFewCells) {
  const auto hint = [](std::string_view text, const TableOptions& options = {}) {
    return hint_of_refusal(text, options);
  };
  const std::string usual =
      "cells are taken to end at ',' (TableOptions::delimiter); one that holds it belongs in quotes";
  const std::string names_of_rows =
      "each row has one cell more than there are names: if the first are names of the rows";
  EXPECT_EQ(hint("mpg,cyl\nMazda,21,6\nDatsun,22,4\n").find(names_of_rows), 0u);
  EXPECT_EQ(hint("mpg,cyl\nMazda,21,6\n").find(names_of_rows), 0u);
  EXPECT_EQ(hint("a;b\n1;2;\n3;4;\n"), "the rows end with ';' and the line of names does not: add it there");
  EXPECT_EQ(hint("a\tb\t\n1\t2\n3\t4\n"),
            "the line of names ends with a tab and the rows do not: delete it there");
  const std::string comment = "the first line begins with '#': if it is a comment, delete it";
  EXPECT_EQ(hint("# made in May\na,y\n1,2\n"), comment);
  EXPECT_EQ(hint("# made in May\na,y\n1,2\n", {.targets = {"y"}}), comment);
  EXPECT_EQ(hint("# a,y\n1,2\n", {.targets = {"y2"}}).find(comment + "; did you mean 'y'?"), 0u);
  EXPECT_EQ(hint("a,y\n1,2\n# the rest is of June\n1,2\n"), "if the line is a comment, delete it; " + usual);
  // A single row, a later row, no names, a name for row numbers.
  EXPECT_EQ(hint("a,b\n1,2,3\n4,5\n"), usual);
  EXPECT_EQ(hint("a,b\n1,2,\n4,5\n"), usual);
  EXPECT_EQ(hint("a,b,\n1,2\n4,5,6\n"), usual);
  EXPECT_EQ(hint("a,b,c\n1,2\n3,4\n"), usual);
  EXPECT_EQ(hint("a,b\n1,2\n1,2,3\n1,2,3\n"), usual);
  EXPECT_EQ(hint("1,2\n1,2,3\n", {.header = false}), usual);
  EXPECT_EQ(hint("#,b,c\n1,2\n3,4\n"), usual);
  // Reading from a pipe does not wait for a second row.
  bool sent = false;
  const ByteStream pipe{"pipe", [&](std::span<std::uint8_t> destination) -> std::size_t {
                          EXPECT_FALSE(std::exchange(sent, true)) << "asked for more";
                          const std::string_view text = "mpg,cyl\nMazda,21,6\n";
                          std::ranges::copy(text, destination.begin());
                          return text.size();
                        }};
  EXPECT_NE(expect_error<FileError>([&] { read_table(pipe); }, {}).find(names_of_rows), std::string::npos);
}

TEST(Table, LinesOfBlanksAreSkipped) {
  for (const char d : {',', ';', '\t'}) {
    const std::string cells = std::string("1") + d + "2" + d + "3\n";
    const auto table =
        read(" \n \t\na" + std::string(1, d) + "b" + d + "c\n  \n" + cells + "\t\n" + cells + " ");
    ASSERT_EQ(table.rows, 2u) << d;
    expect_numbers(table.column("c").numbers, {3, 3});
  }
  // A row of empty cells, and, in a table with one column, an empty cell.
  EXPECT_EQ(read("a\tb\n1\t2\n\t\n").rows, 2u);
  EXPECT_EQ(read("a\n1\n \n\"\"\n").rows, 3u);
  refuse("a,b\n1,2\n\"\"\n", {"line 3, record 3: expected 2 cells"});
  refuse("a,b,c\n1,2,3\n,\n", {"line 3, record 3: expected 3 cells"});
}

TEST(Table, FilesOfExcelAndDosAreRead) {
  const auto table = read("sep=;\r\na;b\r\n1,5;x\r\n\x1A", {.decimal = ','});
  ASSERT_EQ(table.rows, 1u);
  expect_numbers(table.column("a").numbers, {1.5});
  expect_numbers(
      read("\"Index\", \"Height, inches\"\n1, \"65.78\" \n2, 71\n").column("Height, inches").numbers,
      {65.78, 71});
}

TEST(Table, ATargetOfTooManyClassesIsRefused) {
  const auto rows = make({"y"}, 65'001, [](auto row, auto) { return "w" + std::to_string(row); });
  refuse(rows, {"line 65002, record 65002, column 1 ('y'): more than 65000 different categories"},
         {.targets = {"y"}});
  refuse(rows, {"more than 65000 different categories"}, {.categorical = {"y"}});
  refuse(rows, {"more than 65000 different categories"}, {.targets = {"y"}, .max_categories = 1'000'000});
  EXPECT_EQ(read(rows).columns[0].type.kind, ColumnKind::kText);
  EXPECT_EQ(read(rows.substr(0, rows.find("w65000")), {.targets = {"y"}}).columns[0].type.categories.size(),
            65'000u);
}

}  // namespace
}  // namespace mlp
