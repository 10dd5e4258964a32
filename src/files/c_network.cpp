#include "files/c_network.h"

#include <algorithm>
#include <numbers>
#include <set>
#include <span>
#include <variant>
#include <vector>

#include "core/overloaded.h"

namespace mlp {

namespace {

// The functions of network/activation_math.h, in C: exp is only ever taken of numbers that are not positive.
constexpr const char* kLogistic =
    "static float @_logistic(float z) {\n"
    "  const float e = expf(-fabsf(z));\n"
    "  return z >= 0.0f ? 1.0f / (1.0f + e) : e / (1.0f + e);\n"
    "}\n";
constexpr const char* kRelu = "static float @_relu(float z) { return z < 0.0f ? 0.0f : z; }\n";
constexpr const char* kLeakyRelu =
    "static float @_leaky_relu(float z, float slope) { return z > 0.0f ? z : slope * z; }\n";
constexpr const char* kSoftplus =
    "static float @_softplus(float z) { return (z > 0.0f ? z : 0.0f) + log1pf(expf(-fabsf(z))); }\n";
constexpr const char* kMish =
    "static float @_mish(float z) { /* z tanh(log(1 + exp(z))) */\n"
    "  const float e = expf(-fabsf(z));\n"
    "  return z * (z >= 0.0f ? (1.0f + 2.0f * e) / (1.0f + 2.0f * e + 2.0f * e * e)\n"
    "                        : (2.0f * e + e * e) / (2.0f + 2.0f * e + e * e));\n"
    "}\n";
constexpr const char* kGelu =
    "static float @_gelu(float z) { return z * (0.5f * erfcf(-0.70710678f * z)); }\n";
constexpr const char* kGeluTanh =
    "static float @_gelu_tanh(float z) { /* (1 + tanh(u)) / 2 is the logistic function of 2u */\n"
    "  const float b = z > 30.0f ? 30.0f : z < -30.0f ? -30.0f : z;\n"
    "  return z * @_logistic(1.59576912f * (b + 0.044715f * b * b * b));\n"
    "}\n";
constexpr const char* kSilu = "static float @_silu(float z) { return z * @_logistic(z); }\n";
constexpr const char* kElu =
    "static float @_elu(float z, float scale, float alpha) {\n"
    "  return scale * (z > 0.0f ? z : alpha * expm1f(z));\n"
    "}\n";
constexpr const char* kSoftmax =
    "static void @_softmax(float* z, size_t count) {\n"
    "  float largest = z[0], sum = 0.0f;\n"
    "  for (size_t j = 1; j < count; ++j) {\n"
    "    if (z[j] > largest) largest = z[j];\n"
    "  }\n"
    "  for (size_t j = 0; j < count; ++j) {\n"
    "    z[j] = expf(z[j] - largest);\n"
    "    sum += z[j];\n"
    "  }\n"
    "  for (size_t j = 0; j < count; ++j) z[j] /= sum;\n"
    "}\n";
constexpr const char* kAffine =
    "/* z = x W + b, W row by row: a row for each input. Inputs that are zero, as many are behind a ReLU, "
    "cost\n"
    "   nothing. */\n"
    "static void @_affine(const float* weight, const float* bias, size_t inputs, size_t units, const float* "
    "x,\n"
    "                     float* z) {\n"
    "  for (size_t j = 0; j < units; ++j) z[j] = bias[j];\n"
    "  for (size_t i = 0; i < inputs; ++i, weight += units) {\n"
    "    const float xi = x[i];\n"
    "    if (xi == 0.0f) continue;\n"
    "    for (size_t j = 0; j < units; ++j) z[j] += xi * weight[j];\n"
    "  }\n"
    "}\n";

struct CActivation {
  std::vector<const char*> functions;  ///< that it needs
  std::string value;                   ///< of #, a variable; empty: see Linear and Softmax
};

CActivation c_activation(const Activation& activation) {
  const auto number = [](double x) { return c_number(static_cast<float>(x)); };
  return std::visit(Overloaded{
                        [](const Linear&) { return CActivation{}; },
                        [](const ReLU&) {
                          return CActivation{{kRelu}, "@_relu(#)"};
                        },
                        [&](const LeakyReLU& f) {
                          return CActivation{{kLeakyRelu}, "@_leaky_relu(#, " + number(f.slope) + ")"};
                        },
                        [](const Tanh&) {
                          return CActivation{{}, "tanhf(#)"};
                        },
                        [](const Sigmoid&) {
                          return CActivation{{kLogistic}, "@_logistic(#)"};
                        },
                        [](const Softplus&) {
                          return CActivation{{kSoftplus}, "@_softplus(#)"};
                        },
                        [](const Mish&) {
                          return CActivation{{kMish}, "@_mish(#)"};
                        },
                        [](const GELU& f) {
                          return f.tanh_form ? CActivation{{kLogistic, kGeluTanh}, "@_gelu_tanh(#)"}
                                             : CActivation{{kGelu}, "@_gelu(#)"};
                        },
                        [](const SiLU&) {
                          return CActivation{{kLogistic, kSilu}, "@_silu(#)"};
                        },
                        [&](const ELU& f) {
                          return CActivation{{kElu}, "@_elu(#, 1.0f, " + number(f.alpha) + ")"};
                        },
                        [&](const SELU&) {
                          return CActivation{
                              {kElu}, "@_elu(#, " + number(SELU::kScale) + ", " + number(SELU::kAlpha) + ")"};
                        },
                        [](const Softmax&) {
                          return CActivation{{kSoftmax}, ""};
                        },
                    },
                    activation);
}

/// The functions that the network's activations need, each once.
std::string activation_functions(const MultilayerPerceptron& network) {
  std::string code;
  std::set<std::string> there;
  for (const Layer& layer : network.layers()) {
    for (const char* function : c_activation(layer.activation).functions)
      if (there.insert(function).second) code += function;
  }
  return code;
}

std::string text_of(std::size_t number) { return std::to_string(number); }

/// A constant with these numbers for each member.
std::string constant(const std::string& name, const std::vector<std::span<const float>>& members) {
  std::string code = "static const float " + name;
  if (members.size() > 1) code += "[" + text_of(members.size()) + "]";
  code += "[" + text_of(members[0].size()) + "] = ";
  std::vector<std::string> lists;
  for (const auto& values : members) lists.push_back(c_list(values));
  return code + (lists.size() > 1 ? c_list(lists) : lists[0]) + ";\n";
}

/// "@_bias_1", of an ensemble's member "@_bias_1[member]".
std::string of_member(const Model& model, const std::string& name) {
  return model.member_count() > 1 ? name + "[member]" : name;
}

std::vector<const Parameters*> parameters_of(const Model& model) {
  std::vector<const Parameters*> all = {&model.parameters};
  for (const auto& member : model.more_members) all.push_back(&member.parameters);
  return all;
}

/// With as many entries as there are columns.
AffineScaling for_each_column(const AffineScaling& scaling, std::size_t columns) {
  if (scaling.shift.size() == columns) return scaling;
  AffineScaling wide{.shift = std::vector<float>(columns), .scale = std::vector<float>(columns, 1.0f)};
  if (!scaling.identity()) {
    std::ranges::fill(wide.shift, scaling.shift[0]);
    std::ranges::fill(wide.scale, scaling.scale[0]);
  }
  return wide;
}

CScaling c_scaling(const Model& model, std::vector<AffineScaling> members, std::size_t columns,
                   const std::string& name) {
  if (std::ranges::all_of(members, &AffineScaling::identity)) return {};
  const bool uniform = std::ranges::all_of(members, [](const auto& each) { return each.shift.size() == 1; });
  if (!uniform)
    for (auto& each : members) each = for_each_column(each, columns);
  std::vector<std::span<const float>> shifts, scales;
  for (const auto& each : members) {
    shifts.emplace_back(each.shift);
    scales.emplace_back(each.scale);
  }
  const std::string column = uniform ? "[0]" : "[i]";
  return {.constants = constant(name + "_shift", shifts) + constant(name + "_scale", scales),
          .shift = of_member(model, name + "_shift") + column,
          .scale = of_member(model, name + "_scale") + column};
}

/// The memory that layer's inputs are read from, and outputs written to: a and b in turn, at the end outputs.
std::string buffer(const MultilayerPerceptron& network, std::size_t layer) {
  return layer == network.depth() ? "outputs" : layer % 2 == 0 ? "a" : "b";
}

/// The widest of every second layer's inputs, from `first` on.
std::size_t widest(const MultilayerPerceptron& network, std::size_t first) {
  std::size_t width = 0;
  for (std::size_t layer = first; layer < network.depth(); layer += 2)
    width = std::max(width, network.layer(layer).fan_in);
  return width;
}

std::string layer_constants(const Model& model, std::size_t index) {
  const Layer& layer = model.network.layer(index);
  const std::string number = text_of(index + 1);
  std::vector<std::span<const float>> weights, biases;
  for (const Parameters* parameters : parameters_of(model)) {
    const auto weight = parameters->weight(index);
    weights.emplace_back(weight.data(), weight.rows() * weight.columns());
    biases.push_back(parameters->bias(index));
  }
  return "\n/* Layer " + number + ": " + text_of(layer.fan_in) + " -> " + text_of(layer.fan_out) +
         ", " + to_string(layer.activation) + ". */\n" + constant("@_weight_" + number, weights) +
         constant("@_bias_" + number, biases);
}

std::string replaced(std::string text, char what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, 1, by);
  return text;
}

std::string layer_code(const Model& model, std::size_t index) {
  const Layer& layer = model.network.layer(index);
  const std::string number = text_of(index + 1), units = text_of(layer.fan_out);
  const std::string from = buffer(model.network, index), to = buffer(model.network, index + 1);
  const std::string call = "  @_affine(" + of_member(model, "@_weight_" + number) + ", " +
                           of_member(model, "@_bias_" + number) + ", " + text_of(layer.fan_in) + ", " +
                           units + ", " + from + ", " + to + ");\n";
  if (std::holds_alternative<Softmax>(layer.activation))
    return call + "  @_softmax(" + to + ", " + units + ");\n";
  const std::string value = replaced(c_activation(layer.activation).value, '#', to + "[j]");
  if (value.empty()) return call;
  return call + "  for (size_t j = 0; j < " + units + "; ++j) " + to + "[j] = " + value + ";\n";
}

}  // namespace

