#include "engine/reference/reference_prediction.h"

#include <utility>

#include "engine/reference/examples_in.h"
#include "engine/reference/logits.h"
#include "mlp/reference.h"

namespace mlp::engine {

namespace {

template <class T>
void copy_to(MatrixView<float> outputs, const Matrix<T>& A) {
  require(outputs.rows() == A.rows() && outputs.columns() == A.columns(),
          "the outputs do not fit the network and the rows");
  for (std::size_t n = 0; n < A.rows(); ++n) {
    for (std::size_t c = 0; c < A.columns(); ++c) outputs(n, c) = static_cast<float>(A(n, c));
  }
}

class ReferencePrediction final : public Engine {
 public:
  ReferencePrediction(std::vector<Computation> computations, std::vector<Parameters> parameters)
      : computations_(std::move(computations)), parameters_(std::move(parameters)) {}

  double evaluate(const Batch& batch, MatrixView<float> outputs) override {
    require(computations_.size() == 1, "evaluate: this engine has several networks");
    return evaluate_by_reference(computations_.front(), parameters_.front(), batch, outputs);
  }
  void predict(const InputsView& inputs, std::span<const std::uint32_t> rows,
               MatrixView<float> outputs) override {
    for (std::size_t i = 0; i < computations_.size(); ++i) {
      predict_by_reference(computations_[i], parameters_[i], inputs, rows,
                           outputs.rows(i * rows.size(), rows.size()));
    }
  }

 private:
  std::vector<Computation> computations_;
  std::vector<Parameters> parameters_;
};

}  // namespace

template <class T>
double evaluate_by_reference(const Computation& computation, const BasicParameters<T>& parameters,
                             const Batch& batch, MatrixView<float> outputs) {
  require(batch.own_loss == nullptr, "the reference takes no own loss");
  const auto& [network, loss, input_scaling, target_scaling] = computation;
  const Activation activation = network.layers().back().activation;
  const Matrix<T> Z = logits_of(network, parameters, inputs_in<T>(batch, input_scaling));
  copy_to(outputs, reference::activate(activation, Z));
  const auto losses = reference::loss_per_row(loss, activation, Z, targets_in<T>(batch, target_scaling));
  const auto weights = weights_in<T>(batch);
  double sum = 0;
  for (std::size_t n = 0; n < losses.size(); ++n)
    sum += static_cast<double>(weights.empty() ? losses[n] : weights[n] * losses[n]);
  return sum;
}

template <class T>
void predict_by_reference(const Computation& computation, const BasicParameters<T>& parameters,
                          const InputsView& inputs, std::span<const std::uint32_t> rows,
                          MatrixView<float> outputs) {
  const auto X = inputs_in<T>(inputs, rows, computation.input_scaling);
  copy_to(outputs, reference::forward(computation.network, parameters, X));
}

template double evaluate_by_reference(const Computation&, const BasicParameters<float>&, const Batch&,
                                      MatrixView<float>);
template double evaluate_by_reference(const Computation&, const BasicParameters<double>&, const Batch&,
                                      MatrixView<float>);
template void predict_by_reference(const Computation&, const BasicParameters<float>&, const InputsView&,
                                   std::span<const std::uint32_t>, MatrixView<float>);
template void predict_by_reference(const Computation&, const BasicParameters<double>&, const InputsView&,
                                   std::span<const std::uint32_t>, MatrixView<float>);

std::unique_ptr<Engine> reference_prediction(std::vector<Computation> computations,
                                             const std::vector<const Parameters*>& parameters) {
  std::vector<Parameters> copies;
  for (const Parameters* each : parameters) copies.push_back(*each);
  return std::make_unique<ReferencePrediction>(std::move(computations), std::move(copies));
}

}  // namespace mlp::engine
