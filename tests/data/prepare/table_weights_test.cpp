// How much a table's rows count: a column of weights, balanced classes.
#include <gtest/gtest.h>

#include <algorithm>

#include "data/prepare/example_table.h"
#include "mlp/error.h"
#include "mlp/table_data.h"

namespace mlp {
namespace {

using testing_support::example_table;
using testing_support::expect_error;
using testing_support::table_of;
using Names = std::vector<std::string>;

TEST(TableWeights, TheWeightColumnIsNoInput) {
  const DataSplit data =
      split_table(example_table(), {.targets = {"class"}, .sample_weight = "w", .test_fraction = 0});
  EXPECT_EQ(data.train.feature_names, (Names{"x", "kind=a", "kind=b", "kind=c", "y"}));
  ASSERT_EQ(data.train.sample_weights.size(), 180u);
  const float one = data.train.sample_weights[1];
  EXPECT_FLOAT_EQ(data.train.sample_weights[3], 3 * one);  // rows 0 to 6 are all there,
  EXPECT_EQ(data.train.sample_weights[7], 0);              // row 7 is not: the next is row 8
  EXPECT_TRUE(data.test.sample_weights.empty());
}

TEST(TableWeights, BalancedClassesWeighTheSame) {
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

TEST(TableWeights, TheUnitOfWeightsDoesNotMatter) {
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

TEST(TableWeights, WeightsThatAreNoneAreRefused) {
  const auto with = [](const std::string& weight) {
    return table_of("x,y,w\n1,1,1\n2,3," + weight + "\n3,4,1\n", {.targets = {"y"}});
  };
  const TableDataOptions options{.targets = {"y"}, .sample_weight = "w", .test_fraction = 0};
  expect_error<DataError>([&] { split_table(with("-1"), options); }, {"column 'w', row 2", "found -1"});
  expect_error<DataError>([&] { split_table(with("NA"), options); }, {"column 'w', row 2", "found none"});
  expect_error<DataError>([&] { split_table(table_of("x,y,w\n1,1,0\n2,3,0\n"), options); },
                          {"column 'w'", "the weight of every training row is 0"});
  // Then the validation loss would be 0 after every epoch, and early stopping keep the first.
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

}  // namespace
}  // namespace mlp
