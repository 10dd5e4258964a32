// Range checks of hyper-parameters built in code; text is checked where it is parsed.
#pragma once

#include "mlp/activation.h"
#include "mlp/loss.h"
#include "mlp/optimizer.h"
#include "mlp/schedule.h"

namespace mlp {

/// Empty, or what is wrong: "leaky_relu: slope = 2 is out of range, expected [0, 1)".
std::string range_problem(const Activation& activation);
std::string range_problem(const Loss& loss);
std::string range_problem(const Optimizer& optimizer);
std::string range_problem(const Schedule& schedule);

}  // namespace mlp
