// Makes an OnnxGraph node by node, each value under a name of its own.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "mlp/onnx.h"

namespace mlp {

class GraphBuilder {
 public:
  /// `name` where nothing in the graph has it yet, else with a number behind it.
  std::string unique(const std::string& name);

  /// What stands before the names of all that is added from now on: "layers.0.".
  void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }

  /// These return the name of what they add.
  std::string input(OnnxValue value);
  std::string output(OnnxValue value);
  std::string constant(const std::string& name, std::vector<std::int64_t> shape, OnnxTensor::Values values);
  std::string scalar(const std::string& name, float value) { return constant(name, {}, std::vector{value}); }
  std::string node(const std::string& op, std::vector<std::string> inputs,
                   std::vector<OnnxAttribute> attributes = {}, const std::string& domain = {});
  std::string cast(const std::string& value, OnnxType type);
  /// Gives the value the name that output() returned.
  void bind(const std::string& value, const std::string& output);

  OnnxGraph& graph() { return graph_; }

 private:
  OnnxGraph graph_;
  std::set<std::string> names_;
  std::string prefix_;
};

}  // namespace mlp
