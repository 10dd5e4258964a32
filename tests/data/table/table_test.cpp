#include "mlp/table.h"

#include <gtest/gtest.h>

#include <chrono>
#include <clocale>
#include <cmath>
#include <iostream>
#include <limits>
#include <string>

#include "core/random.h"
#include "data/support.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;
using Texts = std::vector<std::string>;
using Codes = std::vector<std::int32_t>;
using Numbers = std::vector<double>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

ByteStream stream_of(std::string_view text, std::size_t piece = 1 << 16) {
  return {"memory", in_pieces(text, piece)};
}
Table read(std::string_view text, const TableOptions& options = {}) {
  return read_table(stream_of(text), options);
}

void refuse(std::string_view text, std::initializer_list<std::string_view> parts,
            const TableOptions& options = {}) {
  expect_error<FileError>([&] { read(text, options); }, parts);
}

/// The hint of the error that reading ends with.
std::string hint_of_refusal(std::string_view text, const TableOptions& options = {}) {
  const auto error = expect_error<Error>([&] { read(text, options); }, {});
  return error.substr(error.find('\n') + 1);
}

/// Equal, NaN to NaN.
void expect_numbers(const Numbers& actual, const Numbers& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    EXPECT_TRUE(actual[i] == expected[i] || (std::isnan(actual[i]) && std::isnan(expected[i])))
        << i << ": " << actual[i] << ", expected " << expected[i];
  }
}

/// A table of `columns` names and, for each row, what `cell(row, column)` gives.
template <class Cell>
std::string make(const Texts& names, std::size_t rows, Cell cell) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ",") + name;
  text += '\n';
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t i = 0; i < names.size(); ++i) text += cell(row, i) + (i + 1 < names.size() ? "," : "\n");
  return text;
}

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
  // Few different whole numbers are numbers all the same.
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

TEST(Table, CategoriesThatAreNumbersAreFoundByTheirSpellingThenByExactlyTheirValue) {
  const auto codes = [](const Texts& categories, const std::string& cells, std::optional<char> decimal = {}) {
    const ColumnType type{.name = "x", .kind = ColumnKind::kCategorical, .categories = categories};
    return read_table(stream_of("x\n" + cells), std::vector{type}, {.decimal = decimal}).columns[0].codes;
  };
  constexpr auto kUnknown = Column::kUnknown;
  EXPECT_EQ(codes({"9007199254740992", "9007199254740994"},
                  "9007199254740992\n9007199254740993\n9007199254740994.0\n9.007199254740992e15\n"),
            (Codes{0, kUnknown, 1, 0}));
  EXPECT_EQ(codes({"0.3"}, "0.30\n0.30000000000000001\n3e-1\n"), (Codes{0, kUnknown, 0}));
  EXPECT_EQ(codes({"001", "01", "1"}, "1\n01\n001\n1.0\n0001\n"), (Codes{2, 1, 0, 2, 2}));
  EXPECT_EQ(codes({"8"}, "8.0\n08\n9\n"), (Codes{0, 0, kUnknown}));
  EXPECT_EQ(codes({"1.234,5", "12"}, "1234,50\n12 %\n1.234,51\n", ','), (Codes{0, 1, kUnknown}));
}

TEST(Table, AMarkOfMissingCellsIsExactlyThatNumber) {
  const auto table =
      read("a\n9007199254740992\n9007199254740993\n9007199254740993.0\n", {.missing = {"9007199254740993"}});
  expect_numbers(table.column("a").numbers, {9007199254740992.0, kNaN, kNaN});
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
  // Where asked for, or to be predicted, they are categories all the same; and where there are few rows.
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
  // Numbers may be as many as they like.
  const auto& n = table.column("n");
  EXPECT_EQ(n.type.kind, ColumnKind::kNumeric);
  EXPECT_EQ(n.missing, 1u);
  EXPECT_EQ(n.distinct, std::nullopt);
  ASSERT_EQ(n.numbers.size(), 9000u);
  for (std::size_t i = 0; i < 9000; ++i) {
    ASSERT_TRUE(i == 5 ? std::isnan(n.numbers[i]) : n.numbers[i] == static_cast<double>(i)) << i;
  }
}

