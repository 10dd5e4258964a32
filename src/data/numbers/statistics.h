// Mean, standard deviation and quantiles of some numbers, in double, whatever their size.
#pragma once

#include <span>

namespace mlp {

struct Moments {
  double mean = 0.0;
  double deviation = 0.0;  ///< of the population: sqrt(mean of (x - mean)^2)
};

/// Mean and deviation of at least one finite number. No sum overflows, no square underflows.
Moments moments_of(std::span<const double> values);

/// The quantile at `share` of [0, 1] of at least one number, sorted: linear between neighbours (Hyndman and
/// Fan, 1996, type 7).
double quantile(std::span<const double> sorted, double share);

}  // namespace mlp
