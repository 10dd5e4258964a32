// train: the library's training, with the GIL released.
#include "mlp/train.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <future>
#include <optional>
#include <utility>
#include <vector>

#include "bindings.h"
#include "html.h"
#include "mlp/ensemble.h"
#include "model.h"
#include "observers.h"
#include "training_arguments.h"

namespace mlp::python {

namespace {

/// What a training leaves, as Python holds it.
struct Result {
  SharedModel model;
  StopReason stopped;
  std::vector<TrainingState> states;  ///< one a member
  int threads;
  bool sparse_inputs;
};

std::string text_of(StopReason reason) {
  switch (reason) {
    case StopReason::kFinished:
      return "finished";
    case StopReason::kEarlyStopping:
      return "early_stopping";
    case StopReason::kInterrupted:
      return "interrupted";
  }
  return {};
}

Result train_one(const TrainingOf& training, const Callbacks& callbacks, const TrainingState* from) {
  OneObserver observer(callbacks);
  auto trained = [&] {
    const nb::gil_scoped_release released;
    return train(training.network, training.dataset, training.options, &observer, from);
  }();
  Result result{.model = SharedModel(std::move(trained.model)),
                .stopped = trained.stopped,
                .states = {},
                .threads = trained.threads,
                .sparse_inputs = trained.sparse_inputs};
  result.states.push_back(std::move(trained.state));
  return result;
}

Result train_members(const TrainingOf& training, std::size_t members, const Callbacks& callbacks,
                     const std::vector<const TrainingState*>& from) {
  MembersObserver observer(callbacks);
  auto trained = [&] {
    const nb::gil_scoped_release released;
    auto training_all = std::async(std::launch::async, [&] {
      return train_ensemble(training.network, training.dataset, training.options, {.members = members},
                            &observer, from);
    });
    try {
      while (training_all.wait_for(kSignalsEvery) != std::future_status::ready)
        if (keyboard_interrupt()) observer.stop();
    } catch (...) {
      observer.stop();  // the future waits for its thread
      throw;
    }
    return training_all.get();
  }();
  Result result{.model = SharedModel(std::move(trained.model)),
                .stopped = trained.stopped,
                .states = {},
                .threads = trained.members.front().threads,
                .sparse_inputs = trained.members.front().sparse_inputs};
  for (auto& member : trained.members) result.states.push_back(std::move(member.state));
  return result;
}

Result train_with(const MultilayerPerceptron& network, const Dataset& dataset, nb::kwargs arguments) {
  Keywords keywords("train", std::move(arguments));
  const TrainingArguments training(keywords);
  std::size_t members = 1;
  keywords.number("members", members);
  const nb::object on_epoch = keywords.object("on_epoch"), on_step = keywords.object("on_step");
  const nb::object resume_from = keywords.object("resume_from");
  keywords.end();

  std::vector<const TrainingState*> from;
  if (!resume_from.is_none())
    for (const nb::handle state : resume_from) from.push_back(&nb::cast<const TrainingState&>(state));
  if (from.size() > members) throw nb::value_error("train: more states to resume from than members");
  if (!from.empty()) from.resize(members);  // those that had not begun

  const TrainingOf of{network, dataset, training.options()};
  const Callbacks callbacks(of, on_epoch, on_step);
  return members == 1 ? train_one(of, callbacks, from.empty() ? nullptr : from.front())
                      : train_members(of, members, callbacks, from);
}

const History& history(const Result& result) { return result.states.front().history; }

void bind_epoch(nb::module_& module) {
  nb::class_<EpochRecord>(module, "Epoch",
                          "One finished epoch. Losses are means per row, without the L2 term.")
      .def_ro("epoch", &EpochRecord::epoch, "Counted from 1.")
      .def_ro("train_loss", &EpochRecord::train_loss, "Mean over the epoch's steps, dropout included.")
      .def_ro("validation_loss", &EpochRecord::validation_loss, "NaN without validation rows.")
      .def_ro("validation_metric", &EpochRecord::validation_metric, "Accuracy, or RMSE in the target's unit.")
      .def_ro("learning_rate", &EpochRecord::learning_rate, "At the epoch's last step.")
      .def_ro("seconds", &EpochRecord::seconds, "Of training, validation excluded.")
      .def_ro("samples_per_second", &EpochRecord::samples_per_second)
      .def("__repr__", [](const EpochRecord& record) {
        return "<mlp.Epoch " + std::to_string(record.epoch) + ": train_loss " +
               std::to_string(record.train_loss) + ", validation_loss " +
               std::to_string(record.validation_loss) + ">";
      });
}

}  // namespace

void bind_train(nb::module_& module) {
  bind_epoch(module);
  nb::class_<TrainingState>(module, "TrainingState",
                            "Everything that decides how a training continues; for `train(resume_from=...)`.")
      .def_ro("epoch", &TrainingState::epoch, "Finished epochs.")
      .def_ro("step", &TrainingState::step, "Optimizer steps taken.");

  nb::class_<Result>(module, "Trained", "A model and how it came about.")
      .def_ro("model", &Result::model)
      .def_prop_ro("history", &history, nb::rv_policy::copy,
                   "An `Epoch` for each; of an ensemble the first member's.")
      .def_prop_ro(
          "histories",
          [](const Result& result) {
            std::vector<History> all;
            for (const auto& state : result.states) all.push_back(state.history);
            return all;
          },
          "Of each member.")
      .def_prop_ro(
          "stopped", [](const Result& result) { return text_of(result.stopped); },
          "'finished', 'early_stopping' or 'interrupted'.")
      .def_ro("threads", &Result::threads, "That took the last step.")
      .def_ro("sparse_inputs", &Result::sparse_inputs, "Whether zeros in the inputs were left out.")
      .def_ro("states", &Result::states, nb::rv_policy::reference_internal, "One a member.")
      .def(
          "report",
          [](const Result& result, const std::filesystem::path& path, const Dataset& test,
             const Dataset* train) { write_report(*result.model, history(result), train, test, path); },
          nb::arg("path"), nb::arg("test"), nb::arg("train") = nb::none(),
          R"(Writes a page of the training and of how the model does on a data set; with `train`, of its columns, too.

Examples
--------
>>> import mlp
>>> data = mlp.load_dataset("friedman")
>>> mlp.train(data.train, epochs=2).report("report.html", data.test, data.train)
)")
      .def("__repr__",
           [](const Result& result) {
             return "<mlp.Trained: " + std::to_string(history(result).size()) + " epochs, " +
                    text_of(result.stopped) + ">";
           })
      .def("_repr_html_", [](const Result& result) { return summary_html(*result.model, history(result)); });

  module.def("train", &train_with, nb::arg("network"), nb::arg("dataset"), nb::arg("arguments"),
             nb::sig("def train(network: Network, dataset: Dataset, *, " MLP_TRAINING_PARAMETERS
                     ", members: int = 1, "
                     "on_epoch: collections.abc.Callable[[int, Epoch, collections.abc.Callable[[], Model]], "
                     "bool | None] "
                     "| None = None, "
                     "on_step: collections.abc.Callable[[int, dict[str, float]], bool | None] | None = None, "
                     "resume_from: collections.abc.Sequence[TrainingState] | None = None) -> Trained"),
             R"(Trains a network with exactly these options; `mlp.train` fills in what is not given.

The GIL is released meanwhile, and taken for callbacks only. A callback that returns False stops the training; so does
Ctrl-C, at the next step: the result is then the model so far, `stopped` is 'interrupted', and nothing is raised.
)");
}

}  // namespace mlp::python
