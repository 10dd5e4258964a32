// Scaling by a shift and a factor for each column: what training learns of inputs and targets.
#pragma once

#include <cstddef>
#include <vector>

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

/// x' = (x - shift) * scale, column by column. Empty: identity. One entry: the same for every column.
struct AffineScaling {
  std::vector<float> shift;
  std::vector<float> scale;  ///< as many as shift, none zero

  bool identity() const { return shift.empty(); }
  float apply(float value, std::size_t column) const;
  float invert(float value, std::size_t column) const;
  friend bool operator==(const AffineScaling&, const AffineScaling&) = default;
};

}  // namespace mlp
