// The network as a fold, and its mirror: backpropagation (Rumelhart, Hinton and Williams, 1986). See
// mlp/reference.h.

#include <algorithm>
#include <numeric>

#include "mlp/reference.h"
#include "network/dropout.h"

namespace mlp::reference {

template <class T>
Matrix<T> affine(const Matrix<T>& X, ConstMatrixView<T> W, std::span<const T> b) {
  require(X.columns() == W.rows() && W.columns() == b.size(), "affine: X, W and b do not fit together");
  Matrix<T> Z(X.rows(), W.columns());
  for (std::size_t n = 0; n < X.rows(); ++n) {
    for (std::size_t o = 0; o < W.columns(); ++o) {
      T z = b[o];
      for (std::size_t i = 0; i < W.rows(); ++i) z += X(n, i) * W(i, o);
      Z(n, o) = z;
    }
  }
  return Z;
}

template <class T>
Matrix<T> forward(const MultilayerPerceptron& network, const BasicParameters<T>& parameters,
                  const Matrix<T>& X) {
  require(parameters.layout() == ParameterLayout(network), "forward: the parameters are not this network's");
  std::size_t index = 0;
  return std::accumulate(network.layers().begin(), network.layers().end(), X,
                         [&](const Matrix<T>& A, const Layer& layer) {
                           const Matrix<T> Z = affine(A, parameters.weight(index), parameters.bias(index));
                           ++index;
                           return activate(layer.activation, Z);
                         });
}

double dropout_factor(const Layer& layer, std::size_t layer_index, const DropoutMasks& masks, std::size_t row,
                      std::size_t column) {
  if (layer.dropout == 0.0) return 1.0;
  const RandomStream stream = dropout_stream(masks.seed, layer_index, masks.step);
  const bool dropped =
      stream.bits(dropout_index(row, column, layer.fan_out)) < dropout_threshold(layer.dropout);
  return dropped ? 0.0 : 1.0 / (1.0 - layer.dropout);
}

namespace {

/// What the backward pass needs of one layer's forward pass.
template <class T>
struct LayerTrace {
  Matrix<T> X;        ///< the layer's input
  Matrix<T> Z;        ///< XW + b
  Matrix<T> dropout;  ///< the factors its activations were multiplied by
};

template <class T>
Matrix<T> dropout_factors(const Layer& layer, std::size_t index, std::size_t rows,
                          const std::optional<DropoutMasks>& masks) {
  Matrix<T> factors(rows, layer.fan_out);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t o = 0; o < layer.fan_out; ++o) {
      factors(n, o) = masks ? static_cast<T>(dropout_factor(layer, index, *masks, n, o)) : T{1};
    }
  }
  return factors;
}

template <class T>
Matrix<T> times(Matrix<T> a, const Matrix<T>& b) {
  for (std::size_t i = 0; i < a.values().size(); ++i) a.values()[i] *= b.values()[i];
  return a;
}

}  // namespace

template <class T>
LossAndGradients<T> loss_and_gradients(const MultilayerPerceptron& network,
                                       const BasicParameters<T>& parameters, const Loss& loss,
                                       const Matrix<T>& X, const Matrix<T>& Y, std::span<const T> weights,
                                       std::optional<DropoutMasks> masks, double l2) {
  require(parameters.layout() == ParameterLayout(network),
          "loss_and_gradients: the parameters are not this network's");
  require(X.rows() > 0 && X.columns() == network.fan_in(), "loss_and_gradients: X does not fit the network");
  require(Y.rows() == X.rows() && Y.columns() == network.fan_out(),
          "loss_and_gradients: Y does not fit X or the network");
  require(weights.empty() || weights.size() == X.rows(), "loss_and_gradients: one weight per row is needed");
  const auto layers = network.layers();
  const Activation& output_activation = layers.back().activation;

  // Forward: A_0 = X, Z_l = A_{l-1} W_l + b_l, A_l = f_l(Z_l) * dropout_l.
  std::vector<LayerTrace<T>> trace;
  Matrix<T> A = X;
  for (std::size_t index = 0; index < network.depth(); ++index) {
    const Layer& layer = network.layer(index);
    Matrix<T> Z = affine(A, parameters.weight(index), parameters.bias(index));
    Matrix<T> factors = dropout_factors<T>(layer, index, X.rows(), masks);
    Matrix<T> next = times(activate(layer.activation, Z), factors);
    trace.push_back({std::move(A), std::move(Z), std::move(factors)});
    A = std::move(next);
  }

  // Loss = 1/N sum_n w_n loss_n + l2/2 sum W^2.
  const Matrix<T>& logits = trace.back().Z;
  const std::vector<T> losses = loss_per_row(loss, output_activation, logits, Y);
  LossAndGradients<T> result{.loss = 0, .gradients = BasicParameters<T>(network)};
  const T rows = static_cast<T>(X.rows());
  for (std::size_t n = 0; n < X.rows(); ++n)
    result.loss += (weights.empty() ? T{1} : weights[n]) * losses[n] / rows;

  // Backward, the mirror: dZ of the last layer, then for each layer dW = X^T dZ, db = column sums of dZ, dX =
  // dZ W^T, which is dA of the layer below.
  Matrix<T> dZ = loss_gradient_by_logits(loss, output_activation, logits, Y);
  for (std::size_t n = 0; n < dZ.rows(); ++n) {
    for (T& value : dZ.row(n)) value *= (weights.empty() ? T{1} : weights[n]) / rows;
  }
  for (std::size_t index = network.depth(); index-- > 0;) {
    const Matrix<T>& input = trace[index].X;
    const auto W = parameters.weight(index);
    auto dW = result.gradients.weight(index);
    auto db = result.gradients.bias(index);
    for (std::size_t n = 0; n < dZ.rows(); ++n) {
      for (std::size_t o = 0; o < dZ.columns(); ++o) {
        for (std::size_t i = 0; i < input.columns(); ++i) dW(i, o) += input(n, i) * dZ(n, o);
        db[o] += dZ(n, o);
      }
    }
    for (std::size_t i = 0; i < W.rows(); ++i) {
      for (std::size_t o = 0; o < W.columns(); ++o) {
        result.loss += static_cast<T>(l2) / 2 * W(i, o) * W(i, o);
        dW(i, o) += static_cast<T>(l2) * W(i, o);
      }
    }
    if (index == 0) break;
    Matrix<T> dX(dZ.rows(), W.rows());
    for (std::size_t n = 0; n < dZ.rows(); ++n) {
      for (std::size_t i = 0; i < W.rows(); ++i) {
        for (std::size_t o = 0; o < W.columns(); ++o) dX(n, i) += dZ(n, o) * W(i, o);
      }
    }
    const LayerTrace<T>& below = trace[index - 1];
    dZ = activation_backward(network.layer(index - 1).activation, below.Z,
                             times(std::move(dX), below.dropout));
  }
  return result;
}

#define MLP_INSTANTIATE(T)                                                                                \
  template Matrix<T> affine(const Matrix<T>&, ConstMatrixView<T>, std::span<const T>);                    \
  template Matrix<T> forward(const MultilayerPerceptron&, const BasicParameters<T>&, const Matrix<T>&);   \
  template LossAndGradients<T> loss_and_gradients(const MultilayerPerceptron&, const BasicParameters<T>&, \
                                                  const Loss&, const Matrix<T>&, const Matrix<T>&,        \
                                                  std::span<const T>, std::optional<DropoutMasks>, double);
MLP_INSTANTIATE(float)
MLP_INSTANTIATE(double)
#undef MLP_INSTANTIATE

}  // namespace mlp::reference
