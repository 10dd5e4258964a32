// Generated images to take times on: random, but with MNIST's share of zeros.
#pragma once

#include "mlp/dataset.h"
#include "mlp/multilayer_perceptron.h"

namespace mlp {

/// `rows` rows of 8-bit values for `network`, of which about 19% are not zero; classes where the network ends
/// in Softmax, else numbers. A pure function of its arguments.
Dataset benchmark_data(const MultilayerPerceptron& network, std::size_t rows);

}  // namespace mlp
