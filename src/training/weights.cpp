#include "training/weights.h"

#include <cmath>
#include <limits>

#include "mlp/error.h"

namespace mlp {

double weight_unit(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  if (dataset.sample_weights.empty()) return 1.0;
  double sum = 0;
  for (const std::uint32_t row : rows) sum += static_cast<double>(dataset.sample_weights[row]);
  if (sum == 0)
    throw DataError(
        (dataset.name.empty() ? "data set" : dataset.name) + ": the sample weight of every training row is 0",
        "a row counts where its weight is not 0");
  const double mean = sum / static_cast<double>(rows.size());
  return std::abs(mean - 1) <= std::numeric_limits<float>::epsilon() ? 1.0 : mean;
}

}  // namespace mlp
