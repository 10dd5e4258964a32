// How many of a data set's inputs are not zero, in groups as the engine would skip them.
#pragma once

#include "mlp/dataset.h"
#include "mlp/model.h"

namespace mlp {

/// The share of groups of 4 neighbouring inputs that are not all zero once scaled, (x - shift) * scale, from
/// some hundred rows spread over `inputs`; 1 where there are none.
double input_density(const Inputs& inputs, const AffineScaling& scaling);

}  // namespace mlp
