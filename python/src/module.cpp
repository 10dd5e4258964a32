// The module mlp._core: the library for Python, thin.
#include <nanobind/nanobind.h>

#include "bindings.h"
#include "mlp/version.h"

NB_MODULE(_core, module) {
  using namespace mlp::python;
  module.doc() = "The native half of mlp; import mlp instead.";
  bind_errors(module);
  bind_network(module);
  bind_table(module);
  bind_dataset(module);
  bind_recipe(module);
  bind_model(module);
  bind_train(module);
  bind_trainer(module);
  bind_event_file(module);
  bind_gradients(module);
  bind_onnx(module);
  module.attr("__version__") = mlp::version();
}