TEST(Table, ATextAmongNumbersIsNoted) {
  for (const std::size_t where :
       {0u, 700u, 2999u}) {  // before and after there are too many numbers for categories
    const auto rows = make({"age"}, 3000, [&](std::size_t row, std::size_t) {
      return row == where ? "unknown" : std::to_string(row);
    });
    const std::string place = "memory: line " + std::to_string(where + 2) + ", record " +
                              std::to_string(where + 2) + ", column 1 ('age')";
    const auto age = read(rows).column("age");
    EXPECT_EQ(age.type.kind, ColumnKind::kText);
    EXPECT_EQ(in_words(age.note).find("'unknown' among numbers (" + place + "): "), 0u) << in_words(age.note);
    refuse(rows, {place + ": expected a number as in other rows, found 'unknown'"}, {.targets = {"age"}});
    EXPECT_EQ(read(rows, {.missing = {"unknown"}}).column("age").type.kind, ColumnKind::kNumeric);
    EXPECT_EQ(read(rows, {.categorical = {"age"}}).column("age").type.categories.size(), 3000u);
  }
  const auto few = read("x,y\n1,a\n1,b\n2,1\n3+,1\n3+,1\n");
  EXPECT_EQ(few.column("x").type.categories, (Texts{"1", "2", "3+"}));
  EXPECT_NE(in_words(few.column("x").note).find("'3+' among numbers"), std::string::npos);
}

TEST(Table, ATextColumnMayHoldNumbers) {
  const auto column = [](const std::string& cells, const TableOptions& options = {}) {
    return read("c\n" + cells, options).column("c");
  };
  EXPECT_EQ(in_words(column("red\ngreen\nblue\n7\n").note), "");
  EXPECT_EQ(in_words(column("7\nred\ngreen\n8\n").note), "") << "half of them";
  EXPECT_EQ(in_words(column("7\n\nred\n\n8\n").note).find("'red' among numbers"), 0u);
  EXPECT_FALSE(column("red\ngreen\nblue\n7\n").perhaps_numeric);
  // More than may be categories; first and last of either kind.
  const auto many = [](std::size_t rows, auto is_text) {
    return make({"c"}, rows, [&](std::size_t row, std::size_t) {
      return (is_text(row) ? "t" : "") + std::to_string(row);
    });
  };
  for (const std::size_t where : {0u, 700u, 2999u}) {
    const auto text = many(3000, [&](std::size_t row) { return row != where; });
    EXPECT_EQ(in_words(read(text).column("c").note), "more than 1000 different texts") << where;
    EXPECT_EQ(read(text, {.targets = {"c"}}).column("c").type.categories.size(), 3000u) << where;
  }
  const auto numbers_first = many(3000, [](std::size_t row) { return row >= 1200; });
  EXPECT_EQ(in_words(read(numbers_first).column("c").note), "more than 1000 different texts");
  const auto texts_first = many(3000, [](std::size_t row) { return row < 1200; });
  EXPECT_EQ(in_words(read(texts_first).column("c").note).find("'t0' among numbers (memory: line 2, "), 0u);
}

TEST(Table, ColumnsThatArePerhapsNumericAreTold) {
  const auto perhaps_numeric = [](std::size_t numbers, std::size_t different, std::size_t texts,
                                  const std::string& number = "N", const TableOptions& options = {}) {
    std::string text = "x;y\n";
    for (std::size_t i = 0; i < numbers; ++i) {
      auto cell = number;
      text += "a;" + cell.replace(cell.find('N'), 1, std::to_string(i % different)) + "\n";
    }
    for (std::size_t i = 0; i < texts; ++i) text += "a;unknown\n";
    return read(text, options).column("y").perhaps_numeric;
  };
  for (const TableOptions& options : {TableOptions{}, TableOptions{.targets = {"y"}}}) {
    EXPECT_TRUE(perhaps_numeric(90, 3, 10, "N", options));
    EXPECT_FALSE(perhaps_numeric(89, 3, 11, "N", options)) << "few numbers may be classes";
    EXPECT_TRUE(perhaps_numeric(51, 11, 49, "N", options));
    EXPECT_FALSE(perhaps_numeric(50, 11, 50, "N", options));
    EXPECT_TRUE(perhaps_numeric(90, 11, 10, "$N.50", options));
    EXPECT_TRUE(perhaps_numeric(90, 11, 0, "N kg", options));
    EXPECT_FALSE(perhaps_numeric(90, 10, 10, "$N.50", options));
    EXPECT_FALSE(perhaps_numeric(89, 11, 11, "$N.50", options));
    EXPECT_FALSE(perhaps_numeric(90, 11, 0, "N", options)) << "numeric";
    EXPECT_FALSE(perhaps_numeric(90, 11, 10, "t N", options));
  }
  EXPECT_FALSE(perhaps_numeric(90, 11, 10, "N", {.categorical = {"y"}}));
  EXPECT_FALSE(perhaps_numeric(90, 11, 10, "N", {.missing = {"unknown"}}));
  EXPECT_FALSE(perhaps_numeric(90, 11, 0, "$N.50", {.decimal = '.'}));
  EXPECT_FALSE(read("y\nnone\nnone\n").column("y").perhaps_numeric);
}

