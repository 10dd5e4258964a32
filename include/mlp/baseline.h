// What is reached without a network, by always giving the same answer: the most frequent class or each
// target's mean. A model is worth something where it does better.
//
//   const auto rows = mlp::training_split(data.train).training;
//   const auto least = mlp::baseline(mlp::constant_answer(data.train, rows), data.test);
//   const bool useful = mlp::evaluate(trained, data.test).regression->rmse < least.regression.rmse;
//
//   accuracy of a class c            share of the rows that are of c
//   balanced accuracy of a class c   1/C, C the number of classes that have rows: recall 1 for c, else 0
//   RMSE of a mean m                 sqrt of the mean of (m - y)^2
//
// Where classes are imbalanced, the accuracy of the most frequent one is hard to beat, even for a network
// that tells the classes apart. Two other scores show what such a network has learned, with C classes that
// have rows, n_c rows of class c and n_r rows of the others:
//   balanced accuracy       chance 1/C,  deviation 1/C sqrt(sum_c r_c (1 - r_c) / n_c),
//                           r_c = (TP_c + 1) / (n_c + 2)            Agresti and Coull, 1998
//   ROC AUC                 chance 1/2,  deviation of class c sqrt((n_c + n_r + 1) / (12 n_c n_r)), as for
//                           U; with several classes, their mean      Mann and Whitney, 1947
// A score is better than chance where it is more than two deviations above it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mlp/dataset.h"
#include "mlp/export.h"
#include "mlp/metrics.h"

namespace MLP_EXPORT mlp {

/// The same answer for every row.
struct ConstantAnswer {
  std::size_t label = 0;     ///< classification: an index into class_names
  std::vector<float> means;  ///< regression: of each target, in its own unit; else empty
};

/// The most frequent class of these rows (of equally frequent ones the first), or the mean of their targets.
/// Every row counts once, sample weights or not. Throws std::invalid_argument where there are no rows, or
/// rows that the data set does not have.
ConstantAnswer constant_answer(const Dataset& dataset, std::span<const std::uint32_t> rows);
/// The same, of all rows.
ConstantAnswer constant_answer(const Dataset& dataset);

/// How good an answer is on a data set.
struct Baseline {
  ConstantAnswer answer = {};
  double accuracy = kUndefined;           ///< classification
  double balanced_accuracy = kUndefined;  ///< classification
  RegressionMetrics regression = {};      ///< regression: of the targets, each in its own unit; else empty
};

/// `answer` must be for the data set's task, classes and number of targets, and it must have rows; throws
/// std::invalid_argument otherwise.
Baseline baseline(const ConstantAnswer& answer, const Dataset& tested);

/// The scores by which a network is better than the baseline: accuracy where it is higher, the others where
/// chance does not explain the difference (see above).
struct BetterScores {
  bool accuracy = false;
  bool balanced_accuracy = false;
  bool roc_auc = false;

  bool any() const { return accuracy || balanced_accuracy || roc_auc; }
  friend bool operator==(const BetterScores&, const BetterScores&) = default;
};

/// Both arguments must be of the same rows.
BetterScores better_scores(const ClassificationMetrics& metrics, const Baseline& baseline);

}  // namespace mlp
