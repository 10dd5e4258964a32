// Layout and first values of a network's parameters; the distributions are those of mlp/initializer.h.
#include "mlp/parameters.h"

#include <cmath>

#include "core/overloaded.h"
#include "core/random.h"
#include "network/facts.h"

namespace mlp {

namespace {

/// U(-spread, spread), or N(0, spread^2).
struct Distribution {
  bool normal = false;
  double spread = 0;
  bool bias_too = false;

  float draw(const RandomStream& stream, std::uint64_t index) const {
    const double value = normal ? stream.normal(index) : 2 * stream.uniform(index) - 1;
    return static_cast<float>(spread * value);
  }
};

/// gain^2 = 2 / (1 + slope^2): what a rectifier of that slope does to the mean square (He et al., 2015, eq.
/// 14). Anything that is not a rectifier counts as ReLU, and so does Linear (slope 1).
double squared_gain(const Activation& activation) {
  const double below = slope_below_zero(activation).value_or(0.0);
  const double slope = below < 1 ? below : 0.0;
  return 2 / (1 + slope * slope);
}

Distribution distribution(const Layer& layer) {
  const auto fan_in = static_cast<double>(layer.fan_in);
  const auto fan_out = static_cast<double>(layer.fan_out);
  const double gain2 = squared_gain(layer.activation);
  const auto uniform = [](double range) { return Distribution{.normal = false, .spread = range}; };
  const auto normal = [](double variance) {
    return Distribution{.normal = true, .spread = std::sqrt(variance)};
  };
  return std::visit(Overloaded{
                        [&](const GlorotUniform&) { return uniform(std::sqrt(6 / (fan_in + fan_out))); },
                        [&](const GlorotNormal&) { return normal(2 / (fan_in + fan_out)); },
                        [&](const HeUniform&) { return uniform(std::sqrt(gain2 * 3 / fan_in)); },
                        [&](const HeNormal&) { return normal(gain2 / fan_in); },
                        [&](const LeCunUniform&) { return uniform(std::sqrt(3 / fan_in)); },
                        [&](const LeCunNormal&) { return normal(1 / fan_in); },
                        [&](const PyTorchDefault&) {
                          return Distribution{.spread = 1 / std::sqrt(fan_in), .bias_too = true};
                        },
                    },
                    layer.initializer.value_or(default_initializer(layer.activation)));
}

}  // namespace

std::span<const ParameterLayout::Block> ParameterLayout::blocks() const { return blocks_; }

ParameterLayout::ParameterLayout(const MultilayerPerceptron& network) {
  // No overflow: the network's constructor bounds the number of parameters.
  blocks_.reserve(network.depth());
  for (const auto& layer : network.layers()) {
    const std::size_t bias = size_ + layer.fan_in * layer.fan_out;
    blocks_.push_back({layer.fan_in, layer.fan_out, size_, bias});
    size_ = bias + layer.fan_out;
  }
}

Parameters initialize(const MultilayerPerceptron& network, std::uint64_t seed) {
  Parameters parameters(network);
  for (std::size_t i = 0; i < network.depth(); ++i) {
    const Distribution start = distribution(network.layer(i));
    const RandomStream stream(seed, RandomPurpose::kInitialization, static_cast<std::uint16_t>(i));
    std::uint64_t index = 0;
    const auto weight = parameters.weight(i);
    for (std::size_t row = 0; row < weight.rows(); ++row) {
      for (float& w : weight.row(row)) w = start.draw(stream, index++);
    }
    if (!start.bias_too) continue;
    for (float& b : parameters.bias(i)) b = start.draw(stream, index++);
  }
  return parameters;
}

}  // namespace mlp