TEST(Table, NumbersWithAFormatAreNotedNotGuessed) {
  const std::string place = " (memory: line 2, record 2, column 2 ('price'))";
  const std::string plainly = "write numbers plainly, like 1234.5";
  const std::string comma = "try TableOptions::decimal = ',', or ";
  const auto price = [](const std::string& text, const TableOptions& options = {}) {
    return read(text, options).column("price");
  };
  const std::string few = "a;price\n1;12,5\n2;13,0\n3;12,5\n4;1.200,0\n";
  EXPECT_EQ(price(few).type.kind, ColumnKind::kCategorical);
  EXPECT_EQ(in_words(price(few).note),
            "'12,5'" + place + " and the others are numbers with a format: " + comma + plainly);
  EXPECT_EQ(in_words(price(few, {.targets = {"price"}}).note), in_words(price(few).note));
  EXPECT_EQ(in_words(price(few, {.categorical = {"price"}}).note), "");
  // Whole numbers need no comma.
  EXPECT_EQ(in_words(price("a;price\n1;12,5\n2;13\n").note),
            "'12,5' among numbers" + place + ": " + comma + plainly);
  EXPECT_EQ(in_words(price("a;price\n1;12,5\n2;13\n3;1.5\n").note),
            "'12,5' among numbers" + place + ": " + plainly);
  // One that is something else, and they are texts like any others.
  EXPECT_EQ(in_words(price("a;price\n1;12,5\n2;13,0\n3;dear\n").note), "");
  const auto many = make({"a", "price"}, 1200, [](std::size_t row, std::size_t column) {
    return column == 0 ? "x" : "$" + std::to_string(row) + ".5";
  });
  EXPECT_EQ(price(many).type.kind, ColumnKind::kText);
  EXPECT_EQ(in_words(price(many).note),
            "more than 1000 different texts; '$0.5'" + place +
                " and the others are numbers with a format: try TableOptions::decimal = '.', or " + plainly);
}

