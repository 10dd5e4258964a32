// Metrics: by hand, against scikit-learn, in edge cases, and under changes that must not matter.
#include "mlp/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "training/toy.h"

namespace mlp {
namespace {

using test::mixed;
using Labels = std::vector<std::int32_t>;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Case {
  Matrix<float> outputs;
  Labels labels;
};

/// Probabilities in multiples of 1/64, none 0, that sum to 1: many ties, and every sum exact. Low classes
/// have more rows than high ones, and in every second row the largest probability is that of the truth.
Case many_ties(std::size_t rows, std::uint32_t classes) {
  Case result{Matrix<float>(rows, classes), Labels(rows)};
  for (std::size_t n = 0; n < rows; ++n) {
    const std::uint32_t truth = std::min(mixed(n, 500) % classes, mixed(n, 501) % classes);
    result.labels[n] = static_cast<std::int32_t>(truth);
    const auto p = result.outputs.row(n);
    std::uint32_t left = 64 - classes;
    for (std::size_t c = 0; c + 1 < classes; ++c) {
      const std::uint32_t taken = mixed(n, c) % (left + 1);
      p[c] = static_cast<float>(taken + 1) / 64;
      left -= taken;
    }
    p[classes - 1] = static_cast<float>(left + 1) / 64;
    if (mixed(n, 502) % 2 == 1) std::swap(*std::ranges::max_element(p), p[truth]);
  }
  return result;
}

/// The rows in another order.
Case shuffled(const Case& from) {
  std::vector<std::size_t> order(from.labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [](std::size_t n) { return mixed(n, 9000); });
  Case result{Matrix<float>(from.outputs.rows(), from.outputs.columns()), Labels(order.size())};
  for (std::size_t n = 0; n < order.size(); ++n) {
    std::ranges::copy(from.outputs.row(order[n]), result.outputs.row(n).begin());
    result.labels[n] = from.labels[order[n]];
  }
  return result;
}

ClassificationMetrics metrics_of(const Case& from) {
  return classification_metrics(from.outputs, from.labels, OutputKind::kProbabilities);
}

/// Equal up to the last bits; two NaNs are equal.
void expect_same(double found, double expected, const char* what) {
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(found)) << what << ": " << found;
  } else {
    EXPECT_NEAR(found, expected, 1e-13 * std::max(1.0, std::abs(expected))) << what;
  }
}

void expect_same(const ClassScores& found, const ClassScores& expected) {
  expect_same(found.precision, expected.precision, "precision");
  expect_same(found.recall, expected.recall, "recall");
  expect_same(found.f1, expected.f1, "F1");
  expect_same(found.roc_auc, expected.roc_auc, "ROC AUC");
  EXPECT_EQ(found.support, expected.support);
}

void expect_same(const ClassificationMetrics& found, const ClassificationMetrics& expected) {
  expect_same(found.accuracy, expected.accuracy, "accuracy");
  expect_same(found.balanced_accuracy, expected.balanced_accuracy, "balanced accuracy");
  expect_same(found.log_loss, expected.log_loss, "log loss");
  expect_same(found.roc_auc, expected.roc_auc, "ROC AUC");
  expect_same(found.macro_f1, expected.macro_f1, "macro F1");
  ASSERT_EQ(found.classes.size(), expected.classes.size());
  for (std::size_t c = 0; c < expected.classes.size(); ++c) {
    SCOPED_TRACE("class " + std::to_string(c));
    expect_same(found.classes[c], expected.classes[c]);
  }
  EXPECT_EQ(found.confusion, expected.confusion);
}

