// What exporters compute of constants alone: shapes, transposed weights.
#pragma once

#include <optional>
#include <vector>

#include "files/onnx/stages.h"

namespace mlp {

const OnnxAttribute* find_attribute(const OnnxNode& node, const std::string& name);
std::int64_t integer_attribute(const OnnxNode& node, const std::string& name, std::int64_t otherwise);
float float_attribute(const OnnxNode& node, const std::string& name, float otherwise);

/// The node's output, all of whose inputs are constants; nothing where it is not understood.
std::optional<OnnxTensor> folded(const OnnxNode& node, const std::vector<Constant>& inputs);

}  // namespace mlp
