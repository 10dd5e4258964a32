// What ONNX's operators make of single numbers, as functions in double.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "mlp/onnx.h"

namespace mlp {

/// Of one number, with the node's attributes; nothing for other operators.
std::optional<std::function<double(double)>> function_of(const OnnxNode& node);

/// Of two numbers; nothing for other operators.
std::optional<std::function<double(double, double)>> binary_function(const std::string& op);

}  // namespace mlp
