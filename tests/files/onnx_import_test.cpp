// Networks read from ONNX graphs: our own come back, and graphs as other programs write them. (Files of those
// programs are compared with their own predictions in tests/onnx.)
#include <gtest/gtest.h>

#include "files/samples.h"
#include "mlp/digest.h"
#include "mlp/ensemble.h"
#include "mlp/onnx.h"
#include "mlp/verify.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using testing_support::error_of;
using testing_support::same_bits;
using testing_support::sample_classifier;
using testing_support::sample_regression;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

void expect_comes_back(const Model& model) {
  const Model again = model_of_graph(onnx_graph(model), "graph");
  EXPECT_EQ(to_string(again.network), to_string(model.network));
  EXPECT_EQ(digest(again), digest(model));
  EXPECT_EQ(again.loss, model.loss);
  ASSERT_EQ(again.member_count(), model.member_count());
  for (std::size_t i = 0; i < model.member_count(); ++i) {
    const Model a = member_of(again, i), b = member_of(model, i);
    EXPECT_TRUE(same_bits(a.parameters.values(), b.parameters.values()));
    EXPECT_EQ(a.input_scaling, b.input_scaling);
    EXPECT_EQ(a.target_scaling, b.target_scaling);
  }
  EXPECT_EQ(again.input_units, model.input_units);
  EXPECT_EQ(again.class_names, model.class_names);
  EXPECT_EQ(again.target_names, model.target_names);
  EXPECT_EQ(again.feature_names, model.feature_names);
  EXPECT_EQ(again.unit, model.unit);
  EXPECT_EQ(again.image, model.image);
  EXPECT_EQ(again.record.dataset, model.record.dataset);
  EXPECT_EQ(again.examples, model.examples);
}

/// With outputs that are scaled; of one column, for which a vector and a number are the same.
Model model_of(const Activation& hidden, const Activation& output, std::size_t fan_out) {
  const MultilayerPerceptron network{{{.fan_in = 3, .fan_out = 4, .activation = hidden, .dropout = 0.25},
                                      {.fan_in = 4, .fan_out = fan_out, .activation = output}}};
  Model model{.network = network, .parameters = initialize(network, fan_out), .loss = SquaredError{}};
  model.input_scaling = {.shift = {1000.5f, 0.0f, -3.1f}, .scale = {0.3f, 1.0f, 1e-4f}};
  for (std::size_t i = 0; i < fan_out; ++i) {
    model.target_scaling.shift.push_back(12345.67f + static_cast<float>(i));
    model.target_scaling.scale.push_back(0.017f);
    model.target_names.push_back("y" + std::to_string(i));
  }
  return model;
}

TEST(OnnxImport, OurOwnModelsComeBackBitForBit) {
  expect_comes_back(sample_classifier());
  expect_comes_back(sample_regression());
  for (const auto& activation : all_activations()) {
    for (const std::size_t fan_out : {1, 3}) {
      SCOPED_TRACE(to_string(activation) + " " + std::to_string(fan_out));
      expect_comes_back(model_of(activation, activation, fan_out));
    }
  }
  expect_comes_back(model_of(LeakyReLU{0.123456789}, ELU{1.23456789}, 1));
}

TEST(OnnxImport, EnsemblesAndUnitsComeBack) {
  Model model = model_of(SiLU{}, Linear{}, 2);
  model.input_units = {.origin = {1.7e9, 20240101.25, -0.1}, .unit = {60, 1.0 / 3, 1e-7}};
  for (std::uint64_t seed : {5, 6}) {
    AffineScaling targets = model.target_scaling;
    targets.shift[0] += static_cast<float>(seed);
    model.more_members.push_back({initialize(model.network, seed), model.input_scaling, targets, {}});
  }
  expect_comes_back(model);
}

TEST(OnnxImport, ClassesBySigmoidsComeBack) {
  Model model = model_of(Tanh{}, Sigmoid{}, 3);
  model.target_names.clear();
  model.target_scaling = {};
  model.class_names = {"a", "b", "c"};
  model.loss = BinaryCrossEntropy{};
  expect_comes_back(model);
}

TEST(OnnxImport, WhatComesBackVerifies) {
  Model model = model_of(GELU{}, Softplus{}, 2);
  model.examples.inputs = Matrix<float>(2, 3, {1000, 1, 2, 1001, -0.25f, 3e4f});
  model.examples.outputs = predict(model, Inputs(model.examples.inputs));
  const auto verification = verify(model_of_graph(onnx_graph(model), "graph"));
  EXPECT_EQ(verification.examples, 2u);
  EXPECT_EQ(verification.same, 2u);
}

