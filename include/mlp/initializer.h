// Weight initialisers, a closed set. Biases start at zero, except under PyTorchDefault.
//
//   GlorotUniform   U(-r, r), r = sqrt(6 / (fan_in + fan_out))      Glorot and Bengio, 2010, eq. 16
//   GlorotNormal    N(0, 2 / (fan_in + fan_out))
//   HeUniform       U(-r, r), r = gain * sqrt(3 / fan_in)           He et al., 2015, eq. 10 and 14
//   HeNormal        N(0, gain^2 / fan_in)
//                   gain^2 = 2 / (1 + slope^2) with the layer's LeakyReLU slope, else 2
//   LeCunUniform    U(-r, r), r = sqrt(3 / fan_in)                  LeCun et al., 1998 ("Efficient BackProp")
//   LeCunNormal     N(0, 1 / fan_in)
//   PyTorchDefault  U(-r, r), r = 1 / sqrt(fan_in), bias included   torch.nn.Linear.reset_parameters
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mlp/activation.h"
#include "mlp/export.h"

namespace MLP_EXPORT mlp {

struct GlorotUniform {
  friend bool operator==(const GlorotUniform&, const GlorotUniform&) = default;
};
struct GlorotNormal {
  friend bool operator==(const GlorotNormal&, const GlorotNormal&) = default;
};
struct HeUniform {
  friend bool operator==(const HeUniform&, const HeUniform&) = default;
};
struct HeNormal {
  friend bool operator==(const HeNormal&, const HeNormal&) = default;
};
struct LeCunUniform {
  friend bool operator==(const LeCunUniform&, const LeCunUniform&) = default;
};
struct LeCunNormal {
  friend bool operator==(const LeCunNormal&, const LeCunNormal&) = default;
};
struct PyTorchDefault {
  friend bool operator==(const PyTorchDefault&, const PyTorchDefault&) = default;
};

using Initializer =
    std::variant<GlorotUniform, GlorotNormal, HeUniform, HeNormal, LeCunUniform, LeCunNormal, PyTorchDefault>;

/// How a layer that names none starts: HeNormal for the ReLU family and its smooth relatives, LeCunNormal for
/// SELU (its self-normalisation assumes it), GlorotUniform for the others; docs/activations.md has a table.
Initializer default_initializer(const Activation& activation);

/// "glorot_uniform", "he_normal", ..., "pytorch".
std::string to_string(const Initializer& initializer);
/// The inverse; case is ignored. Throws UsageError naming the nearest known one.
Initializer parse_initializer(std::string_view text);
const std::vector<Initializer>& all_initializers();

}  // namespace mlp