TEST(Table, NegativesAndUnitsAreToldFromMarksOfMissingCells) {
  const auto note = [](const Texts& cells, const TableOptions& options = {}) {
    std::string text = "x;y\n";
    for (const auto& cell : cells) text += "a;" + cell + "\n";
    return in_words(read(text, options).column("y").note);
  };
  const std::string place = " (memory: line 3, record 3, column 2 ('y')): ";
  const std::string plainly = ", or write numbers plainly, like 1234.5";
  EXPECT_EQ(note({"120.00", "(130.00)", "7"}),
            "'(130.00)' among numbers" + place +
                "try TableOptions::decimal = '.', which reads '(130.00)' as -130" + plainly);
  EXPECT_EQ(note({"120.00", "130.00-", "7"}),
            "'130.00-' among numbers" + place +
                "try TableOptions::decimal = '.', which reads '130.00-' as -130" + plainly);
  EXPECT_EQ(note({"$1.50", "$ -", "($2.50)"}),
            "'$1.50' (memory: line 2, record 2, column 2 ('y')) and the others are numbers with a format: "
            "try TableOptions::decimal = '.', which reads '$ -' as 0" +
                plainly);
  EXPECT_EQ(note({"1.5", "'-1.01", "2"}),
            "''-1.01' among numbers" + place + "try TableOptions::decimal = '.'" + plainly);
  EXPECT_EQ(note({"1.5", "23.4 kg", "2"}),
            "'23.4 kg' among numbers" + place + "leave away 'kg' behind the numbers");
  EXPECT_EQ(note({"1.5", "1.2D+03", "2"}),
            "'1.2D+03' among numbers" + place + "write exponents with an e, like 1.2e+03");
  EXPECT_EQ(
      note({"EUR 12.00", "EUR 9", "EUR 12.00"}),
      "'EUR 12.00' (memory: line 2, record 2, column 2 ('y')) and the others are numbers with a format: "
      "leave away 'EUR' before the numbers");
  Texts most(20, "12,5");
  most[0] = "k.A.";
  EXPECT_EQ(
      note(most),
      "'12,5' and nearly all others are numbers with a format: try TableOptions::decimal = ','" + plainly);
  most[1] = most[2] = "dear";
  EXPECT_EQ(note(most), "") << "three of twenty";
  // Among more numbers than may be categories.
  const auto many = [](const std::string& cell) {
    return read(make({"y"}, 3000, [&](auto row, auto) { return row == 2000 ? cell : std::to_string(row); }))
        .column("y");
  };
  EXPECT_NE(in_words(many("(130.00)").note).find("try TableOptions::decimal = '.', which reads"),
            std::string::npos);
  EXPECT_EQ(many("\xE2\x88\x92"
                 "130.00")
                .numbers.at(2000),
            -130);
  const auto read_as = read(
      "y\n($1,200.50)\n$ -\n12.00-\n'-1.01\n\xE2\x88\x92"
      "5\n$7\n",
      {.delimiter = ';', .decimal = '.'});
  expect_numbers(read_as.column("y").numbers, {-1200.5, 0, -12, -1.01, -5, 7});
  EXPECT_EQ(read("y\n-1\n\xE2\x88\x92"
                 "1\n2\n",
                 {.targets = {"y"}})
                .column("y")
                .type.categories,
            (Texts{"-1", "2"}));
}