/// A graph of one input [N, 2], named "x", and one output, "y".
OnnxGraph graph_of(std::vector<OnnxNode> nodes, std::vector<OnnxTensor> initializers) {
  OnnxGraph graph;
  graph.inputs = {{"x", OnnxType::kFloat, {OnnxValue::kRows, 2}}};
  graph.outputs = {{"y", OnnxType::kFloat, {OnnxValue::kRows, 2}}};
  graph.nodes = std::move(nodes);
  graph.initializers = std::move(initializers);
  return graph;
}

OnnxTensor floats(std::string name, std::vector<std::int64_t> shape, std::vector<float> values) {
  return {std::move(name), std::move(shape), std::move(values)};
}
const OnnxTensor kW = floats("W", {2, 2}, {1, 2, 3, 4});  // W[0] = {1, 2}

/// What the imported graph makes of the row {10, 100}.
std::vector<float> outputs_of(const OnnxGraph& graph) {
  const auto outputs = predict(model_of_graph(graph, "graph"), Inputs(Matrix<float>(1, 2, {10, 100})));
  return {outputs.values().begin(), outputs.values().end()};
}

TEST(OnnxImport, WeightsMayBeTurnedRound) {
  const std::vector<float> expected = {1 * 10 + 3 * 100 + 5, 2 * 10 + 4 * 100 + 6};
  const OnnxTensor b = floats("b", {2}, {5, 6});
  EXPECT_EQ(outputs_of(graph_of({{"", "Gemm", "", {"x", "W", "b"}, {"y"}}}, {kW, b})), expected);
  EXPECT_EQ(outputs_of(graph_of({{"", "MatMul", "", {"x", "W"}, {"z"}}, {"", "Add", "", {"b", "z"}, {"y"}}},
                                {kW, b})),
            expected);
  const OnnxTensor turned = floats("T", {2, 2}, {1, 3, 2, 4});
  EXPECT_EQ(outputs_of(graph_of({{"", "Gemm", "", {"x", "T", "b"}, {"y"}, {{"transB", std::int64_t{1}}}}},
                                {turned, b})),
            expected);
  EXPECT_EQ(
      outputs_of(graph_of({{"", "Transpose", "", {"T"}, {"t"}}, {"", "Gemm", "", {"x", "t", "b"}, {"y"}}},
                          {turned, b})),
      expected);
}

TEST(OnnxImport, WhatIsScaledBetweenLayersBecomesPartOfThem) {
  // ((x W - 10) * 2, 3 | relu - 1, - 2) W
  const auto outputs = outputs_of(graph_of(
      {{"", "MatMul", "", {"x", "W"}, {"a"}},
       {"", "Sub", "", {"a", "ten"}, {"b"}},
       {"", "Mul", "", {"b", "factors"}, {"c"}},
       {"", "Relu", "", {"c"}, {"d"}},
       {"", "Sub", "", {"d", "more"}, {"e"}},
       {"", "MatMul", "", {"e", "W"}, {"y"}}},
      {kW, floats("ten", {}, {10}), floats("factors", {2}, {2, 3}), floats("more", {1, 2}, {1, 2})}));
  const float d0 = (310 - 10) * 2 - 1, d1 = (420 - 10) * 3 - 2;
  EXPECT_EQ(outputs, (std::vector<float>{d0 + 3 * d1, 2 * d0 + 4 * d1}));
}

/// The error of reading `graph`, without its name.
std::string import_error(const OnnxGraph& graph) {
  const std::string error = error_of([&] { model_of_graph(graph, "g"); });
  return error.substr(0, error.find(" | "));
}

