// The description of exported graphs. What such graphs compute is tested with onnxruntime: tests/onnx.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "files/samples.h"
#include "mlp/digest.h"
#include "mlp/onnx.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using nlohmann::json;
using testing_support::error_of;
using testing_support::read_bytes;
using testing_support::sample_classifier;
using testing_support::sample_regression;
using testing_support::TemporaryFolder;

/// Of the columns "label" (a number), "smoker" and "colour": 2 + 1 + 3 inputs.
Model table_model() {
  const MultilayerPerceptron network{{{.fan_in = 6, .fan_out = 2, .activation = Softmax{}}}};
  Model model{.network = network, .parameters = initialize(network, 1), .loss = CrossEntropy{}};
  model.class_names = {"no", "yes"};
  model.preprocessing = {
      .inputs = {
          {{.name = "label"}, NumericEncoding{.fill = 3, .center = 2, .spread = 4, .missing_input = true}},
          {{.name = "smoker", .kind = ColumnKind::kBoolean, .categories = {"Nein", "Ja"}},
           BooleanEncoding{.fill = 0.25}},
          {{.name = "colour", .kind = ColumnKind::kCategorical, .categories = {"blue", "red", "\u732b"}},
           OneHotEncoding{.shares = {0.5, 0.25, 0.25}}}}};
  model.feature_names = model.preprocessing->feature_names();
  return model;
}

const OnnxNode& node_of(const OnnxGraph& graph, const std::string& op) {
  const auto found = std::ranges::find(graph.nodes, op, &OnnxNode::op);
  if (found == graph.nodes.end()) throw std::runtime_error("no node " + op);
  return *found;
}

template <class T>
T attribute(const OnnxNode& node, const std::string& name) {
  const auto found = std::ranges::find(node.attributes, name, &OnnxAttribute::name);
  if (found == node.attributes.end()) throw std::runtime_error("no attribute " + name);
  return std::get<T>(found->value);
}

const OnnxTensor& initializer(const OnnxGraph& graph, const std::string& name) {
  const auto found = std::ranges::find(graph.initializers, name, &OnnxTensor::name);
  if (found == graph.initializers.end()) throw std::runtime_error("no initializer " + name);
  return *found;
}

/// Each name is given once, and before it is used; every tensor has as many values as its shape says.
void expect_well_formed(const OnnxGraph& graph) {
  std::set<std::string> known;
  for (const auto& value : graph.inputs) EXPECT_TRUE(known.insert(value.name).second) << value.name;
  for (const auto& tensor : graph.initializers) {
    EXPECT_TRUE(known.insert(tensor.name).second) << tensor.name;
    std::size_t places = 1;
    for (const auto size : tensor.shape) places *= static_cast<std::size_t>(size);
    EXPECT_EQ(std::visit([](const auto& values) { return values.size(); }, tensor.values), places)
        << tensor.name;
  }
  std::set<std::string> node_names;
  for (const auto& node : graph.nodes) {
    EXPECT_TRUE(node_names.insert(node.name).second) << node.name;
    EXPECT_TRUE(graph.opsets.contains(node.domain)) << node.domain;
    for (const auto& input : node.inputs)
      EXPECT_TRUE(known.contains(input)) << node.name << " reads " << input;
    for (const auto& output : node.outputs) EXPECT_TRUE(known.insert(output).second) << output;
  }
  for (const auto& value : graph.outputs) EXPECT_TRUE(known.contains(value.name)) << value.name;
}

TEST(OnnxGraph, OfEveryActivationIsWellFormed) {
  for (const auto& activation : all_activations()) {
    SCOPED_TRACE(to_string(activation));
    const MultilayerPerceptron network{{{.fan_in = 3, .fan_out = 4, .activation = activation},
                                        {.fan_in = 4, .fan_out = 2, .activation = activation}}};
    Model model{.network = network, .parameters = initialize(network, 1), .loss = SquaredError{}};
    model.more_members.push_back({initialize(network, 2), {}, {.shift = {1}, .scale = {2}}, {}});
    expect_well_formed(onnx_graph(model));
  }
}

