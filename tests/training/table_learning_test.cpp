// What is in a table is learned, from its text to predictions: problems whose solution is known, and one that
// has none.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "core/random.h"
#include "mlp/table_data.h"
#include "mlp/train.h"

namespace mlp {
namespace {

using std::to_string;

/// Numbers for row `row`, in [0, 1) and normal; different `which` are independent.
class RowNumbers {
 public:
  RowNumbers(std::uint64_t seed, std::size_t row) : stream_(seed, RandomPurpose::kTest, 77, row) {}
  double uniform(std::uint64_t which) const { return stream_.uniform(which); }
  double normal(std::uint64_t which) const { return stream_.normal(which); }

 private:
  RandomStream stream_;
};

Table table_of(const std::string& header, std::size_t rows,
               const std::function<std::string(RowNumbers)>& line, const TableOptions& options,
               std::uint64_t seed = 1) {
  std::string text = header + "\n";
  for (std::size_t row = 0; row < rows; ++row) text += line(RowNumbers(seed, row)) + "\n";
  std::size_t at = 0;
  return read_table(ByteStream{.name = "drawn.csv",
                               .read =
                                   [&](std::span<std::uint8_t> destination) {
                                     const std::size_t count = std::min(destination.size(), text.size() - at);
                                     std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), count,
                                                 destination.begin());
                                     at += count;
                                     return count;
                                   }},
                    options);
}

/// Trains a network of one hidden layer and evaluates it on the test rows.
struct Outcome {
  DataSplit data;
  Trained trained;
  Evaluation evaluation;
};
Outcome learn(const Table& table, TableDataOptions options, const std::string& hidden = "24:tanh,",
              int epochs = 40) {
  options.validation_fraction = 0.1;
  DataSplit data = split_table(table, options);
  const bool classes = data.train.task() == Task::kClassification;
  const auto network = parse_network(
      hidden + to_string(data.train.outputs()) + (classes ? ":softmax" : ":linear"), data.train.features());
  Trained trained = train(network, data.train,
                          {.loss = classes ? Loss(CrossEntropy{}) : Loss(SquaredError{}),
                           .optimizer = Adam{.learning_rate = 0.01},
                           .schedule = OneCycle{},
                           .epochs = epochs,
                           .batch_size = 32,
                           .threads = 1});
  Evaluation evaluation = evaluate(trained, data.test);
  return {std::move(data), std::move(trained), std::move(evaluation)};
}

double accuracy(const Outcome& outcome) { return outcome.evaluation.classification->accuracy; }

/// The share of the largest class among the test rows: what always answering it reaches.
double majority(const Dataset& dataset) {
  std::vector<double> counts(dataset.class_names.size());
  for (const std::int32_t label : dataset.labels) ++counts[static_cast<std::size_t>(label)];
  return *std::ranges::max_element(counts) / static_cast<double>(dataset.rows());
}

TEST(TableLearning, ALinearFunctionInUnlikeUnits) {
  // y = 3 a + 2e-6 b - 7, noise 0.1; b is a million times as large as a.
  const Table table = table_of("a,b,y", 800,
                               [](const RowNumbers& r) {
                                 const double a = r.normal(0), b = 5e6 + 1e6 * r.normal(1);
                                 return to_string(a) + "," + to_string(b) + "," +
                                        to_string(3 * a + 2e-6 * b - 7 + 0.1 * r.normal(2));
                               },
                               {.targets = {"y"}});
  const Outcome outcome = learn(table, {.targets = {"y"}}, "");
  // The variance is 9 + 4; the noise alone leaves 0.01.
  EXPECT_LT(outcome.evaluation.regression->rmse, 0.12);
  EXPECT_GT(outcome.evaluation.regression->r2, 0.998);
  // Predictions from a new table are in the target's unit.
  const Table fresh = table_of("b,a", 1, [](const RowNumbers&) { return std::string("4e6,1"); }, {});
  EXPECT_NEAR(predict(outcome.trained, fresh)(0, 0), 3 + 8 - 7, 0.1);
}

TEST(TableLearning, SeveralTargets) {
  const Table table = table_of("a,b,sum,product", 1500,
                               [](const RowNumbers& r) {
                                 const double a = r.normal(0), b = r.normal(1);
                                 return to_string(a) + "," + to_string(b) + "," + to_string(1000 * (a + b)) +
                                        "," + to_string(a * b);
                               },
                               {.targets = {"sum", "product"}});
  const Outcome outcome = learn(table, {.targets = {"sum", "product"}}, "32:tanh,", 60);
  const Matrix<float> found = predict(outcome.trained, outcome.data.test.inputs);
  double squares[2] = {0, 0};
  for (std::size_t n = 0; n < found.rows(); ++n)
    for (std::size_t c = 0; c < 2; ++c)
      squares[c] += std::pow(static_cast<double>(found(n, c) - outcome.data.test.targets(n, c)), 2);
  EXPECT_LT(std::sqrt(squares[0] / static_cast<double>(found.rows())), 100);   // of a deviation of 1414
  EXPECT_LT(std::sqrt(squares[1] / static_cast<double>(found.rows())), 0.25);  // of 1
}

