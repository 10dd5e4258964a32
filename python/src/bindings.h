// The parts of the module mlp._core, each bound by one file.
#pragma once

#include <nanobind/nanobind.h>

namespace mlp::python {

namespace nb = nanobind;

void bind_errors(nb::module_& module);
void bind_network(nb::module_& module);
void bind_table(nb::module_& module);
void bind_dataset(nb::module_& module);
void bind_recipe(nb::module_& module);
void bind_model(nb::module_& module);
void bind_train(nb::module_& module);
void bind_trainer(nb::module_& module);
void bind_event_file(nb::module_& module);
void bind_gradients(nb::module_& module);
void bind_onnx(nb::module_& module);

}  // namespace mlp::python