// The numbers are scikit-learn 1.9.1's for the same outputs: accuracy_score, balanced_accuracy_score,
// log_loss, roc_auc_score (multi_class="ovr"), f1_score(average="macro"), precision_recall_fscore_support,
// confusion_matrix.
TEST(ClassificationMetrics, FourClassesAsInScikitLearn) {
  expect_same(
      metrics_of(many_ties(200, 4)),
      {.accuracy = 0.65500000000000003,
       .balanced_accuracy = 0.63437135780885789,
       .log_loss = 1.136616745296634,
       .roc_auc = 0.72911063776876395,
       .macro_f1 = 0.60308383506659369,
       .classes = {{0.68269230769230771, 0.73958333333333337, 0.70999999999999996, 0.69406049679487181, 96},
                   {0.660377358490566, 0.63636363636363635, 0.64814814814814814, 0.76670846394984327, 55},
                   {0.75, 0.46153846153846156, 0.5714285714285714, 0.71962095875139342, 39},
                   {0.36842105263157893, 0.69999999999999996, 0.48275862068965519, 0.73605263157894729, 10}},
       .confusion = Matrix<std::uint64_t>(4, 4, {71, 15, 2, 8, 14, 35, 4, 2, 17, 2, 18, 2, 2, 1, 0, 7})});
}

TEST(ClassificationMetrics, TwoClassesAsInScikitLearn) {
  expect_same(
      metrics_of(many_ties(151, 2)),
      {.accuracy = 0.77483443708609268,
       .balanced_accuracy = 0.78492063492063502,
       .log_loss = 0.60258268269040383,
       .roc_auc = 0.83238095238095244,
       .macro_f1 = 0.69570886676149835,
       .classes = {{0.9509803921568627, 0.76984126984126988, 0.85087719298245612, 0.83238095238095244, 126},
                   {0.40816326530612246, 0.80000000000000004, 0.54054054054054057, 0.83238095238095244, 25}},
       .confusion = Matrix<std::uint64_t>(2, 2, {97, 29, 5, 20})});
}

TEST(ClassificationMetrics, ByHand) {
  const Matrix<float> outputs(4, 3,
                              {0.1f, 0.7f, 0.2f,    // predicts b, is a
                               0.3f, 0.4f, 0.3f,    // predicts b, is b
                               0.5f, 0.1f, 0.4f,    // predicts a, is c
                               -3.f, -2.f, -1.f});  // predicts c, is c
  const auto metrics = classification_metrics(outputs, Labels{0, 1, 2, 2}, OutputKind::kScores);
  EXPECT_EQ(metrics.accuracy, 0.5);
  EXPECT_EQ(metrics.confusion, Matrix<std::uint64_t>(3, 3, {0, 1, 0, 0, 1, 0, 1, 0, 1}));
  // a: 0.1 is above -3 alone. b: 0.4 is above 0.1 and -2. c: 0.4 and -1 against 0.2 and 0.3: 2 of 4.
  expect_same(metrics.classes[0], {0.0, 0.0, 0.0, 1.0 / 3, 1});
  expect_same(metrics.classes[1], {0.5, 1.0, 2.0 / 3, 2.0 / 3, 1});
  expect_same(metrics.classes[2], {1.0, 0.5, 2.0 / 3, 0.5, 2});
  expect_same(metrics.balanced_accuracy, 0.5, "balanced accuracy");
  expect_same(metrics.macro_f1, 4.0 / 9, "macro F1");
  expect_same(metrics.roc_auc, 0.5, "ROC AUC");
  EXPECT_TRUE(std::isnan(metrics.log_loss)) << "scores are not probabilities";
}

TEST(ClassificationMetrics, OfTwoClassesTheSecondIsThePositiveOne) {
  const Matrix<float> outputs(3, 2, {0, 1, 0, 2, 5, 3});  // the second column ranks otherwise than the first
  const auto metrics = classification_metrics(outputs, Labels{1, 0, 0}, OutputKind::kScores);
  EXPECT_EQ(metrics.classes[0].roc_auc, 0.75);
  EXPECT_EQ(metrics.classes[1].roc_auc, 0.0);
  EXPECT_EQ(metrics.roc_auc, 0.0);
}

TEST(ClassificationMetrics, TheFirstOfEqualOutputsIsPredicted) {
  const Matrix<float> outputs(2, 3, {1, 1, 0, 0, 2, 2});
  EXPECT_EQ(accuracy(outputs, Labels{0, 1}), 1.0);
  EXPECT_EQ(accuracy(outputs, Labels{1, 2}), 0.0);
}

