// Opset 17 lacks GELU, Mish and SiLU, which are made of simpler operators, in the forms that onnxruntime
// recognises. No finite z gives a NaN: where a power overflows, in GELU's tanh form, tanh of the infinity is
// 1 or -1.
#include "files/onnx/activation_nodes.h"

#include <cmath>
#include <numbers>

#include "core/overloaded.h"

namespace mlp {

namespace {

/// z/2 (1 + erf(z / sqrt 2))
std::string exact_gelu(GraphBuilder& graph, const std::string& z) {
  const auto erf =
      graph.node("Erf", {graph.node("Div", {z, graph.scalar("root_2", std::numbers::sqrt2_v<float>)})});
  const auto sum = graph.node("Add", {erf, graph.scalar("one", 1.0f)});
  return graph.node("Mul", {graph.node("Mul", {z, sum}), graph.scalar("half", 0.5f)});
}

/// z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))
std::string tanh_gelu(GraphBuilder& graph, const std::string& z) {
  const auto cube = graph.node("Mul", {z, graph.node("Mul", {z, z})});
  const auto sum = graph.node("Add", {z, graph.node("Mul", {cube, graph.scalar("cubic", 0.044715f)})});
  const auto factor = static_cast<float>(std::sqrt(2 / std::numbers::pi));
  const auto tanh = graph.node("Tanh", {graph.node("Mul", {sum, graph.scalar("root_2_by_pi", factor)})});
  const auto one_more = graph.node("Add", {tanh, graph.scalar("one", 1.0f)});
  return graph.node("Mul", {graph.node("Mul", {z, one_more}), graph.scalar("half", 0.5f)});
}

}  // namespace

std::string activation_nodes(GraphBuilder& graph, const Activation& activation, const std::string& z) {
  return std::visit(
      Overloaded{[&](const Linear&) { return z; }, [&](const ReLU&) { return graph.node("Relu", {z}); },
                 [&](const LeakyReLU& f) {
                   return graph.node("LeakyRelu", {z}, {{"alpha", static_cast<float>(f.slope)}});
                 },
                 [&](const Tanh&) { return graph.node("Tanh", {z}); },
                 [&](const Sigmoid&) { return graph.node("Sigmoid", {z}); },
                 [&](const Softplus&) { return graph.node("Softplus", {z}); },
                 [&](const Mish&) {
                   return graph.node("Mul", {z, graph.node("Tanh", {graph.node("Softplus", {z})})});
                 },
                 [&](const GELU& f) { return f.tanh_form ? tanh_gelu(graph, z) : exact_gelu(graph, z); },
                 [&](const SiLU&) {
                   return graph.node("Mul", {z, graph.node("Sigmoid", {z})});
                 },
                 [&](const ELU& f) {
                   return graph.node("Elu", {z}, {{"alpha", static_cast<float>(f.alpha)}});
                 },
                 [&](const SELU&) {
                   return graph.node("Selu", {z},
                                     {{"alpha", static_cast<float>(SELU::kAlpha)},
                                      {"gamma", static_cast<float>(SELU::kScale)}});
                 },
                 [&](const Softmax&) {
                   return graph.node("Softmax", {z}, {{"axis", std::int64_t{1}}});
                 }},
      activation);
}

}  // namespace mlp
