// Network: layers and nothing else; and the names of what a network and its training are made of.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "bindings.h"
#include "mlp/loss.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/optimizer.h"
#include "mlp/schedule.h"

namespace mlp::python {

namespace {

MultilayerPerceptron make_network(const std::string& layers, std::size_t inputs,
                                  const std::optional<std::string>& initializer) {
  const auto network = parse_network(layers, inputs);
  if (!initializer) return network;
  const Initializer chosen = parse_initializer(*initializer);
  std::vector<Layer> with(network.layers().begin(), network.layers().end());
  for (auto& layer : with) layer.initializer = chosen;
  return MultilayerPerceptron(std::move(with));
}

std::string repr(const MultilayerPerceptron& network) {
  const auto& initializer = network.layer(0).initializer;
  return "Network('" + to_string(network) + "', inputs=" + std::to_string(network.fan_in()) +
         (initializer ? ", initializer='" + to_string(*initializer) + "'" : "") + ")";
}

/// How all of a closed set are written.
template <class Set>
std::vector<std::string> texts_of(const std::vector<Set>& all) {
  std::vector<std::string> texts;
  for (const auto& one : all) texts.push_back(to_string(one));
  return texts;
}

}  // namespace

void bind_network(nb::module_& module) {
  nb::class_<Layer>(module, "Layer",
                    "One layer: A = f(XW + b), X [N, fan_in], W [fan_in, fan_out], b [fan_out].")
      .def_ro("fan_in", &Layer::fan_in)
      .def_ro("fan_out", &Layer::fan_out)
      .def_prop_ro("activation", [](const Layer& layer) { return to_string(layer.activation); })
      .def_ro("dropout", &Layer::dropout, "The probability that training sets an activation to zero.")
      .def_prop_ro("initializer", [](const Layer& layer) {
        return to_string(layer.initializer.value_or(default_initializer(layer.activation)));
      });

  nb::class_<MultilayerPerceptron>(module, "Network",
                                   R"(A multilayer perceptron's layers; a value without weights.

Parameters
----------
layers : str
    ``width:activation[:dropout]`` of each layer, as the command line takes it.
inputs : int
    How many numbers a row of inputs has.
initializer : str, optional
    How the weights of all layers start; by default each activation's own way.

Examples
--------
>>> import mlp
>>> network = mlp.Network("64:relu:0.1,10:softmax", inputs=784)
>>> network.parameter_count
50890
>>> [layer.activation for layer in network.layers]
['relu', 'softmax']
)")
      .def(
          "__init__",
          [](MultilayerPerceptron* self, const std::string& layers, std::size_t inputs,
             const std::optional<std::string>& initializer) {
            new (self) MultilayerPerceptron(make_network(layers, inputs, initializer));
          },
          nb::arg("layers"), nb::arg("inputs"), nb::arg("initializer") = nb::none())
      .def_prop_ro("layers",
                   [](const MultilayerPerceptron& network) {
                     return std::vector<Layer>(network.layers().begin(), network.layers().end());
                   })
      .def_prop_ro("inputs", &MultilayerPerceptron::fan_in)
      .def_prop_ro("outputs", &MultilayerPerceptron::fan_out)
      .def_prop_ro("parameter_count", &MultilayerPerceptron::parameter_count,
                   "Weights and biases of all layers.")
      .def("__str__", [](const MultilayerPerceptron& network) { return to_string(network); })
      .def("__repr__", &repr)
      .def("__eq__",
           [](const MultilayerPerceptron& a, nb::handle b) {
             return nb::isinstance<MultilayerPerceptron>(b) && a == nb::cast<const MultilayerPerceptron&>(b);
           })
      .def("__hash__", [](const MultilayerPerceptron& network) { return nb::hash(nb::cast(repr(network))); })
      .def("__getstate__",
           [](const MultilayerPerceptron& network) {
             const auto& initializer = network.layer(0).initializer;
             return std::tuple(to_string(network), network.fan_in(),
                               initializer ? std::optional(to_string(*initializer)) : std::nullopt);
           })
      .def("__setstate__", [](MultilayerPerceptron& self,
                              const std::tuple<std::string, std::size_t, std::optional<std::string>>& state) {
        new (&self) MultilayerPerceptron(std::apply(make_network, state));
      });

  module.def(
      "activations", [] { return texts_of(all_activations()); }, R"(All activations, as layers name them.

Examples
--------
>>> import mlp
>>> "relu" in mlp.activations()
True
)");
  module.def(
      "losses", [] { return texts_of(all_losses()); }, R"(All losses, as training names them.

Examples
--------
>>> import mlp
>>> "cross_entropy" in mlp.losses()
True
)");
  module.def(
      "optimizers", [] { return texts_of(all_optimizers()); }, R"(All optimizers, as training names them.

Examples
--------
>>> import mlp
>>> "adamw" in mlp.optimizers()
True
)");
  module.def(
      "schedules", [] { return texts_of(all_schedules()); }, R"(All schedules, as training names them.

Examples
--------
>>> import mlp
>>> "one_cycle" in mlp.schedules()
True
)");
}

}  // namespace mlp::python