TEST(ClassificationMetrics, AClassWithoutRowsIsLeftOutOfTheMeans) {
  // Class 1 has no rows but is predicted once, class 2 has rows but is never predicted, class 3 has neither.
  const Matrix<float> outputs(3, 4, {1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0});
  const auto metrics = classification_metrics(outputs, Labels{0, 0, 2}, OutputKind::kProbabilities);
  expect_same(metrics.classes[0], {0.5, 0.5, 0.5, 0.25, 2});
  expect_same(metrics.classes[1], {0.0, kUndefined, 0.0, kUndefined, 0});
  expect_same(metrics.classes[2], {0.0, 0.0, 0.0, 0.5, 1});
  expect_same(metrics.classes[3], {kUndefined, kUndefined, kUndefined, kUndefined, 0});
  expect_same(metrics.balanced_accuracy, 0.25, "of classes 0 and 2");
  expect_same(metrics.macro_f1, 0.5 / 3, "of classes 0, 1 and 2");
  expect_same(metrics.roc_auc, 0.375, "of classes 0 and 2");
  EXPECT_TRUE(std::isfinite(metrics.log_loss));
}

TEST(ClassificationMetrics, OneRow) {
  const auto metrics = metrics_of({Matrix<float>(1, 2, {0.25f, 0.75f}), {1}});
  EXPECT_EQ(metrics.accuracy, 1.0);
  EXPECT_EQ(metrics.balanced_accuracy, 1.0);
  EXPECT_EQ(metrics.macro_f1, 1.0);
  EXPECT_DOUBLE_EQ(metrics.log_loss, std::log(4.0 / 3));
  EXPECT_TRUE(std::isnan(metrics.roc_auc));
}

TEST(ClassificationMetrics, OneClass) {
  const auto metrics = metrics_of({Matrix<float>(2, 1, {1, 1}), {0, 0}});
  EXPECT_EQ(metrics.accuracy, 1.0);
  EXPECT_EQ(metrics.log_loss, 0.0);
  expect_same(metrics.classes[0], {1.0, 1.0, 1.0, kUndefined, 2});
}

TEST(ClassificationMetrics, OutputsThatAreNotNumbers) {
  const Case broken{Matrix<float>(3, 2, {kNaN, 0.5f, 0.5f, kNaN, kNaN, kNaN}), {1, 0, 0}};
  const auto metrics = metrics_of(broken);
  EXPECT_EQ(metrics.accuracy, 1.0) << "the largest of the numbers, or the first where there is none";
  EXPECT_TRUE(std::isnan(metrics.log_loss));
  EXPECT_TRUE(std::isnan(metrics.roc_auc));
}

TEST(ClassificationMetrics, RowOrderDoesNotMatter) {
  for (const std::uint32_t classes : {2u, 3u, 7u}) {
    const Case in_order = many_ties(500, classes);
    const auto expected = metrics_of(in_order);
    const auto found = metrics_of(shuffled(in_order));
    expect_same(found, expected);
    for (std::size_t c = 0; c < classes; ++c) {
      EXPECT_EQ(found.classes[c].roc_auc, expected.classes[c].roc_auc) << "pairs are counted, not summed";
    }
  }
}

TEST(ClassificationMetrics, TheConfusionMatrixHoldsEveryRowOnce) {
  const Case rows = many_ties(333, 5);
  const auto metrics = metrics_of(rows);
  std::uint64_t all = 0, diagonal = 0;
  for (std::size_t c = 0; c < 5; ++c) {
    const auto counts = metrics.confusion.row(c);
    const std::uint64_t of_class = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    EXPECT_EQ(of_class, static_cast<std::uint64_t>(std::ranges::count(rows.labels, static_cast<int>(c))));
    EXPECT_EQ(of_class, metrics.classes[c].support);
    all += of_class;
    diagonal += counts[c];
  }
  EXPECT_EQ(all, 333u);
  EXPECT_DOUBLE_EQ(metrics.accuracy, static_cast<double>(diagonal) / 333);
  EXPECT_EQ(accuracy(rows.outputs, rows.labels), metrics.accuracy);
}

