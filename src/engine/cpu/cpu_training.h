// Training on this CPU. The number of threads, where it is left to us, is watched and changed between steps
// (thread_choice.h); the bits do not depend on it.
#pragma once

#include "engine/cpu/elastic_workspace.h"
#include "engine/cpu/thread_choice.h"
#include "engine/engine.h"

namespace mlp::engine {

class CpuTraining final : public TrainingEngine {
 public:
  CpuTraining(const Computation& computation, const Optimizer& optimizer, const Parameters& parameters,
              const std::vector<Parameters>& moments, const TrainingEngineOptions& options);

  double train(const Batch& batch, const StepSettings& settings) override;
  Parameters gradients(const Batch& batch, const StepSettings& settings) override;
  double evaluate(const Batch& batch, MatrixView<float> outputs) override;
  void predict(const InputsView& inputs, std::span<const std::uint32_t> rows,
               MatrixView<float> outputs) override;
  std::size_t first_non_finite_layer() const override;
  Parameters parameters() override;
  std::vector<Parameters> moments() override;
  int threads() const override { return elastic_.plan().threads(); }
  bool skips_zeros() const override { return elastic_.plan().sparse_inputs(); }
  int bfloat16_layers() const override;

 private:
  double train_with_others(const Batch& batch, const StepSettings& settings);
  /// Excludes the time until the next step from step times.
  void pause();

  ElasticWorkspace elastic_;
  Exchange* exchange_;
  std::vector<ShardSum> shards_;  ///< this worker's
  ShardSum total_;
  ThreadChoice choice_;
  bool stepping_ = false;  ///< the last call was a step
};

}  // namespace mlp::engine
