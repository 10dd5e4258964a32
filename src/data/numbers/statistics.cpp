#include "data/numbers/statistics.h"

#include <algorithm>
#include <cmath>

namespace mlp {

// A power of two scales the numbers to a size near 1, which costs no digits, and the results back.
Moments moments_of(std::span<const double> values) {
  double largest = 0;
  for (const double x : values) largest = std::max(largest, std::abs(x));
  if (largest == 0) return {};
  const int exponent = std::ilogb(largest);
  const double count = static_cast<double>(values.size());
  double sum = 0;
  for (const double x : values) sum += std::scalbn(x, -exponent);
  const double mean = sum / count;
  double squares = 0;
  for (const double x : values) {
    const double difference = std::scalbn(x, -exponent) - mean;
    squares += difference * difference;
  }
  return {.mean = std::scalbn(mean, exponent),
          .deviation = std::scalbn(std::sqrt(squares / count), exponent)};
}

double quantile(std::span<const double> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

}  // namespace mlp
