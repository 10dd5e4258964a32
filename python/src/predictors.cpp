#include "predictors.h"

#include <unistd.h>

#include <utility>

namespace mlp::python {

Predictors::~Predictors() { forget_those_of_another_process(); }

std::unique_ptr<Predictor> Predictors::take(int threads) {
  {
    const std::lock_guard lock(mutex_);
    if (threads != 1) forget_those_of_another_process();
    if (auto& free = free_[threads]; !free.empty()) {
      auto predictor = std::move(free.back());
      free.pop_back();
      return predictor;
    }
  }
  return std::make_unique<Predictor>(*model_, PredictorOptions{.threads = threads});
}

void Predictors::give_back(int threads, std::unique_ptr<Predictor> predictor) {
  const std::lock_guard lock(mutex_);
  free_[threads].push_back(std::move(predictor));
}

/// To end a predictor is to wait for its threads, and a forked process would wait for ever.
void Predictors::forget_those_of_another_process() {
  if (process_ == ::getpid()) return;
  for (auto& [threads, free] : free_) {
    if (threads == 1 || process_ == 0) continue;
    for (auto& predictor : free) static_cast<void>(predictor.release());
    free.clear();
  }
  process_ = ::getpid();
}

}  // namespace mlp::python
