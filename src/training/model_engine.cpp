#include "training/model_engine.h"

#include <algorithm>

#include "engine/reference/examples_in.h"
#include "mlp/reference.h"
#include "training/examples.h"

namespace mlp {

ModelEngine::ModelEngine(const Model& model, const engine::EngineOptions& options) : loss_(model.loss) {
  std::vector<engine::Computation> computations = {computation_of(model)};
  std::vector<const Parameters*> parameters = {&model.parameters};
  for (const auto& member : model.more_members) {
    computations.push_back({model.network, model.loss, member.input_scaling, member.target_scaling});
    parameters.push_back(&member.parameters);
  }
  for (const auto& computation : computations) target_scalings_.push_back(computation.target_scaling);
  engine_ = engine::prediction_engine(computations, parameters, options);
  if (members() > 1) member_outputs_.resize(members() * options.max_batch * model.network.fan_out());
}

void ModelEngine::predict(const engine::InputsView& inputs, std::span<const std::uint32_t> rows,
                          MatrixView<float> outputs) {
  if (members() == 1) {
    engine_->predict(inputs, rows, outputs);
    return invert(target_scalings_.front(), outputs);
  }
  const MatrixView<float> all(member_outputs_.data(), members() * rows.size(), outputs.columns());
  engine_->predict(inputs, rows, all);
  for (std::size_t member = 0; member < members(); ++member)
    invert(target_scalings_[member], all.rows(member * rows.size(), rows.size()));
  const auto count = static_cast<double>(members());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    for (std::size_t c = 0; c < outputs.columns(); ++c) {
      double sum = 0.0;
      for (std::size_t member = 0; member < members(); ++member)
        sum += static_cast<double>(all(member * rows.size() + n, c));
      outputs(n, c) = static_cast<float>(sum / count);
    }
  }
}

double ModelEngine::evaluate(const engine::Batch& batch, MatrixView<float> outputs) {
  if (members() == 1) {
    const double loss = engine_->evaluate(batch, outputs);
    invert(target_scalings_.front(), outputs);
    return loss;
  }
  std::vector<std::uint32_t> inputs(batch.rows.begin(), batch.rows.end());
  for (std::uint32_t& row : inputs) row = batch.examples.input_row(row);
  predict(batch.examples.inputs, inputs, outputs);
  const AffineScaling& scaling = target_scalings_.front();
  Matrix<double> A(outputs.rows(), outputs.columns());
  for (std::size_t n = 0; n < A.rows(); ++n) {
    for (std::size_t c = 0; c < A.columns(); ++c)
      A(n, c) = static_cast<double>(scaling.apply(outputs(n, c), c));
  }
  const auto losses =
      reference::loss_per_row_by_outputs(loss_, A, engine::targets_in<double>(batch, scaling));
  const auto weights = engine::weights_in<double>(batch);
  double sum = 0.0;
  for (std::size_t n = 0; n < losses.size(); ++n) sum += (weights.empty() ? 1.0 : weights[n]) * losses[n];
  return sum;
}

void invert(const AffineScaling& target_scaling, MatrixView<float> outputs) {
  if (target_scaling.identity()) return;
  for (std::size_t n = 0; n < outputs.rows(); ++n) {
    for (std::size_t c = 0; c < outputs.columns(); ++c)
      outputs(n, c) = target_scaling.invert(outputs(n, c), c);
  }
}

}  // namespace mlp