TEST(ClassificationMetrics, VeryManyClassesHaveNoConfusionMatrix) {
  const std::size_t many = kMostConfusionClasses + 1;
  Case rows{Matrix<float>(2, many), {static_cast<std::int32_t>(many) - 1, 5}};
  rows.outputs(0, many - 1) = rows.outputs(1, 6) = 1;
  EXPECT_TRUE(metrics_of(rows).confusion.empty());
  EXPECT_EQ(metrics_of(rows).accuracy, 0.5);
  EXPECT_EQ(metrics_of(rows).classes.back().recall, 1.0);
  rows.labels[0] = 0;
  rows.outputs = Matrix<float>(2, many - 1);
  EXPECT_EQ(metrics_of(rows).confusion.rows(), kMostConfusionClasses);
}

TEST(ClassificationMetrics, WhatDoesNotFitIsRefused) {
  const Matrix<float> outputs(2, 3);
  const auto metrics = [&](const Labels& labels) {
    return classification_metrics(outputs, labels, OutputKind::kScores);
  };
  EXPECT_THROW(metrics({0}), std::invalid_argument);
  EXPECT_THROW(metrics({0, 3}), std::invalid_argument);
  EXPECT_THROW(metrics({0, -1}), std::invalid_argument);
  EXPECT_THROW(accuracy(outputs, Labels{0, 3}), std::invalid_argument);
  EXPECT_THROW(log_loss(outputs, Labels{0, 3}), std::invalid_argument);
  EXPECT_THROW(accuracy(Matrix<float>(0, 3), Labels{}), std::invalid_argument);
  EXPECT_THROW(roc_auc({}, {}), std::invalid_argument);
  EXPECT_THROW(roc_auc(outputs.row(0), Labels{0, 1}), std::invalid_argument);
}

/// Rows with these probabilities of the second class.
Matrix<float> with_probabilities(const std::vector<float>& probabilities) {
  Matrix<float> outputs(probabilities.size(), 2);
  for (std::size_t n = 0; n < probabilities.size(); ++n) {
    outputs(n, 0) = 1.0f - probabilities[n];
    outputs(n, 1) = probabilities[n];
  }
  return outputs;
}

TEST(TwoClassCurves, ByHand) {
  // From above: 7/8 (yes), 6/8 (no), 5/8 (yes and no), 1/8 (no); five rows, two of them positive.
  const auto curves = two_class_curves(with_probabilities({0.125f, 0.625f, 0.875f, 0.625f, 0.75f}),
                                       Labels{0, 1, 1, 0, 0}, OutputKind::kProbabilities);
  EXPECT_EQ(curves.positives, 2u);
  EXPECT_EQ(curves.negatives, 3u);
  struct Expected {
    float threshold;
    std::uint64_t true_positives, false_positives;
  };
  const std::vector<Expected> expected{{0.875f, 1, 0}, {0.75f, 1, 1}, {0.625f, 2, 2}, {0.125f, 2, 3}};
  ASSERT_EQ(curves.thresholds.size(), expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k) {
    EXPECT_EQ(curves.thresholds[k].threshold, expected[k].threshold);
    EXPECT_EQ(curves.thresholds[k].true_positives, expected[k].true_positives) << k;
    EXPECT_EQ(curves.thresholds[k].false_positives, expected[k].false_positives) << k;
  }
  // Pairs: 7/8 is above three others, 5/8 above one and equal to one: 4.5 of 6.
  EXPECT_DOUBLE_EQ(curves.roc_auc, 0.75);
  // Precision 1 at recall 1/2, 1/2 (two of four) at recall 1.
  EXPECT_DOUBLE_EQ(curves.average_precision, 0.5 * 1.0 + 0.5 * 0.5);
  // In 64ths: 1 + 9 + 1 + 25 + 36.
  EXPECT_DOUBLE_EQ(curves.brier_score, 72.0 / 64 / 5);
  // Bins of a tenth: 1/8; 5/8 twice, one positive; 6/8; 7/8, positive.
  EXPECT_DOUBLE_EQ(curves.calibration_error, (0.125 + 2 * 0.125 + 0.75 + 0.125) / 5);
  ASSERT_EQ(curves.bins.size(), kCalibrationBins);
  EXPECT_EQ(curves.bins[6].rows, 2u);
  EXPECT_EQ(curves.bins[6].positives, 1u);
  EXPECT_EQ(curves.bins[6].mean_probability, 0.625);
  EXPECT_EQ(curves.bins[0].rows, 0u);
  EXPECT_TRUE(std::isnan(curves.bins[0].mean_probability));
}

