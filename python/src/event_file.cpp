// EventFile: a run's epochs as TensorBoard shows them.
#include "mlp/event_file.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "bindings.h"

namespace mlp::python {

void bind_event_file(nb::module_& module) {
  nb::class_<EventFile>(module, "EventFile", R"(A file that TensorBoard reads, with an entry for each epoch.

Parameters
----------
folder : path
    Where it is made, under a name of its own: events.out.tfevents.SECONDS.mlp.
metric : str
    What ``validation_metric`` is: "accuracy", "rmse".
first_epoch : int
    What earlier files of the folder say of this epoch and later ones is forgotten: a resumed run's are new.

Examples
--------
>>> import mlp, pathlib, tempfile
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> events = mlp.EventFile(folder, metric="rmse")
>>> data = mlp.load_dataset("friedman")
>>> trained = mlp.train(data.train, epochs=3, on_epoch=lambda member, epoch, model: events.write(epoch))
>>> [path.name[:20] for path in folder.iterdir()]
['events.out.tfevents.']
)")
      .def(
          "__init__",
          [](EventFile* self, const std::filesystem::path& folder, const std::string& metric,
             std::uint64_t first_epoch) {
            new (self) EventFile(folder, {.metric = metric, .first_epoch = first_epoch});
          },
          nb::arg("folder"), nb::kw_only(), nb::arg("metric") = "metric", nb::arg("first_epoch") = 1)
      .def_prop_ro("path", &EventFile::path)
      .def("write", &EventFile::write, nb::arg("epoch"), "Appends an epoch; readers see it at once.");
}

}  // namespace mlp::python
