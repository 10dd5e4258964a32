// Converts values of the public headers to what engines take.
#pragma once

#include "engine/engine.h"
#include "mlp/dataset.h"
#include "mlp/model.h"

namespace mlp {

engine::InputsView view_of(const Inputs& inputs);

/// Views of a data set, which must outlive them.
engine::Examples examples_of(const Dataset& dataset, double weight_unit = 1.0);

/// What a model computes.
engine::Computation computation_of(const Model& model);

}  // namespace mlp