TEST(TwoClassCurves, APerfectAndAUselessClassifier) {
  const auto perfect =
      two_class_curves(with_probabilities({0, 1, 1, 0}), Labels{0, 1, 1, 0}, OutputKind::kProbabilities);
  EXPECT_EQ(perfect.roc_auc, 1.0);
  EXPECT_EQ(perfect.average_precision, 1.0);
  EXPECT_EQ(perfect.brier_score, 0.0);
  EXPECT_EQ(perfect.calibration_error, 0.0);
  EXPECT_EQ(perfect.bins.front().rows, 2u);
  EXPECT_EQ(perfect.bins.back().rows, 2u) << "a probability of 1 lies in the last bin";
  const auto useless = two_class_curves(with_probabilities({0.25f, 0.25f, 0.25f, 0.25f}), Labels{0, 1, 0, 0},
                                        OutputKind::kProbabilities);
  EXPECT_EQ(useless.roc_auc, 0.5);
  EXPECT_EQ(useless.average_precision, 0.25) << "the share of positive rows";
  EXPECT_EQ(useless.brier_score, (3 * 0.0625 + 0.5625) / 4);
  EXPECT_EQ(useless.calibration_error, 0.0) << "useless, but right in the mean";
}

TEST(TwoClassCurves, AreasAreThoseOfTheOtherMetrics) {
  const Case rows = many_ties(500, 2);
  const auto curves = two_class_curves(rows.outputs, rows.labels, OutputKind::kProbabilities);
  EXPECT_EQ(curves.roc_auc, metrics_of(rows).roc_auc) << "pairs are counted, not summed";
  const auto again =
      two_class_curves(shuffled(rows).outputs, shuffled(rows).labels, OutputKind::kProbabilities);
  EXPECT_EQ(again.roc_auc, curves.roc_auc);
  EXPECT_EQ(again.average_precision, curves.average_precision);
  expect_same(again.brier_score, curves.brier_score, "Brier score");
  expect_same(again.calibration_error, curves.calibration_error, "calibration error");
  std::uint64_t binned = 0;
  for (const auto& bin : curves.bins) binned += bin.rows;
  EXPECT_EQ(binned, 500u);
  EXPECT_EQ(curves.thresholds.back().true_positives, curves.positives);
  EXPECT_EQ(curves.thresholds.back().false_positives, curves.negatives);
}

TEST(TwoClassCurves, ProbabilitiesAreSharesOfTheirRow) {
  // As Sigmoid outputs may be: judgements of each class by itself. 0.5 / (0.5 + 0.125) = 0.8.
  const Matrix<float> outputs(2, 2, {0.125f, 0.5f, 0, 0});
  const auto curves = two_class_curves(outputs, Labels{1, 0}, OutputKind::kProbabilities);
  EXPECT_DOUBLE_EQ(curves.brier_score, (0.2 * 0.2 + 0.5 * 0.5) / 2) << "nothing said is one half";
  EXPECT_EQ(curves.thresholds[0].threshold, 0.5f) << "scores are the outputs as they are";
}

