#include "engine/cpu/cpu_training.h"
#include "engine/engine.h"
#include "engine/reference/reference_training.h"

namespace mlp::engine {

std::unique_ptr<TrainingEngine> training_engine(const Computation& computation, const Optimizer& optimizer,
                                                const Parameters& parameters,
                                                const std::vector<Parameters>& moments,
                                                const TrainingEngineOptions& options) {
  const std::string& target = options.common.target.empty() ? default_target() : options.common.target;
  if (target == kReferenceTarget) {
    require(options.exchange == nullptr, "the reference exchanges no gradients");
    return std::make_unique<ReferenceTraining<float>>(computation, optimizer, parameters, moments);
  }
  return std::make_unique<CpuTraining>(computation, optimizer, parameters, moments, options);
}

}  // namespace mlp::engine
