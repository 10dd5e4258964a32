// Trainer: training in single steps, for loops written in Python.
#include "mlp/trainer.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <utility>

#include "arrays.h"
#include "bindings.h"
#include "model.h"
#include "training_arguments.h"

namespace mlp::python {

namespace {

/// A trainer with what it refers to.
class OwnTrainer {
 private:
  template <class Work>
  auto at_work(nb::handle rows, const char* who, const Work& work) {
    const auto numbers = rows_of(rows, who);
    if (numbers.size() * products_ < kManyProducts) return work(numbers);
    const nb::gil_scoped_release released;
    return work(numbers);
  }

 public:
  OwnTrainer(const MultilayerPerceptron& network, nb::object dataset, nb::kwargs arguments)
      : dataset_(std::move(dataset)) {
    Keywords keywords("Trainer", std::move(arguments));
    arguments_ = std::make_unique<TrainingArguments>(keywords);
    keywords.end();
    const auto& rows = nb::cast<const Dataset&>(dataset_);
    products_ = network.parameter_count();
    const nb::gil_scoped_release released;
    trainer_ = std::make_unique<Trainer>(network, rows, arguments_->options());
  }

  Trainer* operator->() { return trainer_.get(); }

  std::vector<nb::object> batches(std::uint64_t epoch) {
    std::vector<nb::object> all;
    for (const auto rows : trainer_->batches(epoch)) all.push_back(array_of(rows));
    return all;
  }
  double step(nb::handle rows) {
    return at_work(rows, "Trainer.step: rows", [&](const auto& numbers) { return trainer_->step(numbers); });
  }
  std::pair<double, double> evaluate(nb::handle rows) {
    const auto [loss, metric] = at_work(rows, "Trainer.evaluate: rows",
                                        [&](const auto& numbers) { return trainer_->evaluate(numbers); });
    return {loss, metric};
  }

 private:
  nb::object dataset_;
  std::unique_ptr<TrainingArguments> arguments_;
  std::unique_ptr<Trainer> trainer_;
  std::size_t products_ = 0;  // multiply-adds a row
};

}  // namespace

void bind_trainer(nb::module_& module) {
  nb::class_<OwnTrainer>(module, "Trainer",
                         R"(Training in single steps, for loops of your own; `train` is such a loop.

Takes the options of `train`, except those of its loop: `epochs` is only the length of the schedule, and `early_stopping`
is ignored. One thread at a time.

Examples
--------
>>> import mlp
>>> data = mlp.load_dataset("friedman").train
>>> network = mlp.Network("32:silu,1:linear", inputs=data.features)
>>> trainer = mlp.Trainer(network, data, loss="mean_squared_error", epochs=3, validation_fraction=0.1)
>>> for epoch in range(3):
...     for rows in trainer.batches(epoch):
...         loss = trainer.step(rows)
>>> loss, rmse = trainer.evaluate(trainer.validation_rows)
>>> trainer.steps
87
>>> trainer.model()
<mlp.Model: 10 -> 32:silu,1:linear>
)")
      .def(nb::init<const MultilayerPerceptron&, nb::object, nb::kwargs>(), nb::arg("network"),
           nb::arg("dataset"), nb::arg("options"),
           nb::sig("def __init__(self, network: Network, dataset: Dataset, *, " MLP_TRAINING_PARAMETERS
                   ") -> None"))
      .def_prop_ro(
          "training_rows", [](OwnTrainer& trainer) { return array_of(trainer->training_rows()); },
          nb::sig("def training_rows(self) -> numpy.ndarray"))
      .def_prop_ro(
          "validation_rows", [](OwnTrainer& trainer) { return array_of(trainer->validation_rows()); },
          nb::sig("def validation_rows(self) -> numpy.ndarray"))
      .def_prop_ro(
          "steps", [](OwnTrainer& trainer) { return trainer->steps(); }, "Taken so far.")
      .def("batches", &OwnTrainer::batches, nb::arg("epoch"),
           nb::sig("def batches(self, epoch: int) -> list[numpy.ndarray]"),
           "The rows of each batch of an epoch, in the order of `train`.")
      .def("step", &OwnTrainer::step, nb::arg("rows"),
           nb::sig("def step(self, rows: numpy.typing.ArrayLike) -> float"),
           "One optimizer step on rows of the data set; returns their mean loss before it, dropout included.")
      .def("evaluate", &OwnTrainer::evaluate, nb::arg("rows"),
           nb::sig("def evaluate(self, rows: numpy.typing.ArrayLike) -> tuple[float, float]"),
           "(loss, metric) of rows, without dropout; the metric is accuracy, or RMSE in the target's unit.")
      .def(
          "model", [](OwnTrainer& trainer) { return SharedModel(trainer->model()); }, "The model so far.");
}

}  // namespace mlp::python
