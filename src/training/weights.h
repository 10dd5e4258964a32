// Sample weights have no unit of their own: what they are divided by, so that their size means nothing.
#pragma once

#include <cstdint>
#include <span>

#include "mlp/dataset.h"

namespace mlp {

/// The mean weight of these rows; 1 where the data set has no weights, and where the mean differs from 1 by
/// no more than floats round. Throws DataError where every one of them is 0.
double weight_unit(const Dataset& dataset, std::span<const std::uint32_t> rows);

}  // namespace mlp