TEST(OnnxGraph, OfArraysHasOneInputAndTheModelsNumbers) {
  const Model model = sample_classifier();
  const OnnxGraph graph = onnx_graph(model);
  expect_well_formed(graph);
  ASSERT_EQ(graph.inputs.size(), 1u);
  EXPECT_EQ(graph.inputs[0].name, "inputs");
  EXPECT_EQ(graph.inputs[0].type, OnnxType::kFloat);
  EXPECT_EQ(graph.inputs[0].shape, (std::vector<std::int64_t>{OnnxValue::kRows, 6}));
  ASSERT_EQ(graph.outputs.size(), 2u);
  EXPECT_EQ(graph.outputs[0].name, "label");
  EXPECT_EQ(graph.outputs[0].type, OnnxType::kString);
  EXPECT_EQ(graph.outputs[0].shape, (std::vector<std::int64_t>{OnnxValue::kRows}));
  EXPECT_EQ(graph.outputs[1].name, "probabilities");
  EXPECT_EQ(graph.outputs[1].shape, (std::vector<std::int64_t>{OnnxValue::kRows, 3}));
  const auto& weight = initializer(graph, "layers.1.weight");
  EXPECT_EQ(weight.shape, (std::vector<std::int64_t>{5, 4}));
  const auto W = model.parameters.weight(1);
  EXPECT_EQ(std::get<0>(weight.values), std::vector<float>(W.data(), W.data() + 20));
  EXPECT_EQ(initializer(graph, "input_scaling.scale").values, OnnxTensor::Values(std::vector{1.0f / 255}));
  EXPECT_EQ(attribute<float>(node_of(graph, "LeakyRelu"), "alpha"), 0.1f);
  EXPECT_EQ(initializer(graph, "class_names").values, OnnxTensor::Values(model.class_names));
  EXPECT_EQ(graph.ir_version, 8);
  EXPECT_EQ(graph.opsets, (std::map<std::string, std::int64_t>{{"", 17}, {"ai.onnx.ml", 3}}));
}

TEST(OnnxGraph, MetadataSayWhatTheModelIs) {
  const Model model = sample_classifier();
  const auto metadata = onnx_graph(model).metadata;
  EXPECT_EQ(metadata.at("digest"), digest(model));
  EXPECT_EQ(metadata.at("loss"), "cross_entropy(0.02)");
  EXPECT_EQ(metadata.at("dataset"), "mnist");
  EXPECT_EQ(json::parse(metadata.at("class_names")), json(model.class_names));
  EXPECT_EQ(metadata.at("image"), "[2,3]");
  EXPECT_EQ(json::parse(metadata.at("example_outputs"))[1], json({1, 0, 1e-30f}));
  EXPECT_FALSE(metadata.contains("target_names"));
  EXPECT_EQ(onnx_graph(sample_regression()).metadata.at("target_names"), R"(["mpg","price"])");
}

TEST(OnnxGraph, OfATableHasAnInputForEachColumn) {
  const OnnxGraph graph = onnx_graph(table_model());
  expect_well_formed(graph);
  ASSERT_EQ(graph.inputs.size(), 3u);
  const std::vector<std::int64_t> shape = {OnnxValue::kRows, 1};
  EXPECT_EQ(graph.inputs[0],
            (OnnxValue{"label", OnnxType::kDouble, shape, "a number, NaN where it is missing"}));
  EXPECT_EQ(graph.inputs[1], (OnnxValue{"smoker", OnnxType::kString, shape,
                                        "a boolean as text: Nein, Ja; any other text is taken as missing"}));
  EXPECT_EQ(graph.inputs[2],
            (OnnxValue{"colour", OnnxType::kString, shape,
                       "one of these texts: blue, red, \u732b; any other text is taken as missing"}));
  EXPECT_EQ(graph.outputs[0].name, "label_2");              // as a column has the name already
  EXPECT_FALSE(graph.metadata.contains("example_inputs"));  // rows of tables have no place in it
}

