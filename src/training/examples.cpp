#include "training/examples.h"

namespace mlp {

namespace {

template <class T>
ConstMatrixView<T> view_of(const Matrix<T>& matrix) {
  return matrix.view();
}
template <class T>
ConstMatrixView<T> view_of(const MappedRows<T>& mapped) {
  return mapped.stored();
}

template <class T>
std::span<const std::uint32_t> numbers_of(const Matrix<T>&) {
  return {};
}
template <class T>
std::span<const std::uint32_t> numbers_of(const MappedRows<T>& mapped) {
  return mapped.numbers();
}

}  // namespace

engine::InputsView view_of(const Inputs& inputs) {
  return std::visit([](const auto& rows) -> engine::InputsView { return view_of(rows); }, inputs);
}

std::span<const std::uint32_t> numbers_of(const Inputs& inputs) {
  return std::visit([](const auto& rows) { return numbers_of(rows); }, inputs);
}

engine::Examples examples_of(const Dataset& dataset, double weight_unit) {
  return {.inputs = view_of(dataset.inputs),
          .outputs = dataset.outputs(),
          .labels = dataset.labels,
          .targets = dataset.targets.view(),
          .weights = dataset.sample_weights,
          .weight_unit = weight_unit,
          .input_rows = numbers_of(dataset.inputs)};
}

engine::Computation computation_of(const Model& model) {
  return {model.network, model.loss, model.input_scaling, model.target_scaling};
}

}  // namespace mlp
