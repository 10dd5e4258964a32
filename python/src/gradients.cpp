// Gradients of a model's loss.
#include "mlp/gradients.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/vector.h>

#include <utility>
#include <vector>

#include "arrays.h"
#include "bindings.h"
#include "model.h"

namespace mlp::python {

namespace {

std::vector<std::pair<nb::object, nb::object>> by_parameters(const SharedModel& model, const Dataset& dataset,
                                                             double l2) {
  const Parameters gradients = [&] {
    const nb::gil_scoped_release released;
    return gradients_by_parameters(*model, dataset, l2);
  }();
  std::vector<std::pair<nb::object, nb::object>> layers;
  for (std::size_t i = 0; i < gradients.layer_count(); ++i)
    layers.emplace_back(array_of(gradients.weight(i)), array_of(gradients.bias(i)));
  return layers;
}

nb::object by_inputs(const SharedModel& model, const Dataset& dataset) {
  const Matrix<double> gradients = [&] {
    const nb::gil_scoped_release released;
    return gradients_by_inputs(*model, dataset);
  }();
  return array_of(gradients.view());
}

}  // namespace

void bind_gradients(nb::module_& module) {
  module.def("gradients_by_parameters", &by_parameters, nb::arg("model"), nb::arg("dataset"), nb::kw_only(),
             nb::arg("l2") = 0.0,
             nb::sig("def gradients_by_parameters(model: Model, dataset: Dataset, *, l2: float = 0.0) -> "
                     "list[tuple[numpy.ndarray, numpy.ndarray]]"),
             R"(d Loss / d parameters over all rows: (dW [fan_in, fan_out], db [fan_out]) of each layer.

Loss is the mean of the rows' losses, plus l2/2 times the sum of squared weights; without dropout.

Examples
--------
>>> import mlp
>>> data = mlp.load_dataset("friedman").train
>>> model = mlp.train(data, epochs=1).model
>>> [(dW.shape, db.shape) for dW, db in mlp.gradients_by_parameters(model, data)]
[((10, 64), (64,)), ((64, 64), (64,)), ((64, 1), (1,))]
)");
  module.def(
      "gradients_by_inputs", &by_inputs, nb::arg("model"), nb::arg("dataset"),
      nb::sig("def gradients_by_inputs(model: Model, dataset: Dataset) -> numpy.ndarray"),
      R"(Each row's own loss by its own inputs, in their units: [N, I] of float64. What a row's loss hangs on.

Examples
--------
>>> import mlp
>>> data = mlp.load_dataset("friedman")
>>> model = mlp.train(data.train, epochs=1).model
>>> mlp.gradients_by_inputs(model, data.test).shape
(1000, 10)
)");
}

}  // namespace mlp::python
