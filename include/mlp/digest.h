// A digest of a network and its parameters: tells whether two models are the same, bit for bit.
#pragma once

#include <string>

#include "mlp/export.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/parameters.h"

namespace MLP_EXPORT mlp {

struct Model;  // mlp/model.h

/// 16 hexadecimal digits, equal for equal layers and parameters with the same bits, on every machine and in
/// every run. Nothing else counts: not how a network was trained, when, or how long. It detects accidental
/// differences; it is no proof against forgery.
std::string digest(const MultilayerPerceptron& network, const Parameters& parameters);

/// The same of a model: its network and parameters, for an ensemble the parameters of all members in order.
std::string digest(const Model& model);

}  // namespace mlp
