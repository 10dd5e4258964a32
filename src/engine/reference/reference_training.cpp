#include "engine/reference/reference_training.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/reference/examples_in.h"
#include "engine/reference/reference_prediction.h"

namespace mlp::engine {

namespace {

reference::DropoutMasks masks_of(const StepSettings& settings) {
  return {.seed = settings.seed, .step = settings.step};
}

}  // namespace

template <class T>
ReferenceTraining<T>::ReferenceTraining(const Computation& computation, const Optimizer& optimizer,
                                        const Parameters& parameters, const std::vector<Parameters>& moments)
    : computation_(computation),
      optimizer_(optimizer),
      state_{.parameters = parameters_in<T>(computation.network, parameters), .moments = {}, .step = 0},
      first_non_finite_layer_(computation.network.depth()) {
  for (const Parameters& moment : moments)
    state_.moments.push_back(parameters_in<T>(computation.network, moment));
}

template <class T>
reference::LossAndGradients<T> ReferenceTraining<T>::loss_and_gradients(const Batch& batch,
                                                                        const StepSettings& settings) const {
  require(batch.own_loss == nullptr && batch.whole == 0, "the reference takes no own loss and no shards");
  const auto& [network, loss, input_scaling, target_scaling] = computation_;
  const auto weights = weights_in<T>(batch);
  auto result =
      reference::loss_and_gradients<T>(network, state_.parameters, loss, inputs_in<T>(batch, input_scaling),
                                       targets_in<T>(batch, target_scaling), weights, masks_of(settings));
  const T l2 = static_cast<T>(settings.l2);
  for (std::size_t index = 0; index < network.depth(); ++index) {
    const auto W = std::as_const(state_.parameters).weight(index);
    const auto dW = result.gradients.weight(index);
    for (std::size_t i = 0; i < W.rows(); ++i) {
      for (std::size_t o = 0; o < W.columns(); ++o) dW(i, o) += l2 * W(i, o);
    }
  }
  return result;
}

template <class T>
double ReferenceTraining<T>::train(const Batch& batch, const StepSettings& settings) {
  auto [loss, gradients] = loss_and_gradients(batch, settings);
  first_non_finite_layer_ =
      std::isfinite(loss) ? computation_.network.depth() : find_non_finite_layer(batch, settings);
  if (settings.clip_norm > 0) gradients = reference::clip_by_norm(std::move(gradients), settings.clip_norm);
  state_.step = settings.step;
  state_ = reference::update(optimizer_, std::move(state_), gradients, settings.rate_factor);
  return static_cast<double>(loss) * static_cast<double>(batch.rows.size());
}

/// The step's own forward pass once more, layer by layer.
template <class T>
std::size_t ReferenceTraining<T>::find_non_finite_layer(const Batch& batch,
                                                        const StepSettings& settings) const {
  const auto& network = computation_.network;
  Matrix<T> A = inputs_in<T>(batch, computation_.input_scaling);
  for (std::size_t index = 0; index < network.depth(); ++index) {
    const Layer& layer = network.layer(index);
    const Matrix<T> Z = reference::affine(A, state_.parameters.weight(index), state_.parameters.bias(index));
    const bool last = index + 1 == network.depth();
    A = last ? Z : reference::activate(layer.activation, Z);  // losses are computed from the last layer's Z
    if (!std::ranges::all_of(A.values(), [](T a) { return std::isfinite(a); })) return index;
    for (std::size_t n = 0; n < A.rows(); ++n) {
      for (std::size_t o = 0; o < A.columns(); ++o)
        A(n, o) *= static_cast<T>(reference::dropout_factor(layer, index, masks_of(settings), n, o));
    }
  }
  return network.depth();
}

template <class T>
Parameters ReferenceTraining<T>::gradients(const Batch& batch, const StepSettings& settings) {
  return parameters_in<float>(computation_.network, loss_and_gradients(batch, settings).gradients);
}

template <class T>
double ReferenceTraining<T>::evaluate(const Batch& batch, MatrixView<float> outputs) {
  return evaluate_by_reference(computation_, state_.parameters, batch, outputs);
}

template <class T>
void ReferenceTraining<T>::predict(const InputsView& inputs, std::span<const std::uint32_t> rows,
                                   MatrixView<float> outputs) {
  predict_by_reference(computation_, state_.parameters, inputs, rows, outputs);
}

template <class T>
Parameters ReferenceTraining<T>::parameters() {
  return parameters_in<float>(computation_.network, state_.parameters);
}

template <class T>
std::vector<Parameters> ReferenceTraining<T>::moments() {
  std::vector<Parameters> moments;
  for (const auto& moment : state_.moments)
    moments.push_back(parameters_in<float>(computation_.network, moment));
  return moments;
}

template class ReferenceTraining<float>;
template class ReferenceTraining<double>;

}  // namespace mlp::engine
