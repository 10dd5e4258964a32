// From the stages of a graph to networks: scalings at the ends are the model's, those in between become part
// of weights and biases.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "files/onnx/stages.h"
#include "mlp/error.h"
#include "mlp/printable.h"

namespace mlp {

namespace {

[[noreturn]] void fail(const std::string& where, const std::string& problem) {
  throw FileError(where + ": " + problem, "see docs/onnx.md for the networks that can be read");
}

/// One layer, in double until all that follows it is known.
struct LayerParts {
  std::size_t fan_in = 0, fan_out = 0;
  std::vector<double> W, b;  // [fan_in, fan_out], [fan_out]
  std::optional<Activation> activation = {};

  void scale_outputs(const ColumnScaling& scaling) {
    for (std::size_t j = 0; j < fan_out; ++j) {
      for (std::size_t i = 0; i < fan_in; ++i) W[i * fan_out + j] *= scaling.slope(j);
      b[j] = scaling.apply(b[j], j);
    }
  }
  /// So that it takes what comes before `scaling`.
  void take_inputs_before(const ColumnScaling& scaling) {
    for (std::size_t i = 0; i < fan_in; ++i) {
      const double offset = scaling.apply(0, i), slope = scaling.slope(i);
      for (std::size_t j = 0; j < fan_out; ++j) {
        b[j] += offset * W[i * fan_out + j];
        W[i * fan_out + j] *= slope;
      }
    }
  }
};

LayerParts layer_of(const Stage& dense) {
  const auto& shape = dense.weight->shape;
  auto rows = static_cast<std::size_t>(shape[0]), columns = static_cast<std::size_t>(shape[1]);
  const auto weight = numbers_of(*dense.weight);
  auto bias = dense.bias == nullptr ? std::vector<double>{0.0} : numbers_of(*dense.bias);
  LayerParts layer{.fan_in = rows, .fan_out = columns, .W = weight};
  if (dense.transposed) {
    std::swap(layer.fan_in, layer.fan_out);
    for (std::size_t i = 0; i < layer.fan_in; ++i)
      for (std::size_t j = 0; j < layer.fan_out; ++j)
        layer.W[i * layer.fan_out + j] = weight[j * columns + i];
  }
  if (bias.size() == 1) bias.assign(layer.fan_out, bias.front());
  layer.b = std::move(bias);
  if (!dense.mirrored) return layer;
  LayerParts both{.fan_in = layer.fan_in, .fan_out = 2, .b = {-layer.b[0], layer.b[0]}};
  for (const double w : layer.W) both.W.insert(both.W.end(), {-w, w});
  return both;
}

/// One network with what is around it.
struct Member {
  std::vector<LayerParts> layers;
  std::optional<ColumnScaling> units, inputs, outputs;
};

void add_scaling(std::optional<ColumnScaling>& sum, const ColumnScaling& next) {
  if (!sum) sum = ColumnScaling();
  sum->then(next);
}

/// `outputs` holds what follows the last layer until more is known.
void settle_outputs(Member& member) {
  if (!member.outputs || member.layers.empty()) return;
  member.layers.back().scale_outputs(*member.outputs);
  member.outputs.reset();
}

void take(Member& member, const Stage& stage, const std::string& where) {
  auto& layers = member.layers;
  switch (stage.kind) {
    case Stage::Kind::kInput:
      return;
    case Stage::Kind::kUnits:
      member.units = stage.scaling;
      return;
    case Stage::Kind::kScaling:
      return add_scaling(layers.empty() ? member.inputs : member.outputs, stage.scaling);
    case Stage::Kind::kActivation:
      if (layers.empty()) fail(where, "an activation comes before the first layer");
      if (layers.back().activation) fail(where, "two activations follow a layer");
      settle_outputs(member);
      layers.back().activation = stage.activation;
      return;
    case Stage::Kind::kDense:
      layers.push_back(layer_of(stage));
      if (member.outputs) layers.back().take_inputs_before(*std::exchange(member.outputs, std::nullopt));
      return;
    case Stage::Kind::kMean:
      fail(where, "a mean of networks comes before the end");
  }
}

/// The stages from the input to this one.
std::vector<const Stage*> way_to(const Findings& findings, std::size_t last, const std::string& where) {
  std::vector<const Stage*> way = {&findings.stages[last]};
  while (!way.back()->from.empty()) {
    if (way.back()->kind == Stage::Kind::kMean) fail(where, "a mean of networks comes before the end");
    way.push_back(&findings.stages[way.back()->from.front()]);
  }
  std::ranges::reverse(way);
  return way;
}

Member member_of(const Findings& findings, std::size_t last, const std::string& where) {
  Member member;
  for (const Stage* stage : way_to(findings, last, where)) take(member, *stage, where);
  if (member.layers.empty()) fail(where, "it has no layers");
  return member;
}

/// Weights that the graph uses again and again would fill the memory.
void check_size(const Findings& findings, const std::vector<std::size_t>& ends, const std::string& where) {
  std::vector<const OnnxTensor*> seen;
  std::size_t layers = 0;
  for (const std::size_t end : ends) {
    for (const Stage* stage : way_to(findings, end, where)) {
      if (stage->kind != Stage::Kind::kDense) continue;
      seen.push_back(stage->weight.get());
      if (++layers > MultilayerPerceptron::kMaxLayers * ends.size())
        fail(where, "more than " + std::to_string(MultilayerPerceptron::kMaxLayers) + " layers");
    }
  }
  std::ranges::sort(seen);
  std::size_t again = 0;
  for (std::size_t i = 1; i < seen.size(); ++i)
    if (seen[i] == seen[i - 1]) again += count_of(*seen[i]);
  if (again > 1'000'000) fail(where, "several layers share their weights");
}

float single(double value, const std::string& where) {
  const auto result = static_cast<float>(value);
  if (!std::isfinite(result)) fail(where, "a weight, bias or scaling that is no finite float");
  return result;
}

MultilayerPerceptron network_of(const Member& member, const std::string& where) {
  std::vector<Layer> layers;
  for (const auto& parts : member.layers)
    layers.push_back({.fan_in = parts.fan_in,
                      .fan_out = parts.fan_out,
                      .activation = parts.activation.value_or(Linear{})});
  try {
    return MultilayerPerceptron(std::move(layers));
  } catch (const std::invalid_argument& error) {
    fail(where, printable(error.what(), 200));
  }
}

Parameters parameters_of(const MultilayerPerceptron& network, const Member& member,
                         const std::string& where) {
  Parameters parameters(network);
  for (std::size_t i = 0; i < network.depth(); ++i) {
    const auto W = parameters.weight(i);
    for (std::size_t k = 0; k < member.layers[i].W.size(); ++k)
      W.data()[k] = single(member.layers[i].W[k], where);
    std::ranges::transform(member.layers[i].b, parameters.bias(i).begin(),
                           [&](double b) { return single(b, where); });
  }
  return parameters;
}

AffineScaling scaling_of(const ColumnScaling& scaling, std::size_t columns, const std::string& where) {
  AffineScaling result;
  if (scaling.shift.size() != 1 && scaling.shift.size() != columns)
    fail(where, "a scaling of other columns than there are");
  for (std::size_t i = 0; i < scaling.shift.size(); ++i) {
    result.shift.push_back(single(scaling.shift[i], where));
    result.scale.push_back(single(scaling.slope(i), where));
    if (result.scale.back() == 0) fail(where, "a scaling by too small a number");
  }
  return result;
}

/// x = x' / scale + shift is x' scaled by the inverse.
AffineScaling inverse_scaling_of(const ColumnScaling& scaling, std::size_t columns,
                                 const std::string& where) {
  ColumnScaling inverse = scaling;
  inverse.divides = !scaling.divides;
  for (std::size_t i = 0; i < inverse.shift.size(); ++i) inverse.shift[i] = scaling.apply(0, i);
  return scaling_of(inverse, columns, where);
}

InputUnits units_of(const ColumnScaling& scaling, std::size_t columns, const std::string& where) {
  ColumnScaling each = scaling;
  each.widen(columns);
  if (each.shift.size() != columns) fail(where, "units of other columns than there are");
  InputUnits units{.origin = each.shift, .unit = each.factor};
  if (!each.divides)
    for (double& unit : units.unit) unit = 1 / unit;
  return units;
}

/// The model of one member alone.
Model model_of(Member member, bool classes, const std::string& where) {
  const bool linear =
      !member.layers.back().activation || std::holds_alternative<Linear>(*member.layers.back().activation);
  if (classes) {
    if (member.outputs && !linear) fail(where, "what gives the classes is scaled");
    settle_outputs(member);
  }
  const auto network = network_of(member, where);
  Model model{
      .network = network, .parameters = parameters_of(network, member, where), .loss = MeanSquaredError{}};
  const std::size_t fan_in = network.fan_in(), fan_out = network.fan_out();
  if (member.inputs) model.input_scaling = scaling_of(*member.inputs, fan_in, where);
  if (member.outputs) model.target_scaling = inverse_scaling_of(*member.outputs, fan_out, where);
  if (member.units) model.input_units = units_of(*member.units, fan_in, where);
  return model;
}

Loss usual_loss(const Activation& output, bool classes) {
  if (std::holds_alternative<Softmax>(output)) return CrossEntropy{};
  if (std::holds_alternative<Sigmoid>(output) && classes) return BinaryCrossEntropy{};
  return MeanSquaredError{};
}

}  // namespace

Model model_of_stages(const Findings& findings, const std::string& where) {
  const Stage& last = findings.stages[findings.last];
  const auto ends = last.kind == Stage::Kind::kMean ? last.from : std::vector<std::size_t>{findings.last};
  check_size(findings, ends, where);
  Member first = member_of(findings, ends.front(), where);
  const bool softmax =
      first.layers.back().activation && std::holds_alternative<Softmax>(*first.layers.back().activation);
  const bool classes = findings.has_label || !findings.class_names.empty() || (softmax && !first.outputs);
  Model model = model_of(std::move(first), classes, where);
  const std::size_t fan_out = model.network.fan_out();
  for (const std::size_t end : std::span(ends).subspan(1)) {
    Model member = model_of(member_of(findings, end, where), classes, where);
    if (member.network != model.network || member.input_units != model.input_units)
      fail(where, "the networks whose mean it takes are not of one shape");
    model.more_members.push_back(
        {std::move(member.parameters), member.input_scaling, member.target_scaling, {}});
  }
  if (classes) {
    for (const auto& name : findings.class_names) model.class_names.push_back(in_utf8(name));
    if (model.class_names.empty())
      for (std::size_t i = 0; i < fan_out; ++i) model.class_names.push_back(std::to_string(i));
    if (model.class_names.size() != fan_out)
      fail(where,
           std::to_string(model.class_names.size()) + " names for " + std::to_string(fan_out) + " classes");
  }
  model.loss = usual_loss(model.network.layers().back().activation, classes);
  return model;
}

}  // namespace mlp
