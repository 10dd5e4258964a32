// The option --scaling of a table.
#pragma once

#include <string>

#include "mlp/preprocessing.h"

namespace mlp::app {

/// The value of --scaling. Throws UsageError.
InputScaling parse_input_scaling(const std::string& text);

/// Text that parse_input_scaling reads back.
std::string to_string(InputScaling scaling);

}  // namespace mlp::app