TEST(OnnxImport, RefusesWithTheNodesName) {
  const OnnxNode layer = {"layer", "MatMul", "", {"x", "W"}, {"z"}};
  const auto after_layer = [&](OnnxNode node) {
    return import_error(graph_of({layer, std::move(node)}, {kW}));
  };
  EXPECT_EQ(after_layer({"c", "Conv", "", {"z"}, {"y"}}),
            "g: node 'c' ('Conv'): this is no part of a feed-forward network that mlp can read");
  EXPECT_EQ(after_layer({"", "Relu", "com.microsoft", {"z"}, {"y"}}),
            "g: node 'y' ('Relu'): this is no part of a feed-forward network that mlp can read");
  EXPECT_EQ(after_layer({"r", "Relu", "", {"q"}, {"y"}}),
            "g: node 'r' ('Relu'): its input 'q' comes from nowhere before it");
  EXPECT_EQ(after_layer({"r", "Abs", "", {"z"}, {"y"}}),
            "g: what is computed up to its input 'y' is no activation that mlp knows");
  EXPECT_EQ(after_layer({"r", "Mul", "", {"z", "x"}, {"y"}}),
            "g: node 'r' ('Mul'): this is no part of a feed-forward network that mlp can read");
  EXPECT_EQ(after_layer({"r", "Relu", "", {"z"}, {"z"}}),
            "g: node 'r' ('Relu'): its output 'z' is there already");
  EXPECT_EQ(
      import_error(graph_of({{"m", "MatMul", "", {"x", "W"}, {"y"}}}, {floats("W", {3, 1}, {1, 2, 3})})),
      "g: node 'm' ('MatMul'): weights for 3 columns, after a layer with 2");
  EXPECT_EQ(import_error(graph_of({{"m", "Relu", "", {"x"}, {"y"}}}, {})),
            "g: an activation comes before the first layer");
  EXPECT_EQ(import_error(graph_of({{"m", "MatMul", "", {"x", "W"}, {"y"}}},
                                  {floats("W", {2, 1}, {1, std::numeric_limits<float>::infinity()})})),
            "g: a weight, bias or scaling that is no finite float");
  EXPECT_NE(import_error(onnx_graph([] {
              Model model = model_of(ReLU{}, Linear{}, 1);
              model.preprocessing = {.inputs = {{{.name = "a"}, NumericEncoding{}},
                                                {{.name = "b"}, NumericEncoding{}},
                                                {{.name = "c"}, NumericEncoding{}}}};
              return model;
            }()))
                .find("more than one input: 'a', 'b'"),
            std::string::npos);
}

TEST(OnnxImport, SmallFilesDoNotFillTheMemory) {
  // 1,000 layers of a million weights, all the same ones
  const std::int64_t width = 1100;
  std::vector<OnnxNode> nodes;
  for (int i = 0; i < 1000; ++i)
    nodes.push_back({"",
                     "MatMul",
                     "",
                     {i == 0 ? "x" : "v" + std::to_string(i)},
                     {i == 999 ? "y" : "v" + std::to_string(i + 1)}});
  for (auto& node : nodes) node.inputs.push_back("W");
  OnnxGraph graph = graph_of(
      nodes, {floats("W", {width, width}, std::vector<float>(static_cast<std::size_t>(width * width)))});
  graph.inputs[0].shape[1] = width;
  EXPECT_EQ(import_error(graph), "g: several layers share their weights");
}

#if MLP_WITH_ONNX
TEST(OnnxFile, IsReadAsItWasWritten) {
  const OnnxGraph graph = onnx_graph(sample_classifier());
  EXPECT_EQ(parse_onnx(onnx_bytes(graph), "file"), graph);
  const TemporaryFolder folder;
  save_onnx(sample_regression(), folder / "m.onnx");
  EXPECT_EQ(digest(load_onnx(folder / "m.onnx")), digest(sample_regression()));
}

TEST(OnnxFile, RefusesWhatIsNone) {
  const TemporaryFolder folder;
  write_bytes(folder / "m.onnx", "not a graph");
  const std::string path = (folder / "m.onnx").string();
  EXPECT_TRUE(error_of([&] { load_onnx(path); }).starts_with(path + ": this is no ONNX file | "));
  EXPECT_EQ(error_of([&] { load_onnx(folder / "none"); }),
            (folder / "none").string() + ": cannot be opened | check the path and the rights to read it");
}

TEST(OnnxFile, CutShortIsNeverAnotherNetwork) {
  const Model model = sample_classifier();
  const std::string bytes = onnx_bytes(onnx_graph(model));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    try {  // what follows the graph are metadata, without which it is a network, too
      const Model read = model_of_graph(parse_onnx(bytes.substr(0, length), "f"), "f");
      EXPECT_TRUE(same_bits(read.parameters.values(), model.parameters.values())) << length;
    } catch (const FileError&) {
    }
  }
}
#endif

}  // namespace
}  // namespace mlp
