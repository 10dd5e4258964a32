// The digest of networks of one shape; most often there is only one.
#pragma once

#include <string>
#include <vector>

#include "mlp/multilayer_perceptron.h"
#include "mlp/parameters.h"

namespace mlp {

/// See mlp/digest.h: the digest of the layers and of each network's parameters in turn.
std::string digest_of(const MultilayerPerceptron& network, const std::vector<const Parameters*>& parameters);

}  // namespace mlp
