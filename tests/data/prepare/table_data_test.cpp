#include "mlp/table_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "core/random.h"
#include "data/table/table_text.h"
#include "mlp/error.h"

namespace mlp {
namespace {

using testing_support::expect_error;
using testing_support::source_of;
using testing_support::table_of;
using Names = std::vector<std::string>;

/// x, a class by its sign, one of three kinds, and a weight; one row in ten has no class.
std::string example(std::size_t rows) {
  const RandomStream random(3, RandomPurpose::kTest, 1);
  std::string text = "x,kind,class,y,w\n";
  for (std::size_t n = 0; n < rows; ++n) {
    const double x = random.normal(4 * n);
    const char* label = n % 10 == 7 ? "" : x > 1 ? "high" : "low";
    text += std::to_string(x) + "," + "abc"[random.bits(16 * n + 4) % 3] + "," + label + "," +
            std::to_string(3 * x + 1) + "," + std::to_string(n % 4) + "\n";
  }
  return text;
}

Table example_table(const std::string& target = "class") {
  return table_of(example(200), {.targets = {target}});
}

TEST(TableData, ClassesAreLabelsWithTheirTexts) {
  const DataSplit data = split_table(example_table(), {.targets = {"class"}, .seed = 4});
  EXPECT_EQ(data.train.task(), Task::kClassification);
  EXPECT_EQ(data.train.class_names, (Names{"high", "low"}));
  EXPECT_EQ(data.train.feature_names, (Names{"x", "kind=a", "kind=b", "kind=c", "y", "w"}));
  EXPECT_EQ(data.train.rows(), 144u);  // 180 have a class, a fifth of them is the test set
  EXPECT_EQ(data.test.rows(), 36u);
  EXPECT_EQ(in_words(data.notes), Names{"20 of 200 rows left out: no value in 'class'"});
  EXPECT_TRUE(data.train.sample_weights.empty());
  EXPECT_NO_THROW(validate(data.train));
  EXPECT_NO_THROW(validate(data.test));
  ASSERT_TRUE(data.train.preprocessing);
  EXPECT_EQ(data.train.preprocessing, data.test.preprocessing);
  // Every label belongs to its row: "high" where the decoded x is above 1.
  const auto check = [](const Dataset& dataset) {
    const Table rows = decode(*dataset.preprocessing, std::get<Matrix<float>>(dataset.inputs));
    for (std::size_t n = 0; n < rows.rows; ++n)
      EXPECT_EQ(dataset.labels[n], rows.column("x").numbers[n] > 1 ? 0 : 1) << n;
    return static_cast<double>(std::ranges::count(dataset.labels, 0)) / static_cast<double>(rows.rows);
  };
  EXPECT_NEAR(check(data.train), check(data.test), 1.0 / 36);  // stratified
}

TEST(TableData, NumbersAreTargetsInTheirUnit) {
  const DataSplit data = split_table(example_table("y"), {.targets = {"y"}, .test_fraction = 0.1});
  EXPECT_EQ(data.train.task(), Task::kRegression);
  EXPECT_EQ(data.train.target_names, Names{"y"});
  EXPECT_EQ(data.train.rows(), 180u);
  const Table rows = decode(*data.train.preprocessing, std::get<Matrix<float>>(data.train.inputs));
  for (std::size_t n = 0; n < rows.rows; ++n)
    EXPECT_NEAR(data.train.targets(n, 0), 3 * rows.column("x").numbers[n] + 1, 1e-4);
}

TEST(TableData, RowsKnowWhereTheyStoodInTheTable) {
  const Table table = example_table("y");
  const DataSplit data = split_table(table, {.targets = {"y"}, .seed = 7});
  for (const Dataset* part : {&data.train, &data.test}) {
    ASSERT_EQ(part->source_rows.size(), part->rows());
    for (std::size_t n = 0; n < part->rows(); ++n)
      EXPECT_EQ(part->targets(n, 0), static_cast<float>(table.column("y").numbers[part->source_rows[n]]));
  }
  const DataSplit classes = split_table(example_table(), {.targets = {"class"}});
  for (const std::uint32_t row : classes.test.source_rows) EXPECT_NE(row % 10, 7u) << "has no class";
}

TEST(TableData, SeveralTargetsAreARegression) {
  const Table table = table_of("x,u,v\n1,2,3\n2,,5\n3,6,7\n4,8,9\n5,10,11\n", {.targets = {"v", "u"}});
  const DataSplit data = split_table(table, {.targets = {"v", "u"}, .test_fraction = 0});
  EXPECT_EQ(data.train.target_names, (Names{"v", "u"}));
  EXPECT_EQ(data.train.feature_names, Names{"x"});
  EXPECT_EQ(data.train.targets, Matrix<float>(4, 2, {3, 2, 7, 6, 9, 8, 11, 10}));
  EXPECT_EQ(data.test.rows(), 0u);
  EXPECT_EQ(in_words(data.notes.at(0)), "1 of 5 rows left out: no value in 'v', 'u'");
}

TEST(TableData, FewNumbersAreClassesOnlyWhereAskedFor) {
  const std::string text = "x,n\n1,2\n2,1.0\n3,10\n4,1\n5,2\n6,10\n";
  const Table table = table_of(text, {.targets = {"n"}});
  const DataSplit numbers = split_table(table, {.targets = {"n"}, .test_fraction = 0});
  EXPECT_EQ(numbers.train.task(), Task::kRegression);
  EXPECT_EQ(in_words(numbers.notes.at(0)),
            "column 'n': 3 different numbers, predicted as numbers; as classes with task = classification");
  const DataSplit classes =
      split_table(table, {.targets = {"n"}, .task = Task::kClassification, .test_fraction = 0});
  EXPECT_EQ(classes.train.class_names, (Names{"1.0", "2", "10"}));  // the first spelling of 1
  EXPECT_EQ(classes.train.labels, (std::vector<std::int32_t>{1, 0, 2, 0, 1, 2}));
  EXPECT_TRUE(classes.notes.empty());
  EXPECT_TRUE(
      split_table(table, {.targets = {"n"}, .task = Task::kRegression, .test_fraction = 0}).notes.empty());
}

TEST(TableData, ClassesThatAreNumbersAreOneOnlyWhereTheyAreTheSameNumber) {
  const auto classes = [](const std::vector<std::string>& labels) {
    std::string text = "x,n\n";
    for (int round = 0; round < 2; ++round)
      for (const auto& label : labels) text += std::to_string(text.size()) + "," + label + "\n";
    return split_table(table_of(text, {.targets = {"n"}}),
                       {.targets = {"n"}, .task = Task::kClassification, .test_fraction = 0});
  };
  const Names neighbours = {"9007199254740992", "9007199254740993", "9007199254740994", "9007199254740995"};
  const DataSplit ids = classes(neighbours);
  EXPECT_EQ(ids.train.class_names, neighbours);
  EXPECT_EQ(ids.train.labels, (std::vector<std::int32_t>{0, 1, 2, 3, 0, 1, 2, 3}));
  EXPECT_EQ(classes({"0.3", "0.30000000000000001", "0.30"}).train.class_names,
            (Names{"0.3", "0.30000000000000001"}));
  EXPECT_EQ(classes({"5", "5.0", "500e-2", "6"}).train.class_names, (Names{"5", "6"}));
  const DataSplit codes = classes({"1", "01", "001"});
  EXPECT_EQ(codes.train.class_names, (Names{"001", "01", "1"}));
  EXPECT_EQ(codes.train.labels, (std::vector<std::int32_t>{2, 1, 0, 2, 1, 0}));
  // A third spelling, equal to one of two numbers, makes it more than 0 and 1.
  const Table three = table_of("x,n\n1,0\n2,1\n3,01\n4,0\n5,1\n6,01\n", {.targets = {"n"}});
  EXPECT_EQ(split_table(three, {.targets = {"n"}, .test_fraction = 0}).train.task(), Task::kRegression);
}

TEST(TableData, BooleansAreTwoClasses) {
  const Table table = table_of("x,sick\n1,no\n2,yes\n3,NO\n", {.targets = {"sick"}});
  const DataSplit data = split_table(table, {.targets = {"sick"}, .test_fraction = 0});
  EXPECT_EQ(data.train.class_names.size(), 2u);
  EXPECT_EQ(data.train.labels, (std::vector<std::int32_t>{0, 1, 0}));
}

TEST(TableData, ZeroAndOneAreTwoClasses) {
  const auto split = [](const std::string& text, const TableDataOptions& options) {
    return split_table(table_of(text, {.targets = options.targets}), options);
  };
  const TableDataOptions question{.targets = {"churn"}, .test_fraction = 0};
  const std::string text = "x,churn\n1,1\n2,0\n3,1.0\n4,\n5,0\n";
  const DataSplit data = split(text, question);
  EXPECT_EQ(data.train.class_names, (Names{"0", "1"}));
  EXPECT_EQ(data.train.labels, (std::vector<std::int32_t>{1, 0, 1, 0}));
  EXPECT_EQ(in_words(data.notes.at(1)),
            "column 'churn': 0 and 1, predicted as two classes; as numbers with task = regression");
  auto said = question;
  said.task = Task::kClassification;
  EXPECT_EQ(in_words(split(text, said).notes), Names{"1 of 5 rows left out: no value in 'churn'"});
  said.task = Task::kRegression;
  const DataSplit numbers = split(text, said);
  EXPECT_EQ(numbers.train.targets, Matrix<float>(4, 1, {1, 0, 1, 0}));
  EXPECT_EQ(in_words(numbers.notes), Names{"1 of 5 rows left out: no value in 'churn'"});
  for (const std::string other : {"1,2,1,2", "0,2,0,2", "0,1,2,0", "0,0.5,1,1", "-1,1,1,-1", "0,-1,0,-1"}) {
    std::string cells = "x,churn\n";
    for (std::size_t at = 0, row = 0; at <= other.size(); ++row) {
      const std::size_t end = std::min(other.find(',', at), other.size());
      cells += std::to_string(row) + "," + other.substr(at, end - at) + "\n";
      at = end + 1;
    }
    EXPECT_EQ(split(cells, question).train.task(), Task::kRegression) << other;
  }
  // One of several targets is a number.
  const DataSplit both =
      split("x,a,b\n1,0,1\n2,1,0\n3,0,0\n4,1,1\n", {.targets = {"a", "b"}, .test_fraction = 0});
  EXPECT_EQ(both.train.task(), Task::kRegression);
}

TEST(TableData, ATargetOfNumbersWithAFormatIsNamed) {
  std::string text = "x;Preis\n";
  for (int n = 0; n < 30; ++n) text += std::to_string(n * n) + ";1.089." + std::to_string(n + 100) + ",44\n";
  const TableDataOptions question{.targets = {"Preis"}};
  const auto refused = [](const std::string& cells, const TableDataOptions& options) {
    return expect_error<DataError>(
        [&] { split_table(table_of(cells, {.targets = options.targets}), options); },
        {"column 'Preis' holds numbers with a format ('1.089.100,44')"});
  };
  const std::string hint = "try TableOptions::decimal = ',', or write numbers plainly, like 1234.5";
  const std::string or_classes = hint + "; if they are classes, task = classification";
  EXPECT_TRUE(refused(text, question).ends_with("\n" + or_classes));
  auto numbers = question;
  numbers.task = Task::kRegression;
  EXPECT_TRUE(refused(text, numbers).ends_with("\n" + hint));
  EXPECT_TRUE(
      refused("x;Preis\n9;5\n" + text.substr(text.find('\n') + 1), question).ends_with("\n" + or_classes));
  // Also where many rows have the same.
  const std::string twice = text + text.substr(text.find('\n') + 1);
  EXPECT_TRUE(refused(twice, question).ends_with("\n" + or_classes));
  auto classes = question;
  classes.task = Task::kClassification;
  EXPECT_EQ(split_table(table_of(twice, {.targets = {"Preis"}}), classes).train.class_names.size(), 30u);
}

TEST(TableData, AFewTextsAmongTheNumbersOfATargetAreAskedAbout) {
  std::string text = "x,mpg\n";
  for (int n = 0; n < 200; ++n)
    text += std::to_string(n * n) + "," + (n == 50 ? "unknown" : std::to_string(10 + n % 87) + ".5") + "\n";
  const auto split = [&](const TableDataOptions& question, TableOptions reading = {}) {
    reading.targets = question.targets;
    return split_table(table_of(text, reading), question);
  };
  const auto error =
      expect_error<DataError>([&] { split({.targets = {"mpg"}}); },
                              {"column 'mpg': cannot tell whether it holds numbers or classes"});
  EXPECT_TRUE(
      error.ends_with("\n'unknown' among numbers (test.csv: line 52, record 52, column 2 ('mpg')): if it "
                      "marks a missing cell, "
                      "name it as such (TableOptions::missing); if they are classes, task = classification"))
      << error;
  EXPECT_EQ(split({.targets = {"mpg"}, .task = Task::kClassification}).train.class_names.size(), 88u);
  EXPECT_EQ(split({.targets = {"mpg"}}, {.categorical = {"mpg"}}).train.class_names.size(), 88u);
  EXPECT_EQ(split({.targets = {"mpg"}}, {.missing = {"unknown"}}).train.task(), Task::kRegression);
  const auto as_numbers = expect_error<UsageError>(
      [&] { split({.targets = {"mpg"}, .task = Task::kRegression}); }, {"a regression's target is numeric"});
  EXPECT_NE(as_numbers.find("'unknown' among numbers"), std::string::npos) << as_numbers;
}

TEST(TableData, OnlyNumbersAreAdvisedToBeARegression) {
  const auto refused = [](const std::string& text, const TableOptions& reading,
                          const TableDataOptions& options) {
    return expect_error<DataError>([&] { split_table(table_of(text, reading), options); },
                                   {"every one of 3 rows is a class of its own"});
  };
  EXPECT_TRUE(refused("x,id\n1,a1\n2,b2\n3,c3\n", {.targets = {"id"}}, {.targets = {"id"}})
                  .ends_with("\nis it the right target?"));
  EXPECT_TRUE(
      refused("x,id\n1,5\n2,7\n3,9\n", {.categorical = {"id"}, .targets = {"id"}}, {.targets = {"id"}})
          .ends_with("\nis it the right target?"));
  EXPECT_TRUE(refused("x,id\n1,5\n2,7\n3,9\n", {.targets = {"id"}},
                      {.targets = {"id"}, .task = Task::kClassification})
                  .ends_with("Numbers are predicted with task = regression"));
}

TEST(TableData, ANoteOnANumericTargetIsPassedOn) {
  const Table table = table_of("x;y\n1;927\n2;1.200\n3;589\n4;13.459\n", {.targets = {"y"}});
  const DataSplit data = split_table(table, {.targets = {"y"}, .task = Task::kRegression});
  EXPECT_EQ(
      in_words(data.notes.at(0)),
      "column 'y' taken as numeric: '1.200' is read as 1.2; if it is 1200, TableOptions::decimal = ','");
}

// --- Nothing is learned from validation and test rows ------------------------------------------------------

/// Changes a row in everything except its targets, which decide how rows are drawn, and a weight that must
/// stay one.
void spoil(Table& table, const TableDataOptions& options, std::uint32_t row) {
  for (Column& column : table.columns) {
    if (std::ranges::count(options.targets, column.type.name) > 0) continue;
    const bool weight = column.type.name == options.sample_weight;
    if (!column.numbers.empty()) column.numbers[row] = row % 2 == 0 || weight ? 1e30 : std::nan("");
    if (!column.codes.empty()) column.codes[row] = row % 2 == 0 ? 0 : Column::kMissing;
  }
}

/// Which rows are tested on.
enum class Tested { kDrawn, kThirdFold, kOwnTable };

DataSplit split_of(const Table& table, const TableDataOptions& options, Tested tested) {
  if (tested == Tested::kDrawn) return split_table(table, options);
  if (tested == Tested::kOwnTable) return split_table(table, source_of(example(50)), options);
  const LabeledRows labeled = label_rows(table, options);
  auto test = folds(labeled.strata(), 5, options.seed)[2];
  return split_table(table, labeled, hold_out(labeled.rows.size(), std::move(test)), options);
}

void expect_that_held_out_rows_teach_nothing(const TableDataOptions& options, Tested tested) {
  const Table clean = example_table(options.targets.front());
  const DataSplit expected = split_of(clean, options, tested);
  const auto [training, validation] = training_split(expected.train);
  const double fraction = options.validation_fraction * static_cast<double>(expected.train.rows());
  ASSERT_EQ(validation.size(), static_cast<std::size_t>(std::llround(fraction)));
  ASSERT_GT(expected.test.rows(), 0u);

  Table spoiled = clean;
  for (const auto row : validation) spoil(spoiled, options, expected.train.source_rows[row]);
  if (tested != Tested::kOwnTable)
    for (const auto row : expected.test.source_rows) spoil(spoiled, options, row);
  const DataSplit found = split_of(spoiled, options, tested);
  EXPECT_EQ(found.train.validation_rows, expected.train.validation_rows);
  EXPECT_EQ(found.train.preprocessing, expected.train.preprocessing);
  EXPECT_EQ(found.notes, expected.notes);
  const auto& a = std::get<Matrix<float>>(found.train.inputs);
  const auto& b = std::get<Matrix<float>>(expected.train.inputs);
  for (const auto row : training) {
    EXPECT_TRUE(std::ranges::equal(a.row(row), b.row(row))) << row;
    if (expected.train.sample_weights.empty()) continue;
    EXPECT_EQ(found.train.sample_weights[row], expected.train.sample_weights[row]) << row;
  }
  // A training row does change what is learned: here, that x may be missing.
  const auto is_odd = [&](std::uint32_t row) { return expected.train.source_rows[row] % 2 == 1; };
  spoil(spoiled, options, expected.train.source_rows[*std::ranges::find_if(training, is_odd)]);
  EXPECT_NE(split_of(spoiled, options, tested).train.preprocessing, expected.train.preprocessing);
}

TEST(TableData, ValidationAndTestRowsTeachNothing) {
  for (const Tested tested : {Tested::kDrawn, Tested::kThirdFold, Tested::kOwnTable}) {
    for (const std::string target : {"class", "y"}) {
      for (const std::optional<std::string>& weight :
           {std::optional<std::string>(), std::optional<std::string>("w")}) {
        for (const InputScaling scaling : {InputScaling::kStandard, InputScaling::kRobust}) {
          for (const double fraction : {0.0, 0.1, 0.25}) {
            TableDataOptions options{.targets = {target},
                                     .sample_weight = weight,
                                     .scaling = scaling,
                                     .test_fraction = 0.3,
                                     .validation_fraction = fraction,
                                     .seed = 9};
            SCOPED_TRACE(::testing::Message()
                         << static_cast<int>(tested) << " " << target << " " << fraction);
            expect_that_held_out_rows_teach_nothing(options, tested);
            if (target != "class") continue;
            options.class_weights = ClassWeights::kBalanced;
            expect_that_held_out_rows_teach_nothing(options, tested);
          }
        }
      }
    }
  }
}

TEST(TableData, TheValidationRowsAreThoseOfTheSplit) {
  const TableDataOptions options{.targets = {"class"}, .validation_fraction = 0.25, .seed = 9};
  const Dataset train = split_table(example_table(), options).train;
  ASSERT_TRUE(train.validation_rows);
  EXPECT_EQ(*train.validation_rows, validation_split(train.labels, 0.25, 9).held_out);
  EXPECT_EQ(train.validation_rows->size(), 36u);
  auto none = options;
  none.validation_fraction = 0;
  EXPECT_EQ(split_table(example_table(), none).train.validation_rows, std::vector<std::uint32_t>());
  expect_error<DataError>(
      [&] {
        split_table(table_of("x,y\n1,2\n2,3\n", {.targets = {"y"}}),
                    {.targets = {"y"}, .validation_fraction = 0.1});
      },
      {"test.csv: no row can be held out for validation: there is but one"});
}

TEST(TableData, FoldsTestEveryRowOnce) {
  const Table table = example_table();
  const TableDataOptions options{.targets = {"class"}};
  const LabeledRows labeled = label_rows(table, options);
  std::multiset<double> tested, all;  // so sorted
  for (const std::uint32_t row : labeled.rows) all.insert(table.column("x").numbers[row]);
  const FoldSplits splits = fold_splits(table, options, 6);
  EXPECT_EQ(splits.count, 6u);
  for (std::size_t fold = 0; fold < splits.count; ++fold) {
    const DataSplit data = splits.split(fold);
    EXPECT_EQ(data.test.rows(), 30u);
    EXPECT_EQ(data.train.rows(), 150u);
    const Table rows = decode(*data.test.preprocessing, std::get<Matrix<float>>(data.test.inputs));
    for (const double x : rows.column("x").numbers) tested.insert(x);
  }
  ASSERT_EQ(tested.size(), all.size());
  for (auto x = tested.begin(), y = all.begin(); x != tested.end(); ++x, ++y) EXPECT_NEAR(*x, *y, 1e-6);
}

TEST(TableData, AFoldHasAPreprocessingOfItsOwn) {
  const Table table = example_table();
  const TableDataOptions options{.targets = {"class"}, .validation_fraction = 0.1, .seed = 7};
  const LabeledRows labeled = label_rows(table, options);
  const auto held_out = folds(labeled.strata(), 3, 7);
  const FoldSplits splits = fold_splits(table, options, 3);
  for (std::size_t fold = 0; fold < 3; ++fold) {
    const DataSplit expected =
        split_table(table, labeled, hold_out(labeled.rows.size(), held_out[fold]), options);
    const DataSplit data = splits.split(fold);
    EXPECT_EQ(data.train.preprocessing, expected.train.preprocessing);
    EXPECT_EQ(data.train.inputs, expected.train.inputs);
    EXPECT_EQ(data.test.inputs, expected.test.inputs);
    EXPECT_EQ(data.train.validation_rows, expected.train.validation_rows);
  }
  EXPECT_NE(splits.split(0).train.preprocessing, splits.split(1).train.preprocessing);
  EXPECT_THROW(fold_splits(table, options, 1000), UsageError);
}

// --- A test set of its own ---------------------------------------------------------------------------------

TEST(TableData, AGivenTestSetIsEncodedByWhatWasLearned) {
  const Table table = example_table();
  const std::string test = "class,w,more,kind,y,x\nlow,1,0,zzz,2,0.5\n?,1,0,a,2,0.5\nhigh,1,0,b,2,NA\n";
  const TableDataOptions options{.targets = {"class"}, .validation_fraction = 0.2};
  const DataSplit data = split_table(table, source_of(test, "more.csv"), options);
  EXPECT_EQ(data.train.rows(), 180u);
  EXPECT_EQ(data.test.labels, (std::vector<std::int32_t>{1, 0}));
  EXPECT_EQ(data.test.preprocessing, data.train.preprocessing);
  EXPECT_EQ(in_words(data.notes.back()), "more.csv: 1 of 3 rows left out: no value in 'class'");
  auto whole = options;
  whole.test_fraction = 0;
  EXPECT_EQ(split_table(table, whole).train.preprocessing, data.train.preprocessing);

  // The same data set comes out when a model is evaluated later.
  const auto& preprocessing = *data.train.preprocessing;
  const Table read = read_table(source_of(test), preprocessing.all_types());
  const Dataset later = table_dataset(preprocessing, read);
  EXPECT_EQ(later.inputs, data.test.inputs);
  EXPECT_EQ(later.labels, data.test.labels);

  expect_error<DataError>(
      [&] { split_table(table, source_of("x,kind,class,y,w\n1,a,other,1,1\n"), options); },
      {"test.csv", "column 'class', row 1", "a class that is not among those trained on"});
  expect_error<DataError>([&] { split_table(table, source_of("x,kind,class,y,w\n1,a,,1,1\n"), options); },
                          {"test.csv", "no row has a value in 'class'"});
  expect_error<FileError>([&] { split_table(table, source_of("x,kind,y,w\n1,a,1,1\n"), options); },
                          {"lacks the column 'class'"});
}

TEST(TableData, ACodeForNoValueInATargetIsNoted) {
  const auto notes = [](const std::string& code) {
    std::string text = "x,y\n";
    for (int i = 0; i < 100; ++i) text += std::to_string(i * 7 % 10) + "," + std::to_string(i) + "\n";
    for (int i = 0; i < 3; ++i) text += "1," + code + "\n";
    return in_words(
        split_table(table_of(text, {.targets = {"y"}}), {.targets = {"y"}, .test_fraction = 0}).notes);
  };
  EXPECT_EQ(
      notes("-999"),
      Names{"column 'y': 3 of 103 numbers are -999, far from all others (0 to 99): where that stands for "
            "a missing value, TableOptions::missing = -999 says so"});
  EXPECT_EQ(notes("50"), Names{});
}

TEST(TableData, ClassesThatAreNumbersAreFoundByValue) {
  const Table table = table_of("x,n\n1,2\n2,1\n3,10\n4,1\n", {.targets = {"n"}});
  const DataSplit data =
      split_table(table, source_of("n,x\n10.0,3\n2,5\n"), {.targets = {"n"}, .task = Task::kClassification});
  EXPECT_EQ(data.test.labels, (std::vector<std::int32_t>{2, 1}));
}

// --- Weights -----------------------------------------------------------------------------------------------

TEST(TableData, TheWeightColumnIsNoInput) {
  const DataSplit data =
      split_table(example_table(), {.targets = {"class"}, .sample_weight = "w", .test_fraction = 0});
  EXPECT_EQ(data.train.feature_names, (Names{"x", "kind=a", "kind=b", "kind=c", "y"}));
  ASSERT_EQ(data.train.sample_weights.size(), 180u);
  const float one = data.train.sample_weights[1];
  EXPECT_FLOAT_EQ(data.train.sample_weights[3], 3 * one);  // rows 0 to 6 are all there,
  EXPECT_EQ(data.train.sample_weights[7], 0);              // row 7 is not: the next is row 8
  EXPECT_TRUE(data.test.sample_weights.empty());
}

TEST(TableData, BalancedClassesWeighTheSame) {
  const Table table = example_table();
  const TableDataOptions options{
      .targets = {"class"}, .class_weights = ClassWeights::kBalanced, .validation_fraction = 0.3};
  const DataSplit data = split_table(table, options);
  const auto training = training_split(data.train).training;
  double sums[2] = {0, 0};
  for (const auto row : training)
    sums[data.train.labels[row]] += static_cast<double>(data.train.sample_weights[row]);
  const double half = static_cast<double>(training.size()) / 2;  // and the mean weight is 1
  EXPECT_NEAR(sums[0], half, 1e-3);
  EXPECT_NEAR(sums[1], half, 1e-3);
  EXPECT_TRUE(data.test.sample_weights.empty());

  auto both = options;
  both.sample_weight = "w";
  const DataSplit product = split_table(table, both);
  both.class_weights = ClassWeights::kEqual;
  const DataSplit plain = split_table(table, both);
  for (std::size_t n = 0; n < plain.train.rows(); ++n)
    EXPECT_FLOAT_EQ(product.train.sample_weights[n],
                    plain.train.sample_weights[n] * data.train.sample_weights[n]);
}

TEST(TableData, TheUnitOfWeightsDoesNotMatter) {
  const auto weights = [](const std::string& exponent) {
    std::string text = "x,y,w\n";
    for (int n = 0; n < 40; ++n)
      text += std::to_string(n % 7) + "," + std::to_string(n % 5) + "," + std::to_string(1 + n % 4) + "e" +
              exponent + "\n";
    const TableDataOptions options{.targets = {"y"}, .sample_weight = "w", .validation_fraction = 0.25};
    const DataSplit data = split_table(table_of(text, {.targets = {"y"}}), options);
    double sum = 0;
    const auto training = validation_split(data.train, 0.25, options.seed).training;
    for (const auto row : training) sum += static_cast<double>(data.train.sample_weights[row]);
    EXPECT_NEAR(sum / static_cast<double>(training.size()), 1, 1e-6) << exponent;
    for (std::size_t n = 0; n < data.train.rows(); ++n) {
      const auto row = static_cast<float>(data.train.source_rows[n] % 4);
      EXPECT_FLOAT_EQ(data.train.sample_weights[n] * (1 + static_cast<float>(data.train.source_rows[0] % 4)),
                      data.train.sample_weights[0] * (1 + row));
    }
    return data.train.sample_weights;
  };
  const auto expected = weights("0");
  for (const char* exponent : {"-9", "20", "300", "-300", "307"}) {
    const auto found = weights(exponent);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t n = 0; n < found.size(); ++n) EXPECT_FLOAT_EQ(found[n], expected[n]) << exponent;
  }
}

TEST(TableData, WeightsThatAreNoneAreRefused) {
  const auto with = [](const std::string& weight) {
    return table_of("x,y,w\n1,1,1\n2,3," + weight + "\n3,4,1\n", {.targets = {"y"}});
  };
  const TableDataOptions options{.targets = {"y"}, .sample_weight = "w", .test_fraction = 0};
  expect_error<DataError>([&] { split_table(with("-1"), options); }, {"column 'w', row 2", "found -1"});
  expect_error<DataError>([&] { split_table(with("NA"), options); }, {"column 'w', row 2", "found none"});
  expect_error<DataError>([&] { split_table(table_of("x,y,w\n1,1,0\n2,3,0\n"), options); },
                          {"column 'w'", "the weight of every training row is 0"});
  // If they weighed 0, the validation loss would be 0 after every epoch, and early stopping would keep the
  // first.
  TableDataOptions held_out = options;
  held_out.validation_fraction = 0.5;
  const Table either = table_of("x,y,w\n1,1,0\n2,3,0\n3,4,1\n4,6,1\n", {.targets = {"y"}});
  expect_error<DataError>(
      [&] {
        for (held_out.seed = 1; held_out.seed < 20; ++held_out.seed) {
          const auto data = split_table(either, held_out);
          const auto& weights = data.train.sample_weights;
          ASSERT_TRUE(
              std::ranges::any_of(*data.train.validation_rows, [&](auto n) { return weights[n] > 0; }));
        }
      },
      {"column 'w'", "the weight of every validation row is 0"});
  expect_error<UsageError>([&] { split_table(table_of("x,y,w\n1,1,a\n2,3,b\n"), options); },
                           {"column 'w'", "weights are numbers"});
  expect_error<UsageError>(
      [&] { split_table(with("1"), {.targets = {"y"}, .class_weights = ClassWeights::kBalanced}); },
      {"class weights are for classes"});
}

// --- What cannot be learned --------------------------------------------------------------------------------

TEST(TableData, WhatCannotBeLearnedIsRefused) {
  const auto split = [](const std::string& text, const TableDataOptions& options) {
    return split_table(table_of(text, {.targets = options.targets}), options);
  };
  const TableDataOptions classes{.targets = {"c"}}, numbers{.targets = {"y"}};
  expect_error<DataError>([&] { split("x,c\n1,a\n2,a\n3,\n", classes); },
                          {"column 'c'", "'a' in every row", "nothing to tell apart"});
  expect_error<DataError>([&] { split("x,c\n1,a\n2,b\n3,d\n", classes); },
                          {"column 'c'", "every one of 3 rows is a class of its own"});
  expect_error<DataError>([&] { split("x,c\n1,a\n", classes); }, {"only one row has a value in 'c'"});
  expect_error<DataError>([&] { split("x,y\n1,\n2,NA\n", numbers); }, {"no row has a value in 'y'"});
  expect_error<DataError>([&] { split("x,y\n1,5\n2,5.0\n", numbers); },
                          {"column 'y'", "5 in every row", "nothing to learn"});
  expect_error<DataError>([&] { split("x,y\n1,5\n1,6\n", numbers); }, {"no column is left"});
  expect_error<DataError>([&] { split("x,y\n1,5\n2,1e39\n", numbers); },
                          {"column 'y', row 2", "1e+39", "does not fit a float"});
  const auto far =
      expect_error<DataError>([&] { split("x,y\n1,1000000001\n2,1000000002\n3,1000000090\n", numbers); },
                              {"column 'y': 1000000001 to 1000000090 differ by too little"});
  EXPECT_NE(far.find("subtract 1000000002 from the target in every row"), std::string::npos) << far;
  const auto small = expect_error<DataError>([&] { split("x,y\n1,1e-300\n2,3e-300\n3,2e-300\n", numbers); },
                                             {"column 'y': 1e-300 to 3e-300 differ by too little"});
  EXPECT_NE(small.find("give the target in a smaller unit"), std::string::npos) << small;
  // A single 0 among them widens the range and leaves the others as close together as before.
  expect_error<DataError>(
      [&] { split("x,y\n1,1700000001\n2,0\n3,1700000002\n4,1700000003\n5,1700000004\n", numbers); },
      {"column 'y': 0 to 1700000004 differ by too little"});
  EXPECT_NO_THROW(split("x,y\n1,1000000001\n2,1000003002\n3,1000009090\n", numbers));
  expect_error<UsageError>([&] { split("x,c\n1,a\n2,b\n", {.targets = {"c"}, .task = Task::kRegression}); },
                           {"column 'c'", "a regression's target is numeric", "categorical"});
  expect_error<UsageError>(
      [&] {
        split("x,y,c\n1,5,a\n2,6,b\n", {.targets = {"y", "c"}});
      },
      {"column 'c'", "a regression's target is numeric"});
  expect_error<UsageError>(
      [&] {
        split("x,c,d\n1,a,1\n2,b,1\n", {.targets = {"c", "d"}, .task = Task::kClassification});
      },
      {"a classification has one target, and 2 are named"});
  expect_error<UsageError>(
      [&] {
        split("x,y\n1,5\n2,6\n", {.targets = {"y", "y"}});
      },
      {"'y' is named twice"});
  expect_error<UsageError>([&] { split("x,y\n1,5\n2,6\n", {.targets = {"y"}, .sample_weight = "y"}); },
                           {"'y' is named twice"});
  expect_error<UsageError>([&] { split("x,y\n1,5\n2,6\n", {}); }, {"no target is named"});
  std::string many = "x,y\n";
  for (int n = 0; n < 1100; ++n) many += "1," + std::to_string(n) + "\n";
  expect_error<UsageError>([&] { split(many, {.targets = {"y"}, .task = Task::kClassification}); },
                           {"column 'y'", "too many different values to be classes"});
}

TEST(TableData, AClassOfOneRowIsTrainedOnAndNoted) {
  const Table table = table_of("x,c\n1,a\n2,a\n3,b\n4,d\n5,a\n6,a\n", {.targets = {"c"}});
  const DataSplit data = split_table(table, {.targets = {"c"}, .test_fraction = 0.5});
  EXPECT_EQ(in_words(data.notes.at(0)),
            "column 'c': class 'b' and 1 more have a single row, which is trained on and never tested");
  EXPECT_EQ(std::ranges::count(data.train.labels, 1), 1);
  EXPECT_EQ(std::ranges::count(data.train.labels, 2), 1);
  EXPECT_EQ(data.test.labels, (std::vector<std::int32_t>{0, 0, 0}));
}

TEST(TableData, SaysHowItsRowsWereDecided) {
  std::string text = "x,w,c\n";
  for (int n = 0; n < 60; ++n)
    text += std::to_string(n % 7) + "," + std::to_string(1 + n % 3) + "," + (n % 4 == 0 ? "a" : "b") + "\n";
  const Table table = table_of(text, {.targets = {"c"}});
  EXPECT_EQ(split_table(table, {.targets = {"c"}}).train.row_use, RowUse{});
  EXPECT_EQ(split_table(table, {.targets = {"c"},
                                .sample_weight = "w",
                                .class_weights = ClassWeights::kBalanced,
                                .validation_fraction = 0.25})
                .train.row_use,
            (RowUse{.validation_fraction = 0.25, .weight_column = "w", .balanced_classes = true}));
}

}  // namespace
}  // namespace mlp
