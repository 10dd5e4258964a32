// Apart from training_engine.cpp, so that a program that only predicts links nothing of training.
#include "engine/cpu/cpu_prediction.h"
#include "engine/engine.h"
#include "engine/reference/reference_prediction.h"

namespace mlp::engine {

std::unique_ptr<Engine> prediction_engine(const Computation& computation, const Parameters& parameters,
                                          const EngineOptions& options) {
  return prediction_engine(std::vector{computation}, {&parameters}, options);
}

std::unique_ptr<Engine> prediction_engine(const std::vector<Computation>& computations,
                                          const std::vector<const Parameters*>& parameters,
                                          const EngineOptions& options) {
  const std::string& target = options.target.empty() ? default_target() : options.target;
  if (target == kReferenceTarget) return reference_prediction(computations, parameters);
  return std::make_unique<CpuPrediction>(computations, parameters, options);
}

}  // namespace mlp::engine
