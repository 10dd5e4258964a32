#include "mlp/optimizer.h"

#include "core/overloaded.h"
#include "network/closed_set.h"
#include "network/validate.h"

namespace mlp {

namespace {

/// Read where it is given, but never written: the learning rate is set on its own, apart from the optimizer's
/// name.
template <class T>
Parameter<T> rate() {
  return {"learning_rate", &T::learning_rate, Range::positive_float(), false};
}

const ClosedSet<Optimizer>& optimizers() {
  const Range fraction = Range::right_open(0, 1);
  const Range positive = Range::positive_float();
  static const ClosedSet<Optimizer> set{
      "optimizer",
      {"sgd", {rate<SGD>()}},
      {"momentum", {rate<Momentum>(), {"momentum", &Momentum::momentum, fraction}}},
      {"nesterov", {rate<Nesterov>(), {"momentum", &Nesterov::momentum, fraction}}},
      {"rmsprop",
       {rate<RMSProp>(), {"rho", &RMSProp::rho, fraction}, {"epsilon", &RMSProp::epsilon, positive}}},
      {"adam",
       {rate<Adam>(),
        {"beta1", &Adam::beta1, fraction},
        {"beta2", &Adam::beta2, fraction},
        {"epsilon", &Adam::epsilon, positive}}},
      {"adamw",
       {rate<AdamW>(),
        {"beta1", &AdamW::beta1, fraction},
        {"beta2", &AdamW::beta2, fraction},
        {"epsilon", &AdamW::epsilon, positive},
        {"weight_decay", &AdamW::weight_decay, Range::at_least(0)}}},
  };
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
  return std::visit(Overloaded{
                        [](const SGD&) { return 0; },
                        [](const Momentum&) { return 1; },
                        [](const Nesterov&) { return 1; },
                        [](const RMSProp&) { return 1; },
                        [](const Adam&) { return 2; },
                        [](const AdamW&) { return 2; },
                    },
                    optimizer);
}

std::string to_string(const Optimizer& optimizer) { return optimizers().to_string(optimizer); }
Optimizer parse_optimizer(std::string_view text) { return optimizers().parse(text); }
const std::vector<Optimizer>& all_optimizers() { return optimizers().all(); }
std::string range_problem(const Optimizer& optimizer) { return optimizers().problem(optimizer); }

}  // namespace mlp
