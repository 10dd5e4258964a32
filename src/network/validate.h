// Checks of what is built in code: ranges of hyper-parameters, loss against output. Text is checked where it
// is parsed.
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

/// Requires that the loss is defined on the last layer's outputs; the message names the activations it is
/// defined on.
void require_compatible(const Loss& loss, const Activation& output_activation);

}  // namespace mlp
