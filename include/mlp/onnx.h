// Models as ONNX graphs, for whatever runs those: onnxruntime, browsers, servers, phones.
//
//   mlp::save_onnx(model, "model.onnx");          // needs MLP_WITH_ONNX
//   const auto graph = mlp::onnx_graph(model);    // the same as a plain value, always there
//   const auto other = mlp::load_onnx("torch.onnx");   // a feed-forward network that others exported
//
// The graph holds everything that prediction does (docs/onnx.md):
//
//   a table's columns, one input each [N, 1], or `inputs` [N, I]
//     -> encoding, units, scaling -> network (of an ensemble all, then their mean) -> target scaling
//     -> `label` [N] and `probabilities` [N, C], or `targets` [N, O]
//
// IR version 8, operators of opset 17 and of ai.onnx.ml 3 (the ONNX specification, onnx.ai). It computes in
// float32, and where a float does not tell the inputs apart (numbers of tables, InputUnits) in double until
// they are scaled.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mlp/atomic_file.h"
#include "mlp/export.h"
#include "mlp/model.h"

namespace MLP_EXPORT mlp {

/// Types of elements; the numbers are those of ONNX (TensorProto.DataType).
enum class OnnxType { kFloat = 1, kInt64 = 7, kString = 8, kBool = 9, kDouble = 11 };

/// Numbers or texts that are part of the graph, row-major. No dimensions: a scalar.
struct OnnxTensor {
  using Values = std::variant<std::vector<float>, std::vector<double>, std::vector<std::int64_t>,
                              std::vector<std::string>>;

  std::string name;
  std::vector<std::int64_t> shape;
  Values values;  ///< as many as the shape has places
  friend bool operator==(const OnnxTensor&, const OnnxTensor&) = default;
};

/// An input or output of the graph.
struct OnnxValue {
  static constexpr std::int64_t kRows = -1;  ///< the dimension "N": any number of rows

  std::string name;
  OnnxType type = OnnxType::kFloat;
  std::vector<std::int64_t> shape;
  std::string description = {};  ///< for people; may be empty
  friend bool operator==(const OnnxValue&, const OnnxValue&) = default;
};

struct OnnxAttribute {
  using Value = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>,
                             std::vector<std::string>, OnnxTensor>;

  std::string name;
  Value value;
  friend bool operator==(const OnnxAttribute&, const OnnxAttribute&) = default;
};

/// One operation. Inputs and outputs are names of values; an empty input is left out.
struct OnnxNode {
  std::string name;
  std::string op;      ///< "Gemm", "Relu", "LabelEncoder", ...
  std::string domain;  ///< empty: the standard operators; "ai.onnx.ml"
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<OnnxAttribute> attributes = {};
  friend bool operator==(const OnnxNode&, const OnnxNode&) = default;
};

struct OnnxGraph {
  std::int64_t ir_version = 8;
  std::map<std::string, std::int64_t> opsets = {{"", 17}, {"ai.onnx.ml", 3}};  ///< by domain
  std::string producer_name;
  std::string producer_version;
  std::string name;
  std::vector<OnnxValue> inputs;
  std::vector<OnnxValue> outputs;
  std::vector<OnnxTensor> initializers;
  std::vector<OnnxNode> nodes;                  ///< each after those whose outputs it reads
  std::map<std::string, std::string> metadata;  ///< "digest", "class_names" (JSON), ...: see docs/onnx.md
  friend bool operator==(const OnnxGraph&, const OnnxGraph&) = default;
};

/// What the model predicts, as a graph.
OnnxGraph onnx_graph(const Model& model);

/// The graph as the bytes of a file: a serialised onnx.ModelProto, the same for the same graph. Throws
/// FileError where mlp was built without ONNX, and for a graph of 2 GiB or more, which no such file can hold.
std::string onnx_bytes(const OnnxGraph& graph);

/// Writes onnx_bytes(onnx_graph(model)) to `path`, whole or not at all. Throws FileError.
void save_onnx(const Model& model, const std::filesystem::path& path, const FileLayer& files = FileLayer());

/// The graph in such bytes. `name` stands before what an error says. Throws FileError naming the node, tensor
/// or type that is not understood: tensors of other types than OnnxType and 32-bit integers, values that lie
/// in other files, graphs within graphs. No more is allocated than the bytes say.
OnnxGraph parse_onnx(std::string_view bytes, const std::string& name);

/// The network that a graph is, with its scalings, labels and, of our own graphs, names and examples: chains
/// of Gemm, or MatMul and Add, and the activations however they are written, as exporters of PyTorch and
/// scikit-learn write them (docs/onnx.md). Throws FileError naming the first node that is something else.
Model model_of_graph(const OnnxGraph& graph, const std::string& name);

/// model_of_graph() of a file. Throws FileError.
Model load_onnx(const std::filesystem::path& path);

}  // namespace mlp
