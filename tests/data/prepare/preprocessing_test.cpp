#include "mlp/preprocessing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/random.h"
#include "data/table/table_text.h"
#include "mlp/error.h"

namespace mlp {
namespace {

using testing_support::expect_error;
using testing_support::first_rows;
using testing_support::source_of;
using testing_support::table_of;
using Names = std::vector<std::string>;

LearnedPreprocessing learn(const Table& table, const PreprocessingOptions& options = {}) {
  return learn_preprocessing(table, first_rows(table.rows), options);
}

std::vector<float> encoded_row(const Preprocessing& preprocessing, const std::string& text) {
  const Table table = read_table(source_of(text), preprocessing.input_types());
  const Matrix<float> inputs = encode(preprocessing, table);
  return {inputs.row(0).begin(), inputs.row(0).end()};
}

// --- Numbers -----------------------------------------------------------------------------------------------

TEST(Preprocessing, ATableToPredictIsReadWithTheMarksAndTheDecimalMarkOfTheFirst) {
  const Preprocessing learned{
      .inputs = {{{.name = "x"}, NumericEncoding{}}}, .missing_marks = {"-999", "none"}, .decimal = ','};
  const auto numbers = read_table(source_of("x\n1,5\n-999\n"), learned.input_types(), learned.reading());
  EXPECT_EQ(numbers.columns.front().numbers.front(), 1.5);
  EXPECT_TRUE(std::isnan(numbers.columns.front().numbers.back()));
  const TableOptions options = learned.reading({.decimal = '.', .missing = {"none", "?!"}});
  EXPECT_EQ(options.missing, (std::vector<std::string>{"none", "?!", "-999"}));
  EXPECT_EQ(options.decimal, '.');
}

TEST(Preprocessing, NumbersGetMeanZeroAndDeviationOne) {
  const auto [preprocessing, notes, left_out] = learn(table_of("x\n1\n3\n5\n7\n"));
  EXPECT_EQ(preprocessing.feature_names(), Names{"x"});
  const auto& encoding = std::get<NumericEncoding>(preprocessing.inputs.at(0).encoding);
  EXPECT_EQ(encoding,
            (NumericEncoding{.fill = 4, .center = 4, .spread = std::sqrt(5.0), .least = 1, .most = 7}));
  EXPECT_EQ(encoded_row(preprocessing, "x\n9\n"), std::vector<float>{static_cast<float>(5 / std::sqrt(5.0))});
  EXPECT_TRUE(notes.empty());
}

TEST(Preprocessing, AMissingNumberIsTheMedianAndSaysSo) {
  const auto [preprocessing, notes, left_out] = learn(table_of("x\n1\n2\nNA\n9\n"));
  EXPECT_EQ(preprocessing.feature_names(), (Names{"x", "x missing"}));
  const auto& encoding = std::get<NumericEncoding>(preprocessing.inputs.at(0).encoding);
  EXPECT_EQ(encoding.fill, 2);    // the median of 1, 2, 9
  EXPECT_EQ(encoding.center, 4);  // their mean
  const auto scaled = [&](double x) { return static_cast<float>((x - 4) / encoding.spread); };
  EXPECT_EQ(encoded_row(preprocessing, "x\n?\n"), (std::vector<float>{scaled(2), 1}));
  EXPECT_EQ(encoded_row(preprocessing, "x\n9\n"), (std::vector<float>{scaled(9), 0}));
}

TEST(Preprocessing, WithoutMissingTrainingCellsThereIsNoInputForThem) {
  const auto preprocessing = learn(table_of("x\n1\n2\n9\n")).preprocessing;
  EXPECT_EQ(preprocessing.width(), 1u);
  EXPECT_EQ(encoded_row(preprocessing, "x\nNA\n"), encoded_row(preprocessing, "x\n2\n"));
}

TEST(Preprocessing, RobustScalingIgnoresOutliers) {
  const Table table = table_of("x\n1\n2\n3\n4\n1000000\n");
  const auto preprocessing = learn(table, {.scaling = InputScaling::kRobust}).preprocessing;
  const auto& encoding = std::get<NumericEncoding>(preprocessing.inputs.at(0).encoding);
  EXPECT_EQ(encoding.center, 3);
  EXPECT_NEAR(encoding.spread, (4 - 2) / 1.349, 1e-12);
}

TEST(Preprocessing, RobustScalingOfEqualQuartilesTakesWiderQuantilesThenTheDeviation) {
  // `others` rows of 5 and `ones` of 15.
  const auto encoding_of = [](int others, int ones) {
    std::string text = "x\n";
    for (int i = 0; i < others + ones; ++i) text += i < others ? "5\n" : "15\n";
    const auto preprocessing = learn(table_of(text), {.scaling = InputScaling::kRobust}).preprocessing;
    return std::get<NumericEncoding>(preprocessing.inputs.at(0).encoding);
  };
  EXPECT_EQ(encoding_of(800, 200).center, 5);
  // That many standard deviations lie between the quantiles of a normal distribution.
  EXPECT_NEAR(encoding_of(700, 300).spread, 10 / (2 * 0.6745), 1e-3);
  EXPECT_NEAR(encoding_of(800, 200).spread, 10 / (2 * 1.2816), 1e-3);
  EXPECT_NEAR(encoding_of(920, 80).spread, 10 / (2 * 1.6449), 1e-3);
  EXPECT_NEAR(encoding_of(960, 40).spread, 10 / (2 * 1.9600), 1e-3);
  EXPECT_NEAR(encoding_of(980, 20).spread, 10 / (2 * 2.3263), 1e-3);
  EXPECT_DOUBLE_EQ(encoding_of(999, 1).spread, 10 * std::sqrt(0.001 * 0.999));
}

TEST(Preprocessing, RobustScalingClipsSoftly) {
  const auto preprocessing =
      learn(table_of("x\n1\n2\n3\n4\n5\n"), {.scaling = InputScaling::kRobust}).preprocessing;
  const double spread = (4 - 2) / 1.349;
  const auto input = [&](const std::string& cell) {
    return encoded_row(preprocessing, "x\n" + cell + "\n")[0];
  };
  EXPECT_EQ(input("3"), 0);
  const double x = (5 - 3) / spread;
  EXPECT_NEAR(input("5"), x / std::sqrt(1 + x * x / 9), 1e-6);
  EXPECT_NEAR(input("1"), -x / std::sqrt(1 + x * x / 9), 1e-6);
  EXPECT_NEAR(input("3.01"), 0.01 / spread, 1e-7) << "as good as not clipped";
  EXPECT_LT(input("20"), input("30"));
  EXPECT_EQ(input("1e308"), 3);
  EXPECT_EQ(input("-1e308"), -3);
}

/// y of 0 to 99, and `codes`.
std::string numbers_and(const std::vector<std::string>& codes, int rows = 1000) {
  std::string text = "x,y\n";
  for (int i = 0; i < rows; ++i)
    text += std::to_string(i * 37 % 100) + "," + std::to_string(i * 53 % 1009) + "\n";
  for (const auto& code : codes) text += code + ",7\n";
  return text;
}

TEST(Preprocessing, AColumnWithExtremeNumbersIsScaledRobustlyByDefault) {
  const auto encoding_of = [](const std::string& text) {
    return std::get<NumericEncoding>(learn(table_of(text)).preprocessing.inputs.at(0).encoding);
  };
  const NumericEncoding plain = encoding_of(numbers_and({}));
  EXPECT_DOUBLE_EQ(plain.center, 49.5);
  EXPECT_EQ(plain.clip, 0);
  for (const std::string code : {"99999999", "1e20", "-1e300"}) {
    const NumericEncoding encoding = encoding_of(numbers_and(std::vector<std::string>(10, code)));
    EXPECT_EQ(encoding.center, 49.5) << code;
    EXPECT_NEAR(encoding.spread, 49.5 / 1.349, 1e-9) << code;
    EXPECT_EQ(encoding.clip, 3) << code;
    EXPECT_EQ(encoding.least, std::min(0.0, std::stod(code)));
    EXPECT_EQ(encoding.most, std::max(99.0, std::stod(code)));
  }
  // 10 spreads are 367.
  EXPECT_EQ(encoding_of(numbers_and({"410"})).clip, 0);
  EXPECT_EQ(encoding_of(numbers_and({"425"})).clip, 3);
}

TEST(Preprocessing, NumbersFarFromAllOthersAreNoted) {
  const auto notes_of = [](const std::string& text) { return in_words(learn(table_of(text)).notes); };
  const auto with = [&](const std::vector<std::string>& codes) { return notes_of(numbers_and(codes)); };
  EXPECT_EQ(
      with(std::vector<std::string>(10, "99999999")),
      Names{"column 'x': 10 of 1010 numbers are 99999999, far from all others (0 to 99): where that stands "
            "for a missing value, TableOptions::missing = 99999999 says so"});
  EXPECT_EQ(with({"-999"}),
            Names{"column 'x': 1 of 1001 numbers is -999, far from all others (0 to 99): where "
                  "that stands for a missing value, TableOptions::missing = -999 says so"});
  EXPECT_EQ(
      with({"-9999", "1e20", "2e20", "1e20"}),
      Names{"column 'x': 1 of 1004 numbers is -9999, and 3 of 1004 numbers are 1e+20 to 2e+20, far from all "
            "others (0 to 99): where that stands for a missing value, TableOptions::missing = {-9999, 1e+20, "
            "2e+20} says "
            "so"});
  EXPECT_EQ(with({"420"}),
            Names{"column 'x': 1 of 1001 numbers is 420, far from all others (0 to 99): where that "
                  "stands for a missing value, TableOptions::missing = 420 says so"});
  // A long tail, a flag that is rarely set, two clusters, and too few numbers: none of these counts as apart.
  std::string tail = "x\n", flag = "x\n", heaps = "x\n";
  for (int i = 0; i < 1000; ++i) {
    tail += std::to_string(std::exp(0.008 * i)) + "\n";
    flag += i == 500 ? "1\n" : "0\n";
    heaps += std::to_string(i % 8 == 0 ? 99999 + i % 3 : i % 50) + "\n";
  }
  for (const auto& text : {tail, flag, heaps, numbers_and({}), std::string("x\n1\n2\n3\n4\n99999\n")})
    EXPECT_EQ(notes_of(text), Names{});
}

TEST(Preprocessing, ACodeInManyCellsLeavesTheOthersTheirScale) {
  for (const std::size_t codes : {10u, 300u, 900u}) {
    const auto [preprocessing, notes, left_out] =
        learn(table_of(numbers_and(std::vector<std::string>(codes, "-999"))));
    const auto& encoding = std::get<NumericEncoding>(preprocessing.inputs.at(0).encoding);
    EXPECT_EQ(encoding.center, 49.5) << codes;
    EXPECT_NEAR(encoding.spread, 49.5 / 1.349, 1e-9) << codes;
    EXPECT_EQ(notes.size(), 1u) << codes;
  }
}

TEST(Preprocessing, DecodingKnowsTheEndsOfAClippedColumn) {
  const Table table = table_of(numbers_and({"99999999", "-1e20", "4000"}));
  const auto preprocessing = learn(table).preprocessing;
  const Table back = decode(preprocessing, encode(preprocessing, table));
  const auto& numbers = back.columns[0].numbers;
  for (std::size_t row = 0; row < 1000; ++row) ASSERT_EQ(numbers[row], table.columns[0].numbers[row]);
  EXPECT_EQ(numbers[1000], 99999999);
  EXPECT_EQ(numbers[1001], -1e20);
  EXPECT_NEAR(numbers[1002], 4000, 1);
}

TEST(Preprocessing, ANumberThatIsAlwaysTheSameButOftenMissingIsOnlyThatItIsThere) {
  const auto preprocessing = learn(table_of("x,y\n5,1\nNA,2\n5,3\n")).preprocessing;
  EXPECT_EQ(preprocessing.feature_names(), (Names{"x", "x missing", "y"}));
  // Training saw no other number: no weight was learned for it.
  EXPECT_EQ(encoded_row(preprocessing, "x,y\n1000,2\n"), (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(encoded_row(preprocessing, "x,y\n,2\n"), (std::vector<float>{0, 1, 0}));
}

TEST(Preprocessing, HugeNumbersAreScaledOrRefusedNeverInfinite) {
  const auto huge = learn(table_of("x\n1e307\n-1e307\n3e307\n")).preprocessing;
  for (const float input : encoded_row(huge, "x\n2e307\n")) EXPECT_LT(std::abs(input), 1);
  const auto small = learn(table_of("a,x\n1,1\n2,2\n3,4\n")).preprocessing;
  const Table table = read_table(source_of("a,x\n1,1\n2,1e300\n"), small.input_types());
  expect_error<DataError>([&] { encode(small, table); }, {"test.csv", "'x'", "row 2", "1e+300"});
  // Numbers far apart: the difference alone overflows.
  const auto wide = learn(table_of("x\n-1e308\n-1.1e308\n-1.2e308\n")).preprocessing;
  const Table far = read_table(source_of("x\n1e308\n"), wide.input_types());
  expect_error<DataError>([&] { encode(wide, far); }, {"row 1"});
  // The smallest numbers there are.
  const auto tiny = learn(table_of("x\n5e-324\n1e-323\n")).preprocessing;
  for (const float input : encoded_row(tiny, "x\n5e-324\n")) EXPECT_TRUE(std::isfinite(input));
}

TEST(Preprocessing, TimesKeepTheirSecondsWhichAFloatWouldNot) {
  const auto preprocessing = learn(table_of("t\n1700000000\n1700000002\n1700000004\n")).preprocessing;
  EXPECT_NEAR(encoded_row(preprocessing, "t\n1700000003\n")[0], 1 / std::sqrt(8.0 / 3), 1e-6);
}

// --- Booleans and categories -------------------------------------------------------------------------------

TEST(Preprocessing, BooleansAreZeroAndOne) {
  const auto plain = learn(table_of("b\nyes\nno\nyes\nyes\n")).preprocessing;
  EXPECT_EQ(plain.feature_names(), Names{"b=yes"});
  EXPECT_EQ(encoded_row(plain, "b\nYES\n"), std::vector<float>{1});
  EXPECT_EQ(encoded_row(plain, "b\nno\n"), std::vector<float>{0});
  EXPECT_EQ(encoded_row(plain, "b\nNA\n"), std::vector<float>{0.75f});  // the share of yes
  EXPECT_EQ(encoded_row(plain, "b\nmaybe\n"), std::vector<float>{0.75f});
  const auto holes = learn(table_of("b\nyes\nno\nNA\nNA\n")).preprocessing;
  EXPECT_EQ(holes.feature_names(), (Names{"b=yes", "b missing"}));
  EXPECT_EQ(encoded_row(holes, "b\nNA\n"), (std::vector<float>{0.5f, 1}));
  EXPECT_EQ(encoded_row(holes, "b\nmaybe\n"), (std::vector<float>{0.5f, 1}));
  EXPECT_EQ(encoded_row(holes, "b\nyes\n"), (std::vector<float>{1, 0}));
}

TEST(Preprocessing, ACategoryIsOneOfItsInputs) {
  const auto preprocessing = learn(table_of("origin\nUSA\nJapan\nNA\nUSA\n")).preprocessing;
  EXPECT_EQ(preprocessing.feature_names(), (Names{"origin=Japan", "origin=USA", "origin=?"}));
  EXPECT_EQ(encoded_row(preprocessing, "origin\nJapan\n"), (std::vector<float>{1, 0, 0}));
  EXPECT_EQ(encoded_row(preprocessing, "origin\nUSA\n"), (std::vector<float>{0, 1, 0}));
  EXPECT_EQ(encoded_row(preprocessing, "origin\nNA\n"), (std::vector<float>{0, 0, 1}));
  EXPECT_EQ(encoded_row(preprocessing, "origin\nFrance\n"), (std::vector<float>{0, 0, 1}));
}

TEST(Preprocessing, WhatTrainingNeverMissedIsTheAverageRow) {
  const auto preprocessing = learn(table_of("origin\nUSA\nJapan\nUSA\nUSA\n")).preprocessing;
  EXPECT_EQ(preprocessing.feature_names(), (Names{"origin=Japan", "origin=USA"}));
  EXPECT_EQ(encoded_row(preprocessing, "origin\nFrance\n"), (std::vector<float>{0.25f, 0.75f}));
  EXPECT_EQ(encoded_row(preprocessing, "origin\n?\n"), (std::vector<float>{0.25f, 0.75f}));
}

TEST(Preprocessing, ACategoryOutsideTheTrainingRowsIsUnknown) {
  const Table table = table_of("c\na\nb\nb\nz\n");
  const auto preprocessing = learn_preprocessing(table, first_rows(3)).preprocessing;
  EXPECT_EQ(preprocessing.inputs.at(0).type.categories, (Names{"a", "b"}));
  const Matrix<float> inputs = encode(preprocessing, table);  // from the codes of the whole table
  EXPECT_EQ(inputs(1, 1), 1);
  EXPECT_EQ(inputs(3, 0), static_cast<float>(1.0 / 3));
  EXPECT_EQ(inputs(3, 1), static_cast<float>(2.0 / 3));
}

TEST(Preprocessing, NumbersAskedForAsCategories) {
  const auto preprocessing =
      learn(table_of("cyl,x\n4,1\n8,2\n4,3\n10,4\n", {.categorical = {"cyl"}})).preprocessing;
  EXPECT_EQ(preprocessing.feature_names(), (Names{"cyl=4", "cyl=8", "cyl=10", "x"}));
  // Another program may write them as 8.0.
  EXPECT_EQ(encoded_row(preprocessing, "x,cyl\n2.5,8.0\n"), (std::vector<float>{0, 1, 0, 0}));
  EXPECT_EQ(encoded_row(preprocessing, "x,cyl\n2.5,9\n"), (std::vector<float>{0.5f, 0.25f, 0.25f, 0}));
}

// --- Columns left out --------------------------------------------------------------------------------------

TEST(Preprocessing, ColumnsThatTeachNothingAreLeftOutWithANote) {
  std::string text = "id,name,five,same,empty,x\n";
  for (int n = 0; n < 30; ++n)
    text += std::to_string(1000 + n) + ",name " + std::to_string(n) + ",5,always,NA," +
            std::to_string(n % 7) + "\n";
  const auto [preprocessing, notes, left_out] = learn(table_of(text));
  EXPECT_EQ(preprocessing.feature_names(), Names{"x"});
  EXPECT_EQ(in_words(notes),
            (Names{"column 'id' left out: whole numbers, named like an identifier and nearly all different",
                   "column 'name' left out: text (30 different texts in 30 cells)",
                   "2 columns left out: one value in every training row: 'five' (5), 'same' ('always')",
                   "column 'empty' left out: no value in the training rows"}));
  ASSERT_EQ(left_out.size(), 5u);
  EXPECT_EQ(left_out[2].name, "five");
  EXPECT_EQ(in_words(left_out[2].reason), "5 in every training row");
  // A text that is asked for as categories stays.
  const auto asked = learn(table_of(text, {.categorical = {"name"}})).preprocessing;
  EXPECT_EQ(asked.width(), 31u);
}

TEST(Preprocessing, ColumnsLeftOutForTheSameReasonShareANote) {
  std::string names = "x", row;
  for (int c = 0; c < 153; ++c) {
    names += ",p" + std::to_string(c);
    row += "," + std::to_string(c % 2);
  }
  for (const char* more : {"user_id", "LoanId", "a", "b", "name", "title", "code", "zip"})
    names += "," + std::string(more);
  std::string text = names + "\n";
  for (int n = 0; n < 30; ++n) {
    const std::string number = std::to_string(n);
    text += std::to_string(n % 7) + row + "," + std::to_string(7 * n) + "," + std::to_string(900 - 3 * n) +
            ",,NA,name " + number + ",t" + number + ",0" + std::to_string(100 + n % 5) + ",0" +
            std::to_string(200 + n % 4) + "\n";
  }
  const auto [preprocessing, notes, left_out] = learn(table_of(text));
  EXPECT_EQ(preprocessing.feature_names(), (Names{"x", "code", "zip"}));
  const std::string code =
      "has a 0 in front, as codes have: if they are no amounts, TableOptions::categorical = ";
  EXPECT_EQ(
      in_words(notes),
      (Names{
          "153 columns left out: one value in every training row: 'p0' (0), 'p1' (1), 'p2' (0) and 150 more",
          "2 columns left out: identifiers, whole numbers and nearly all different: 'user_id', 'LoanId'",
          "2 columns left out: no value in the training rows: 'a', 'b'",
          "2 columns left out: text: 'name' (30 different texts in 30 cells), 'title' (30 different texts in "
          "30 cells)",
          "2 columns taken as numeric: 'code' ('0100' " + code + "code), 'zip' ('0200' " + code + "zip)"}));
  // The report names all of them.
  ASSERT_EQ(left_out.size(), 159u);
  EXPECT_EQ(left_out[152].name, "p152");
  EXPECT_EQ(in_words(left_out[152].reason), "0 in every training row");
}

TEST(Preprocessing, RowNumbersAreLeftOutWhereThereIsAnythingElse) {
  const auto left_out = [](std::size_t rows, auto number, const PreprocessingOptions& options = {},
                           const std::string& other = "") {
    std::string text = "Objekt-Nr,x\n";
    for (std::size_t row = 0; row < rows; ++row)
      text += std::string(number(row)) + "," + (other.empty() ? std::to_string(row % 9) : other) + "\n";
    const auto [preprocessing, notes, columns] = learn(table_of(text), options);
    const bool is = preprocessing.inputs.front().type.name != "Objekt-Nr";
    EXPECT_EQ(is, std::ranges::count(in_words(notes),
                                     "column 'Objekt-Nr' left out: whole numbers, each one more than "
                                     "above: they number the rows") == 1);
    EXPECT_EQ(preprocessing.inputs.size(), is || !options.excluded.empty() || !other.empty() ? 1u : 2u);
    return is;
  };
  const auto from = [](int first) {
    return [first](std::size_t row) { return std::to_string(first + static_cast<int>(row)); };
  };
  for (const int first : {0, 1, 10'000, -5}) EXPECT_TRUE(left_out(20, from(first))) << first;
  EXPECT_TRUE(left_out(3000, from(1)));
  EXPECT_TRUE(left_out(700, from(1500))) << "no years";
  EXPECT_FALSE(left_out(130, from(1901))) << "years";
  EXPECT_FALSE(left_out(19, from(1))) << "few rows";
  EXPECT_FALSE(left_out(30, from(1), {.excluded = {"x"}})) << "nothing else is there";
  EXPECT_FALSE(left_out(30, from(1), {}, "7")) << "nothing else to learn from is there";
  EXPECT_FALSE(left_out(30, [](std::size_t row) { return std::to_string(row + row / 29); }));
  EXPECT_FALSE(left_out(30, [](std::size_t row) { return std::to_string(30 - row); }));
  EXPECT_FALSE(left_out(30, [](std::size_t row) { return std::to_string(row) + ".5"; }));
  EXPECT_FALSE(left_out(30, [](std::size_t row) { return row == 7 ? "" : std::to_string(row); }));
  // With two such columns, only the first is kept.
  std::string text = "n,m,y\n";
  for (int row = 0; row < 30; ++row)
    text += std::to_string(row) + "," + std::to_string(row + 1) + "," + std::to_string(row % 7) + "\n";
  const auto learned = learn(table_of(text), {.excluded = {"y"}});
  const auto& notes = learned.notes;
  EXPECT_EQ(learned.preprocessing.feature_names(), Names{"n"});
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_TRUE(in_words(notes[0]).starts_with("column 'm' left out: whole numbers")) << in_words(notes[0]);
  // In another order they are ordinary amounts, and so are those of rows drawn for training.
  const auto table = table_of(text);
  EXPECT_EQ(
      learn_preprocessing(table, std::vector<std::uint32_t>{3, 5, 20}, {}).preprocessing.feature_names(),
      Names{"y"})
      << "the whole table's rows are looked at";
}

TEST(Preprocessing, TheTrainingRowsDecideWhatIsConstant) {
  const Table table = table_of("x,y,b\n1,1,no\n1,2,no\n7,3,yes\n");
  const auto [preprocessing, notes, left_out] = learn_preprocessing(table, first_rows(2));
  EXPECT_EQ(preprocessing.feature_names(), Names{"y"});
  EXPECT_EQ(in_words(notes),
            Names{"2 columns left out: one value in every training row: 'x' (1), 'b' ('no')"});
  const auto empty = learn_preprocessing(table_of("x,y\nNA,1\n,2\n3,3\n"), first_rows(2));
  EXPECT_EQ(empty.preprocessing.feature_names(), Names{"y"});
}

TEST(Preprocessing, AColumnThatIsNotWhatItSeemsHasANote) {
  const auto [preprocessing, notes, left_out] = learn(table_of("x,y\n1,1\n2,2\nlow,3\n1,4\n2,5\nlow,6\n"));
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_TRUE(in_words(notes[0]).starts_with("column 'x' taken as categorical: 'low' among numbers"))
      << in_words(notes[0]);
}

TEST(Preprocessing, AColumnThatBecomesManyInputsHasANote) {
  for (const int categories : {50, 51}) {
    std::string text = "town,day,y\n";
    for (int n = 0; n < 4 * categories; ++n) {
      const int code = n % categories;
      text += "town " + std::to_string(code) + ",2024-" + std::to_string(code / 28 + 1) + "-" +
              std::to_string(code % 28 + 1) + "," + std::to_string(n % 7) + "\n";
    }
    const auto [preprocessing, notes, left_out] = learn(table_of(text));
    EXPECT_EQ(preprocessing.width(), static_cast<std::size_t>(2 * categories + 1));
    const std::string dates =
        ": dates or times, and new ones are unknown when predicting: make columns of year, month or weekday "
        "of "
        "them, or leave the column out (TableOptions::ignore = day)";
    if (categories == 50) {
      EXPECT_EQ(in_words(notes), Names{"column 'day' taken as categorical" + dates});
    } else {
      EXPECT_EQ(in_words(notes),
                (Names{"column 'town' taken as 51 categories, each an input of its own",
                       "column 'day' taken as 51 categories, each an input of its own" + dates}));
    }
  }
}

TEST(Preprocessing, WithoutAnyColumnLeftItSaysWhy) {
  const Table table = table_of("x,y\n1,1\n1,2\n");
  expect_error<DataError>([&] { learn(table, {.excluded = {"y"}}); },
                          {"test.csv", "no column is left", "column 'x' left out: 1 in every training row"});
  expect_error<UsageError>([&] { learn(table, {.excluded = {"z"}}); }, {"no column 'z'"});
  EXPECT_THROW(learn_preprocessing(table, {}), std::invalid_argument);
  EXPECT_THROW(learn_preprocessing(table, std::vector<std::uint32_t>{2}), std::invalid_argument);
}

// --- Encoding ----------------------------------------------------------------------------------------------

/// A table with a column of each kind; cells are missing in all columns but the last one of numbers.
std::string mixed_text(std::size_t rows, std::uint64_t seed) {
  const RandomStream random(seed, RandomPurpose::kTest, 9);
  std::string text = "x,b,c,y\n";
  for (std::size_t n = 0; n < rows; ++n) {
    const auto cell = [&](std::size_t column, const std::string& value) {
      return random.uniform(8 * n + column) < 0.2 ? std::string() : value;
    };
    text += cell(0, std::to_string(random.normal(8 * n + 3) * 1000)) + "," +
            cell(1, random.bits(32 * n + 16) % 3 == 0 ? "true" : "false") + "," +
            cell(2, std::string(1, static_cast<char>('a' + random.bits(32 * n + 20) % 5))) + "," +
            std::to_string(random.normal(8 * n + 6)) + "\n";
  }
  return text;
}

TEST(Preprocessing, ARowsEncodingDependsOnThatRowAlone) {
  const Table table = table_of(mixed_text(200, 1));
  const auto preprocessing = learn_preprocessing(table, first_rows(120)).preprocessing;
  const Matrix<float> all = encode(preprocessing, table);
  ASSERT_EQ(all.columns(), preprocessing.feature_names().size());
  const std::vector<std::uint32_t> some = {150, 3, 3, 199, 0};
  const Matrix<float> part = encode(preprocessing, table, some);
  for (std::size_t n = 0; n < some.size(); ++n)
    EXPECT_TRUE(std::ranges::equal(part.row(n), all.row(some[n])));
  // Read in pieces, by name, with the types of the preprocessing.
  const std::string text = mixed_text(200, 1);
  std::size_t row = 0;
  read_table_in_pieces(source_of(text), preprocessing.input_types(), {}, 7, [&](const Table& piece) {
    const Matrix<float> inputs = encode(preprocessing, piece);
    for (std::size_t n = 0; n < inputs.rows(); ++n, ++row)
      ASSERT_TRUE(std::ranges::equal(inputs.row(n), all.row(row))) << row;
  });
  EXPECT_EQ(row, 200u);
}

TEST(Preprocessing, OtherRowsDoNotMatterToWhatIsLearned) {
  const Table table = table_of(mixed_text(200, 2));
  for (const InputScaling scaling : {InputScaling::kAuto, InputScaling::kStandard, InputScaling::kRobust}) {
    const auto expected = learn_preprocessing(table, first_rows(150), {.scaling = scaling});
    Table changed = table;
    for (std::size_t row = 150; row < 200; ++row) {
      for (Column& column : changed.columns) {
        if (!column.numbers.empty()) column.numbers[row] = row % 2 == 0 ? -1e200 : std::nan("");
        if (!column.codes.empty()) column.codes[row] = row % 2 == 0 ? 0 : Column::kMissing;
      }
    }
    const auto found = learn_preprocessing(changed, first_rows(150), {.scaling = scaling});
    EXPECT_EQ(found.preprocessing, expected.preprocessing);
    EXPECT_EQ(found.notes, expected.notes);
    for (std::size_t row = 0; row < 10; ++row) changed.columns[3].numbers[row] = 1e6;
    EXPECT_NE(learn_preprocessing(changed, first_rows(150), {.scaling = scaling}).preprocessing,
              expected.preprocessing);
  }
}

TEST(Preprocessing, DecodingIsTheInverseOfEncoding) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Table table = table_of(mixed_text(100, seed));
    for (const InputScaling scaling : {InputScaling::kStandard, InputScaling::kRobust}) {
      const auto preprocessing = learn(table, {.scaling = scaling}).preprocessing;
      const Matrix<float> inputs = encode(preprocessing, table);
      const Table back = decode(preprocessing, inputs);
      ASSERT_EQ(back.columns.size(), table.columns.size());
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& expected = table.columns[i];
        const Column& found = back.columns[i];
        EXPECT_EQ(found.type, expected.type);
        EXPECT_EQ(found.codes, expected.codes);
        EXPECT_EQ(found.missing, expected.missing);
        ASSERT_EQ(found.numbers.size(), expected.numbers.size());
        for (std::size_t n = 0; n < found.numbers.size(); ++n) {
          EXPECT_EQ(std::isnan(found.numbers[n]), std::isnan(expected.numbers[n]));
          if (std::isnan(expected.numbers[n])) continue;
          const auto& encoding = std::get<NumericEncoding>(preprocessing.inputs[i].encoding);
          // The tolerance is a float's rounding of the scaled number; where it was clipped, divided by the
          // slope there.
          const double off = std::abs(expected.numbers[n] - encoding.center);
          const double clipped = encoding.clip > 0 ? off / encoding.spread / encoding.clip : 0;
          EXPECT_NEAR(found.numbers[n], expected.numbers[n], std::ldexp(off * (1 + clipped * clipped), -23));
        }
      }
      EXPECT_EQ(encode(preprocessing, back), inputs);  // and the other way round
    }
  }
}

TEST(Preprocessing, DecodingGivesTheCellsNumbers) {
  // Numbers with as many digits as a float holds come back unchanged, whatever mean and deviation scaled
  // them.
  const RandomStream random(8, RandomPurpose::kTest, 3);
  std::string text = "senior,price,share,small,large\n";
  for (std::size_t n = 0; n < 500; ++n) {
    const auto whole = [&](std::size_t which, std::uint64_t bound) {
      return std::to_string(random.below(bound, 5 * n + which));
    };
    text += whole(0, 2) + "," + whole(1, 250'000) + "0,-" + whole(2, 90) + ".25," + whole(3, 999) + "e-9," +
            whole(4, 9999) + "e12\n";
  }
  const Table table = table_of(text);
  const auto preprocessing = learn(table).preprocessing;
  const Table back = decode(preprocessing, encode(preprocessing, table));
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    EXPECT_EQ(back.columns[i].numbers, table.columns[i].numbers) << table.columns[i].type.name;
}

TEST(Preprocessing, ColumnsThatDoNotFitAreRefused) {
  const auto preprocessing = learn(table_of("x,b,c\n1,yes,u\n2,no,v\n3,yes,w\n")).preprocessing;
  expect_error<UsageError>([&] { encode(preprocessing, table_of("x,b\n1,yes\n2,no\n")); }, {"no column 'c'"});
  expect_error<DataError>([&] { encode(preprocessing, table_of("x,b,c\nu,yes,u\nv,no,v\n")); },
                          {"column 'x'", "expected numeric, found categorical"});
  expect_error<DataError>([&] { encode(preprocessing, table_of("x,b,c\n1,2,u\n3,4,v\n")); },
                          {"column 'b'", "expected boolean, found numeric"});
  expect_error<DataError>([&] { encode(preprocessing, table_of("x,b,c\n1,yes,yes\n3,no,no\n")); },
                          {"column 'c'", "expected categorical, found boolean"});
}

TEST(Preprocessing, ProblemsHaveAPlace) {
  const auto good = learn(table_of("x,b,c\n1,yes,u\n2,no,v\n3,yes,w\n")).preprocessing;
  EXPECT_EQ(problem(good), "");
  const auto with = [&](const auto& change) {
    Preprocessing bad = good;
    change(bad);
    return problem(bad);
  };
  const double nan = std::nan("");
  EXPECT_EQ(with([](auto& p) { p.inputs[1].type.name = "x"; }), "inputs[1]: the column 'x' stands twice");
  EXPECT_EQ(with([](auto& p) { p.targets = {{.name = "c"}}; }), "targets[0]: the column 'c' stands twice");
  for (const double spread : {-1.0, nan, std::numeric_limits<double>::infinity()})
    EXPECT_EQ(with([&](auto& p) { std::get<NumericEncoding>(p.inputs[0].encoding).spread = spread; }),
              "inputs[0]: fill, center and spread must be finite, the spread not negative");
  EXPECT_NE(with([&](auto& p) { std::get<NumericEncoding>(p.inputs[0].encoding).fill = nan; }), "");
  EXPECT_NE(with([&](auto& p) { std::get<NumericEncoding>(p.inputs[0].encoding).center = nan; }), "");
  EXPECT_EQ(with([&](auto& p) { std::get<BooleanEncoding>(p.inputs[1].encoding).fill = 1.5; }),
            "inputs[1]: the fill must lie in [0, 1]");
  EXPECT_EQ(with([](auto& p) { p.inputs[1].type.categories.pop_back(); }),
            "inputs[1]: expected 2 categories, found 1");
  EXPECT_EQ(with([](auto& p) { p.inputs[2].type.categories.pop_back(); }),
            "inputs[2]: 2 categories but 3 shares");
  EXPECT_EQ(with([](auto& p) { p.inputs[2].type.categories[1] = "u"; }),
            "inputs[2]: the category 'u' stands twice");
  EXPECT_EQ(with([&](auto& p) { std::get<OneHotEncoding>(p.inputs[2].encoding).shares[0] = nan; }),
            "inputs[2]: a share that does not lie in [0, 1]");
  EXPECT_EQ(with([](auto& p) { p.inputs[2].type.kind = ColumnKind::kText; }),
            "inputs[2]: a text cannot be learned");
  EXPECT_EQ(with([](auto& p) { p.inputs[0].encoding = BooleanEncoding{}; }),
            "inputs[0]: a column that is numeric encoded as boolean");
  EXPECT_EQ(with([](auto& p) { p.inputs[0].type.categories = {"1"}; }),
            "inputs[0]: a numeric column with categories");
  EXPECT_EQ(with([](auto& p) { p.inputs.clear(); }), "expected 1 to 16777216 network inputs, found 0");
  EXPECT_EQ(
      with([](auto& p) {
        p.targets = {{.name = "u"}, {.name = "v", .kind = ColumnKind::kCategorical, .categories = {"a"}}};
      }),
      "targets[1]: one of several targets, and not numeric");
}

}  // namespace
}  // namespace mlp
