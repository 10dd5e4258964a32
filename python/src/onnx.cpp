// A model's ONNX graph as plain Python values, of which python/mlp/_onnx.py makes a file by the package onnx.
// (The module itself links no protobuf: two copies of ONNX's messages in one process abort it.)
#include "mlp/onnx.h"

#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <type_traits>
#include <variant>

#include "bindings.h"
#include "model.h"

namespace mlp::python {

namespace {

/// name, type (of TensorProto.DataType), shape, and the elements: texts, or numbers as bytes.
nb::tuple tensor_of(const OnnxTensor& tensor) {
  return std::visit(
      [&]<class T>(const std::vector<T>& values) {
        if constexpr (std::is_same_v<T, std::string>) {
          return nb::make_tuple(tensor.name, static_cast<int>(OnnxType::kString), tensor.shape, values);
        } else {
          constexpr OnnxType kType = std::is_same_v<T, float>    ? OnnxType::kFloat
                                     : std::is_same_v<T, double> ? OnnxType::kDouble
                                                                 : OnnxType::kInt64;
          return nb::make_tuple(tensor.name, static_cast<int>(kType), tensor.shape,
                                nb::bytes(values.data(), values.size() * sizeof(T)));
        }
      },
      tensor.values);
}

nb::list values_of(const std::vector<OnnxValue>& values) {
  nb::list result;
  for (const auto& value : values) {
    nb::list shape;
    for (const std::int64_t size : value.shape) {
      if (size == OnnxValue::kRows) {
        shape.append("N");
      } else {
        shape.append(size);
      }
    }
    result.append(nb::make_tuple(value.name, static_cast<int>(value.type), shape, value.description));
  }
  return result;
}

nb::object attribute_of(const OnnxAttribute& attribute) {
  return std::visit(
      []<class T>(const T& value) -> nb::object {
        if constexpr (std::is_same_v<T, OnnxTensor>) {
          return tensor_of(value);
        } else {
          return nb::cast(value);
        }
      },
      attribute.value);
}

nb::list nodes_of(const std::vector<OnnxNode>& nodes) {
  nb::list result;
  for (const auto& node : nodes) {
    nb::list attributes;
    for (const auto& attribute : node.attributes)
      attributes.append(nb::make_tuple(attribute.name, attribute_of(attribute)));
    result.append(nb::make_tuple(node.name, node.op, node.domain, node.inputs, node.outputs, attributes));
  }
  return result;
}

nb::dict graph_of(const SharedModel& model) {
  const OnnxGraph graph = onnx_graph(*model);
  nb::list initializers;
  for (const auto& tensor : graph.initializers) initializers.append(tensor_of(tensor));
  nb::dict result;
  result["ir_version"] = graph.ir_version;
  result["opsets"] = graph.opsets;
  result["producer_name"] = graph.producer_name;
  result["producer_version"] = graph.producer_version;
  result["name"] = graph.name;
  result["inputs"] = values_of(graph.inputs);
  result["outputs"] = values_of(graph.outputs);
  result["initializers"] = initializers;
  result["nodes"] = nodes_of(graph.nodes);
  result["metadata"] = graph.metadata;
  return result;
}

}  // namespace

void bind_onnx(nb::module_& module) {
  module.def("_onnx_graph", &graph_of, nb::arg("model"),
             nb::sig("def _onnx_graph(model: Model) -> dict[str, object]"),
             "What mlp/_onnx.py makes an ONNX file of.");
}

}  // namespace mlp::python
