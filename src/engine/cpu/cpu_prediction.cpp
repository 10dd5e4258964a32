#include "engine/cpu/cpu_prediction.h"

#include <utility>

#include "core/cpu.h"
#include "engine/cpu/step.h"
#include "mlp/error.h"

namespace mlp::engine {

namespace {

Plan plan_for(const Computation& computation, const EngineOptions& options) {
  return {computation.network,
          computation.loss,
          std::nullopt,
          computation.input_scaling,
          computation.target_scaling,
          {.max_batch = options.max_batch,
           .threads = options.threads,
           .available_threads = available_cores(),
           .target = options.target,
           .kernels_of = kernels::prediction_kernels_for,
           .choices = {.skips_zeros = options.skips_zeros}}};
}

}  // namespace

CpuPrediction::CpuPrediction(const std::vector<Computation>& computations,
                             const std::vector<const Parameters*>& parameters, const EngineOptions& options)
    : networks_([&] {
        std::vector<Alike> networks;
        for (std::size_t i = 0; i < computations.size(); ++i) {
          if (i == 0 || computations[i].input_scaling != computations[i - 1].input_scaling) {
            Plan plan = plan_for(computations[i], options);
            Workspace workspace(plan);
            workspace.load(plan, *parameters[i]);
            networks.push_back({std::move(plan), std::move(workspace), {}});
            continue;
          }
          Alike& alike = networks.back();
          alike.plan.pack(*parameters[i],
                          alike.more_parameters.emplace_back(alike.plan.packed_size()).data());
        }
        return networks;
      }()),
      team_(networks_.front().plan.threads()) {}

double CpuPrediction::evaluate(const Batch& batch, MatrixView<float> outputs) {
  Alike& only = networks_.front();
  require(networks_.size() == 1 && only.more_parameters.empty(),
          "evaluate: this engine has several networks");
  return evaluate_step(only.plan, only.workspace, team_, batch, outputs);
}

void CpuPrediction::predict(const InputsView& inputs, std::span<const std::uint32_t> rows,
                            MatrixView<float> outputs) {
  std::size_t first = 0;
  for (auto& [plan, workspace, more_parameters] : networks_) {
    const std::size_t count = (1 + more_parameters.size()) * rows.size();
    require(first + count <= outputs.rows(), "predict: the outputs do not fit the networks and the rows");
    predict_step(plan, workspace, team_, inputs, rows, outputs.rows(first, count), more_parameters);
    first += count;
  }
}

}  // namespace mlp::engine