TEST(TwoClassCurves, WhatDoesNotExistIsNaN) {
  const auto scores = two_class_curves(Matrix<float>(2, 2, {0, 3, 0, -2}), Labels{1, 0}, OutputKind::kScores);
  EXPECT_EQ(scores.roc_auc, 1.0);
  EXPECT_TRUE(std::isnan(scores.brier_score));
  EXPECT_TRUE(std::isnan(scores.calibration_error));
  EXPECT_TRUE(scores.bins.empty());
  const auto negative = two_class_curves(with_probabilities({0.25f}), Labels{0}, OutputKind::kProbabilities);
  EXPECT_TRUE(std::isnan(negative.roc_auc));
  EXPECT_TRUE(std::isnan(negative.average_precision));
  EXPECT_EQ(negative.brier_score, 0.0625);
  const auto positive = two_class_curves(with_probabilities({0.25f}), Labels{1}, OutputKind::kProbabilities);
  EXPECT_TRUE(std::isnan(positive.roc_auc));
  EXPECT_EQ(positive.average_precision, 1.0);
  const auto broken =
      two_class_curves(with_probabilities({0.25f, kNaN}), Labels{1, 0}, OutputKind::kProbabilities);
  EXPECT_TRUE(broken.thresholds.empty());
  EXPECT_TRUE(broken.bins.empty());
  for (const double value :
       {broken.roc_auc, broken.average_precision, broken.brier_score, broken.calibration_error})
    EXPECT_TRUE(std::isnan(value));
  EXPECT_THROW(two_class_curves(Matrix<float>(2, 3), Labels{0, 1}, OutputKind::kScores),
               std::invalid_argument);
  EXPECT_THROW(two_class_curves(Matrix<float>(2, 2), Labels{0, 2}, OutputKind::kScores),
               std::invalid_argument);
  EXPECT_THROW(two_class_curves(Matrix<float>(2, 2), Labels{0}, OutputKind::kScores), std::invalid_argument);
  EXPECT_THROW(two_class_curves(Matrix<float>(0, 2), Labels{}, OutputKind::kScores), std::invalid_argument);
}

TEST(LogLoss, RowsAreDividedByTheirSum) {
  const Matrix<float> certain_of_all(1, 4, {1, 1, 1, 1});
  EXPECT_DOUBLE_EQ(log_loss(certain_of_all, Labels{2}), std::log(4.0));
  const Matrix<float> outputs(2, 2, {0.25f, 0.5f, 0.5f, 0.125f});
  EXPECT_DOUBLE_EQ(log_loss(outputs, Labels{1, 1}), -(std::log(2.0 / 3) + std::log(0.2)) / 2);
}

TEST(LogLoss, IsFiniteWhereAProbabilityIsZero) {
  const double smallest = std::numeric_limits<float>::min();
  EXPECT_DOUBLE_EQ(log_loss(Matrix<float>(1, 2, {0, 1}), Labels{0}), -std::log(smallest));
  EXPECT_DOUBLE_EQ(log_loss(Matrix<float>(1, 2, {0, 0}), Labels{0}), std::log(2.0));
}

TEST(RocAuc, ByHand) {
  const Labels labels = {0, 0, 1, 1};
  const auto auc = [&](std::vector<float> scores) { return roc_auc(scores, labels); };
  EXPECT_EQ(auc({1, 2, 3, 4}), 1.0);
  EXPECT_EQ(auc({3, 4, 1, 2}), 0.0);
  EXPECT_EQ(auc({1, 3, 2, 4}), 0.75);
  EXPECT_EQ(auc({5, 5, 5, 5}), 0.5);
  EXPECT_EQ(auc({1, 2, 2, 3}), 3.5 / 4);
  EXPECT_EQ(auc({-0.0f, 0.0f, 0.0f, -0.0f}), 0.5) << "zeros are equal";
  EXPECT_EQ(auc({-kInfinity, 0, 0, kInfinity}), 3.5 / 4);
}

