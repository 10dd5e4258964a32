// Training that starts from a model: see TrainingOptions::init.
#pragma once

#include "mlp/train.h"

namespace mlp {

/// Throws std::invalid_argument where the network or the data set does not fit options.init, if there is one.
void check_init(const MultilayerPerceptron& network, const Dataset& dataset, const TrainingOptions& options);

/// The first parameters of a training: those of options.init as far as it has them, the others drawn by
/// options.seed.
Parameters starting_parameters(const MultilayerPerceptron& network, const Dataset& dataset,
                               const TrainingOptions& options);

}  // namespace mlp
