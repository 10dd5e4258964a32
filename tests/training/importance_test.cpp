// Permutation importance: against the formula, and that noise does not pass for signal.
#include "mlp/importance.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"
#include "mlp/table_data.h"
#include "training/toy.h"

namespace mlp {
namespace {

/// y = w . x
Model linear(const std::vector<float>& weights, std::size_t outputs = 1) {
  Model model{.network = parse_network(std::to_string(outputs) + ":linear", weights.size() / outputs)};
  model.parameters = Parameters(model.network);
  std::ranges::copy(weights, model.parameters.values().begin());  // the biases are 0
  model.loss = SquaredError{};
  return model;
}

double rmse(const std::vector<double>& errors) {
  double squares = 0;
  for (const double error : errors) squares += error * error / static_cast<double>(errors.size());
  return std::sqrt(squares);
}

constexpr std::size_t kRows = 200;

/// x0, x1 and y = 3 x0 + noise
Dataset line() {
  Dataset data{.name = "line", .inputs = test::toy_inputs(kRows, 2)};
  data.feature_names = {"x0", "x1"};
  data.targets = Matrix<float>(kRows, 1);
  const auto& x = std::get<Matrix<float>>(data.inputs);
  for (std::size_t n = 0; n < kRows; ++n)
    data.targets(n, 0) = 3 * x(n, 0) + static_cast<float>(test::mixed(n, 9) % 8) / 8;
  return data;
}

TEST(Importance, OfNumbersIsTheRiseOfTheRmse) {
  const Dataset data = line();
  const auto& x = std::get<Matrix<float>>(data.inputs);
  const auto found = permutation_importance(linear({3, 0}), data, {.shuffles = 4, .seed = 5});
  EXPECT_EQ(found.measure, ImportanceMeasure::kRmse);
  EXPECT_EQ(found.rows, kRows);
  ASSERT_EQ(found.columns.size(), 2u);

  std::vector<double> errors(kRows), rises;
  for (std::size_t n = 0; n < kRows; ++n) errors[n] = 3.0 * x(n, 0) - data.targets(n, 0);
  const double before = rmse(errors);
  EXPECT_NEAR(found.score, before, 1e-6);
  double mean = 0;
  for (std::uint16_t s = 0; s < 4; ++s) {
    const auto order = permutation(kRows, RandomStream(5, RandomPurpose::kImportance, s, 0));
    for (std::size_t n = 0; n < kRows; ++n) errors[n] = 3.0 * x(order[n], 0) - data.targets(n, 0);
    rises.push_back(rmse(errors) - before);
    mean += rises.back() / 4;
  }
  double variance = 0;
  for (const double rise : rises) variance += (rise - mean) * (rise - mean) / 3;
  EXPECT_EQ(found.columns[0].column, "x0");
  EXPECT_NEAR(found.columns[0].rise, mean, 1e-5);
  EXPECT_NEAR(found.columns[0].score, before + mean, 1e-5);
  EXPECT_NEAR(found.columns[0].chance, 2 * std::sqrt(variance * 5 / 4), 1e-5);
  EXPECT_EQ(found.columns[1].column, "x1");
  EXPECT_EQ(found.columns[1].rise, 0.0) << "its weight is 0";
  EXPECT_EQ(found.columns[1].chance, 0.0);
}

TEST(Importance, OfClassesIsTheRiseOfTheLoss) {
  const Dataset data = test::toy_classes(400, 3);
  const Model model = train(parse_network("9:relu,3:softmax", 3), data,
                            {.optimizer = Adam{.learning_rate = 0.01}, .epochs = 20});
  const auto found = permutation_importance(model, data);
  EXPECT_EQ(found.measure, ImportanceMeasure::kLoss);
  const Evaluation evaluation = evaluate(model, data);
  EXPECT_DOUBLE_EQ(found.loss, evaluation.loss);
  EXPECT_DOUBLE_EQ(found.score, evaluation.classification->accuracy);
  ASSERT_EQ(found.columns.size(), 3u);
  EXPECT_EQ(found.columns[0].column.substr(0, 8), "feature ");
  for (const auto& column : found.columns) {  // the class is in the sum of all three
    EXPECT_GT(column.rise, column.chance);
    EXPECT_LT(column.score, found.score - 0.1);
  }
  EXPECT_GE(found.columns[0].rise, found.columns[1].rise);
  EXPECT_GE(found.columns[1].rise, found.columns[2].rise);
}

TEST(Importance, OfSeveralNumbersIsTheFallOfR2) {
  // y0 = x0, y1 = 1000 x1, x2 without effect: whatever the units, x0 and x1 count the same.
  Dataset data{.name = "two", .inputs = test::toy_inputs(kRows, 3)};
  data.targets = Matrix<float>(kRows, 2);
  const auto& x = std::get<Matrix<float>>(data.inputs);
  for (std::size_t n = 0; n < kRows; ++n) {
    data.targets(n, 0) = x(n, 0);
    data.targets(n, 1) = 1000 * x(n, 1);
  }
  const auto found = permutation_importance(linear({1, 0, 0, 1000, 0, 0}, 2), data);
  EXPECT_EQ(found.measure, ImportanceMeasure::kR2);
  EXPECT_EQ(found.score, 1.0);
  ASSERT_EQ(found.columns.size(), 3u);
  // Shuffled, a target's R2 is about -1: its mean over the two falls from 1 to 0.
  EXPECT_NEAR(found.columns[0].rise, 1.0, 0.1);
  EXPECT_NEAR(found.columns[1].rise, 1.0, 0.1);
  EXPECT_NEAR(found.columns[0].score, 0.0, 0.1);
  EXPECT_EQ(found.columns[2].column, "feature 3");
  EXPECT_EQ(found.columns[2].rise, 0.0);
}

/// The cell of a region: R1 to R12, of which the later ones are rare.
std::string region(const RandomStream& row) {
  const double u = row.uniform(2);
  return "R" + std::to_string(1 + static_cast<int>(12 * u * u * u));
}

TEST(Importance, RareCategoriesThatSayNothingRankBelowSignal) {
  std::string text = "region,calls,plan,shade,churn\n";
  for (std::size_t n = 0; n < 1200; ++n) {
    const RandomStream row(3, RandomPurpose::kTest, 5, n);
    const int calls = static_cast<int>(row.below(10, 0));
    const bool plan = row.uniform(1) < 0.4;
    const bool churn = row.uniform(3) < 1 / (1 + std::exp(4.0 - 0.9 * calls + 3.0 * plan));
    text += region(row) + "," + std::to_string(calls) + "," + (plan ? "gold" : "basic") + "," +
            (row.uniform(4) < 0.02 ? "dark" : "light") + "," + (churn ? "yes" : "no") + "\n";
  }
  std::size_t at = 0;
  const ByteStream stream{.name = "churn.csv", .read = [&](std::span<std::uint8_t> destination) {
                            const std::size_t count = std::min(destination.size(), text.size() - at);
                            std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), count,
                                        destination.begin());
                            at += count;
                            return count;
                          }};
  const Table table = read_table(stream, {.targets = {"churn"}});
  const DataSplit data = split_table(table, {.targets = {"churn"}});
  ASSERT_GT(data.train.features(), 12u) << "an input for each region";
  // Trained long enough to learn the noise by heart.
  const Model model = train(parse_network("32:relu,2:softmax", data.train.features()), data.train,
                            {.optimizer = Adam{.learning_rate = 0.01}, .epochs = 60, .batch_size = 32});

