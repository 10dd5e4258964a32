// The CPU target, the same for every command that computes.
#pragma once

#include <optional>
#include <string>

#include "terminal/environment.h"

namespace mlp::app {

/// What MLP_TARGET names, or `option` where it is given: the name of a CPU target. Throws UsageError where it
/// is unknown, or not for this CPU; so call it before anything that takes time.
std::string choose_target(const Environment& environment, const std::optional<std::string>& option = {});

/// Whether a target rounds a multiply-add once. Those that do compute the same bits; the baseline and
/// the reference do not.
bool is_fused(const std::string& target);

}  // namespace mlp::app
