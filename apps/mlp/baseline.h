// What can be had without a network: always the same answer, the most frequent class or each target's mean.
// A model is worth something where it is better.
//   accuracy of a class c   share of the rows that are of c
//   RMSE of a mean m        sqrt of the mean of (m - y)^2
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
  RegressionMetrics regression = {};
};
Baseline baseline(const ConstantAnswer& answer, const Dataset& tested);

}  // namespace mlp::app
