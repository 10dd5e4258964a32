#include "engine/cpu/cpu_prediction.h"

#include <utility>

#include "core/cpu.h"
#include "engine/cpu/step.h"

namespace mlp::engine {

CpuPrediction::CpuPrediction(const Computation& computation, const Parameters& parameters,
                             const EngineOptions& options, std::shared_ptr<ThreadTeam> team)
    : plan_(computation.network, computation.loss, std::nullopt, computation.input_scaling,
            computation.target_scaling,
            {.max_batch = options.max_batch,
             .threads = options.threads,
             .available_threads = available_cores(),
             .target = options.target,
             .kernels_of = kernels::prediction_kernels_for,
             .choices = {.skips_zeros = options.skips_zeros}}),
      team_(team ? std::move(team) : std::make_shared<ThreadTeam>(plan_.threads())),
      workspace_(plan_) {
  workspace_.load(plan_, parameters);
}

double CpuPrediction::evaluate(const Batch& batch, MatrixView<float> outputs) {
  return evaluate_step(plan_, workspace_, *team_, batch, outputs);
}

void CpuPrediction::predict(const InputsView& inputs, std::span<const std::uint32_t> rows,
                            MatrixView<float> outputs) {
  predict_step(plan_, workspace_, *team_, inputs, rows, outputs);
}

}  // namespace mlp::engine
