#include "mlp/multilayer_perceptron.h"

#include "mlp/error.h"
#include "network/text.h"
#include "network/validate.h"

namespace mlp {

namespace {

/// Longer than any text to_string writes for kMaxLayers layers.
constexpr std::size_t kMaxText = std::size_t{1} << 18;

const char* const kExpectedLayer =
    "expected width:activation or width:activation:dropout, such as 64:relu:0.2";

std::string layer_name(std::size_t index) { return "layer " + std::to_string(index + 1); }

const Range& dropout_range() {
  static const Range range = Range::right_open(0, 1);
  return range;
}

std::string width_problem(const char* what, std::size_t width) {
  if (width >= 1 && width <= MultilayerPerceptron::kMaxWidth) return {};
  return std::string(what) + " " + std::to_string(width) + " is out of range, expected [1, " +
         std::to_string(MultilayerPerceptron::kMaxWidth) + "]";
}

/// What is wrong with one layer by itself, or empty.
std::string layer_problem(const Layer& layer, bool is_last) {
  if (auto problem = width_problem("fan_in", layer.fan_in); !problem.empty()) return problem;
  if (auto problem = width_problem("fan_out", layer.fan_out); !problem.empty()) return problem;
  if (!dropout_range().contains(layer.dropout)) {
    return "dropout " + format_number(layer.dropout) + " is out of range, expected " +
           dropout_range().to_string();
  }
  if (is_last && layer.dropout != 0) {
    return "dropout " + format_number(layer.dropout) + " on the last layer, expected 0";
  }
  return range_problem(layer.activation);
}

std::size_t count_parameters(std::span<const Layer> layers) {
  std::size_t count = 0;  // at most kMaxLayers * (kMaxWidth + 1) * kMaxWidth, below 2^59
  for (const auto& layer : layers) count += (layer.fan_in + 1) * layer.fan_out;
  return count;
}

/// What is wrong with the network, naming the layer (counted from 1) and the numbers; or empty.
std::string network_problem(std::span<const Layer> layers) {
  if (layers.empty()) return "a network needs at least one layer, found none";
  if (layers.size() > MultilayerPerceptron::kMaxLayers) {
    return "a network has at most " + std::to_string(MultilayerPerceptron::kMaxLayers) + " layers, found " +
           std::to_string(layers.size());
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (auto problem = layer_problem(layers[i], i + 1 == layers.size()); !problem.empty()) {
      return layer_name(i) + ": " + problem;
    }
    if (i > 0 && layers[i].fan_in != layers[i - 1].fan_out) {
      return layer_name(i) + ": fan_in " + std::to_string(layers[i].fan_in) + " is not fan_out " +
             std::to_string(layers[i - 1].fan_out) + " of " + layer_name(i - 1);
    }
  }
  if (const auto count = count_parameters(layers); count > MultilayerPerceptron::kMaxParameters) {
    return "a network has at most " + std::to_string(MultilayerPerceptron::kMaxParameters) +
           " parameters, found " + std::to_string(count);
  }
  return {};
}

Layer parse_layer(std::string_view text, std::size_t fan_in) {
  if (trim(text).empty()) throw UsageError(std::string(kExpectedLayer) + ", found nothing");
  const auto parts = split(text, ':', 4);
  if (parts.size() < 2 || parts.size() > 3) throw UsageError(kExpectedLayer);
  const auto width = parse_count(parts[0]);
  if (!width || !width_problem("", *width).empty()) {
    throw UsageError("expected a width from 1 to " + std::to_string(MultilayerPerceptron::kMaxWidth) +
                     ", found " + quote(trim(parts[0])));
  }
  Layer layer{.fan_in = fan_in, .fan_out = *width, .activation = parse_activation(parts[1])};
  if (parts.size() == 3) {
    const auto dropout = parse_number(parts[2]);
    if (!dropout || !dropout_range().contains(*dropout)) {
      throw UsageError("expected a dropout in " + dropout_range().to_string() + ", found " +
                       quote(trim(parts[2])));
    }
    layer.dropout = *dropout;
  }
  return layer;
}

}  // namespace

MultilayerPerceptron::MultilayerPerceptron(std::vector<Layer> layers) : layers_(std::move(layers)) {
  const auto problem = network_problem(layers_);
  require(problem.empty(), problem);
}

std::span<const Layer> MultilayerPerceptron::layers() const { return layers_; }

std::size_t MultilayerPerceptron::parameter_count() const { return count_parameters(layers_); }

std::string to_string(const MultilayerPerceptron& network) {
  std::string text;
  for (const auto& layer : network.layers()) {
    text += (text.empty() ? "" : ",") + std::to_string(layer.fan_out) + ":" + to_string(layer.activation);
    if (layer.dropout != 0) text += ":" + format_number(layer.dropout);
  }
  return text;
}

MultilayerPerceptron parse_network(std::string_view text, std::size_t fan_in) {
  const auto problem = width_problem("fan_in", fan_in);
  require(problem.empty(), problem);
  if (text.size() > kMaxText) {
    throw UsageError("the layers " + quote(text) + " are " + std::to_string(text.size()) +
                     " characters long, expected at most " + std::to_string(kMaxText));
  }
  if (trim(text).empty()) throw UsageError("no layers given, expected such as 64:relu,10:softmax");
  const auto items = split(text, ',', MultilayerPerceptron::kMaxLayers + 1);
  if (items.size() > MultilayerPerceptron::kMaxLayers) {
    throw UsageError("a network has at most " + std::to_string(MultilayerPerceptron::kMaxLayers) +
                     " layers, found more");
  }
  std::vector<Layer> layers;
  for (std::size_t i = 0; i < items.size(); ++i) {
    try {
      layers.push_back(parse_layer(items[i], i == 0 ? fan_in : layers.back().fan_out));
    } catch (const UsageError& error) {
      throw UsageError(layer_name(i) + " (" + quote(trim(items[i]), '"') + "): " + error.message(),
                       error.advice());
    }
  }
  if (const auto wrong = network_problem(layers); !wrong.empty()) throw UsageError(wrong);
  return MultilayerPerceptron(std::move(layers));
}

}  // namespace mlp
