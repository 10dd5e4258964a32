#include "mlp/affine_scaling.h"

namespace mlp {

float AffineScaling::apply(float value, std::size_t column) const {
  if (identity()) return value;
  const std::size_t index = shift.size() == 1 ? 0 : column;
  return (value - shift[index]) * scale[index];
}

float AffineScaling::invert(float value, std::size_t column) const {
  if (identity()) return value;
  const std::size_t index = shift.size() == 1 ? 0 : column;
  return value / scale[index] + shift[index];
}

}  // namespace mlp
