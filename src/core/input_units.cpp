// InputUnits, see mlp/dataset.h.
#include "mlp/dataset.h"

namespace mlp {

// Each term is divided by itself: the difference of two large numbers may be infinite.
float InputUnits::apply(double x, std::size_t column) const {
  return static_cast<float>(identity() ? x : x / unit[column] - origin[column] / unit[column]);
}

double InputUnits::invert(float x, std::size_t column) const {
  return identity() ? static_cast<double>(x) : static_cast<double>(x) * unit[column] + origin[column];
}

}  // namespace mlp
