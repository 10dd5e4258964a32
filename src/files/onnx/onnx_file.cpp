// An OnnxGraph as a serialised onnx.ModelProto, and back. The one file that includes protobuf's headers.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/onnx_pb.h>

#include <bit>
#include <cstring>
#include <limits>

#include "core/overloaded.h"
#include "mlp/error.h"
#include "mlp/onnx.h"
#include "network/text.h"

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
                        },
                        [&](const OnnxTensor& tensor) {
                          to.set_type(Proto::TENSOR);
                          write(tensor, *to.mutable_t());
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

using Text = std::string;

[[noreturn]] void refuse(const Text& where, const Text& what, const Text& hint = {}) {
  throw FileError(where + ": " + what, hint);
}

/// The elements of a tensor: raw bytes, or one of the lists of numbers that there are for each type.
template <class To, class From, class List>
std::vector<To> elements(const onnx::TensorProto& tensor, const List& list, std::size_t count,
                         const Text& where) {
  if (!tensor.has_raw_data()) {
    if (static_cast<std::size_t>(list.size()) != count)
      refuse(where, "expected " + std::to_string(count) + " elements, found " + std::to_string(list.size()));
    return {list.begin(), list.end()};
  }
  const Text& bytes = tensor.raw_data();
  if (bytes.size() != count * sizeof(From))
    refuse(where, "expected " + std::to_string(count * sizeof(From)) + " bytes, found " +
                      std::to_string(bytes.size()));
  if (count == 0) return {};
  std::vector<From> values(count);
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return {values.begin(), values.end()};
}

/// The number of elements, no more than the tensor's bytes can hold.
std::size_t element_count(const onnx::TensorProto& tensor, const Text& where) {
  std::size_t count = 1;
  const std::size_t most = tensor.ByteSizeLong();
  bool empty = false;
  for (const std::int64_t size : tensor.dims()) {
    if (size < 0) refuse(where, "a negative dimension");
    empty = empty || size == 0;
  }
  if (empty) return 0;
  for (const std::int64_t size : tensor.dims()) {
    if (static_cast<std::uint64_t>(size) > most / count)
      refuse(where, "its shape has more elements than it has bytes");
    count *= static_cast<std::size_t>(size);
  }
  return count;
}

OnnxTensor tensor_of(const onnx::TensorProto& from, const Text& file) {
  const Text where = file + ": tensor " + quote(from.name());
  if (from.data_location() == onnx::TensorProto::EXTERNAL || from.external_data_size() > 0)
    refuse(where, "its values lie in another file",
           "export it with its weights inside (torch.onnx.export: external_data=False)");
  OnnxTensor to{.name = from.name(), .shape = {from.dims().begin(), from.dims().end()}, .values = {}};
  const std::size_t count = element_count(from, where);
  switch (from.data_type()) {
    case onnx::TensorProto::FLOAT:
      to.values = elements<float, float>(from, from.float_data(), count, where);
      break;
    case onnx::TensorProto::DOUBLE:
      to.values = elements<double, double>(from, from.double_data(), count, where);
      break;
    case onnx::TensorProto::INT64:
      to.values = elements<std::int64_t, std::int64_t>(from, from.int64_data(), count, where);
      break;
    case onnx::TensorProto::INT32:
      to.values = elements<std::int64_t, std::int32_t>(from, from.int32_data(), count, where);
      break;
    case onnx::TensorProto::BOOL:
      to.values = elements<std::int64_t, std::uint8_t>(from, from.int32_data(), count, where);
      break;
    case onnx::TensorProto::STRING:
      if (static_cast<std::size_t>(from.string_data_size()) != count)
        refuse(where, "expected " + std::to_string(count) + " texts, found " +
                          std::to_string(from.string_data_size()));
      to.values = std::vector<Text>(from.string_data().begin(), from.string_data().end());
      break;
    default:
      refuse(where, "elements of type " + std::to_string(from.data_type()) + " of ONNX cannot be read",
             "numbers can be float, double, int32 or int64: export the network in float32");
  }
  return to;
}

OnnxValue value_of(const onnx::ValueInfoProto& from) {
  const auto& tensor = from.type().tensor_type();  // an empty one, where it is something else
  OnnxValue to{.name = from.name(),
               .type = static_cast<OnnxType>(tensor.elem_type()),
               .shape = {},
               .description = from.doc_string()};
  for (const auto& dimension : tensor.shape().dim())
    to.shape.push_back(dimension.has_dim_value() && dimension.dim_value() > 0 ? dimension.dim_value()
                                                                              : OnnxValue::kRows);
  return to;
}

OnnxAttribute attribute_of(const onnx::AttributeProto& from, const Text& where) {
  using Proto = onnx::AttributeProto;
  const auto list = [](const auto& values) { return std::vector(values.begin(), values.end()); };
  switch (from.type()) {
    case Proto::INT:
      return {from.name(), from.i()};
    case Proto::FLOAT:
      return {from.name(), from.f()};
    case Proto::STRING:
      return {from.name(), from.s()};
    case Proto::INTS:
      return {from.name(), std::vector<std::int64_t>(from.ints().begin(), from.ints().end())};
    case Proto::FLOATS:
      return {from.name(), list(from.floats())};
    case Proto::STRINGS:
      return {from.name(), list(from.strings())};
    case Proto::TENSOR:
      return {from.name(), tensor_of(from.t(), where)};
    default:
      refuse(where,
             "its attribute " + quote(from.name()) + " is of a kind that feed-forward networks do not have");
  }
}

OnnxNode node_of(const onnx::NodeProto& from, const Text& file) {
  const Text where = file + ": node " + quote(from.name()) + " (" + quote(from.op_type()) + ")";
  OnnxNode to{.name = from.name(),
              .op = from.op_type(),
              .domain = from.domain(),
              .inputs = {from.input().begin(), from.input().end()},
              .outputs = {from.output().begin(), from.output().end()}};
  for (const auto& attribute : from.attribute()) to.attributes.push_back(attribute_of(attribute, where));
  return to;
}

}  // namespace

OnnxGraph parse_onnx(std::string_view bytes, const std::string& name) {
  onnx::ModelProto model;
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || !model.has_graph())
    refuse(name, "this is no ONNX file",
           "a file of torch.onnx.export, tf2onnx, skl2onnx or of mlp itself is");
  const auto& from = model.graph();
  if (from.sparse_initializer_size() > 0)
    refuse(name, "its weights are sparse tensors, which cannot be read");
  OnnxGraph to{.ir_version = model.ir_version(),
               .opsets = {},
               .producer_name = model.producer_name(),
               .producer_version = model.producer_version(),
               .name = from.name(),
               .inputs = {},
               .outputs = {},
               .initializers = {},
               .nodes = {},
               .metadata = {}};
  for (const auto& opset : model.opset_import()) to.opsets[opset.domain()] = opset.version();
  for (const auto& entry : model.metadata_props()) to.metadata[entry.key()] = entry.value();
  for (const auto& value : from.input()) to.inputs.push_back(value_of(value));
  for (const auto& value : from.output()) to.outputs.push_back(value_of(value));
  for (const auto& tensor : from.initializer()) to.initializers.push_back(tensor_of(tensor, name));
  for (const auto& node : from.node()) to.nodes.push_back(node_of(node, name));
  return to;
}

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
