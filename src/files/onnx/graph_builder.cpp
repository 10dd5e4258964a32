#include "files/onnx/graph_builder.h"

namespace mlp {

std::string GraphBuilder::unique(const std::string& name) {
  std::string result = name;
  for (std::size_t number = 2; !names_.insert(result).second; ++number)
    result = name + "_" + std::to_string(number);
  return result;
}

std::string GraphBuilder::input(OnnxValue value) {
  value.name = unique(value.name);
  graph_.inputs.push_back(std::move(value));
  return graph_.inputs.back().name;
}

std::string GraphBuilder::output(OnnxValue value) {
  value.name = unique(value.name);
  graph_.outputs.push_back(std::move(value));
  return graph_.outputs.back().name;
}

std::string GraphBuilder::constant(const std::string& name, std::vector<std::int64_t> shape,
                                   OnnxTensor::Values values) {
  graph_.initializers.push_back({unique(prefix_ + name), std::move(shape), std::move(values)});
  return graph_.initializers.back().name;
}

std::string GraphBuilder::node(const std::string& op, std::vector<std::string> inputs,
                               std::vector<OnnxAttribute> attributes, const std::string& domain) {
  const std::string name = unique(prefix_ + op);
  graph_.nodes.push_back({name, op, domain, std::move(inputs), {name}, std::move(attributes)});
  return name;
}

std::string GraphBuilder::cast(const std::string& value, OnnxType type) {
  return node("Cast", {value}, {{"to", static_cast<std::int64_t>(type)}});
}

void GraphBuilder::bind(const std::string& value, const std::string& output) {
  graph_.nodes.push_back({unique(output + " output"), "Identity", "", {value}, {output}});
}

}  // namespace mlp
