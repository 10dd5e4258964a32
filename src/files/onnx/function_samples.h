// Functions of one number, known by their values at some points. Exporters write an activation in many ways
// (GELU as a chain around Erf, SiLU as a product); whichever it is, it is recognised by what it computes.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "mlp/activation.h"

namespace mlp {

/// The values at the points of sample_points().
using Samples = std::vector<double>;

const Samples& sample_points();
Samples sampled(const std::function<double(double)>& function, const Samples& at);

/// factor * f(z) + offset
struct KnownFunction {
  Activation activation;
  double factor = 1.0;
  double offset = 0.0;
};

/// The activation, other than Softmax, that has these values, perhaps times a factor and with an offset.
std::optional<KnownFunction> recognised(const Samples& samples);

}  // namespace mlp