TEST(RocAuc, UndefinedWithoutTwoSidesOrWithoutNumbers) {
  const std::vector<float> scores = {1, 2};
  EXPECT_TRUE(std::isnan(roc_auc(scores, Labels{1, 1})));
  EXPECT_TRUE(std::isnan(roc_auc(scores, Labels{0, 0})));
  EXPECT_EQ(roc_auc(scores, Labels{3, 7}, 7), 1.0);
  EXPECT_EQ(roc_auc(scores, Labels{3, 7}, 3), 0.0);
  EXPECT_TRUE(std::isnan(roc_auc(std::vector<float>{1, kNaN}, Labels{0, 1})));
}

TEST(RocAuc, OfEveryPairCountedOneByOneAndOfTheOppositeScores) {
  for (std::size_t rows = 2; rows < 60; ++rows) {
    std::vector<float> scores, opposite;
    Labels labels;
    for (std::size_t n = 0; n < rows; ++n) {
      scores.push_back(static_cast<float>(mixed(n, rows) % 10) / 16);
      opposite.push_back(1 - scores.back());
      labels.push_back(n < 2 ? static_cast<int>(n) : static_cast<int>(mixed(n, 700) % 2));
    }
    double won = 0, pairs = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < rows; ++j) {
        if (labels[i] != 1 || labels[j] != 0) continue;
        won += scores[i] > scores[j] ? 1.0 : scores[i] == scores[j] ? 0.5 : 0.0;
        ++pairs;
      }
    }
    EXPECT_DOUBLE_EQ(roc_auc(scores, labels), won / pairs);
    EXPECT_NEAR(roc_auc(opposite, labels), 1 - won / pairs, 1e-15);
    EXPECT_NEAR(roc_auc(scores, labels, 0), 1 - won / pairs, 1e-15);
  }
}

TEST(OutputKind, ProbabilitiesComeFromSoftmaxAndSigmoid) {
  for (const auto& activation : all_activations()) {
    const bool probabilities = to_string(activation) == "softmax" || to_string(activation) == "sigmoid";
    EXPECT_EQ(output_kind(activation) == OutputKind::kProbabilities, probabilities) << to_string(activation);
  }
}

void expect_same(const TargetScores& found, const TargetScores& expected) {
  expect_same(found.mse, expected.mse, "MSE");
  expect_same(found.rmse, expected.rmse, "RMSE");
  expect_same(found.mae, expected.mae, "MAE");
  expect_same(found.r2, expected.r2, "R2");
}

/// Two targets of very different size; every number is exact in a float.
struct Numbers {
  Matrix<float> outputs{100, 2};
  Matrix<float> targets{100, 2};

  Numbers() {
    for (std::size_t n = 0; n < 100; ++n) {
      targets(n, 0) = static_cast<float>(mixed(n, 600) % 32) / 4;
      targets(n, 1) = static_cast<float>(mixed(n, 601) % 1000) - 500;
      outputs(n, 0) = targets(n, 0) + (static_cast<float>(mixed(n, 602) % 9) - 4) / 8;
      outputs(n, 1) = targets(n, 1) / 2 + static_cast<float>(mixed(n, 603) % 256);
    }
  }
};

// scikit-learn 1.9.1: mean_squared_error, root_mean_squared_error, mean_absolute_error, r2_score, of each
// target and of both.
TEST(RegressionMetrics, AsInScikitLearn) {
  const Numbers numbers;
  const auto metrics = regression_metrics(numbers.outputs, numbers.targets);
  ASSERT_EQ(metrics.targets.size(), 2u);
  expect_same(metrics.targets[0],
              {0.10921875, 0.33048260166005716, 0.28875000000000001, 0.97876247514693082});
  expect_same(metrics.targets[1],
              {43072.419999999998, 207.53896019783852, 173.58000000000001, 0.42811719982144347});
  expect_same(metrics.mse, 21536.264609375001, "MSE");
  expect_same(metrics.mae, 86.934375000000003, "MAE");
  expect_same(metrics.r2, 0.70343983748418704, "R2");
  expect_same(metrics.rmse, std::sqrt(21536.264609375001), "the root of the mean, not the mean of the roots");
}

