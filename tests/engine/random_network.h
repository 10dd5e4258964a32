// Random networks, data sets and parameters for tests that compare the engine with the reference.
#pragma once

#include <cstdint>

#include "core/random.h"
#include "mlp/dataset.h"
#include "mlp/loss.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/parameters.h"

namespace mlp::test {

/// Numbers drawn one after the other from a stream.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : stream_(seed, RandomPurpose::kTest) {}
  double uniform(double low, double high) { return low + (high - low) * stream_.uniform(next_++); }
  double normal() { return stream_.normal(next_++); }
  /// In [low, high].
  std::size_t integer(std::size_t low, std::size_t high) {
    return low + stream_.below(high - low + 1, next_++);
  }
  bool chance(double p) { return stream_.uniform(next_++) < p; }
  template <class T>
  const T& any(const std::vector<T>& items) {
    return items[integer(0, items.size() - 1)];
  }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

/// Depth 1 to 5, widths 1 to 200, any activations; the last layer's is `output`, some hidden layers drop
/// activations.
inline MultilayerPerceptron random_network(Draw& draw, const Activation& output, bool dropout) {
  std::vector<Layer> layers(draw.integer(1, 5));
  std::size_t width = draw.integer(1, 200);
  for (Layer& layer : layers) {
    layer.fan_in = width;
    layer.fan_out = width = draw.integer(1, 200);
    layer.activation = draw.any(all_activations());
    if (dropout && draw.chance(0.5)) layer.dropout = draw.uniform(0.1, 0.6);
  }
  layers.back().activation = output;
  layers.back().dropout = 0;
  return MultilayerPerceptron(layers);
}

/// `rows` rows the network fits: classes for a classification loss, targets in [0, 1] otherwise.
inline Dataset random_dataset(Draw& draw, const MultilayerPerceptron& network, std::size_t rows, bool classes,
                              bool weights) {
  Dataset dataset{.name = "random"};
  Matrix<float> inputs(rows, network.fan_in());
  for (float& x : inputs.values()) x = static_cast<float>(draw.normal());
  dataset.inputs = std::move(inputs);
  if (classes) {
    for (std::size_t c = 0; c < network.fan_out(); ++c) dataset.class_names.push_back(std::to_string(c));
    for (std::size_t n = 0; n < rows; ++n) {
      dataset.labels.push_back(static_cast<std::int32_t>(draw.integer(0, network.fan_out() - 1)));
    }
  } else {
    dataset.targets = Matrix<float>(rows, network.fan_out());
    for (float& y : dataset.targets.values()) y = static_cast<float>(draw.uniform(0, 1));
  }
  if (weights) {
    for (std::size_t n = 0; n < rows; ++n)
      dataset.sample_weights.push_back(static_cast<float>(draw.uniform(0.2, 2)));
  }
  return dataset;
}

}  // namespace mlp::test
