#include "mlp/baseline.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mlp {
namespace {

using Rows = std::vector<std::uint32_t>;

Dataset classes(std::vector<std::int32_t> labels) {
  const std::size_t rows = labels.size();
  return {.inputs = Matrix<float>(rows, 1), .labels = std::move(labels), .class_names = {"a", "b", "c"}};
}

TEST(Baseline, TheMostFrequentClassOfTheRowsLearnedFrom) {
  // Row 3 is not learned from: with it classes 0 and 1 are as frequent.
  const Dataset learned = classes({1, 0, 1, 0, 2});
  const ConstantAnswer answer = constant_answer(learned, Rows{0, 1, 2, 4});
  EXPECT_EQ(answer.label, 1u);
  EXPECT_EQ(constant_answer(learned).label, 0u) << "the first of equals";
  const Baseline least = baseline(answer, classes({1, 2, 2, 0}));
  EXPECT_EQ(least.answer.label, 1u);
  EXPECT_EQ(least.accuracy, 0.25);
  EXPECT_DOUBLE_EQ(least.balanced_accuracy, 1.0 / 3);
  EXPECT_DOUBLE_EQ(baseline(answer, classes({1, 2, 2})).balanced_accuracy, 0.5) << "of classes with rows";
  EXPECT_TRUE(least.regression.targets.empty());
}

TEST(Baseline, TheMeansOfTheRowsLearnedFrom) {
  const Dataset learned{.inputs = Matrix<float>(3, 1),
                        .targets = Matrix<float>(3, 2, {1, 10, 99, 99, 3, 40})};
  const ConstantAnswer answer = constant_answer(learned, Rows{0, 2});
  EXPECT_EQ(answer.means, (std::vector<float>{2, 25}));
  const Baseline least =
      baseline(answer, {.inputs = Matrix<float>(2, 1), .targets = Matrix<float>(2, 2, {2, 25, 5, 21})});
  EXPECT_DOUBLE_EQ(least.regression.targets[0].rmse, std::sqrt(4.5));
  EXPECT_DOUBLE_EQ(least.regression.targets[1].rmse, std::sqrt(8.0));
  EXPECT_TRUE(std::isnan(least.accuracy));
}

TEST(Baseline, WhatDoesNotFitIsRefused) {
  const Dataset labels = classes({0, 1});
  const Dataset numbers{.inputs = Matrix<float>(2, 1), .targets = Matrix<float>(2, 1, {1, 2})};
  EXPECT_THROW(constant_answer(labels, Rows{}), std::invalid_argument);
  EXPECT_THROW(constant_answer(labels, Rows{2}), std::invalid_argument);
  EXPECT_THROW(baseline({.label = 3}, labels), std::invalid_argument);
  EXPECT_THROW(baseline(constant_answer(numbers), labels), std::invalid_argument);
  EXPECT_THROW(baseline(constant_answer(labels), numbers), std::invalid_argument);
  EXPECT_THROW(baseline({.means = {1, 2}}, numbers), std::invalid_argument);
  EXPECT_THROW(baseline({.label = 0}, classes({})), std::invalid_argument);
}

TEST(Baseline, BetterThanChanceByAnyScoreIsBetter) {
  const Baseline always{.accuracy = 0.9, .balanced_accuracy = 0.5};
  const auto metrics = [](double accuracy, double no, double yes, double roc_auc, std::uint64_t rows) {
    ClassificationMetrics made;
    made.accuracy = accuracy;
    made.balanced_accuracy = (no + yes) / 2;
    made.roc_auc = roc_auc;
    made.classes = {{.recall = no, .support = 9 * rows}, {.recall = yes, .support = rows}};
    return made;
  };
  EXPECT_FALSE(better_scores(metrics(0.9, 1, 0, 0.5, 100), always).any()) << "the baseline itself";
  EXPECT_EQ(better_scores(metrics(0.91, 1, 0.1, 0.5, 100), always),
            (BetterScores{.accuracy = true, .balanced_accuracy = true}));
  EXPECT_EQ(better_scores(metrics(0.8, 0.82, 0.6, 0.7, 100), always),
            (BetterScores{.balanced_accuracy = true, .roc_auc = true}));
  // One deviation of AUC on 900 and 100 rows is 0.0304.
  EXPECT_FALSE(better_scores(metrics(0.9, 1, 0, 0.5 + 0.060, 100), always).any());
  EXPECT_EQ(better_scores(metrics(0.9, 1, 0, 0.5 + 0.062, 100), always), (BetterScores{.roc_auc = true}));
  EXPECT_FALSE(better_scores(metrics(0.8, 0.82, 1, 0.8, 1), always).any()) << "one row by luck";
}

}  // namespace
}  // namespace mlp
