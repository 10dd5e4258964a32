// Z of a network's last layer, the input of losses: the reference's fold without the last activation.
#pragma once

#include "mlp/reference.h"

namespace mlp::engine {

template <class T>
Matrix<T> logits_of(const MultilayerPerceptron& network, const BasicParameters<T>& parameters, Matrix<T> A) {
  for (std::size_t index = 0; index + 1 < network.depth(); ++index) {
    A = reference::activate(network.layer(index).activation,
                            reference::affine(A, parameters.weight(index), parameters.bias(index)));
  }
  const std::size_t last = network.depth() - 1;
  return reference::affine(A, parameters.weight(last), parameters.bias(last));
}

}  // namespace mlp::engine
