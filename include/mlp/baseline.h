// What can be had without a network: always the same answer, the most frequent class or each target's mean.
// A model is worth something where it is better.
//
//   const auto rows = mlp::training_split(data.train).training;
//   const auto least = mlp::baseline(mlp::constant_answer(data.train, rows), data.test);
//   const bool useful = mlp::evaluate(trained, data.test).regression->rmse < least.regression.rmse;
//
//   accuracy of a class c            share of the rows that are of c
//   balanced accuracy of a class c   1/C, C the classes that have rows: recall 1 of one, 0 of the others
//   RMSE of a mean m                 sqrt of the mean of (m - y)^2
//
// Where classes are imbalanced the most frequent one is hard to beat by accuracy, even for a network that
// tells them apart. Two scores say so, on C classes that have rows, n_c of class c and n_r of the others:
//   balanced accuracy       chance 1/C,  deviation 1/C sqrt(sum_c r_c (1 - r_c) / n_c),
//                           r_c = (TP_c + 1) / (n_c + 2)            Agresti and Coull, 1998
//   ROC AUC                 chance 1/2,  deviation of class c sqrt((n_c + n_r + 1) / (12 n_c n_r)), that of
//                           U; of several classes their mean        Mann and Whitney, 1947
// One is better than chance where it is more than two deviations above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mlp/dataset.h"
#include "mlp/export.h"
#include "mlp/metrics.h"

namespace MLP_EXPORT mlp {

/// An answer for every row.
struct ConstantAnswer {
  std::size_t label = 0;     ///< classification: an index into class_names
  std::vector<float> means;  ///< regression: of each target, in its own unit; else empty
};

/// The most frequent class of these rows, the first of equals, or the mean of their targets. Every row counts
/// once, sample weights or not. Throws std::invalid_argument where there are no rows, or rows that the data
/// set does not have.
ConstantAnswer constant_answer(const Dataset& dataset, std::span<const std::uint32_t> rows);
/// Of all rows.
ConstantAnswer constant_answer(const Dataset& dataset);

/// How good an answer is on a data set.
struct Baseline {
  ConstantAnswer answer = {};
  double accuracy = kUndefined;           ///< classification
  double balanced_accuracy = kUndefined;  ///< likewise
  RegressionMetrics regression = {};      ///< of targets in their own units; else without any
};

/// `answer` must be for the data set's task, classes and number of targets, and it must have rows; throws
/// std::invalid_argument otherwise.
Baseline baseline(const ConstantAnswer& answer, const Dataset& tested);

/// By which scores a network is better than the baseline: by accuracy where it has more, by the others where
/// chance does not explain it (see above).
struct BetterScores {
  bool accuracy = false;
  bool balanced_accuracy = false;
  bool roc_auc = false;

  bool any() const { return accuracy || balanced_accuracy || roc_auc; }
  friend bool operator==(const BetterScores&, const BetterScores&) = default;
};

/// Both of the same rows.
BetterScores better_scores(const ClassificationMetrics& metrics, const Baseline& baseline);

}  // namespace mlp
