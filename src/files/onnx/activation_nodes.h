// A = f(Z) in operators of opset 17.
#pragma once

#include <string>

#include "files/onnx/graph_builder.h"
#include "mlp/activation.h"

namespace mlp {

/// Adds f's operators to the graph; returns the name of f(z).
std::string activation_nodes(GraphBuilder& graph, const Activation& activation, const std::string& z);

}  // namespace mlp
