// Generated images to measure speed on: random, but with zeros like MNIST's.
//
// How much skipping zeros gains depends on how they lie together. For 60,000 rows of 28 x 28, the share that
// is not zero, in percent (a group counts as soon as one of its values is not zero):
//
//                                      MNIST   generated
//   values                              19.1        19.1
//   groups of 4 neighbours              28.4        29.1
//   groups of 8 neighbours              39.5        39.5
//   groups of 16 neighbours             58.3        58.1
//   pixels of 2 images, drawn at random 29.2        28.6
//   pixels of 4                         38.9        38.7
//   pixels of 6                         43.6        44.5
//   pixels of 8                         46.6        48.5
#pragma once

#include "mlp/dataset.h"
#include "mlp/multilayer_perceptron.h"

namespace mlp {

/// `rows` rows of 8-bit values for `network`; classes where it ends in Softmax, else numbers. A row of 784
/// values is an image; longer and shorter ones are cut from images laid end to end. A pure function of its
/// arguments.
Dataset benchmark_data(const MultilayerPerceptron& network, std::size_t rows);

}  // namespace mlp
