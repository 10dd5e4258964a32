// A digest of a network and its parameters: what tells whether two models are the same, bit for bit.
#pragma once

#include <string>

#include "mlp/export.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/parameters.h"

namespace MLP_EXPORT mlp {

struct Model;  // mlp/model.h

/// 16 hexadecimal digits, equal for equal layers and parameters with the same bits, on every machine and in
/// every run. Nothing else counts: not how a network was trained, when, or how long. It tells apart what
/// chance makes; against malice it is no proof.
std::string digest(const MultilayerPerceptron& network, const Parameters& parameters);

/// Of a model: its network with its parameters, and of an ensemble with those of all members in their order.
std::string digest(const Model& model);

}  // namespace mlp
