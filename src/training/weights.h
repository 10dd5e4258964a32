// Sample weights have no unit of their own: dividing them by their mean makes their size irrelevant.
#pragma once

#include <cstdint>
#include <span>

#include "mlp/dataset.h"

namespace mlp {

/// The mean weight of these rows; 1 where the data set has no weights, and where the mean differs from 1 by
/// no more than float rounding. Throws DataError where every weight is 0.
double weight_unit(const Dataset& dataset, std::span<const std::uint32_t> rows);

}  // namespace mlp
