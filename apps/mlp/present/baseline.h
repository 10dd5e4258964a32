// What can be had without a network: always the same answer, the most frequent class or each target's mean.
// A model is worth something where it is better.
//   accuracy of a class c   share of the rows that are of c
//   RMSE of a mean m        sqrt of the mean of (m - y)^2
// Where classes are imbalanced the most frequent one is hard to beat by accuracy, even for a network that
// tells them apart. Two scores say so, on C classes that have rows, n_c of class c and n_r of the others:
//   balanced accuracy       chance 1/C,  deviation 1/C sqrt(sum_c r_c (1 - r_c) / n_c),
//                           r_c = (TP_c + 1) / (n_c + 2)
//   ROC AUC                 chance 1/2,  deviation of class c sqrt((n_c + n_r + 1) / (12 n_c n_r))
// One is better than chance where it is more than two deviations above. (r_c: Agresti and Coull, 1998; the
// deviation of U: Mann and Whitney, 1947.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mlp/metrics.h"
#include "mlp/model.h"

namespace mlp::app {

/// An answer for every row.
struct ConstantAnswer {
  std::size_t label = 0;        ///< classification
  std::vector<float> means;     ///< regression: of each target
  bool of_tested_rows = false;  ///< learned from the rows that it is tested on, as no others are known
};

/// The most frequent class of these rows, the first of equals, or their mean.
ConstantAnswer constant_answer(const Dataset& dataset, std::span<const std::uint32_t> rows);
/// Of all rows.
ConstantAnswer constant_answer(const Dataset& dataset);

/// How good an answer is on a data set.
struct Baseline {
  std::string answer;  ///< "always 'no'", "always the mean"
  double accuracy = kUndefined;
  double balanced_accuracy = kUndefined;
  RegressionMetrics regression = {};
};
Baseline baseline(const ConstantAnswer& answer, const Dataset& tested);

/// "accuracy", "balanced accuracy", "ROC AUC": those by which a network is better than the baseline.
std::vector<std::string> better_scores(const ClassificationMetrics& metrics, const Baseline& baseline);

}  // namespace mlp::app
