#include "training/scaling.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace mlp {

namespace {

/// What 8-bit inputs are divided by: 255, or the greatest input where that is so small that the inputs were
/// never meant to fill eight bits. In photographs one of the first values decides.
float greatest_byte(const Matrix<std::uint8_t>& values, std::span<const std::uint32_t> rows) {
  constexpr std::uint8_t kSmall = 16;
  std::uint8_t greatest = 0;
  for (const std::uint32_t row : rows) {
    for (const std::uint8_t value : values.row(row)) greatest = std::max(greatest, value);
    if (greatest > kSmall) return 255.0f;
  }
  return greatest == 0 ? 255.0f : static_cast<float>(greatest);
}

/// Mean and (population) standard deviation by column, in two passes in double: exact enough for any offset.
AffineScaling standardization(const Matrix<float>& values, std::span<const std::uint32_t> rows) {
  AffineScaling scaling;
  const double count = static_cast<double>(rows.size());
  for (std::size_t column = 0; column < values.columns(); ++column) {
    double sum = 0;
    for (const std::uint32_t row : rows) sum += static_cast<double>(values(row, column));
    const double mean = sum / count;
    double squares = 0;
    for (const std::uint32_t row : rows) {
      const double difference = static_cast<double>(values(row, column)) - mean;
      squares += difference * difference;
    }
    const double deviation = std::sqrt(squares / count);
    // Because of rounding in the mean, a constant column's deviation is not exactly zero.
    const bool constant = deviation <= 1e-6 * std::abs(mean) || !(deviation > 0);
    scaling.shift.push_back(static_cast<float>(mean));
    scaling.scale.push_back(constant ? 1.0f : static_cast<float>(1 / deviation));
  }
  return scaling;
}

}  // namespace

AffineScaling input_scaling_of(const Inputs& inputs, std::span<const std::uint32_t> rows) {
  return std::visit(
      [&]<class T>(const Matrix<T>& values) -> AffineScaling {
        if constexpr (std::is_same_v<T, std::uint8_t>) {
          return {.shift = {0.0f}, .scale = {1.0f / greatest_byte(values, rows)}};
        } else {
          return standardization(values, rows);
        }
      },
      inputs);
}

AffineScaling target_scaling_of(const Matrix<float>& targets, std::span<const std::uint32_t> rows) {
  return standardization(targets, rows);
}

}  // namespace mlp