TEST(RegressionMetrics, ByHand) {
  const Matrix<float> targets(3, 1, {3, 1, 2});  // mean 2, variance 2/3
  const auto metrics = regression_metrics(Matrix<float>(3, 1, {5, 1, 1}), targets);
  EXPECT_DOUBLE_EQ(metrics.mse, 5.0 / 3);  // residuals 2, 0, -1
  EXPECT_DOUBLE_EQ(metrics.rmse, std::sqrt(5.0 / 3));
  EXPECT_DOUBLE_EQ(metrics.mae, 1.0);
  EXPECT_DOUBLE_EQ(metrics.r2, 1 - 5.0 / 2);
  expect_same(metrics.targets.at(0), {metrics.mse, metrics.rmse, metrics.mae, metrics.r2});
}

TEST(RegressionMetrics, SeveralTargetsAreAveraged) {
  const auto metrics =
      regression_metrics(Matrix<float>(2, 2, {1, 10, 2, 20}), Matrix<float>(2, 2, {0, 10, 2, 30}));
  // Residuals 1, 0 of variance 1 and 0, -10 of variance 100.
  EXPECT_DOUBLE_EQ(metrics.mse, (0.5 + 50) / 2);
  EXPECT_DOUBLE_EQ(metrics.mae, (0.5 + 5) / 2);
  EXPECT_DOUBLE_EQ(metrics.r2, 0.5);  // both columns
}

TEST(RegressionMetrics, RowOrderDoesNotMatter) {
  const Numbers numbers;
  Numbers reversed;
  for (std::size_t n = 0; n < 100; ++n) {
    std::ranges::copy(numbers.outputs.row(99 - n), reversed.outputs.row(n).begin());
    std::ranges::copy(numbers.targets.row(99 - n), reversed.targets.row(n).begin());
  }
  const auto expected = regression_metrics(numbers.outputs, numbers.targets);
  const auto found = regression_metrics(reversed.outputs, reversed.targets);
  for (std::size_t t = 0; t < 2; ++t) expect_same(found.targets[t], expected.targets[t]);
}

TEST(RegressionMetrics, AConstantTargetHasNothingToExplain) {
  for (const float constant : {0.0f, 0.1f, 3.7f, -1e6f}) {
    for (std::size_t count = 1; count <= 50; ++count) {
      const Matrix<float> targets(count, 1, std::vector<float>(count, constant));
      Matrix<float> outputs = targets;
      EXPECT_EQ(regression_metrics(outputs, targets).r2, 1.0) << constant << " x " << count;
      outputs(0, 0) += 1;
      EXPECT_EQ(regression_metrics(outputs, targets).r2, 0.0) << constant << " x " << count;
      outputs(0, 0) = kNaN;
      EXPECT_TRUE(std::isnan(regression_metrics(outputs, targets).r2)) << constant << " x " << count;
    }
  }
}

TEST(RegressionMetrics, OutputsThatAreNotNumbers) {
  const auto metrics =
      regression_metrics(Matrix<float>(2, 2, {kNaN, 1, 0, 2}), Matrix<float>(2, 2, {1, 1, 2, 2}));
  for (const double value : {metrics.mse, metrics.rmse, metrics.mae, metrics.r2, metrics.targets[0].r2}) {
    EXPECT_TRUE(std::isnan(value));
  }
  expect_same(metrics.targets[1], {0, 0, 0, 1});
}

TEST(RegressionMetrics, WhatDoesNotFitIsRefused) {
  EXPECT_THROW(regression_metrics(Matrix<float>(2, 1), Matrix<float>(3, 1)), std::invalid_argument);
  EXPECT_THROW(regression_metrics(Matrix<float>(2, 1), Matrix<float>(2, 2)), std::invalid_argument);
  EXPECT_THROW(regression_metrics(Matrix<float>(0, 1), Matrix<float>(0, 1)), std::invalid_argument);
  EXPECT_THROW(regression_metrics(Matrix<float>(2, 0), Matrix<float>(2, 0)), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
