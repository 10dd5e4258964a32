#include "engine/workspace.h"

#include "mlp/error.h"

namespace mlp::engine {

Workspace::Workspace(const Plan& plan)
    : parameters(plan.packed_size()),
      inputs(plan.max_batch() * kernels::padded(plan.network().fan_in())),
      targets(plan.max_batch() * kernels::padded(plan.network().fan_out())),
      logits(targets.size()),
      row_losses(plan.max_batch()) {
  const bool training = plan.optimizer().has_value();
  if (training) {
    transposed.resize(plan.transposed_size());
    moments.assign(static_cast<std::size_t>(moment_count(*plan.optimizer())), parameters);
  }
  for (const LayerPlan& layer : plan.layers()) {
    const std::size_t size = plan.max_batch() * layer.weights.padded_columns();
    LayerBuffers& buffers = layers.emplace_back();
    buffers.outputs.resize(size);
    if (training) buffers.gradient.resize(size);
    if (training && layer.derivative != Derivative::kOfOutput) buffers.derivative.resize(size);
  }
}

void Workspace::load(const Plan& plan, const Parameters& from, const std::vector<Parameters>& from_moments) {
  require(from_moments.size() == moments.size() || from_moments.empty(),
          "Workspace::load: the moments are not this optimizer's");
  plan.pack(from, parameters.data());
  if (!transposed.empty()) plan.transpose(parameters.data(), transposed.data());
  for (std::size_t i = 0; i < from_moments.size(); ++i) plan.pack(from_moments[i], moments[i].data());
}

}  // namespace mlp::engine
