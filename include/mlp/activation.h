// Activation functions, a closed set: A = f(Z), applied to each row of Z.
//
// All but Softmax act on each element alone. Formulas (z a pre-activation, a = f(z)), with their sources:
//   Linear      z
//   ReLU        max(0, z)                                   Nair and Hinton, 2010
//   LeakyReLU   z > 0 ? z : slope * z                       Maas, Hannun and Ng, 2013
//   Tanh        tanh(z)
//   Sigmoid     1 / (1 + exp(-z))
//   Softplus    log(1 + exp(z))                             Dugas et al., 2001
//   Mish        z * tanh(softplus(z))                       Misra, 2019
//   GELU        z * Phi(z), Phi the normal CDF; its tanh form
//               z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))   Hendrycks and Gimpel, 2016
//   SiLU        z * sigmoid(z)                              Elfwing, Uchibe and Doya, 2018
//   ELU         z > 0 ? z : alpha * (exp(z) - 1)            Clevert, Unterthiner and Hochreiter, 2016
//   SELU        scale * ELU with alpha = 1.6733, scale = 1.0507   Klambauer et al., 2017
//   Softmax     exp(z_j) / sum_k exp(z_k) over the row      Bridle, 1990
// At a kink the derivative is the left one: ReLU'(0) = 0, LeakyReLU'(0) = slope.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

struct Linear {
  friend bool operator==(const Linear&, const Linear&) = default;
};
struct ReLU {
  friend bool operator==(const ReLU&, const ReLU&) = default;
};
struct LeakyReLU {
  double slope = 0.01;  ///< for z < 0; in [0, 1)
  friend bool operator==(const LeakyReLU&, const LeakyReLU&) = default;
};
struct Tanh {
  friend bool operator==(const Tanh&, const Tanh&) = default;
};
struct Sigmoid {
  friend bool operator==(const Sigmoid&, const Sigmoid&) = default;
};
struct Softplus {
  friend bool operator==(const Softplus&, const Softplus&) = default;
};
struct Mish {
  friend bool operator==(const Mish&, const Mish&) = default;
};
struct GELU {
  bool tanh_form = false;  ///< the tanh approximation instead of the exact normal CDF
  friend bool operator==(const GELU&, const GELU&) = default;
};
struct SiLU {
  friend bool operator==(const SiLU&, const SiLU&) = default;
};
struct ELU {
  double alpha = 1.0;  ///< -alpha is the limit towards minus infinity; at least 1.2e-38
  friend bool operator==(const ELU&, const ELU&) = default;
};
struct SELU {
  static constexpr double kAlpha = 1.6732632423543772848170429916717;
  static constexpr double kScale = 1.0507009873554804934193349852946;
  friend bool operator==(const SELU&, const SELU&) = default;
};
struct Softmax {
  friend bool operator==(const Softmax&, const Softmax&) = default;
};

using Activation =
    std::variant<Linear, ReLU, LeakyReLU, Tanh, Sigmoid, Softplus, Mish, GELU, SiLU, ELU, SELU, Softmax>;

/// As written in a layer specification: "relu", "leaky_relu", "leaky_relu(0.2)", "gelu(tanh)", ...
/// Parameters appear only where they differ from the default; parse_activation reads every text back exactly.
std::string to_string(const Activation& activation);

/// The inverse of to_string; case, '-' and '_' are ignored. Throws UsageError naming the nearest known one.
Activation parse_activation(std::string_view text);

/// Every alternative with its default parameters, and those with a second form (GELU) in both:
/// what tests, help texts and tables iterate over.
const std::vector<Activation>& all_activations();

}  // namespace mlp
