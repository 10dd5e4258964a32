// Scaling that is learned from the training rows alone.
#pragma once

#include <cstdint>
#include <span>

#include "mlp/dataset.h"
#include "mlp/model.h"

namespace mlp {

/// 8-bit inputs: to [0, 1], x / 255, or x / m where no row of `rows` holds more than a small m (0 and 1, 0 to
/// 16). Float inputs: each column to mean 0 and standard deviation 1 over `rows`; a column that is constant
/// there is only shifted.
AffineScaling input_scaling_of(const Inputs& inputs, std::span<const std::uint32_t> rows);

/// Each target column to mean 0 and standard deviation 1 over `rows`.
AffineScaling target_scaling_of(const Matrix<float>& targets, std::span<const std::uint32_t> rows);

}  // namespace mlp
