#include "mlp/activation.h"

#include "network/activation_math.h"
#include "network/facts.h"
#include "network/validate.h"

namespace mlp {

namespace {

const ClosedSet<Activation>& activations() {
  static const ClosedSet<Activation> set("activation", [](const auto& f) { return facts(f).text; });
  return set;
}

}  // namespace

std::string to_string(const Activation& activation) { return activations().to_string(activation); }
Activation parse_activation(std::string_view text) { return activations().parse(text); }
const std::vector<Activation>& all_activations() { return activations().all(); }
std::string range_problem(const Activation& activation) { return activations().problem(activation); }

Initializer default_initializer(const Activation& activation) {
  return std::visit([](const auto& f) { return facts(f).initializer; }, activation);
}

bool gives_probabilities(const Activation& activation) {
  return std::visit([](const auto& f) { return facts(f).probabilities; }, activation);
}

std::optional<double> slope_below_zero(const Activation& activation) {
  return std::visit([](const auto& f) { return facts(f).slope_below_zero; }, activation);
}

}  // namespace mlp