TEST(TableLearning, ExclusiveOrOfBooleans) {
  const Table table = table_of("a,b,differ", 400,
                               [](const RowNumbers& r) {
                                 const bool a = r.uniform(0) < 0.5, b = r.uniform(1) < 0.5;
                                 return std::string(a ? "yes" : "no") + "," + (b ? "true" : "false") + "," +
                                        (a != b ? "one" : "both");
                               },
                               {.targets = {"differ"}});
  EXPECT_EQ(accuracy(learn(table, {.targets = {"differ"}})), 1.0);
}

TEST(TableLearning, TwoMoons) {
  const Table table = table_of("x,y,moon", 1000,
                               [](const RowNumbers& r) {
                                 const double angle = std::numbers::pi * r.uniform(0);
                                 const bool lower = r.uniform(1) < 0.5;
                                 const double x = lower ? 1 - std::cos(angle) : std::cos(angle);
                                 const double y = lower ? 0.5 - std::sin(angle) : std::sin(angle);
                                 return to_string(x + 0.1 * r.normal(2)) + "," +
                                        to_string(1e3 * (y + 0.1 * r.normal(3))) +
                                        (lower ? ",lower" : ",upper");
                               },
                               {.targets = {"moon"}});
  EXPECT_GT(accuracy(learn(table, {.targets = {"moon"}}, "24:tanh,", 120)), 0.985);
  // A linear boundary cannot reach that.
  EXPECT_LT(accuracy(learn(table, {.targets = {"moon"}}, "")), 0.93);
}

TEST(TableLearning, ARareClassIsFoundWhereClassesAreBalanced) {
  // One row in twenty is of the rare class, half of it among the others.
  const Table table = table_of("x,y,class", 3000,
                               [](const RowNumbers& r) {
                                 const bool rare = r.uniform(0) < 0.05;
                                 return to_string(r.normal(1) + (rare ? 1.5 : 0)) + "," +
                                        to_string(r.normal(2)) + (rare ? ",rare" : ",common");
                               },
                               {.targets = {"class"}});
  const auto recalls = [&](ClassWeights weights) {
    const auto outcome = learn(table, {.targets = {"class"}, .class_weights = weights}, "8:tanh,", 20);
    const auto& confusion = outcome.evaluation.classification->confusion;  // common, rare
    const auto recall = [&](std::size_t c) {
      return static_cast<double>(confusion(c, c)) / static_cast<double>(confusion(c, 0) + confusion(c, 1));
    };
    return std::pair(recall(0), recall(1));
  };
  // The best boundary for balanced classes is x = 0.75: 77% of each.
  const auto [common, rare] = recalls(ClassWeights::kBalanced);
  EXPECT_GT(rare, 0.6);
  EXPECT_GT((common + rare) / 2, 0.7);
  EXPECT_LT(recalls(ClassWeights::kEqual).second, 0.3);
}

TEST(TableLearning, ThatANumberIsMissingCanBeWhatMatters) {
  // High incomes are withheld: y is 1 where x > 0.5, and then x is missing in four of five rows.
  const auto line = [](bool always_there) {
    return [=](const RowNumbers& r) {
      const double x = r.normal(0);
      const bool high = x > 0.5;
      const bool told = always_there || !high || r.uniform(1) < 0.2;
      return (told ? to_string(x) : "NA") + "," + to_string(r.normal(2)) + (high ? ",high" : ",low");
    };
  };
  const Table table = table_of("x,z,income", 1000, line(false), {.targets = {"income"}});
  const Outcome outcome = learn(table, {.targets = {"income"}});
  EXPECT_EQ(outcome.data.train.feature_names, (std::vector<std::string>{"x", "x missing", "z"}));
  EXPECT_GT(accuracy(outcome), 0.97);  // taken for the median they would be low: 0.31 * 0.8 wrong
}

TEST(TableLearning, ACategoryThatTurnsTheSign) {
  // y = +x, -x or 0, as `kind` says: neither column says anything alone.
  const Table table =
      table_of("kind,x,y", 1200,
               [](const RowNumbers& r) {
                 const auto kind = static_cast<std::size_t>(3 * r.uniform(0));
                 const double x = 50 + 10 * r.normal(1), sign = kind == 0 ? 1 : kind == 1 ? -1 : 0;
                 const char* names[] = {"up", "down", "none"};
                 return std::string(names[kind]) + "," + to_string(x) + "," + to_string(sign * (x - 50));
               },
               {.targets = {"y"}});
  EXPECT_GT(learn(table, {.targets = {"y"}}).evaluation.regression->r2, 0.98);
}

