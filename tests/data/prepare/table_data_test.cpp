// Tables to training and test data: which rows, what they hold, and that held-out rows teach nothing.
#include "mlp/table_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "data/prepare/example_table.h"
#include "mlp/error.h"

namespace mlp {
namespace {

using testing_support::example_table;
using testing_support::example_text;
using testing_support::expect_error;
using testing_support::source_of;
using testing_support::table_of;
using Names = std::vector<std::string>;

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

/// Another row in all but its targets, which say what rows are drawn, and with a weight that is one.
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
  if (tested == Tested::kOwnTable) return split_table(table, source_of(example_text(50)), options);
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
