// Converts values of the public headers to what engines take.
#pragma once

#include <cstdint>
#include <span>

#include "engine/engine.h"
#include "mlp/dataset.h"
#include "mlp/model.h"

namespace mlp {

/// Where the rows of inputs lie. Of those of a mapped file all that it has: which of them the inputs are say
/// numbers_of(), unless they are all, in their order.
engine::InputsView view_of(const Inputs& inputs);
std::span<const std::uint32_t> numbers_of(const Inputs& inputs);

/// Views of a data set, which must outlive them.
engine::Examples examples_of(const Dataset& dataset, double weight_unit = 1.0);

/// What a model computes.
engine::Computation computation_of(const Model& model);

}  // namespace mlp
