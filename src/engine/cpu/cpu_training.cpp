#include "engine/cpu/cpu_training.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/cpu.h"
#include "engine/cpu/step.h"
#include "engine/cpu/weight_pass.h"

namespace mlp::engine {

namespace {

std::function<Plan(int)> plan_maker(const Computation& computation, const Optimizer& optimizer,
                                    const TrainingEngineOptions& options) {
  return [computation, optimizer, options](int threads) {
    const auto& [common, density, exchange, bfloat16] = options;
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
      exchange_(options.exchange),
      shards_(exchange_ ? exchange_->count() : 0),
      choice_(options.common.threads > 0 ? std::vector{options.common.threads}
                                         : halved_down(elastic_.plan().threads())) {}

double CpuTraining::train(const Batch& batch, const StepSettings& settings) {
  if (!std::exchange(stepping_, true)) choice_.begin();
  const double loss =
      exchange_ ? train_with_others(batch, settings)
                : train_step(elastic_.plan(), elastic_.workspace(), elastic_.team(), batch, settings);
  if (std::isfinite(loss) && choice_.after_step()) elastic_.use_threads(choice_.threads());
  return loss;
}

double CpuTraining::train_with_others(const Batch& batch, const StepSettings& settings) {
  const Plan& plan = elastic_.plan();
  Workspace& workspace = elastic_.workspace();
  for (std::size_t k = 0; k < shards_.size(); ++k) {
    const Share share = share_of(batch.rows.size(), static_cast<int>(exchange_->first() + k),
                                 static_cast<int>(exchange_->shards()));
    ShardSum& shard = shards_[k];
    if (share.begin == share.end) {  // the batch has fewer rows than shards
      shard = {.gradients = std::vector<float>(plan.packed_size()), .loss = 0.0};
      continue;
    }
    Batch part = batch;
    part.rows = batch.rows.subspan(share.begin, share.end - share.begin);
    part.upcoming = {};
    part.first = batch.first + share.begin;
    part.whole = batch.whole_rows();
    shard.loss = raw_gradients(plan, workspace, elastic_.team(), part, settings);
    shard.gradients.assign(workspace.gradients.begin(), workspace.gradients.end());
  }
  exchange_->add_up(shards_, total_);
  prepare_gradients(workspace);
  require(total_.gradients.size() == workspace.gradients.size(),
          "train: another network's gradients were exchanged");
  std::ranges::copy(total_.gradients, workspace.gradients.begin());
  apply_raw_gradients(plan, workspace, elastic_.team(), settings);
  return total_.loss;
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