  const auto found = permutation_importance(model, data.test);
  ASSERT_EQ(found.columns.size(), 4u) << "columns, not inputs";
  EXPECT_EQ(found.columns[0].column, "calls");
  EXPECT_EQ(found.columns[1].column, "plan");
  EXPECT_GT(found.columns[1].rise, found.columns[1].chance);
  for (const std::size_t noise : {2u, 3u}) {
    EXPECT_LT(found.columns[noise].rise, found.columns[noise].chance) << found.columns[noise].column;
    EXPECT_LT(found.columns[noise].rise, 0.3 * found.columns[1].rise) << found.columns[noise].column;
  }
}

TEST(Importance, IsTheSameForAnyNumberOfThreads) {
  const Dataset data = line();
  const auto one = permutation_importance(linear({3, 1}), data, {}, {.threads = 1});
  const auto three = permutation_importance(linear({3, 1}), data, {}, {.threads = 3});
  const auto other = permutation_importance(linear({3, 1}), data, {.seed = 2}, {.threads = 1});
  EXPECT_EQ(one.loss, three.loss);
  for (std::size_t c = 0; c < 2; ++c) {
    EXPECT_EQ(one.columns[c].rise, three.columns[c].rise);
    EXPECT_EQ(one.columns[c].chance, three.columns[c].chance);
    EXPECT_NE(one.columns[c].rise, other.columns[c].rise) << "the seed deals";
  }
}

TEST(Importance, CostIsBounded) {
  Dataset data = line();  // 2 columns, 3 parameters, 10 shuffles: 60 multiply-adds a row
  EXPECT_EQ(permutation_importance(linear({3, 0}), data, {.most_operations = 60 * 150}).rows, 150u);
  EXPECT_EQ(permutation_importance(linear({3, 0}), data, {.most_operations = 600}).rows, 100u);
  const auto none = permutation_importance(linear({3, 0}), data, {.most_operations = 599});
  EXPECT_EQ(none.rows, 0u);
  EXPECT_TRUE(none.columns.empty());
}

TEST(Importance, MistakesAreNamed) {
  const Dataset data = line();
  EXPECT_THROW(permutation_importance(linear({3, 0, 0}), data), std::invalid_argument);
  EXPECT_THROW(permutation_importance(linear({3, 0}), data, {.shuffles = 1}), std::invalid_argument);
  EXPECT_THROW(permutation_importance(linear({3, 0}), data, {.most_operations = 0}), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
