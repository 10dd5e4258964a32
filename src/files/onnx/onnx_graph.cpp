// See mlp/onnx.h.
#include <nlohmann/json.hpp>

#include "files/onnx/activation_nodes.h"
#include "files/onnx/graph_builder.h"
#include "files/onnx/table_nodes.h"
#include "mlp/digest.h"
#include "mlp/error.h"
#include "mlp/onnx.h"
#include "mlp/printable.h"
#include "mlp/version.h"
#include "network/facts.h"

namespace mlp {

namespace {

using nlohmann::json;

std::int64_t dimension(std::size_t size) { return static_cast<std::int64_t>(size); }

template <class T>
std::string vector(GraphBuilder& graph, const char* name, const std::vector<T>& values) {
  return graph.constant(name, {dimension(values.size())}, values);
}

/// x' = (x - origin) / unit, in double, then a float.
std::string unit_nodes(GraphBuilder& graph, const InputUnits& units, const std::string& x) {
  if (units.identity()) return x;
  graph.set_prefix("input_units.");
  const auto centered = graph.node("Sub", {x, vector(graph, "origin", units.origin)});
  return graph.cast(graph.node("Div", {centered, vector(graph, "unit", units.unit)}), OnnxType::kFloat);
}

/// x' = (x - shift) * scale
std::string scaling_nodes(GraphBuilder& graph, const AffineScaling& scaling, const std::string& x) {
  if (scaling.identity()) return x;
  const auto centered = graph.node("Sub", {x, vector(graph, "shift", scaling.shift)});
  return graph.node("Mul", {centered, vector(graph, "scale", scaling.scale)});
}

/// x = x' / scale + shift
std::string inverse_scaling_nodes(GraphBuilder& graph, const AffineScaling& scaling, const std::string& x) {
  if (scaling.identity()) return x;
  const auto unscaled = graph.node("Div", {x, vector(graph, "scale", scaling.scale)});
  return graph.node("Add", {unscaled, vector(graph, "shift", scaling.shift)});
}

std::string layer_nodes(GraphBuilder& graph, const Layer& layer, ConstMatrixView<float> weight,
                        std::span<const float> bias, const std::string& x) {
  const std::span<const float> W(weight.data(), weight.rows() * weight.columns());
  const auto z = graph.node(
      "Gemm",
      {x,
       graph.constant("weight", {dimension(layer.fan_in), dimension(layer.fan_out)},
                      std::vector<float>(W.begin(), W.end())),
       graph.constant("bias", {dimension(layer.fan_out)}, std::vector<float>(bias.begin(), bias.end()))});
  return activation_nodes(graph, layer.activation, z);
}

/// What one member makes of network inputs; `prefix` stands before the names of its layers and scalings, as
/// in model files.
std::string member_nodes(GraphBuilder& graph, const MultilayerPerceptron& network, const ModelMember& member,
                         const std::string& prefix, std::string x) {
  graph.set_prefix(prefix + "input_scaling.");
  x = scaling_nodes(graph, member.input_scaling, x);
  for (std::size_t i = 0; i < network.depth(); ++i) {
    graph.set_prefix(prefix + "layers." + std::to_string(i) + ".");
    x = layer_nodes(graph, network.layer(i), member.parameters.weight(i), member.parameters.bias(i), x);
  }
  graph.set_prefix(prefix + "target_scaling.");
  return inverse_scaling_nodes(graph, member.target_scaling, x);
}

std::string network_nodes(GraphBuilder& graph, const Model& model, const std::string& x) {
  std::vector<std::string> outputs = {member_nodes(
      graph, model.network, {model.parameters, model.input_scaling, model.target_scaling, {}}, "", x)};
  for (std::size_t i = 0; i < model.more_members.size(); ++i) {
    const std::string prefix = "members." + std::to_string(i + 1) + ".";
    outputs.push_back(member_nodes(graph, model.network, model.more_members[i], prefix, x));
  }
  graph.set_prefix("");
  return outputs.size() == 1 ? outputs.front() : graph.node("Mean", outputs);
}

json utf8_list(const std::vector<std::string>& texts) {
  json list = json::array();
  for (const auto& text : texts) list.push_back(in_utf8(text));
  return list;
}

json rows_of(const Matrix<float>& matrix) {
  json rows = json::array();
  for (std::size_t n = 0; n < matrix.rows(); ++n) rows.push_back(matrix.row(n));
  return rows;
}

/// Of each layer, "" where it names none; empty where none does.
std::vector<std::string> initializers_of(const MultilayerPerceptron& network) {
  std::vector<std::string> names;
  bool any = false;
  for (const Layer& layer : network.layers()) {
    names.push_back(layer.initializer ? to_string(*layer.initializer) : "");
    any = any || layer.initializer;
  }
  return any ? names : std::vector<std::string>();
}

std::map<std::string, std::string> metadata_of(const Model& model) {
  const bool classes = model.task() == Task::kClassification;
  std::map<std::string, std::string> metadata = {{"digest", digest(model)},
                                                 {"task", classes ? "classification" : "regression"},
                                                 {"loss", to_string(model.loss)},
                                                 {"network", to_string(model.network)},
                                                 {"dataset", in_utf8(model.record.dataset)}};
  const auto add = [&](const char* key, const json& value) {
    if (!value.empty()) metadata[key] = value.dump();
  };
  add("class_names", utf8_list(model.class_names));
  add("target_names", utf8_list(model.target_names));
  add("feature_names", utf8_list(model.feature_names));
  add("initializers", utf8_list(initializers_of(model.network)));
  if (!model.unit.empty()) metadata["unit"] = in_utf8(model.unit);
  if (model.image != ImageShape{}) add("image", json{model.image.height, model.image.width});
  if (!model.preprocessing) {
    add("example_inputs", rows_of(model.examples.inputs));
    add("example_outputs", rows_of(model.examples.outputs));
  }
  return metadata;
}

/// The name of what a network of classes gives.
const char* class_outputs(const Model& model) {
  return gives_probabilities(model.network.layers().back().activation) ? "probabilities" : "scores";
}

void add_outputs(GraphBuilder& graph, const Model& model, const std::string& outputs) {
  const std::vector<std::int64_t> shape = {OnnxValue::kRows, dimension(model.network.fan_out())};
  if (model.task() == Task::kRegression) {
    graph.bind(outputs, graph.output({"targets", OnnxType::kFloat, shape, "the targets, in their own unit"}));
    return;
  }
  const auto label =
      graph.output({"label", OnnxType::kString, {OnnxValue::kRows}, "the class with the most"});
  graph.bind(outputs, graph.output({class_outputs(model), OnnxType::kFloat, shape,
                                    "of each class, in the order of class_names in the metadata"}));
  std::vector<std::string> names;
  for (const auto& name : model.class_names) names.push_back(in_utf8(name));
  const auto best =
      graph.node("ArgMax", {outputs}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}});
  graph.bind(graph.node("Gather", {vector(graph, "class_names", names), best}, {{"axis", std::int64_t{0}}}),
             label);
}

/// Adds the graph's inputs; returns the name of what the members' networks and scalings take, float [N, I].
std::string input_nodes(GraphBuilder& graph, const Model& model) {
  if (model.preprocessing)
    return table_nodes(graph, *model.preprocessing, table_inputs(graph, *model.preprocessing));
  const bool in_units = !model.input_units.identity();
  const auto x = graph.input({"inputs",
                              in_units ? OnnxType::kDouble : OnnxType::kFloat,
                              {OnnxValue::kRows, dimension(model.network.fan_in())},
                              "rows as the model was trained on them, not scaled"});
  return unit_nodes(graph, model.input_units, x);
}

}  // namespace

OnnxGraph onnx_graph(const Model& model) {
  GraphBuilder graph;
  add_outputs(graph, model, network_nodes(graph, model, input_nodes(graph, model)));
  OnnxGraph result = std::move(graph.graph());
  result.name = "mlp";
  result.producer_name = "mlp";
  result.producer_version = version();
  result.metadata = metadata_of(model);
  return result;
}

void save_onnx(const Model& model, const std::filesystem::path& path, const FileLayer& files) {
  write_file_atomically(path, onnx_bytes(onnx_graph(model)), files);
}

}  // namespace mlp
