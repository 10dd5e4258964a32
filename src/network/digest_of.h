// A digest of networks of one shape, of which most often there is one.
#pragma once

#include <string>
#include <vector>

#include "mlp/multilayer_perceptron.h"
#include "mlp/parameters.h"

namespace mlp {

/// See mlp/digest.h: of the layers, and of each network's parameters in turn.
std::string digest_of(const MultilayerPerceptron& network, const std::vector<const Parameters*>& parameters);

}  // namespace mlp
