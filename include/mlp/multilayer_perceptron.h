// A multilayer perceptron as an immutable value: its layers' hyper-parameters and nothing else. Weights live
// in Parameters, activations in whoever computes them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/export.h"
#include "mlp/layer.h"

namespace MLP_EXPORT mlp {

class MultilayerPerceptron {
 public:
  /// Bounds that keep every size computation far from overflow.
  static constexpr std::size_t kMaxLayers = 1000;
  static constexpr std::size_t kMaxWidth = 1u << 24;
  static constexpr std::size_t kMaxParameters = std::size_t{1} << 33;

  /// Throws std::invalid_argument, naming the layer and both numbers, unless there is at least one layer,
  /// each layer's fan_in is the one before's fan_out, widths lie in [1, kMaxWidth], dropout lies in [0, 1)
  /// and is 0 on the last layer, and activation parameters are in range.
  explicit MultilayerPerceptron(std::vector<Layer> layers);

  std::span<const Layer> layers() const;
  const Layer& layer(std::size_t index) const { return layers_.at(index); }
  std::size_t depth() const { return layers_.size(); }
  std::size_t fan_in() const { return layers_.front().fan_in; }
  std::size_t fan_out() const { return layers_.back().fan_out; }
  /// Weights and biases of all layers.
  std::size_t parameter_count() const;

  friend bool operator==(const MultilayerPerceptron&, const MultilayerPerceptron&) = default;

 private:
  std::vector<Layer> layers_;
};

/// "64:relu,87:relu,72:leaky_relu,10:softmax": per layer width:activation[:dropout], the specification the
/// command line takes; together with fan_in it says all but the initialisers.
std::string to_string(const MultilayerPerceptron& network);

/// The inverse of to_string for a network with `fan_in` inputs. Throws UsageError that names the layer, what
/// was expected and what was found.
MultilayerPerceptron parse_network(std::string_view text, std::size_t fan_in);

}  // namespace mlp
