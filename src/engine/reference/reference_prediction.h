// Prediction and evaluation by the reference's plain loops.
#pragma once

#include "engine/engine.h"

namespace mlp::engine {

/// sum_n w_n loss_n, and the network's outputs in its own scale.
template <class T>
double evaluate_by_reference(const Computation& computation, const BasicParameters<T>& parameters,
                             const Batch& batch, MatrixView<float> outputs);

template <class T>
void predict_by_reference(const Computation& computation, const BasicParameters<T>& parameters,
                          const InputsView& inputs, std::span<const std::uint32_t> rows,
                          MatrixView<float> outputs);

std::unique_ptr<Engine> reference_prediction(std::vector<Computation> computations,
                                             const std::vector<const Parameters*>& parameters);

}  // namespace mlp::engine
