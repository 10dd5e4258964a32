#include "mlp/initializer.h"

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

std::string to_string(const Initializer& initializer) { return initializers().to_string(initializer); }
Initializer parse_initializer(std::string_view text) { return initializers().parse(text); }
const std::vector<Initializer>& all_initializers() { return initializers().all(); }

}  // namespace mlp
