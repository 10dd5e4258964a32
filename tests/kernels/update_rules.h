// Optimizer rules with every coefficient different from its default, and their formulas.
#pragma once

#include <cmath>
#include <optional>
#include <vector>

#include "kernels/kernels.h"

namespace mlp::test {

inline kernels::UpdateRule rule_of(kernels::UpdateRule::Kind kind) {
  return {.kind = kind,
          .learning_rate = 0.03f,
          .keep = 0.875f,
          .l2 = 0.25f,
          .beta1 = 0.75f,
          .beta2 = 0.9375f,
          .one_minus_beta1 = 0.25f,
          .one_minus_beta2 = 0.0625f,
          .inverse_correction2 = 1.5f,
          .epsilon = 0.001f,
          .gradient_scale = 1};
}

struct Updated {
  double parameter, moment1, moment2;
};

/// One parameter's update by mlp/optimizer.h, in double. `g` includes L2 already. The compiler warns where a
/// kind has no case; none: there is no such kind.
inline std::optional<Updated> updated(const kernels::UpdateRule& rule, bool weight, double p, double m,
                                      double v, double g) {
  using Kind = kernels::UpdateRule::Kind;
  const double lr = rule.learning_rate, b1 = rule.beta1, b2 = rule.beta2, epsilon = rule.epsilon;
  switch (rule.kind) {
    case Kind::kStore:
      return Updated{p, m, v};
    case Kind::kSgd:
      return Updated{p - lr * g, m, v};
    case Kind::kMomentum:
      m = b1 * m + g;
      return Updated{p - lr * m, m, v};
    case Kind::kNesterov:
      m = b1 * m + g;
      return Updated{p - lr * (g + b1 * m), m, v};
    case Kind::kRmsProp:
      m = b2 * m + (1 - b2) * g * g;
      return Updated{p - lr * g / (std::sqrt(m) + epsilon), m, v};
    case Kind::kAdam:
      if (weight) p *= rule.keep;
      m = b1 * m + (1 - b1) * g;
      v = b2 * v + (1 - b2) * g * g;
      return Updated{p - lr * m / (std::sqrt(v * rule.inverse_correction2) + epsilon), m, v};
  }
  return std::nullopt;
}

/// Every kind: those that `updated` knows.
inline const std::vector<kernels::UpdateRule::Kind> kKinds = [] {
  constexpr int kMore = 100;  // than there are
  std::vector<kernels::UpdateRule::Kind> kinds;
  for (int number = 0; number < kMore; ++number) {
    const auto kind = static_cast<kernels::UpdateRule::Kind>(number);
    if (updated(rule_of(kind), true, 1, 1, 1, 1)) kinds.push_back(kind);
  }
  return kinds;
}();

/// Those that change parameters.
inline const std::vector<kernels::UpdateRule::Kind> kUpdateKinds = [] {
  auto kinds = kKinds;
  std::erase(kinds, kernels::UpdateRule::Kind::kStore);
  return kinds;
}();

}  // namespace mlp::test
