// Watches a training: calls back to Python and looks for Ctrl-C.
#pragma once

#include <nanobind/nanobind.h>

#include <atomic>
#include <chrono>
#include <cstdint>

#include "mlp/ensemble.h"
#include "mlp/train.h"

namespace mlp::python {

namespace nb = nanobind;

/// How often signals are looked at.
inline constexpr std::chrono::milliseconds kSignalsEvery{50};

/// Runs Python's signal handlers; to be called on the thread that Python called, without the GIL. Returns
/// whether one raised KeyboardInterrupt, which ends here; throws what else it raised. (On other threads than
/// Python's main one nothing happens.)
bool keyboard_interrupt();

/// What a training is made of, for a model of what it has learned so far.
struct TrainingOf {
  const MultilayerPerceptron& network;
  const Dataset& dataset;
  const TrainingOptions& options;
};

/// Calls on_epoch(member, record, model_so_far) and on_step(member, progress), either of which may be None.
class Callbacks {
 public:
  Callbacks(const TrainingOf& training, nb::handle on_epoch, nb::handle on_step)
      : training_(training), on_epoch_(on_epoch), on_step_(on_step) {}

  /// Each returns whether to go on: False from Python stops.
  bool step(std::size_t member, const StepProgress& progress) const;
  bool epoch(std::size_t member, const EpochRecord& record, const TrainingState& state) const;

 private:
  TrainingOf training_;
  nb::handle on_epoch_, on_step_;
};

/// Of one network, which is trained on the thread that Python called.
class OneObserver final : public TrainingObserver {
 public:
  explicit OneObserver(const Callbacks& callbacks) : callbacks_(callbacks) {}

  bool on_step(const StepProgress& progress) override;
  bool on_epoch(const EpochRecord& record, const TrainingState& state) override {
    return callbacks_.epoch(0, record, state);
  }

 private:
  using Clock = std::chrono::steady_clock;

  const Callbacks& callbacks_;
  Clock::time_point next_look_ = Clock::now() + kSignalsEvery;
};

/// Of several, which are trained on threads of their own, while another one looks for signals.
class MembersObserver final : public EnsembleObserver {
 public:
  explicit MembersObserver(const Callbacks& callbacks) : callbacks_(callbacks) {}

  /// May be called on any thread.
  void stop() { stopped_ = true; }

  bool on_step(std::size_t member, const StepProgress& progress) override {
    return !stopped_ && callbacks_.step(member, progress);
  }
  bool on_epoch(std::size_t member, const EpochRecord& record, const TrainingState& state) override {
    return callbacks_.epoch(member, record, state);
  }

 private:
  const Callbacks& callbacks_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace mlp::python