// Predictions that know nothing of the test labels: each of N rows is right with probability p at most, so
// accuracy exceeds the majority's share by 4 sqrt(p (1 - p) / N) about once in 30,000 tables.
TEST(TableLearning, NoiseHasNoSkill) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const Table table = table_of(
        "a,b,c,class,y", 1000,
        [](const RowNumbers& r) {
          return to_string(r.normal(0)) + "," + to_string(r.normal(1)) + "," +
                 std::string(1, static_cast<char>('a' + static_cast<int>(4 * r.uniform(2)))) +
                 (r.uniform(3) < 0.6 ? ",yes" : ",no") + "," + to_string(r.normal(4));
        },
        {.ignore = {}, .targets = {"class", "y"}}, seed);
    Table labels = table, numbers = table;
    std::erase_if(labels.columns, [](const Column& column) { return column.type.name == "y"; });
    std::erase_if(numbers.columns, [](const Column& column) { return column.type.name == "class"; });
    const Outcome classes =
        learn(labels, {.targets = {"class"}, .test_fraction = 0.4, .seed = seed}, "8:tanh,", 10);
    const double share = majority(classes.data.test);
    const double bound = 4 * std::sqrt(share * (1 - share) / static_cast<double>(classes.data.test.rows()));
    EXPECT_LT(accuracy(classes), share + bound) << seed;
    EXPECT_GT(accuracy(classes), 0.5 - bound) << seed;  // chance, where it does not just say the majority
    // Predictions of deviation s times the targets' have R2 = 2 s r - s^2 <= r^2, r their correlation by
    // chance: 4 standard deviations of it are 4 / sqrt(400). What is learned from noise only lowers it.
    const Outcome regression =
        learn(numbers, {.targets = {"y"}, .test_fraction = 0.4, .seed = seed}, "8:tanh,", 10);
    EXPECT_LT(regression.evaluation.regression->r2, 16.0 / 400) << seed;
    EXPECT_GT(regression.evaluation.regression->r2, -0.3) << seed;
  }
}

TEST(TableLearning, InputsAreNotScaledTwiceAndTargetsOnce) {
  const Table table =
      table_of("x,y", 100,
               [](const RowNumbers& r) {
                 return to_string(1000 + r.normal(0)) + "," + to_string(1e5 + 1e4 * r.normal(1));
               },
               {.targets = {"y"}});
  const Outcome outcome = learn(table, {.targets = {"y"}}, "", 1);
  EXPECT_TRUE(outcome.trained.model.input_scaling.identity());
  ASSERT_EQ(outcome.trained.model.target_scaling.shift.size(), 1u);
  EXPECT_NEAR(outcome.trained.model.target_scaling.shift[0], 1e5, 5e3);
  EXPECT_EQ(outcome.trained.model.preprocessing, outcome.data.train.preprocessing);
  // From the table and from its encoding: the same.
  EXPECT_EQ(predict(outcome.trained, table),
            predict(outcome.trained, Inputs(encode(*outcome.trained.model.preprocessing, table))));
}

TEST(TableLearning, WhatDoesNotFitIsRefused) {
  Dataset dataset{.inputs = Matrix<float>(3, 2), .targets = Matrix<float>(3, 1)};
  dataset.preprocessing = Preprocessing{.inputs = {{{.name = "x"}, NumericEncoding{}}}};
  EXPECT_THROW(train(parse_network("1:linear", 2), dataset, {.loss = SquaredError{}}), std::invalid_argument);
  dataset.preprocessing.reset();
  const Trained plain = train(parse_network("1:linear", 2), dataset, {.loss = SquaredError{}, .epochs = 1});
  EXPECT_THROW(predict(plain, Table{}), std::invalid_argument);

  // Every class has one row: none can be held out.
  const Dataset single{
      .name = "tiny", .inputs = Matrix<float>(2, 1, {0, 1}), .labels = {0, 1}, .class_names = {"a", "b"}};
  EXPECT_THROW(train(parse_network("2:softmax", 1), single, {.validation_fraction = 0.5}), DataError);

  // The table decides which rows validate: rows that were learned from cannot become validation rows later.
  const Table table = table_of(
      "x,y", 20, [](const RowNumbers& r) { return to_string(r.normal(0)) + "," + to_string(r.normal(1)); },
      {.targets = {"y"}});
  const DataSplit data = split_table(table, {.targets = {"y"}});
  EXPECT_THROW(
      train(parse_network("1:linear", 1), data.train, {.loss = SquaredError{}, .validation_fraction = 0.2}),
      std::invalid_argument);
}

}  // namespace
}  // namespace mlp
