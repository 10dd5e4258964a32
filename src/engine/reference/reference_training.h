// Training by the reference's plain loops, in float or double: a step is the formulas of mlp/reference.h, one
// after the other. Parameters and moments are given in float whatever T is, so only float resumes from a
// checkpoint to the same bits.
#pragma once

#include "engine/engine.h"
#include "mlp/reference.h"

namespace mlp::engine {

template <class T>
class ReferenceTraining final : public TrainingEngine {
 public:
  ReferenceTraining(const Computation& computation, const Optimizer& optimizer, const Parameters& parameters,
                    const std::vector<Parameters>& moments);

  double train(const Batch& batch, const StepSettings& settings) override;
  Parameters gradients(const Batch& batch, const StepSettings& settings) override;
  double evaluate(const Batch& batch, MatrixView<float> outputs) override;
  void predict(const InputsView& inputs, std::span<const std::uint32_t> rows,
               MatrixView<float> outputs) override;
  std::size_t first_non_finite_layer() const override { return first_non_finite_layer_; }
  Parameters parameters() override;
  std::vector<Parameters> moments() override;
  int threads() const override { return 1; }
  bool skips_zeros() const override { return false; }
  int bfloat16_layers() const override { return 0; }

 private:
  /// The mean weighted loss without the L2 penalty, and the gradients with it.
  reference::LossAndGradients<T> loss_and_gradients(const Batch& batch, const StepSettings& settings) const;
  std::size_t find_non_finite_layer(const Batch& batch, const StepSettings& settings) const;

  Computation computation_;
  Optimizer optimizer_;
  reference::OptimizerState<T> state_;
  std::size_t first_non_finite_layer_;
};

extern template class ReferenceTraining<float>;
extern template class ReferenceTraining<double>;

}  // namespace mlp::engine
