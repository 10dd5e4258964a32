// The option --sparse-inputs of the commands that train.
#pragma once

#include <optional>
#include <string>

#include "mlp/train.h"

namespace mlp::app {

/// The value of --sparse-inputs: not given is "auto". Throws UsageError.
SparseInputs parse_sparse_inputs(const std::optional<std::string>& text);

/// Text that parse_sparse_inputs reads back.
std::string to_string(SparseInputs choice);

}  // namespace mlp::app
