// Prediction and evaluation on this CPU: plans, their workspaces, and the threads that work on them.
#pragma once

#include <vector>

#include "core/thread_team.h"
#include "engine/cpu/plan.h"
#include "engine/cpu/workspace.h"
#include "engine/engine.h"

namespace mlp::engine {

class CpuPrediction final : public Engine {
 public:
  /// At least one network; all of one shape.
  CpuPrediction(const std::vector<Computation>& computations,
                const std::vector<const Parameters*>& parameters, const EngineOptions& options);

  double evaluate(const Batch& batch, MatrixView<float> outputs) override;
  void predict(const InputsView& inputs, std::span<const std::uint32_t> rows,
               MatrixView<float> outputs) override;

 private:
  /// Neighbouring networks that scale inputs alike, and so can share what is gathered.
  struct Alike {
    Plan plan;
    Workspace workspace;                                ///< with the first one's parameters
    std::vector<AlignedVector<float>> more_parameters;  ///< packed, the others'
  };

  std::vector<Alike> networks_;
  ThreadTeam team_;  ///< networks of one shape need as many threads
};

}  // namespace mlp::engine