TEST(Table, APointThatMayStandBetweenThousandsIsNoted) {
  const auto note_of = [](const Texts& cells, const TableOptions& options = {}) {
    std::string text = "a;x\n";
    for (const auto& cell : cells) text += "b;" + cell + "\n";
    return in_words(read(text, options).column("x").note);
  };
  EXPECT_EQ(note_of({"927", "1.200", "-589", "", "-13.459"}),
            "'1.200' is read as 1.2; if it is 1200, TableOptions::decimal = ','");
  EXPECT_EQ(note_of({"927", "1.200"}, {.targets = {"x"}}), note_of({"927", "1.200"}));
  EXPECT_EQ(note_of({"927", "1.200",
                     "\xE2\x88\x92"
                     "2.300"}),
            note_of({"927", "1.200"}));
  EXPECT_EQ(note_of({"927", "1.200"}, {.decimal = '.'}), "");
  for (const Texts& plain :
       {Texts{"1.200", "1.459"}, Texts{"927", "589"}, Texts{"927", "1.200", "1.5"},
        Texts{"927", "1.200", "1.2000"}, Texts{"927", "1.200", "1927"}, Texts{"927", "1.200", "0.125"},
        Texts{"927", "1.200", "1234.500"}, Texts{"927", "1.200", "1e3"}, Texts{"927", "1.200", ".125"}})
    EXPECT_EQ(note_of(plain), "") << plain.back();
  // More different ones than may be categories: the first that tells comes late.
  Texts many;
  for (int n = 1; n < 3000; ++n)
    many.push_back(n < 1000 ? std::to_string(n)
                            : std::to_string(n / 1000) + "." + std::to_string(n % 1000 + 1000).substr(1));
  EXPECT_EQ(note_of(many), "'1.000' is read as 1; if it is 1000, TableOptions::decimal = ','");
  many.push_back("2999.5");
  EXPECT_EQ(note_of(many), "");
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

TEST(Table, NamesOfColumnsNeedNoRows) {
  EXPECT_EQ(column_names(stream_of("\xEF\xBB\xBF"
                                   "a; b ;\"c;d\"\r\n1;2;3\r\n")),
            (Texts{"a", "b", "c;d"}));
  EXPECT_EQ(column_names(stream_of("5,6\n"), {.header = false}), (Texts{"1", "2"}));
  EXPECT_EQ(column_names(stream_of("a")), Texts{"a"});
  expect_error<FileError>([&] { column_names(stream_of("\x89PNG\r\n")); }, {"found a single PNG image"});
}

TEST(Table, NumbersHaveTheDecimalMarkThatIsNamed) {
  const std::string german = "Ort;Preis;Anteil\nUlm;1.459.443,93;15%\nBonn;350,5;7,5 %\nUlm;1.200;\n";
  const auto table = read(german, {.decimal = ','});
  expect_numbers(table.column("Preis").numbers, {1459443.93, 350.5, 1200});
  expect_numbers(table.column("Anteil").numbers, {15, 7.5, kNaN});
  EXPECT_EQ(in_words(table.column("Preis").note), "");
  EXPECT_EQ(table.column("Ort").type.categories, (Texts{"Bonn", "Ulm"}));
  expect_numbers(read("a,b\n\"$1,200.50\",1.5\n$7,2\n", {.decimal = '.'}).column("a").numbers, {1200.5, 7});

  // More different ones than may be categories.
  const auto many =
      make({"x"}, 3000, [](std::size_t row, std::size_t) { return std::to_string(row) + ",5 %"; });
  const auto x = read(many, {.delimiter = ';', .decimal = ','}).column("x");
  ASSERT_EQ(x.type.kind, ColumnKind::kNumeric);
  EXPECT_EQ(x.numbers[2999], 2999.5);

  // By known types.
  const std::vector<ColumnType> types = {table.column("Preis").type};
  const auto by_types = [&](const std::string& text, const TableOptions& options) {
    return read_table(stream_of(text), types, options).columns[0].numbers;
  };
  expect_numbers(by_types(german, {.decimal = ','}), {1459443.93, 350.5, 1200});
  const auto hint_of = [&](const std::string& text, const TableOptions& options) {
    const auto error =
        expect_error<FileError>([&] { by_types(text, options); }, {"expected a finite number"});
    return error.substr(error.find('\n') + 1);
  };
  EXPECT_EQ(hint_of(german, {}),
            "try TableOptions::decimal = ',', or write numbers plainly, like 1234.5; a mark of missing cells "
            "is named with TableOptions::missing");

  // A point is none where the comma is.
  EXPECT_EQ(read("x;y\n1,5;a\n2.5;b\n", {.decimal = ','}).column("x").type.kind, ColumnKind::kCategorical);
  EXPECT_EQ(hint_of("Preis\n1.5\n", {.decimal = ','}),
            "try TableOptions::decimal = '.', or write numbers plainly, like 1234,5; a mark of missing cells "
            "is named with TableOptions::missing");
  EXPECT_EQ(
      hint_of("Preis\n3 kg\n", {}),
      "leave away 'kg' behind the numbers; a mark of missing cells is named with TableOptions::missing");
  EXPECT_EQ(hint_of("Preis\ndear\n", {.decimal = ','}),
            "write numbers like 1,5 or 2e-3; a mark of missing cells is named with TableOptions::missing");
}

TEST(Table, CommasInNumbersAreNoDelimiters) {
  const auto table = read("1,5;2,5;3,5\n4,5;5,5;6,5\n", {.decimal = ',', .header = false});
  ASSERT_EQ(table.columns.size(), 3u);
  expect_numbers(table.column("3").numbers, {3.5, 6.5});
  expect_numbers(read("a\n1,5\n", {.decimal = ','}).column("a").numbers, {1.5});
  EXPECT_EQ(read("a,b\n1,2\n", {.decimal = ','}).columns.size(), 2u) << "where nothing else can be one";
}

TEST(Table, DatesAreNoted) {
  const auto days = [](std::size_t rows, std::size_t different, const TableOptions& options = {}) {
    return read(make({"day", "x"}, rows,
                     [&](std::size_t row, std::size_t column) {
                       const auto day = row % different;
                       return column == 1 ? std::string("a")
                                          : std::to_string(2024 + day / 336) + "-" +
                                                std::to_string(day / 28 % 12 + 1) + "-" +
                                                std::to_string(day % 28 + 1) + " 12:30";
                     }),
                options)
        .column("day");
  };
  const std::string advice = "make columns of year, month or weekday of them";
  const std::string taken = "dates or times, and new ones are unknown when predicting: " + advice +
                            ", or leave the column out (TableOptions::ignore = day)";
  EXPECT_EQ(in_words(days(400, 100).note), taken);
  EXPECT_EQ(in_words(days(40, 40).note), "40 different texts in 40 cells; dates or times: " + advice);
  EXPECT_EQ(in_words(days(3000, 1100).note), "more than 1000 different texts; dates or times: " + advice);
  EXPECT_EQ(in_words(days(400, 100, {.categorical = {"day"}}).note), "");
  EXPECT_EQ(in_words(days(400, 100, {.targets = {"day"}}).note), "");
  EXPECT_EQ(in_words(read("d\n2024-01-14\n?\n2024-01-15\n").column("d").note).substr(0, 14),
            taken.substr(0, 14));
  EXPECT_EQ(in_words(read("d\n2024-01-14\n-\n2024-01-15\n").column("d").note).substr(0, 14),
            taken.substr(0, 14));
  EXPECT_EQ(in_words(read("d\n2024-01-14\nlate\n2024-01-15\n").column("d").note), "");
  EXPECT_EQ(in_words(read("d\n-\nnone\n").column("d").note), "");
}

TEST(Table, NoneIsMissingAmongNumbersOnly) {
  const std::string note = "'None' taken as missing, since all other cells are numbers";
  const auto few = read("x,y\n1,None\nNone,red\n2,none\nnone,blue\n,red\n");
  expect_numbers(few.column("x").numbers, {1, kNaN, 2, kNaN, kNaN});
  EXPECT_EQ(few.column("x").missing, 3u);
  EXPECT_EQ(few.column("x").distinct, 2u);
  EXPECT_EQ(in_words(few.column("x").note), note);
  EXPECT_EQ(few.column("y").type.categories, (Texts{"None", "blue", "none", "red"}));
  EXPECT_EQ(read("x\nnone\nnone\n").column("x").type.categories, Texts{"none"});
  EXPECT_EQ(read("x\n1\nnone\n", {.categorical = {"x"}}).column("x").type.categories, (Texts{"1", "none"}));
  const auto target = read("x\n10\nnone\n9\n", {.targets = {"x"}}).column("x");
  expect_numbers(target.numbers, {10, kNaN, 9});
  EXPECT_EQ(target.codes, (Codes{1, Column::kMissing, 0}));
  EXPECT_EQ(target.type.categories, (Texts{"9", "10"}));

  const auto dash = read("x,y\n-,-\n-1.5,a\n2,-\n").column("x");
  expect_numbers(dash.numbers, {kNaN, -1.5, 2});
  EXPECT_EQ(in_words(dash.note), "'-' taken as missing, since all other cells are numbers");
  EXPECT_EQ(read("x\n1\n--\n").column("x").type.categories, (Texts{"--", "1"}));
  expect_numbers(read("x\n1,5\nNone\n2,5\n", {.delimiter = ';', .decimal = ','}).column("x").numbers,
                 {1.5, kNaN, 2.5});
  EXPECT_NE(in_words(read("x;y\n1,5;2\n-;3\n2,5;4\n").column("x").note).find("TableOptions::decimal = ','"),
            std::string::npos)
      << "they hide no format";

  // Before, between and after there are too many numbers for categories.
  for (const std::size_t where : {0u, 700u, 2999u}) {
    const auto rows = make({"x"}, 3000, [&](std::size_t row, std::size_t) {
      return row == where ? "None" : std::to_string(3 * row);
    });
    const auto x = read(rows).column("x");
    ASSERT_EQ(x.type.kind, ColumnKind::kNumeric) << where;
    EXPECT_TRUE(std::isnan(x.numbers[where]));
    EXPECT_EQ(x.missing, 1u);
    EXPECT_EQ(in_words(x.note), note);
    EXPECT_EQ(read(rows + "dear\n").column("x").type.kind, ColumnKind::kText);
  }

  // So it is where types are known.
  const ColumnType number{.name = "x"};
  const ColumnType classes{.name = "x", .kind = ColumnKind::kCategorical, .categories = {"1", "2"}};
  const ColumnType texts{.name = "x", .kind = ColumnKind::kCategorical, .categories = {"1", "red"}};
  const auto as = [](const ColumnType& type) {
    return read_table(stream_of("x\n1\nNone\n"), std::vector{type}).columns[0];
  };
  expect_numbers(as(number).numbers, {1, kNaN});
  EXPECT_EQ(as(classes).codes, (Codes{0, Column::kMissing}));
  EXPECT_EQ(as(texts).codes, (Codes{0, Column::kUnknown}));
}

TEST(Table, NumbersWrittenLikeCodesAreNoted) {
  const auto note = [](const Texts& cells, const TableOptions& options = {}) {
    std::string text = "plz\n";
    for (const auto& cell : cells) text += cell + "\n";
    const auto column = read(text, options).column("plz");
    EXPECT_EQ(column.type.kind,
              options.categorical.empty() ? ColumnKind::kNumeric : ColumnKind::kCategorical);
    return in_words(column.note);
  };
  const auto told = [](const std::string& code) {
    return "'" + code +
           "' has a 0 in front, as codes have: if they are no amounts, TableOptions::categorical = plz";
  };
  EXPECT_EQ(note({"50667", "01067", "04109", "01067"}), told("01067"));
  EXPECT_EQ(note({"50667", "01067"}, {.targets = {"plz"}}), "");
  EXPECT_EQ(note({"50667", "01067"}, {.categorical = {"plz"}}), "");
  EXPECT_EQ(note({"50667", "11067"}), "");
  EXPECT_EQ(note({"50667", "0106"}), "") << "as numbers that are not all as long";
  EXPECT_EQ(note({"0.25", "1.50"}), "");
  EXPECT_EQ(note({"0", "1", "2"}), "");
  Texts many;
  for (int i = 0; i < 3000; ++i) many.push_back(std::to_string(102'000 + 7 * i).replace(0, 1, "0"));
  EXPECT_EQ(note(many), told("002000"));
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

TEST(Table, WholeNumbersNamedLikeAnIdentifierAreFlagged) {
  const auto rows = make({"customer_id", "area", "store_id", ""}, 2000, [](std::size_t row, std::size_t i) {
    return std::to_string(i == 2 ? row % 9 : 10 * row + 7);
  });
  const auto table = read(rows, {.targets = {}});
  EXPECT_TRUE(table.column("customer_id").identifier);
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
  // The delimiter of the first line need not be the table's.
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
  // A table with other columns behind the first.
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
  // One row alone, a later one, no names, a name for the numbers of the rows.
  EXPECT_EQ(hint("a,b\n1,2,3\n4,5\n"), usual);
  EXPECT_EQ(hint("a,b\n1,2,\n4,5\n"), usual);
  EXPECT_EQ(hint("a,b,\n1,2\n4,5,6\n"), usual);
  EXPECT_EQ(hint("a,b,c\n1,2\n3,4\n"), usual);
  EXPECT_EQ(hint("a,b\n1,2\n1,2,3\n1,2,3\n"), usual);
  EXPECT_EQ(hint("1,2\n1,2,3\n", {.header = false}), usual);
  EXPECT_EQ(hint("#,b,c\n1,2\n3,4\n"), usual);
  // In a pipe no second row is waited for.
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
  // A row of empty cells, and in a table of one column an empty one.
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

TEST(Table, LongTextsAreNoCategories) {
  const std::string text = "a\n" + std::string(1001, 'x') + "\nNA\n1\n";
  const auto table = read(text);
  EXPECT_EQ(table.columns[0].type.kind, ColumnKind::kText);
  EXPECT_EQ(table.columns[0].missing, 1u);
  EXPECT_EQ(in_words(table.columns[0].note), "a text of more than 1000 bytes");
  refuse(text, {"line 2, record 2, column 1 ('a'): expected a category's name of at most 1000 bytes"},
         {.targets = {"a"}});
}

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
  // Only a model of a table without names can do with another.
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
