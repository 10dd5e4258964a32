#include "training/examples.h"

namespace mlp {

engine::InputsView view_of(const Inputs& inputs) {
  return std::visit([](const auto& matrix) -> engine::InputsView { return matrix.view(); }, inputs);
}

engine::Examples examples_of(const Dataset& dataset, double weight_unit) {
  return {.inputs = view_of(dataset.inputs),
          .outputs = dataset.outputs(),
          .labels = dataset.labels,
          .targets = dataset.targets.view(),
          .weights = dataset.sample_weights,
          .weight_unit = weight_unit};
}

engine::Computation computation_of(const Model& model) {
  return {model.network, model.loss, model.input_scaling, model.target_scaling};
}

}  // namespace mlp
