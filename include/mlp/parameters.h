// Parameters of a network - and anything shaped like them: gradients, optimizer moments - in one flat buffer.
//
// Layout: for each layer in order its weights W [fan_in, fan_out] row-major, then its bias b [fan_out], no
// gaps. One loop updates, one block saves.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mlp/export.h"
#include "mlp/matrix.h"
#include "mlp/multilayer_perceptron.h"

namespace MLP_EXPORT mlp {

/// Where each layer's weights and bias lie in the flat buffer.
class ParameterLayout {
 public:
  struct Block {
    std::size_t fan_in = 0;
    std::size_t fan_out = 0;
    std::size_t weight = 0;  ///< offset of W[0, 0]
    std::size_t bias = 0;    ///< offset of b[0]
    friend bool operator==(const Block&, const Block&) = default;
  };

  ParameterLayout() = default;
  explicit ParameterLayout(const MultilayerPerceptron& network);

  std::span<const Block> blocks() const;
  std::size_t size() const { return size_; }
  friend bool operator==(const ParameterLayout&, const ParameterLayout&) = default;

 private:
  std::vector<Block> blocks_;
  std::size_t size_ = 0;
};

template <class T>
class BasicParameters {
 public:
  BasicParameters() = default;
  /// All zero.
  explicit BasicParameters(const MultilayerPerceptron& network) : layout_(network), values_(layout_.size()) {}

  const ParameterLayout& layout() const { return layout_; }
  std::size_t layer_count() const { return layout_.blocks().size(); }
  std::span<T> values() { return values_; }
  std::span<const T> values() const { return values_; }

  /// W of one layer, [fan_in, fan_out].
  MatrixView<T> weight(std::size_t layer) {
    const auto& block = layout_.blocks()[layer];
    return {values_.data() + block.weight, block.fan_in, block.fan_out};
  }
  ConstMatrixView<T> weight(std::size_t layer) const {
    const auto& block = layout_.blocks()[layer];
    return {values_.data() + block.weight, block.fan_in, block.fan_out};
  }
  /// b of one layer, [fan_out].
  std::span<T> bias(std::size_t layer) {
    const auto& block = layout_.blocks()[layer];
    return {values_.data() + block.bias, block.fan_out};
  }
  std::span<const T> bias(std::size_t layer) const {
    const auto& block = layout_.blocks()[layer];
    return {values_.data() + block.bias, block.fan_out};
  }

  friend bool operator==(const BasicParameters&, const BasicParameters&) = default;

 private:
  ParameterLayout layout_;
  AlignedVector<T> values_;
};

using Parameters = BasicParameters<float>;

/// Fresh parameters, each layer by its initialiser: a pure function of network and seed. Element i of a
/// layer's weights and then bias is number i of that layer's random stream, computed in double and rounded to
/// float.
Parameters initialize(const MultilayerPerceptron& network, std::uint64_t seed);

}  // namespace mlp
