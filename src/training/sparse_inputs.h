// What SparseInputs says to a plan.
#pragma once

#include <optional>

#include "mlp/train.h"

namespace mlp {

/// For engine::PlanChoices::skips_zeros: yes, no, or as the plan finds best.
inline std::optional<bool> skips_zeros(SparseInputs choice) {
  return choice == SparseInputs::kAuto ? std::nullopt : std::optional(choice == SparseInputs::kOn);
}

}  // namespace mlp
