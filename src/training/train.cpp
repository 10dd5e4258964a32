// The training loop: epochs of shuffled mini-batches, validation, early stopping, observers. See mlp/train.h.
//
// Every epoch's order is a pure function of (seed, epoch) and every dropout mask of (seed, step), so a
// TrainingState in the middle of an epoch is all that is needed to go on as if the run had not been
// interrupted.
#include "mlp/train.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "training/trainer_state.h"

namespace mlp {

namespace {

/// `state`, checked: a run with these epochs can go on from it.
const TrainingState& checked_place(const TrainingState& state, std::uint64_t steps_per_epoch) {
  require(state.batch < steps_per_epoch && state.step == state.epoch * steps_per_epoch + state.batch &&
              state.history.size() == state.epoch,
          "train: the state to resume from does not fit this batch size and data set");
  require(state.best_epoch <= state.epoch &&
              (state.best_epoch == 0 || state.best_parameters.layout() == state.parameters.layout()),
          "train: the state to resume from has no parameters for its best epoch");
  return state;
}

}  // namespace

/// Runs epochs of a trainer's steps; the members are shared by the loop's parts.
class TrainingLoop {
 public:
  TrainingLoop(Trainer& trainer, const TrainingOptions& options, TrainingObserver* observer,
               const TrainingState& from)
      : trainer_(*trainer.state_),
        options_(options),
        observer_(observer),
        steps_per_epoch_(trainer_.source->batches()),
        training_rows_(trainer_.source->rows()),
        state_(checked_place(from, steps_per_epoch_)) {}

  StopReason run() {
    if (early_stop_due()) return StopReason::kEarlyStopping;
    while (state_.epoch < static_cast<std::uint64_t>(options_.epochs)) {
      if (!run_steps()) return StopReason::kInterrupted;
      const bool goes_on = finish_epoch();
      if (early_stop_due()) return StopReason::kEarlyStopping;
      if (!goes_on && state_.epoch < static_cast<std::uint64_t>(options_.epochs))
        return StopReason::kInterrupted;
    }
    return StopReason::kFinished;
  }

  Trained finish(StopReason reason) && {
    const bool best =
        options_.early_stopping > 0 && state_.best_epoch > 0 && reason != StopReason::kInterrupted;
    const EpochRecord* kept = state_.history.empty() ? nullptr
                              : best                 ? &state_.history[state_.best_epoch - 1]
                                                     : &state_.history.back();
    double seconds = state_.epoch_seconds;
    for (const auto& record : state_.history) seconds += record.seconds;
    Model model = trainer_.model(best ? state_.best_parameters : state_.parameters,
                                 {.epochs = state_.epoch,
                                  .train_loss = kept ? kept->train_loss : EpochRecord::kNone,
                                  .validation_loss = kept ? kept->validation_loss : EpochRecord::kNone,
                                  .seconds = seconds});
    return {.model = std::move(model),
            .state = std::move(state_),
            .stopped = reason,
            .threads = trainer_.engine->threads(),
            .sparse_inputs = trainer_.engine->skips_zeros(),
            .bfloat16_layers = trainer_.engine->bfloat16_layers()};
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// Takes the rest of the current epoch's steps; false when the observer asked to stop.
  bool run_steps() {
    // An epoch's first batch includes the shuffling, which no step's time counts.
    engine::Batch batch = trainer_.source->batch(state_.epoch, state_.batch);
    std::size_t rows_done = static_cast<std::size_t>(state_.batch) * trainer_.source->batch_rows();
    auto start = Clock::now();
    const auto stop_the_clock = [&] {
      const auto now = Clock::now();
      state_.epoch_seconds += std::chrono::duration<double>(now - start).count();
      start = now;
    };
    while (true) {
      state_.epoch_loss += trainer_.step(batch);
      state_.step = trainer_.steps;
      ++state_.batch;
      rows_done += batch.rows.size();
      const bool last = state_.batch == steps_per_epoch_;
      if (observer_ && !observer_->on_step(progress(rows_done))) {
        stop_the_clock();
        if (last) finish_epoch();
        export_state();
        return false;
      }
      if (last) break;
      if (observer_ && observer_->wants_state()) {
        stop_the_clock();
        export_state();
        observer_->on_state(state_);
        start = Clock::now();
      }
      batch = trainer_.source->batch(state_.epoch, state_.batch);
    }
    stop_the_clock();
    return true;
  }

  /// Returns whether the observer wants to go on.
  bool finish_epoch() {
    export_state();
    const double rows = static_cast<double>(training_rows_);
    EpochRecord record{.epoch = state_.epoch + 1,
                       .train_loss = state_.epoch_loss / rows,
                       .learning_rate = trainer_.learning_rate_of(state_.step - 1),
                       .seconds = state_.epoch_seconds,
                       .samples_per_second = rows / std::max(state_.epoch_seconds, 1e-9)};
    if (!trainer_.rows.held_out.empty()) {
      const auto [loss, metric] = trainer_.evaluate(trainer_.rows.held_out);
      record.validation_loss = loss;
      record.validation_metric = metric;
    }
    state_.history.push_back(record);
    ++state_.epoch;
    state_.batch = 0;
    state_.epoch_loss = 0;
    state_.epoch_seconds = 0;
    remember_best(record);
    return observer_ == nullptr || observer_->on_epoch(record, state_);
  }

  void remember_best(const EpochRecord& record) {
    if (options_.early_stopping == 0) return;
    const double best = state_.best_epoch == 0 ? std::numeric_limits<double>::infinity()
                                               : state_.history[state_.best_epoch - 1].validation_loss;
    if (!(record.validation_loss < best)) return;  // a NaN is never the best
    state_.best_epoch = record.epoch;
    state_.best_parameters = state_.parameters;
  }

  bool early_stop_due() const {
    return options_.early_stopping > 0 && state_.best_epoch > 0 &&
           state_.epoch - state_.best_epoch >= static_cast<std::uint64_t>(options_.early_stopping);
  }

  /// Copies parameters and moments from the engine to the state and checks that all are finite.
  void export_state() {
    state_.parameters = trainer_.parameters();
    state_.moments = trainer_.moments();
  }

  StepProgress progress(std::size_t rows_done) const {
    return {.epoch = state_.epoch + 1,
            .epochs = static_cast<std::uint64_t>(options_.epochs),
            .batch = state_.batch,
            .batches = steps_per_epoch_,
            .mean_loss = state_.epoch_loss / static_cast<double>(rows_done)};
  }

  Trainer::State& trainer_;
  const TrainingOptions& options_;
  TrainingObserver* observer_;
  std::uint64_t steps_per_epoch_;
  std::size_t training_rows_;
  TrainingState state_;
};

Trained train(const MultilayerPerceptron& network, const Dataset& dataset, const TrainingOptions& options,
              TrainingObserver* observer, const TrainingState* resume_from) {
  const TrainingState from = resume_from ? *resume_from : initial_state(network, dataset, options);
  Trainer trainer(network, dataset, options, &from);
  TrainingLoop loop(trainer, options, observer, from);
  const StopReason reason = loop.run();
  return std::move(loop).finish(reason);
}

}  // namespace mlp
