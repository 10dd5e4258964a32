// A batch as the reference takes it: matrices of T, inputs and targets scaled, classes as one-hot rows.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/engine.h"

namespace mlp::engine {

template <class T>
Matrix<T> inputs_in(const InputsView& inputs, std::span<const std::uint32_t> rows,
                    const AffineScaling& scaling) {
  return std::visit(
      [&](const auto& stored) {
        Matrix<T> X(rows.size(), stored.columns());
        for (std::size_t n = 0; n < rows.size(); ++n) {
          for (std::size_t i = 0; i < X.columns(); ++i)
            X(n, i) = static_cast<T>(scaling.apply(static_cast<float>(stored(rows[n], i)), i));
        }
        return X;
      },
      inputs);
}

template <class T>
Matrix<T> inputs_in(const Batch& batch, const AffineScaling& scaling) {
  std::vector<std::uint32_t> rows(batch.rows.begin(), batch.rows.end());
  for (std::uint32_t& row : rows) row = batch.examples.input_row(row);
  return inputs_in<T>(batch.examples.inputs, rows, scaling);
}

template <class T>
Matrix<T> targets_in(const Batch& batch, const AffineScaling& scaling) {
  const Examples& examples = batch.examples;
  Matrix<T> Y(batch.rows.size(), examples.outputs);
  for (std::size_t n = 0; n < Y.rows(); ++n) {
    if (!examples.labels.empty()) {
      Y(n, static_cast<std::size_t>(examples.labels[batch.rows[n]])) = 1;
      continue;
    }
    for (std::size_t c = 0; c < Y.columns(); ++c)
      Y(n, c) = static_cast<T>(scaling.apply(examples.targets(batch.rows[n], c), c));
  }
  return Y;
}

/// Empty where every row counts the same.
template <class T>
std::vector<T> weights_in(const Batch& batch) {
  std::vector<T> weights;
  if (batch.examples.weights.empty()) return weights;
  for (const std::uint32_t row : batch.rows) {
    const auto weight = static_cast<double>(batch.examples.weights[row]);
    weights.push_back(static_cast<T>(weight / batch.examples.weight_unit));
  }
  return weights;
}

/// `from` in another precision.
template <class T, class From>
BasicParameters<T> parameters_in(const MultilayerPerceptron& network, const BasicParameters<From>& from) {
  BasicParameters<T> to(network);
  std::ranges::transform(from.values(), to.values().begin(),
                         [](From value) { return static_cast<T>(value); });
  return to;
}

}  // namespace mlp::engine
