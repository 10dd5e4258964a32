// A table's columns, typed by what they hold.
#include "data/table/reading.h"

namespace mlp {
namespace {

using namespace table_reading;

TEST(Table, TypesColumnsByWhatTheyHold) {
  const auto table = read(
      "mpg,origin,diesel,year,empty\n"
      "18.5,USA,no,70,\n"
      "-2e1,Europe,yes,71,NA\n"
      "?,USA,,70,null\n"
      "33,?,no,70,?\n");
  EXPECT_EQ(table.name, "memory");
  EXPECT_EQ(table.rows, 4u);
  ASSERT_EQ(table.columns.size(), 5u);
  const auto& mpg = table.column("mpg");
  EXPECT_EQ(mpg.type, (ColumnType{"mpg", ColumnKind::kNumeric, {}}));
  expect_numbers(mpg.numbers, {18.5, -20, kNaN, 33});
  EXPECT_EQ(mpg.missing, 1u);
  EXPECT_EQ(mpg.distinct, 3u);
  EXPECT_TRUE(mpg.codes.empty());
  const auto& origin = table.column("origin");
  EXPECT_EQ(origin.type, (ColumnType{"origin", ColumnKind::kCategorical, {"Europe", "USA"}}));
  EXPECT_EQ(origin.codes, (Codes{1, 0, 1, Column::kMissing}));
  EXPECT_TRUE(origin.numbers.empty());
  const auto& diesel = table.column("diesel");
  EXPECT_EQ(diesel.type, (ColumnType{"diesel", ColumnKind::kBoolean, {"no", "yes"}}));
  EXPECT_EQ(diesel.codes, (Codes{0, 1, Column::kMissing, 0}));
  // A few different whole numbers are numbers, too.
  EXPECT_EQ(table.column("year").type.kind, ColumnKind::kNumeric);
  EXPECT_EQ(table.column("year").distinct, 2u);
  const auto& empty = table.column("empty");
  EXPECT_EQ(empty.type.kind, ColumnKind::kNumeric);
  expect_numbers(empty.numbers, {kNaN, kNaN, kNaN, kNaN});
  EXPECT_EQ(empty.missing, 4u);
  EXPECT_EQ(empty.distinct, 0u);
  for (const auto& column : table.columns) {
    EXPECT_FALSE(column.identifier);
    EXPECT_EQ(in_words(column.note), "");
  }
}

TEST(Table, BlanksAroundCellsAndNamesDoNotCount) {
  const auto table = read(" a ,  b\n 1 ,\tx\n\" 2\",x \n3,\" ? \"\n");
  expect_numbers(table.column("a").numbers, {1, 2, 3});
  EXPECT_EQ(table.column("b").type.categories, Texts{"x"});
  EXPECT_EQ(table.column("b").codes, (Codes{0, 0, Column::kMissing}));
}

TEST(Table, DecimalPointsInEveryLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8"})
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  const auto table = read("a;b\n1.5;1,5\n2.25e0;2,5\n");
  std::setlocale(LC_ALL, before.c_str());
  expect_numbers(table.column("a").numbers, {1.5, 2.25});
  EXPECT_EQ(table.column("b").type.kind, ColumnKind::kCategorical);
}

TEST(Table, TakesOtherDelimitersNoNamesAndGzip) {
  for (const char d : {',', ';', '\t', '|'}) {
    const std::string text = std::string("a") + d + "b\n1" + d + "2\n";
    expect_numbers(read(text).column("b").numbers, {2});
    expect_numbers(read(gzip(text)).column("b").numbers, {2});
  }
  expect_numbers(read("a:b\n1:2\n", {.delimiter = ':'}).column("b").numbers, {2});
  const auto table = read("1,x\n2,y\n", {.header = false});
  EXPECT_EQ(table.rows, 2u);
  expect_numbers(table.column("1").numbers, {1, 2});
  EXPECT_EQ(table.column("2").codes, (Codes{0, 1}));
}

TEST(Table, ReadsFiles) {
  const TemporaryFolder folder;
  write_bytes(folder / "a.csv", "a\n1\n");
  const auto path = folder / "a.csv";
  const auto table = read_table(path);
  EXPECT_EQ(table.name, path.string());
  expect_numbers(table.column("a").numbers, {1});
}

TEST(Table, CellsAreReadAsTheyStandInTheFile) {
  const std::string text = "zip;x;y\n01806;1,50;N/A\n\"a;\"\"b\"; 2 ;\n94110;3;z\n";
  const Texts columns = {"y", "zip", "x"};
  const std::vector<std::size_t> rows = {2, 0, 1, 0};
  EXPECT_EQ(
      read_cells(stream_of(text), columns, rows),
      (std::vector<Texts>{
          {"z", "94110", "3"}, {"N/A", "01806", "1,50"}, {"", "a;\"b", " 2 "}, {"N/A", "01806", "1,50"}}));
  const Texts numbered = {"1"};
  const std::vector<std::size_t> first = {0};
  EXPECT_EQ(read_cells(stream_of(text), numbered, first, {.header = false}), std::vector<Texts>{{"zip"}});
  const std::vector<std::size_t> beyond = {3};
  expect_error<FileError>([&] { read_cells(stream_of(text), columns, beyond); },
                          {"has 3 rows, and row 4 is asked for"});
  expect_error<FileError>([&] { read_cells(stream_of(text), numbered, first); }, {"has no column '1'"});
}

TEST(Table, OptionsSayWhatIsMissingIgnoredAndCategorical) {
  const std::string text = "a,b,c,d\n1,x,10,-999\n1.0,none,9,2\n2,y,?,-999.0\n";
  const auto table = read(text, {.missing = {"none", "-999"}, .ignore = {"b"}, .categorical = {"c", "a"}});
  ASSERT_EQ(table.columns.size(), 3u);
  EXPECT_EQ(table.columns[1].type.name, "c");
  EXPECT_EQ(table.column("c").type, (ColumnType{"c", ColumnKind::kCategorical, {"9", "10"}}));
  EXPECT_EQ(table.column("c").codes, (Codes{1, 0, Column::kMissing}));
  EXPECT_EQ(table.column("a").type.categories, (Texts{"1", "1.0", "2"}));  // asked for as texts
  expect_numbers(table.column("d").numbers, {kNaN, 2, kNaN});
  EXPECT_EQ(read(text, {.missing = {"none"}}).column("b").missing, 1u);
}

TEST(Table, TextsThatAreNearlyAllDifferentAreIdentifiers) {
  const auto names = make({"name", "city"}, 30, [](std::size_t row, std::size_t i) {
    return i == 0 ? "person " + std::to_string(row) : "city " + std::to_string(row % 15);
  });
  const auto table = read(names);
  const auto& name = table.column("name");
  EXPECT_EQ(name.type, (ColumnType{"name", ColumnKind::kText, {}}));
  EXPECT_TRUE(name.identifier);
  EXPECT_EQ(in_words(name.note), "30 different texts in 30 cells");
  EXPECT_TRUE(name.codes.empty() && name.numbers.empty());
  EXPECT_EQ(table.column("city").type.kind, ColumnKind::kCategorical);  // each twice
  EXPECT_EQ(table.column("city").type.categories.size(), 15u);
  // They are categories nevertheless where asked for, where they are to be predicted, and where there are few
  // rows.
  EXPECT_EQ(read(names, {.categorical = {"name"}}).column("name").type.categories.size(), 30u);
  EXPECT_EQ(read(names, {.targets = {"name"}}).column("name").type.categories.size(), 30u);
  EXPECT_EQ(read("name\na\nb\nc\n").column("name").type.kind, ColumnKind::kCategorical);
}

TEST(Table, TooManyDifferentTextsAreText) {
  const auto rows = make({"word", "n"}, 9000, [](std::size_t row, std::size_t i) {
    return i == 0 ? "w" + std::to_string(row % 1500) : row == 5 ? "?" : std::to_string(row);
  });
  const auto table = read(rows);
  EXPECT_EQ(table.column("word").type.kind, ColumnKind::kText);
  EXPECT_EQ(in_words(table.column("word").note), "more than 1000 different texts");
  EXPECT_EQ(table.column("word").distinct, std::nullopt);
  EXPECT_EQ(read(rows, {.max_categories = 1500}).column("word").type.categories.size(), 1500u);
  EXPECT_EQ(read(rows, {.max_categories = 1499}).column("word").type.kind, ColumnKind::kText);
  EXPECT_EQ(read(rows, {.targets = {"word"}}).column("word").type.categories.size(), 1500u);
  // Numbers may have any number of different values.
  const auto& n = table.column("n");
  EXPECT_EQ(n.type.kind, ColumnKind::kNumeric);
  EXPECT_EQ(n.missing, 1u);
  EXPECT_EQ(n.distinct, std::nullopt);
  ASSERT_EQ(n.numbers.size(), 9000u);
  for (std::size_t i = 0; i < 9000; ++i) {
    ASSERT_TRUE(i == 5 ? std::isnan(n.numbers[i]) : n.numbers[i] == static_cast<double>(i)) << i;
  }
}

TEST(Table, NamesOfColumnsNeedNoRows) {
  EXPECT_EQ(column_names(stream_of("\xEF\xBB\xBF"
                                   "a; b ;\"c;d\"\r\n1;2;3\r\n")),
            (Texts{"a", "b", "c;d"}));
  EXPECT_EQ(column_names(stream_of("5,6\n"), {.header = false}), (Texts{"1", "2"}));
  EXPECT_EQ(column_names(stream_of("a")), Texts{"a"});
  expect_error<FileError>([&] { column_names(stream_of("\x89PNG\r\n")); }, {"found a single PNG image"});
}

TEST(Table, ColumnsOfTheSameCellsInAnotherOrderAreOfTheSameType) {
  const RandomStream random(7, RandomPurpose::kTest);
  for (const std::size_t distinct : {5u, 900u, 1100u}) {
    for (const int texts : {0, 1, 600}) {
      ColumnType first;
      for (std::uint64_t order = 0; order < 4; ++order) {
        const auto places = permutation(4000, RandomStream(order, RandomPurpose::kTest));
        const auto table = read(make({"x"}, 4000, [&](std::size_t row, std::size_t) {
          const auto value = places[row] % distinct;
          return (value < static_cast<std::size_t>(texts) ? "t" : "") + std::to_string(value);
        }));
        if (order == 0) first = table.columns[0].type;
        EXPECT_EQ(table.columns[0].type, first) << distinct << " " << texts;
      }
    }
  }
}

TEST(Table, InvisibleCharactersAroundACellDoNotCount) {
  const std::string space = "\u00a0", no_width = "\u200b";
  const auto table = read("x,y\n1" + space + ",a\n" + no_width + "2,a" + no_width + "\n" + space + ",b\n4,b" +
                          space + no_width + " \n5,\u00e4\n");
  EXPECT_EQ(table.columns[0].type.kind, ColumnKind::kNumeric);
  EXPECT_EQ(table.columns[0].missing, 1u);
  EXPECT_EQ(table.columns[1].type.categories, (std::vector<std::string>{"a", "b", "\u00e4"}));
  const auto again = read_table(stream_of("x,y\n1,a" + no_width + "\n"),
                                std::vector{table.columns[0].type, table.columns[1].type});
  EXPECT_EQ(again.columns[1].codes.front(), 0);
}

TEST(Table, WholeNumbersNamedLikeAnIdentifierAreFlagged) {
  const auto rows = make({"customer_id", "area", "store_id", ""}, 2000, [](std::size_t row, std::size_t i) {
    return std::to_string(i == 2 ? row % 9 : 10 * row + 7);
  });
  const auto table = read(rows, {.targets = {}});
  EXPECT_TRUE(table.column("customer_id").identifier);
  // Each in two or three rows, as of a table that was written twice: as much an identifier; in five, a group.
  const auto repeated = [](int rows_each) {
    std::string text = "id,x\n";
    for (int n = 0; n < 120; ++n) text += std::to_string(n / rows_each) + "," + std::to_string(n % 7) + "\n";
    return read(text).column("id").identifier;
  };
  EXPECT_TRUE(repeated(2));
  EXPECT_FALSE(repeated(5));
  EXPECT_NE(in_words(table.column("customer_id").note), "");
  EXPECT_EQ(table.column("customer_id").numbers.size(), 2000u);
  EXPECT_FALSE(table.column("area").identifier);      // whole and all different, but may be a measure
  EXPECT_FALSE(table.column("store_id").identifier);  // few different
  EXPECT_TRUE(table.column("unnamed 4").identifier);  // what pandas writes as row numbers
  EXPECT_FALSE(read(rows, {.targets = {"customer_id"}}).column("customer_id").identifier);
  EXPECT_FALSE(read(make({"id"}, 50, [](auto row, auto) { return std::to_string(row) + ".5"; }))
                   .columns[0]
                   .identifier);
}

TEST(Table, ANumericTargetOfFewValuesHasCategoriesAsWell) {
  const auto table = read("x,y\n1,10\n2,9\n3,9.0\n4,\n", {.targets = {"y"}});
  const auto& y = table.column("y");
  EXPECT_EQ(y.type, (ColumnType{"y", ColumnKind::kNumeric, {"9", "10"}}));
  expect_numbers(y.numbers, {10, 9, 9, kNaN});
  EXPECT_EQ(y.codes, (Codes{1, 0, 0, Column::kMissing}));
  EXPECT_EQ(y.distinct, 2u);
  EXPECT_TRUE(table.column("x").codes.empty());
  const auto many = make({"y"}, 1001, [](auto row, auto) { return std::to_string(row); });
  EXPECT_TRUE(read(many, {.targets = {"y"}}).column("y").codes.empty());
  EXPECT_EQ(read(many, {.targets = {"y"}}).column("y").numbers.size(), 1001u);
}

TEST(Table, LongTextsAreNoCategories) {
  const std::string text = "a\n" + std::string(1001, 'x') + "\nNA\n1\n";
  const auto table = read(text);
  EXPECT_EQ(table.columns[0].type.kind, ColumnKind::kText);
  EXPECT_EQ(table.columns[0].missing, 1u);
  EXPECT_EQ(in_words(table.columns[0].note), "a text of more than 1000 bytes");
  refuse(text, {"line 2, record 2, column 1 ('a'): expected a category's name of at most 1000 bytes"},
         {.targets = {"a"}});
}

TEST(Table, SpeedIsReported) {
  const RandomStream random(1, RandomPurpose::kTest);
  std::string text = "a,b,c,d,e,f,g,h\n";
  for (std::uint64_t i = 0; text.size() < 20'000'000; ++i) {
    std::string number = std::to_string(random.normal(i));
    text += number + (i % 8 == 7 ? '\n' : ',');
  }
  text.resize(text.rfind('\n') + 1);
  const auto start = std::chrono::steady_clock::now();
  const auto table = read(text);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(table.columns[7].numbers.size(), table.rows);
  std::cout << "[   SPEED  ] a table of numbers: " << static_cast<double>(text.size()) / 1e6 / seconds.count()
            << " MB/s\n";
}

}  // namespace
}  // namespace mlp
