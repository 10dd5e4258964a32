// Optimizer rules with every coefficient different from its default, and their formulas.
#pragma once

#include <cmath>
#include <vector>

#include "kernels/kernels.h"

namespace mlp::test {

inline const std::vector<kernels::UpdateRule::Kind> kUpdateKinds = {
    kernels::UpdateRule::Kind::kSgd, kernels::UpdateRule::Kind::kMomentum,
    kernels::UpdateRule::Kind::kNesterov, kernels::UpdateRule::Kind::kRmsProp,
    kernels::UpdateRule::Kind::kAdam};

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

/// One parameter's update by mlp/optimizer.h, in double. `g` includes L2 already.
inline Updated updated(const kernels::UpdateRule& rule, bool weight, double p, double m, double v, double g) {
  using Kind = kernels::UpdateRule::Kind;
  const double lr = rule.learning_rate, b1 = rule.beta1, b2 = rule.beta2, epsilon = rule.epsilon;
  switch (rule.kind) {
    case Kind::kStore:
      return {p, m, v};
    case Kind::kSgd:
      return {p - lr * g, m, v};
    case Kind::kMomentum:
      m = b1 * m + g;
      return {p - lr * m, m, v};
    case Kind::kNesterov:
      m = b1 * m + g;
      return {p - lr * (g + b1 * m), m, v};
    case Kind::kRmsProp:
      m = b2 * m + (1 - b2) * g * g;
      return {p - lr * g / (std::sqrt(m) + epsilon), m, v};
    case Kind::kAdam:
      if (weight) p *= rule.keep;
      m = b1 * m + (1 - b1) * g;
      v = b2 * v + (1 - b2) * g * g;
      return {p - lr * m / (std::sqrt(v * rule.inverse_correction2) + epsilon), m, v};
  }
  return {};
}

}  // namespace mlp::test
