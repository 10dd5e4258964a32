#include "mlp/optimizer.h"

#include "network/facts.h"
#include "network/validate.h"

namespace mlp {

namespace {

/// Read where it is given, but never written: the learning rate is set on its own, apart from the optimizer's
/// name.
template <class T>
Parameter<T> rate() {
  return {"learning_rate", &T::learning_rate, Range::positive_float(), false};
}

Range fraction() { return Range::right_open(0, 1); }
Range positive() { return Range::positive_float(); }

OptimizerFacts<SGD> facts(const SGD&) { return {.text = {"sgd", {rate<SGD>()}}, .moments = 0}; }
OptimizerFacts<Momentum> facts(const Momentum&) {
  return {.text = {"momentum", {rate<Momentum>(), {"momentum", &Momentum::momentum, fraction()}}},
          .moments = 1};
}
OptimizerFacts<Nesterov> facts(const Nesterov&) {
  return {.text = {"nesterov", {rate<Nesterov>(), {"momentum", &Nesterov::momentum, fraction()}}},
          .moments = 1};
}
OptimizerFacts<RMSProp> facts(const RMSProp&) {
  return {.text = {"rmsprop",
                   {rate<RMSProp>(),
                    {"rho", &RMSProp::rho, fraction()},
                    {"epsilon", &RMSProp::epsilon, positive()}}},
          .moments = 1};
}
OptimizerFacts<Adam> facts(const Adam&) {
  return {.text = {"adam",
                   {rate<Adam>(),
                    {"beta1", &Adam::beta1, fraction()},
                    {"beta2", &Adam::beta2, fraction()},
                    {"epsilon", &Adam::epsilon, positive()}}},
          .moments = 2};
}
OptimizerFacts<AdamW> facts(const AdamW&) {
  return {.text = {"adamw",
                   {rate<AdamW>(),
                    {"beta1", &AdamW::beta1, fraction()},
                    {"beta2", &AdamW::beta2, fraction()},
                    {"epsilon", &AdamW::epsilon, positive()},
                    {"weight_decay", &AdamW::weight_decay, Range::at_least(0)}}},
          .moments = 2,
          .weight_decay = &AdamW::weight_decay};
}

const ClosedSet<Optimizer>& optimizers() {
  static const ClosedSet<Optimizer> set("optimizer",
                                        [](const auto& optimizer) { return facts(optimizer).text; });
  return set;
}

}  // namespace

double learning_rate(const Optimizer& optimizer) {
  return std::visit([](const auto& member) { return member.learning_rate; }, optimizer);
}

Optimizer with_learning_rate(Optimizer optimizer, double rate) {
  std::visit([&](auto& member) { member.learning_rate = rate; }, optimizer);
  return optimizer;
}

int moment_count(const Optimizer& optimizer) {
  return std::visit([](const auto& of) { return facts(of).moments; }, optimizer);
}

std::optional<double> weight_decay(const Optimizer& optimizer) {
  return std::visit(
      [](const auto& of) -> std::optional<double> {
        const auto decay = facts(of).weight_decay;
        return decay == nullptr ? std::nullopt : std::optional(of.*decay);
      },
      optimizer);
}

Optimizer with_weight_decay(Optimizer optimizer, double decay) {
  std::visit(
      [&](auto& of) {
        const auto member = facts(of).weight_decay;
        require(member != nullptr,
                "with_weight_decay: " + to_string(of) + " does not decay weights by itself");
        of.*member = decay;
      },
      optimizer);
  return optimizer;
}

std::string to_string(const Optimizer& optimizer) { return optimizers().to_string(optimizer); }
Optimizer parse_optimizer(std::string_view text) { return optimizers().parse(text); }
const std::vector<Optimizer>& all_optimizers() { return optimizers().all(); }
std::string range_problem(const Optimizer& optimizer) { return optimizers().problem(optimizer); }

}  // namespace mlp