TEST(OnnxGraph, UnknownTextsAreTheLastRow) {
  const OnnxGraph graph = onnx_graph(table_model());
  const auto encoder = std::ranges::find_if(graph.nodes, [](const OnnxNode& node) {
    return node.op == "LabelEncoder" && node.inputs[0] == "colour";
  });
  ASSERT_NE(encoder, graph.nodes.end());
  EXPECT_EQ(encoder->domain, "ai.onnx.ml");
  EXPECT_EQ(attribute<std::vector<std::string>>(*encoder, "keys_strings"),
            (std::vector<std::string>{"blue", "red", "\u732b"}));
  EXPECT_EQ(attribute<std::vector<std::int64_t>>(*encoder, "values_int64s"),
            (std::vector<std::int64_t>{0, 1, 2}));
  EXPECT_EQ(attribute<std::int64_t>(*encoder, "default_int64"), 3);
  EXPECT_EQ(initializer(graph, "colour.rows").values,
            OnnxTensor::Values(std::vector<float>{1, 0, 0, 0, 1, 0, 0, 0, 1, 0.5f, 0.25f, 0.25f}));
  EXPECT_EQ(initializer(graph, "smoker.rows").values, OnnxTensor::Values(std::vector<float>{0, 1, 0.25f}));
}

TEST(OnnxGraph, BooleansAreSpeltAsInTablesAndInTheUsualWays) {
  const OnnxGraph graph = onnx_graph(table_model());
  const OnnxNode& encoder = node_of(graph, "LabelEncoder");
  const auto texts = attribute<std::vector<std::string>>(encoder, "keys_strings");
  const auto codes = attribute<std::vector<std::int64_t>>(encoder, "values_int64s");
  ASSERT_EQ(texts.size(), codes.size());
  const auto code = [&](const char* text) {
    const auto found = std::ranges::find(texts, text);
    return found == texts.end() ? -1 : codes[static_cast<std::size_t>(found - texts.begin())];
  };
  for (const char* text : {"Nein", "false", "False", "FALSE", "no", "off", "N", "0"})
    EXPECT_EQ(code(text), 0) << text;
  for (const char* text : {"Ja", "true", "True", "yes", "YES", "On", "t", "y", "1"})
    EXPECT_EQ(code(text), 1) << text;
  EXPECT_EQ(code(""), -1);
  EXPECT_EQ(std::set(texts.begin(), texts.end()).size(), texts.size());
}

TEST(OnnxGraph, UnitsAreTakenInDouble) {
  Model model = sample_regression();
  model.input_units = {std::vector<double>(7, 1.7e9), std::vector<double>(7, 60.0)};
  const OnnxGraph graph = onnx_graph(model);
  expect_well_formed(graph);
  EXPECT_EQ(graph.inputs[0].type, OnnxType::kDouble);
  EXPECT_EQ(initializer(graph, "input_units.origin").values, OnnxTensor::Values(model.input_units.origin));
  EXPECT_EQ(graph.outputs[0].name, "targets");
}

TEST(OnnxGraph, ScoresAreNotCalledProbabilities) {
  const MultilayerPerceptron network{{{.fan_in = 2, .fan_out = 2}}};
  Model model{.network = network, .parameters = initialize(network, 1), .loss = SquaredError{}};
  model.class_names = {"a", "b"};
  EXPECT_EQ(onnx_graph(model).outputs[1].name, "scores");
}

#if MLP_WITH_ONNX
TEST(OnnxFile, IsTheSameForTheSameModel) {
  const TemporaryFolder folder;
  save_onnx(sample_classifier(), folder / "m.onnx");
  EXPECT_EQ(read_bytes(folder / "m.onnx"), onnx_bytes(onnx_graph(sample_classifier())));
  EXPECT_NE(read_bytes(folder / "m.onnx"), onnx_bytes(onnx_graph(sample_regression())));
}
#else
TEST(OnnxFile, IsRefusedWithTheOptionThatIsMissing) {
  const TemporaryFolder folder;
  EXPECT_EQ(
      error_of([&] { save_onnx(sample_classifier(), folder / "m.onnx"); }),
      "ONNX files cannot be written: this mlp was built without ONNX | build it with -D MLP_WITH_ONNX=ON "
      "(Debian's libonnx-dev and libprotobuf-dev)");
  EXPECT_FALSE(std::filesystem::exists(folder / "m.onnx"));
}
#endif

}  // namespace
}  // namespace mlp