std::string c_network(const Model& model, const CPrefix& prefix) {
  const MultilayerPerceptron& network = model.network;
  std::vector<AffineScaling> targets = {model.target_scaling};
  for (const auto& member : model.more_members) targets.push_back(member.target_scaling);
  const CScaling target = c_scaling(model, targets, network.fan_out(), "@_target");

  std::string code;
  for (std::size_t layer = 0; layer < network.depth(); ++layer) code += layer_constants(model, layer);
  if (!target.constants.empty()) code += "\n/* y' = (y - shift) scale */\n" + target.constants;
  code += "\n" + activation_functions(network) + kAffine;
  code += std::string("\nstatic void @_network(") + (model.member_count() > 1 ? "size_t member, " : "") +
          "float* a, float* outputs) {\n";
  if (network.depth() > 1) code += "  float b[" + text_of(widest(network, 1)) + "];\n";
  for (std::size_t layer = 0; layer < network.depth(); ++layer) code += layer_code(model, layer);
  if (!target.constants.empty()) {
    code += "  for (size_t i = 0; i < " + text_of(network.fan_out()) + "; ++i) outputs[i] = outputs[i] / " +
            target.scale + " + " + target.shift + ";\n";
  }
  return prefix.in(code + "}\n");
}

std::size_t c_buffer_size(const MultilayerPerceptron& network) { return widest(network, 0); }

CScaling c_input_scaling(const Model& model, const CPrefix& prefix) {
  std::vector<AffineScaling> inputs = {model.input_scaling};
  for (const auto& member : model.more_members) inputs.push_back(member.input_scaling);
  const CScaling scaling = c_scaling(model, inputs, model.network.fan_in(), "@_input");
  return {.constants = prefix.in(scaling.constants),
          .shift = prefix.in(scaling.shift),
          .scale = prefix.in(scaling.scale)};
}

}  // namespace mlp
