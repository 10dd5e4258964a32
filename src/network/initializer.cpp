#include "mlp/initializer.h"

#include "core/overloaded.h"
#include "network/closed_set.h"

namespace mlp {

namespace {

const ClosedSet<Initializer>& initializers() {
  static const ClosedSet<Initializer> set{
      "initializer", {"glorot_uniform"}, {"glorot_normal"}, {"he_uniform"},
      {"he_normal"}, {"lecun_uniform"},  {"lecun_normal"},  {"pytorch"},
  };
  return set;
}

}  // namespace

Initializer default_initializer(const Activation& activation) {
  return std::visit(Overloaded{
                        [](const Linear&) -> Initializer { return GlorotUniform{}; },
                        [](const ReLU&) -> Initializer { return HeNormal{}; },
                        [](const LeakyReLU&) -> Initializer { return HeNormal{}; },
                        [](const Tanh&) -> Initializer { return GlorotUniform{}; },
                        [](const Sigmoid&) -> Initializer { return GlorotUniform{}; },
                        [](const Softplus&) -> Initializer { return HeNormal{}; },
                        [](const Mish&) -> Initializer { return HeNormal{}; },
                        [](const GELU&) -> Initializer { return HeNormal{}; },
                        [](const SiLU&) -> Initializer { return HeNormal{}; },
                        [](const ELU&) -> Initializer { return HeNormal{}; },
                        [](const SELU&) -> Initializer { return LeCunNormal{}; },
                        [](const Softmax&) -> Initializer { return GlorotUniform{}; },
                    },
                    activation);
}

std::string to_string(const Initializer& initializer) { return initializers().to_string(initializer); }
Initializer parse_initializer(std::string_view text) { return initializers().parse(text); }
const std::vector<Initializer>& all_initializers() { return initializers().all(); }

}  // namespace mlp
