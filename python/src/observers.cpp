#include "observers.h"

#include <memory>
#include <stdexcept>

#include "mlp/trainer.h"
#include "model.h"

namespace mlp::python {

namespace {

/// What a callback answers. Ctrl-C while it runs is raised in it, and stops the training as it does between
/// steps.
template <class Call>
bool goes_on(const Call& callback) {
  try {
    return !callback().is(nb::handle(Py_False));
  } catch (nb::python_error& error) {
    if (!error.matches(PyExc_KeyboardInterrupt)) throw;
    return false;
  }
}

/// The member's model in this state. The record says what a Trainer cannot know.
Model model_in(const TrainingOf& training, std::size_t member, const EpochRecord& record,
               const TrainingState& state) {
  TrainingOptions options = training.options;
  options.seed += member;
  options.threads = 1;
  if (!options.validation_seed) options.validation_seed = training.options.seed;
  std::optional<Model> init;
  if (options.init != nullptr) {
    init = member_of(*options.init, member % options.init->member_count());
    options.init = &*init;
  }
  Model model = Trainer(training.network, training.dataset, options, &state).model();
  model.record.epochs = state.epoch;
  model.record.train_loss = record.train_loss;
  model.record.validation_loss = record.validation_loss;
  for (const auto& epoch : state.history) model.record.seconds += epoch.seconds;
  return model;
}

}  // namespace

bool keyboard_interrupt() {
  const nb::gil_scoped_acquire held;
  if (PyErr_CheckSignals() == 0) return false;
  if (!PyErr_ExceptionMatches(PyExc_KeyboardInterrupt)) throw nb::python_error();
  PyErr_Clear();
  return true;
}

bool Callbacks::step(std::size_t member, const StepProgress& progress) const {
  if (on_step_.is_none()) return true;
  const nb::gil_scoped_acquire held;
  nb::dict told;
  told["epoch"] = progress.epoch;
  told["epochs"] = progress.epochs;
  told["batch"] = progress.batch;
  told["batches"] = progress.batches;
  told["mean_loss"] = progress.mean_loss;
  return goes_on([&]() -> nb::object { return on_step_(member, told); });
}

bool Callbacks::epoch(std::size_t member, const EpochRecord& record, const TrainingState& state) const {
  if (on_epoch_.is_none()) return true;
  const nb::gil_scoped_acquire held;
  // The state is there during the call only, and whoever keeps the function must not reach for it later.
  const auto still = std::make_shared<bool>(true);
  const nb::object model_so_far = nb::cpp_function([&, this, still] {
    if (!*still) throw std::runtime_error("on_epoch: the model so far can be had during the call only");
    const nb::gil_scoped_release released;
    return SharedModel(model_in(training_, member, record, state));
  });
  struct Ends {
    bool& still;
    ~Ends() { still = false; }
  } const ends{*still};
  return goes_on([&]() -> nb::object { return on_epoch_(member, record, model_so_far); });
}

bool OneObserver::on_step(const StepProgress& progress) {
  if (const auto now = Clock::now(); now >= next_look_) {
    next_look_ = now + kSignalsEvery;
    if (keyboard_interrupt()) return false;
  }
  return callbacks_.step(0, progress);
}

}  // namespace mlp::python
