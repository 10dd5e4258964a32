// An OnnxGraph as a serialised onnx.ModelProto. The one file that includes protobuf's headers.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/onnx_pb.h>

#include <bit>
#include <limits>

#include "core/overloaded.h"
#include "mlp/error.h"
#include "mlp/onnx.h"

namespace mlp {

namespace {

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

template <class T>
void set_raw(onnx::TensorProto& tensor, OnnxType type, const std::vector<T>& values) {
  tensor.set_data_type(static_cast<int>(type));
  tensor.set_raw_data(values.data(), values.size() * sizeof(T));
}

void write(const OnnxTensor& from, onnx::TensorProto& to) {
  to.set_name(from.name);
  for (const std::int64_t size : from.shape) to.add_dims(size);
  std::visit(
      Overloaded{[&](const std::vector<float>& values) { set_raw(to, OnnxType::kFloat, values); },
                 [&](const std::vector<double>& values) { set_raw(to, OnnxType::kDouble, values); },
                 [&](const std::vector<std::int64_t>& values) { set_raw(to, OnnxType::kInt64, values); },
                 [&](const std::vector<std::string>& values) {
                   to.set_data_type(static_cast<int>(OnnxType::kString));
                   for (const auto& value : values) to.add_string_data(value);
                 }},
      from.values);
}

void write(const OnnxValue& from, onnx::ValueInfoProto& to) {
  to.set_name(from.name);
  to.set_doc_string(from.description);
  auto& tensor = *to.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(static_cast<int>(from.type));
  auto& shape = *tensor.mutable_shape();
  for (const std::int64_t size : from.shape) {
    auto& dimension = *shape.add_dim();
    if (size == OnnxValue::kRows) {
      dimension.set_dim_param("N");
    } else {
      dimension.set_dim_value(size);
    }
  }
}

void write(const OnnxAttribute& from, onnx::AttributeProto& to) {
  using Proto = onnx::AttributeProto;
  to.set_name(from.name);
  std::visit(Overloaded{[&](std::int64_t value) {
                          to.set_type(Proto::INT);
                          to.set_i(value);
                        },
                        [&](float value) {
                          to.set_type(Proto::FLOAT);
                          to.set_f(value);
                        },
                        [&](const std::string& value) {
                          to.set_type(Proto::STRING);
                          to.set_s(value);
                        },
                        [&](const std::vector<std::int64_t>& values) {
                          to.set_type(Proto::INTS);
                          for (const auto value : values) to.add_ints(value);
                        },
                        [&](const std::vector<float>& values) {
                          to.set_type(Proto::FLOATS);
                          for (const auto value : values) to.add_floats(value);
                        },
                        [&](const std::vector<std::string>& values) {
                          to.set_type(Proto::STRINGS);
                          for (const auto& value : values) to.add_strings(value);
                        }},
             from.value);
}

void write(const OnnxNode& from, onnx::NodeProto& to) {
  to.set_name(from.name);
  to.set_op_type(from.op);
  to.set_domain(from.domain);
  for (const auto& input : from.inputs) to.add_input(input);
  for (const auto& output : from.outputs) to.add_output(output);
  for (const auto& attribute : from.attributes) write(attribute, *to.add_attribute());
}

onnx::ModelProto proto_of(const OnnxGraph& graph) {
  onnx::ModelProto model;
  model.set_ir_version(graph.ir_version);
  model.set_producer_name(graph.producer_name);
  model.set_producer_version(graph.producer_version);
  for (const auto& [domain, version] : graph.opsets) {
    auto& opset = *model.add_opset_import();
    opset.set_domain(domain);
    opset.set_version(version);
  }
  for (const auto& [key, value] : graph.metadata) {
    auto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
  auto& inner = *model.mutable_graph();
  inner.set_name(graph.name);
  for (const auto& value : graph.inputs) write(value, *inner.add_input());
  for (const auto& value : graph.outputs) write(value, *inner.add_output());
  for (const auto& tensor : graph.initializers) write(tensor, *inner.add_initializer());
  for (const auto& node : graph.nodes) write(node, *inner.add_node());
  return model;
}

}  // namespace

std::string onnx_bytes(const OnnxGraph& graph) {
  const onnx::ModelProto model = proto_of(graph);
  const std::size_t size = model.ByteSizeLong();
  if (size > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw FileError("the model is too large for an ONNX file: " + std::to_string(size) +
                        " bytes, and protobuf can hold less than 2 GiB",
                    "keep it as safetensors, or make the network smaller");
  std::string bytes;
  bytes.reserve(size);
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    model.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace mlp
