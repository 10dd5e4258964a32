// Prediction and evaluation on this CPU: a plan, its threads and their workspace.
#pragma once

#include <memory>

#include "core/thread_team.h"
#include "engine/cpu/plan.h"
#include "engine/cpu/workspace.h"
#include "engine/engine.h"

namespace mlp::engine {

class CpuPrediction final : public Engine {
 public:
  /// `team`: the threads to use, shared with others in turns; null: its own.
  CpuPrediction(const Computation& computation, const Parameters& parameters, const EngineOptions& options,
                std::shared_ptr<ThreadTeam> team = nullptr);

  const std::shared_ptr<ThreadTeam>& team() const { return team_; }

  double evaluate(const Batch& batch, MatrixView<float> outputs) override;
  void predict(const InputsView& inputs, std::span<const std::uint32_t> rows,
               MatrixView<float> outputs) override;

 private:
  Plan plan_;
  std::shared_ptr<ThreadTeam> team_;
  Workspace workspace_;
};

}  // namespace mlp::engine
