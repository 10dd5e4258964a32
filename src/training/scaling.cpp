#include "training/scaling.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace mlp {

namespace {

/// What 8-bit inputs are divided by: 255, or the greatest of them where that is so small that they were never
/// meant to fill eight bits. Photographs leave this at once.
template <class Bytes>
float greatest_byte(const Bytes& values, std::span<const std::uint32_t> rows) {
  constexpr std::uint8_t kSmall = 16;
  std::uint8_t greatest = 0;
  for (const std::uint32_t row : rows) {
    for (const std::uint8_t value : values.row(row)) greatest = std::max(greatest, value);
    if (greatest > kSmall) return 255.0f;
  }
  return greatest == 0 ? 255.0f : static_cast<float>(greatest);
}

/// Mean and (population) standard deviation by column, in two passes in double: exact enough for any offset.
/// Row by row, as they may lie in a file.
template <class Rows>
AffineScaling standardization(const Rows& values, std::span<const std::uint32_t> rows) {
  AffineScaling scaling;
  const double count = static_cast<double>(rows.size());
  std::vector<double> means(values.columns()), squares(values.columns());
  for (const std::uint32_t n : rows) {
    const auto row = values.row(n);
    for (std::size_t column = 0; column < row.size(); ++column)
      means[column] += static_cast<double>(row[column]);
  }
  for (double& mean : means) mean /= count;
  for (const std::uint32_t n : rows) {
    const auto row = values.row(n);
    for (std::size_t column = 0; column < row.size(); ++column) {
      const double difference = static_cast<double>(row[column]) - means[column];
      squares[column] += difference * difference;
    }
  }
  for (std::size_t column = 0; column < values.columns(); ++column) {
    const double mean = means[column], deviation = std::sqrt(squares[column] / count);
    // A constant column's deviation is not zero but the rounding error of its mean.
    const bool constant = deviation <= 1e-6 * std::abs(mean) || !(deviation > 0);
    scaling.shift.push_back(static_cast<float>(mean));
    scaling.scale.push_back(constant ? 1.0f : static_cast<float>(1 / deviation));
  }
  return scaling;
}

}  // namespace

AffineScaling input_scaling_of(const Inputs& inputs, std::span<const std::uint32_t> rows) {
  return std::visit(
      [&](const auto& values) -> AffineScaling {
        if constexpr (std::is_same_v<decltype(values(0, 0)), const std::uint8_t&>) {
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
