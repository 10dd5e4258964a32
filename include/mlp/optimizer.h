// Optimizers, a closed set. With gradient g, parameter p, learning rate lr (after the schedule) and
// step t = 1, 2, ...:
//
//   SGD       p -= lr g
//   Momentum  v = momentum v + g;  p -= lr v
//             (Polyak, 1964)
//   Nesterov  v = momentum v + g;  p -= lr (g + momentum v)
//             (Nesterov, 1983, in the form of Sutskever et al., 2013)
//   RMSProp   s = rho s + (1 - rho) g^2;  p -= lr g / (sqrt(s) + epsilon)
//             (Tieleman and Hinton, 2012)
//   Adam      m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
//             p -= lr / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + epsilon)
//             (Kingma and Ba, 2015, algorithm 1)
//   AdamW     p -= lr weight_decay p (weights only), then Adam
//             (Loshchilov and Hutter, 2019, algorithm 2)
//
// A learning rate or an epsilon below 1.2e-38 is refused: steps work in float32 and treat denormal numbers as
// zero.
//
// State starts at zero. Momentum and RMSProp use one moment buffer, Adam and AdamW two.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

struct SGD {
  double learning_rate = 0.1;
  friend bool operator==(const SGD&, const SGD&) = default;
};
struct Momentum {
  double learning_rate = 0.05;
  double momentum = 0.9;
  friend bool operator==(const Momentum&, const Momentum&) = default;
};
struct Nesterov {
  double learning_rate = 0.05;
  double momentum = 0.9;
  friend bool operator==(const Nesterov&, const Nesterov&) = default;
};
struct RMSProp {
  double learning_rate = 0.001;
  double rho = 0.99;
  double epsilon = 1e-8;
  friend bool operator==(const RMSProp&, const RMSProp&) = default;
};
struct Adam {
  double learning_rate = 0.001;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  friend bool operator==(const Adam&, const Adam&) = default;
};
struct AdamW {
  double learning_rate = 0.001;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
  friend bool operator==(const AdamW&, const AdamW&) = default;
};

using Optimizer = std::variant<SGD, Momentum, Nesterov, RMSProp, Adam, AdamW>;

double learning_rate(const Optimizer& optimizer);
Optimizer with_learning_rate(Optimizer optimizer, double rate);
/// How many buffers shaped like the parameters the optimizer carries from step to step: 0, 1 or 2.
int moment_count(const Optimizer& optimizer);

/// The rate at which the optimizer decays weights by itself, apart from any L2 penalty; none where it does
/// not.
std::optional<double> weight_decay(const Optimizer& optimizer);
/// Throws std::invalid_argument for an optimizer that has none.
Optimizer with_weight_decay(Optimizer optimizer, double decay);

/// "sgd", "adam(beta2=0.99)", "adamw(beta2=0.99,weight_decay=0.5)": hyper-parameters other than the learning
/// rate, and only where they differ from the default; parse_optimizer reads every text back exactly, except
/// the learning rate, which it leaves at its default unless the text gives learning_rate=X.
std::string to_string(const Optimizer& optimizer);
/// Case is ignored. Throws UsageError naming the nearest known optimizer or hyper-parameter.
Optimizer parse_optimizer(std::string_view text);
const std::vector<Optimizer>& all_optimizers();

}  // namespace mlp
