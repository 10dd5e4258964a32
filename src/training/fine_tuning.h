// Training that starts from a model: see TrainingOptions::init.
#pragma once

#include "mlp/train.h"

namespace mlp {

/// Throws std::invalid_argument where the network or the data set is not one that options.init, if any, can
/// be trained on with.
void check_init(const MultilayerPerceptron& network, const Dataset& dataset, const TrainingOptions& options);

/// Drawn by options.seed, or those of options.init as far as it has them.
Parameters starting_parameters(const MultilayerPerceptron& network, const Dataset& dataset,
                               const TrainingOptions& options);

}  // namespace mlp
