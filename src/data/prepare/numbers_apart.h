// Numbers far from all others of their column: rather codes for "no value" or mistakes than measurements.
#pragma once

#include <span>

#include "mlp/message.h"

namespace mlp {

/// The spread of sorted numbers, by the first of some pairs of quantiles that differ, in the unit of a normal
/// distribution's standard deviation; 0 where all numbers are equal.
double robust_spread(std::span<const double> sorted);

/// Sorted numbers in parts: those in the middle, and those far below and far above all others.
struct Parts {
  std::span<const double> below, inner, above;
};
Parts parts_of(std::span<const double> sorted);

/// "3 of 200 numbers are 99999, ...", and what to do; empty where none is apart.
Message text_of_parts(const Parts& parts);

}  // namespace mlp
