// From a table's columns to network inputs, as encode() in mlp/preprocessing.h makes them.
#pragma once

#include <string>

#include "files/onnx/graph_builder.h"
#include "mlp/preprocessing.h"

namespace mlp {

/// Adds an input to the graph for each column, named as it is: numbers [N, 1] in double, NaN where missing;
/// booleans and categories [N, 1] as texts.
std::vector<std::string> table_inputs(GraphBuilder& graph, const Preprocessing& preprocessing);

/// Adds what encodes these inputs; returns the name of the network's inputs, float [N, width].
std::string table_nodes(GraphBuilder& graph, const Preprocessing& preprocessing,
                        const std::vector<std::string>& inputs);

}  // namespace mlp
