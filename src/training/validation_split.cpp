// Which rows are held out of training, see mlp/train.h.
#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "mlp/train.h"

namespace mlp {

ValidationSplit validation_split(std::size_t rows, double fraction, std::uint64_t seed) {
  require(fraction >= 0.0 && fraction < 1.0, "validation_split: the fraction must lie in [0, 1)");
  // Stream 1 of its purpose: a data set's own test split may use stream 0 with the same seed.
  std::vector<std::uint32_t> order = permutation(rows, RandomStream(seed, RandomPurpose::kSplit, 1));
  auto held_out = static_cast<std::size_t>(std::llround(fraction * static_cast<double>(rows)));
  if (fraction > 0.0) held_out = std::max<std::size_t>(held_out, 1);
  held_out = std::min(held_out, rows > 0 ? rows - 1 : 0);
  const auto middle = order.end() - static_cast<std::ptrdiff_t>(held_out);
  ValidationSplit split{{order.begin(), middle}, {middle, order.end()}};
  std::ranges::sort(split.training);
  std::ranges::sort(split.validation);
  return split;
}

}  // namespace mlp
