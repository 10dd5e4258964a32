// The option --precision of the commands that train.
#pragma once

#include <optional>
#include <string>

#include "mlp/train.h"

namespace mlp::app {

/// The value of --precision: not given is "float32". Throws UsageError.
Precision parse_precision(const std::optional<std::string>& text);

/// Text that parse_precision reads back.
std::string to_string(Precision precision);

/// Throws UsageError, saying what is missing, where the CPU target has no instructions for it.
void check_precision(Precision precision, const std::string& target);

}  // namespace mlp::app
