// See operators.h.
#include "files/onnx/operators.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <variant>

#include "files/onnx/constants.h"
#include "network/activation_math.h"

namespace mlp {

namespace {

using Function = double (*)(double);

template <class F>
double value_of(double z) {
  return reference::value(F{}, z);
}

/// Operators that apply a function of one number, without attributes.
const std::map<std::string, Function>& functions() {
  static const std::map<std::string, Function> kFunctions = {{"Relu", value_of<ReLU>},
                                                             {"Tanh", value_of<Tanh>},
                                                             {"Sigmoid", value_of<Sigmoid>},
                                                             {"Softplus", value_of<Softplus>},
                                                             {"Mish", value_of<Mish>},
                                                             {"Erf", [](double z) { return std::erf(z); }},
                                                             {"Exp", [](double z) { return std::exp(z); }},
                                                             {"Log", [](double z) { return std::log(z); }},
                                                             {"Abs", [](double z) { return std::abs(z); }},
                                                             {"Neg", [](double z) { return -z; }},
                                                             {"Sqrt", [](double z) { return std::sqrt(z); }},
                                                             {"Reciprocal", [](double z) { return 1 / z; }}};
  return kFunctions;
}

}  // namespace

std::optional<std::function<double(double)>> function_of(const OnnxNode& node) {
  const auto parameter = [&](const char* name, float otherwise) {
    return static_cast<double>(float_attribute(node, name, otherwise));
  };
  if (const auto found = functions().find(node.op); found != functions().end()) return found->second;
  if (node.op == "LeakyRelu")
    return [slope = parameter("alpha", 0.01f)](double z) { return z > 0 ? z : slope * z; };
  if (node.op == "Elu")
    return [alpha = parameter("alpha", 1.0f)](double z) { return z > 0 ? z : alpha * std::expm1(z); };
  if (node.op == "Selu") {
    const double alpha = parameter("alpha", static_cast<float>(SELU::kAlpha));
    const double gamma = parameter("gamma", static_cast<float>(SELU::kScale));
    return [=](double z) { return gamma * (z > 0 ? z : alpha * std::expm1(z)); };
  }
  if (node.op == "Gelu") {
    const auto* attribute = find_attribute(node, "approximate");
    const auto* text = attribute == nullptr ? nullptr : std::get_if<std::string>(&attribute->value);
    return [f = GELU{text != nullptr && *text == "tanh"}](double z) { return reference::value(f, z); };
  }
  if (node.op == "Swish")
    return [alpha = parameter("alpha", 1.0f)](double z) { return z * reference::sigmoid(alpha * z); };
  return std::nullopt;
}

std::optional<std::function<double(double, double)>> binary_function(const std::string& op) {
  if (op == "Add") return [](double a, double b) { return a + b; };
  if (op == "Sub") return [](double a, double b) { return a - b; };
  if (op == "Mul") return [](double a, double b) { return a * b; };
  if (op == "Div") return [](double a, double b) { return a / b; };
  if (op == "Pow") return [](double a, double b) { return std::pow(a, b); };
  if (op == "Max") return [](double a, double b) { return std::max(a, b); };
  if (op == "Min") return [](double a, double b) { return std::min(a, b); };
  if (op == "Greater") return [](double a, double b) { return a > b ? 1.0 : 0.0; };
  if (op == "GreaterOrEqual") return [](double a, double b) { return a >= b ? 1.0 : 0.0; };
  if (op == "Less") return [](double a, double b) { return a < b ? 1.0 : 0.0; };
  if (op == "LessOrEqual") return [](double a, double b) { return a <= b ? 1.0 : 0.0; };
  return std::nullopt;
}

}  // namespace mlp
