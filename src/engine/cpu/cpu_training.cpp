#include "engine/cpu/cpu_training.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/cpu.h"
#include "engine/cpu/step.h"

namespace mlp::engine {

namespace {

std::function<Plan(int)> plan_maker(const Computation& computation, const Optimizer& optimizer,
                                    const TrainingEngineOptions& options) {
  return [computation, optimizer, options](int threads) {
    const auto& [common, density, bfloat16] = options;
    return Plan(
        computation.network, computation.loss, optimizer, computation.input_scaling,
        computation.target_scaling,
        {.max_batch = common.max_batch,
         .threads = threads,
         .available_threads = available_cores(),
         .target = common.target,
         .input_density = density,
         .bfloat16 = bfloat16 ? &kernels::bfloat16_kernels_for(kernels::kernels_for(common.target)) : nullptr,
         .choices = {.skips_zeros = common.skips_zeros}});
  };
}

}  // namespace

CpuTraining::CpuTraining(const Computation& computation, const Optimizer& optimizer,
                         const Parameters& parameters, const std::vector<Parameters>& moments,
                         const TrainingEngineOptions& options)
    : elastic_(plan_maker(computation, optimizer, options), options.common.threads, parameters, moments),
      choice_(options.common.threads > 0 ? std::vector{options.common.threads}
                                         : halved_down(elastic_.plan().threads())) {}

double CpuTraining::train(const Batch& batch, const StepSettings& settings) {
  if (!std::exchange(stepping_, true)) choice_.begin();
  const double loss = train_step(elastic_.plan(), elastic_.workspace(), elastic_.team(), batch, settings);
  if (std::isfinite(loss) && choice_.after_step()) elastic_.use_threads(choice_.threads());
  return loss;
}

void CpuTraining::pause() {
  if (std::exchange(stepping_, false)) choice_.pause();
}

Parameters CpuTraining::gradients(const Batch& batch, const StepSettings& settings) {
  pause();
  return gradients_of(elastic_.plan(), elastic_.workspace(), elastic_.team(), batch, settings);
}

double CpuTraining::evaluate(const Batch& batch, MatrixView<float> outputs) {
  pause();
  return evaluate_step(elastic_.plan(), elastic_.workspace(), elastic_.team(), batch, outputs);
}

void CpuTraining::predict(const InputsView& inputs, std::span<const std::uint32_t> rows,
                          MatrixView<float> outputs) {
  pause();
  predict_step(elastic_.plan(), elastic_.workspace(), elastic_.team(), inputs, rows, outputs);
}

std::size_t CpuTraining::first_non_finite_layer() const {
  return engine::first_non_finite_layer(elastic_.workspace());
}

Parameters CpuTraining::parameters() {
  pause();
  return elastic_.parameters();
}

std::vector<Parameters> CpuTraining::moments() {
  pause();
  return elastic_.moments();
}

int CpuTraining::bfloat16_layers() const {
  return static_cast<int>(std::ranges::count_if(elastic_.plan().layers(), &LayerPlan::bfloat16));
}

}  // namespace mlp::engine
