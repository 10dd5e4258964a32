// One layer: A = f(XW + b), X [N, fan_in], W [fan_in, fan_out], b [fan_out], then dropout on A in training.
#pragma once

#include <cstddef>
#include <optional>

#include "mlp/activation.h"
#include "mlp/export.h"
#include "mlp/initializer.h"

namespace MLP_EXPORT mlp {

struct Layer {
  std::size_t fan_in = 0;
  std::size_t fan_out = 0;
  Activation activation = Linear{};
  /// The probability that training sets an activation to zero; the others are scaled by 1 / (1 - dropout), so
  /// that prediction needs no change ("inverted" dropout; Srivastava et al., 2014). In [0, 1); 0 on the last
  /// layer.
  double dropout = 0.0;
  /// How weights start; none: default_initializer(activation).
  std::optional<Initializer> initializer = std::nullopt;

  friend bool operator==(const Layer&, const Layer&) = default;
};

}  // namespace mlp
