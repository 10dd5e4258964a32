// Translates SparseInputs for a plan.
#pragma once

#include <optional>

#include "mlp/train.h"

namespace mlp {

/// For engine::PlanChoices::skips_zeros: yes, no, or nothing, so that the plan chooses.
inline std::optional<bool> skips_zeros(SparseInputs choice) {
  return choice == SparseInputs::kAuto ? std::nullopt : std::optional(choice == SparseInputs::kOn);
}

}  // namespace mlp
