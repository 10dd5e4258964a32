// Apart from training_engine.cpp, so that a program that only predicts links nothing of training.
#include <utility>

#include "engine/cpu/cpu_prediction.h"
#include "engine/engine.h"
#include "engine/reference/reference_prediction.h"

namespace mlp::engine {

std::unique_ptr<Engine> prediction_engine(const Computation& computation, const Parameters& parameters,
                                          const EngineOptions& options) {
  return std::move(prediction_engines({computation}, {&parameters}, options).front());
}

std::vector<std::unique_ptr<Engine>> prediction_engines(const std::vector<Computation>& computations,
                                                        const std::vector<const Parameters*>& parameters,
                                                        const EngineOptions& options) {
  const std::string& target = options.target.empty() ? default_target() : options.target;
  std::vector<std::unique_ptr<Engine>> engines;
  std::shared_ptr<ThreadTeam> team;  // the first network's: networks of one shape need as many threads
  for (std::size_t i = 0; i < computations.size(); ++i) {
    if (target == kReferenceTarget) {
      engines.push_back(reference_prediction(computations[i], *parameters[i]));
      continue;
    }
    auto engine = std::make_unique<CpuPrediction>(computations[i], *parameters[i], options, team);
    team = engine->team();
    engines.push_back(std::move(engine));
  }
  return engines;
}

}  // namespace mlp::engine
