// Cells that are numbers, nearly numbers, or look like them.
#include "data/table/reading.h"

namespace mlp {
namespace {

using namespace table_reading;

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
  // More different cells than may be categories; the first and the last of either kind.
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

TEST(Table, AMarkMayBeWrittenPlainlyBesideADecimalComma) {
  const auto missing = [](const std::string& mark) {
    const auto column =
        read("a;y\n1;207.803,16\n2;-999,9\n3;12,5\n4;1.234\n", {.decimal = ',', .missing = {mark}})
            .column("y");
    std::vector<bool> result;
    for (const double number : column.numbers) result.push_back(std::isnan(number));
    return result;
  };
  using Cells = std::vector<bool>;
  EXPECT_EQ(missing("207803.16"), (Cells{true, false, false, false}));
  EXPECT_EQ(missing("207803,16"), (Cells{true, false, false, false}));
  EXPECT_EQ(missing("-999.9"), (Cells{false, true, false, false}));
  EXPECT_EQ(missing("1.234"), (Cells{false, false, false, true})) << "thousands, as in the table";
  EXPECT_EQ(missing("12.6"), (Cells{false, false, false, false}));
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
  // With one cell of another kind they are texts like any others.
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
  // Among more different numbers than may be categories.
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
  // More different ones than may be categories: the cell that decides comes late.
  Texts many;
  for (int n = 1; n < 3000; ++n)
    many.push_back(n < 1000 ? std::to_string(n)
                            : std::to_string(n / 1000) + "." + std::to_string(n % 1000 + 1000).substr(1));
  EXPECT_EQ(note_of(many), "'1.000' is read as 1; if it is 1000, TableOptions::decimal = ','");
  many.push_back("2999.5");
  EXPECT_EQ(note_of(many), "");
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

  // A point is no decimal mark where the comma is.
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

  // The same where types are known.
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

}  // namespace
}  // namespace mlp
