#include "mlp/activation.h"

#include "network/closed_set.h"
#include "network/validate.h"

namespace mlp {

namespace {

const ClosedSet<Activation>& activations() {
  static const ClosedSet<Activation> set{
      "activation",
      {"linear"},
      {"relu"},
      {"leaky_relu", {{"slope", &LeakyReLU::slope, Range::right_open(0, 1)}}},
      {"tanh"},
      {"sigmoid"},
      {"softplus"},
      {"mish"},
      {"gelu", {}, {{"tanh", &GELU::tanh_form}}},
      {"silu"},
      {"elu", {{"alpha", &ELU::alpha, Range::positive_float()}}},
      {"selu"},
      {"softmax"},
  };
  return set;
}

}  // namespace

std::string to_string(const Activation& activation) { return activations().to_string(activation); }
Activation parse_activation(std::string_view text) { return activations().parse(text); }
const std::vector<Activation>& all_activations() { return activations().all(); }
std::string range_problem(const Activation& activation) { return activations().problem(activation); }

}  // namespace mlp
