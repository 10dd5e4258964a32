// Dataset and Split: rows of inputs with what is to be learned from them.
#include "dataset.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "arrays.h"
#include "bindings.h"
#include "errors.h"
#include "mlp/data.h"
#include "mlp/error.h"
#include "mlp/note.h"

namespace mlp::python {

namespace {

/// "0", "1", ...: as many as the labels name.
std::vector<std::string> numbered_classes(const std::vector<std::int32_t>& labels) {
  const std::int32_t most = labels.empty() ? -1 : std::ranges::max(labels);
  std::vector<std::string> names;
  for (std::int32_t label = 0; label <= most; ++label) names.push_back(std::to_string(label));
  return names;
}

Dataset from_arrays(nb::handle inputs, nb::handle labels, std::vector<std::string> class_names,
                    nb::handle targets, std::vector<std::string> target_names,
                    std::vector<std::string> feature_names, nb::handle sample_weights,
                    nb::handle validation_rows, std::optional<std::pair<std::size_t, std::size_t>> image,
                    std::string name) {
  if (labels.is_none() == targets.is_none())
    throw UsageError("Dataset: expected either labels, of classes, or targets, numbers",
                     labels.is_none() ? "give one of them" : "leave one of them out");
  InputArray rows(inputs, "Dataset: inputs");
  if (rows.is_one_row())
    throw nb::value_error("Dataset: inputs: expected an array [N, I], found one of one dimension");
  Dataset dataset{.name = std::move(name),
                  .inputs = InputArray::share(std::move(rows)),
                  .feature_names = std::move(feature_names)};
  if (!labels.is_none()) {
    dataset.labels = labels_of(labels, "Dataset: labels");
    dataset.class_names = class_names.empty() ? numbered_classes(dataset.labels) : std::move(class_names);
  } else {
    dataset.targets = matrix_of(targets, "Dataset: targets");
    dataset.target_names = std::move(target_names);
  }
  if (!sample_weights.is_none())
    dataset.sample_weights = floats_of(sample_weights, "Dataset: sample_weights");
  if (!validation_rows.is_none())
    dataset.validation_rows = rows_of(validation_rows, "Dataset: validation_rows");
  if (image) dataset.image = {.height = image->first, .width = image->second};
  return dataset;
}

/// A view of matrices; a copy of rows of a mapping that are not all of it in order.
nb::object inputs_of(nb::handle self) {
  const auto& dataset = nb::cast<const Dataset&>(self);
  return std::visit(
      [&]<class Stored>(const Stored& stored) {
        if constexpr (requires { stored.stored(); }) {
          if (stored.numbers().empty()) return read_only(stored.stored(), self);
          using Number = std::remove_cvref_t<decltype(stored(0, 0))>;
          const nb::object all = read_only(stored.stored(), self);
          static_assert(sizeof(Number) <= sizeof(float));
          return nb::object(all[array_of(stored.numbers())]);
        } else {
          return read_only(stored.view(), self);
        }
      },
      dataset.inputs);
}

std::string repr(const Dataset& dataset) {
  const bool classes = dataset.task() == Task::kClassification;
  return "<mlp.Dataset" + (dataset.name.empty() ? "" : " '" + dataset.name + "'") + ": " +
         std::to_string(dataset.rows()) + " rows, " + std::to_string(dataset.features()) + " features, " +
         std::to_string(dataset.outputs()) + (classes ? " classes>" : " targets>");
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

DataSplit load(const std::string& name, const std::optional<std::string>& data_dir, std::uint64_t seed,
               bool download) {
  DataSource source{.directories = data_directories(data_dir.value_or(""), variable("MLP_DATA_DIR"),
                                                    variable("XDG_CACHE_HOME"), variable("HOME"))};
  if (download) source.download_to = data_dir ? *data_dir : source.directories.back().string();
  const nb::gil_scoped_release released;
  return load_dataset(name, source, seed);
}

}  // namespace

std::string text_of(Task task) { return task == Task::kClassification ? "classification" : "regression"; }

Task task_of(const std::string& text) {
  if (text == "classification") return Task::kClassification;
  if (text == "regression") return Task::kRegression;
  throw UsageError("task: expected 'classification' or 'regression', found '" + text + "'");
}

void bind_dataset(nb::module_& module) {
  nb::class_<Dataset>(module, "Dataset",
                      R"(Rows of inputs as they are stored, and what is to be learned from them.

Nothing in it is scaled: training learns the scaling from the rows it trains on, and keeps it in the model. Made by
`from_arrays`, `split_table` and `load_dataset`.
)")
      .def_static(
          "from_arrays", &from_arrays, nb::arg("inputs"), nb::kw_only(), nb::arg("labels") = nb::none(),
          nb::arg("class_names") = std::vector<std::string>(), nb::arg("targets") = nb::none(),
          nb::arg("target_names") = std::vector<std::string>(),
          nb::arg("feature_names") = std::vector<std::string>(), nb::arg("sample_weights") = nb::none(),
          nb::arg("validation_rows") = nb::none(), nb::arg("image") = nb::none(), nb::arg("name") = "",
          nb::sig(
              "def from_arrays(inputs: numpy.typing.ArrayLike, *, labels: numpy.typing.ArrayLike | None = "
              "None, "
              "class_names: collections.abc.Sequence[str] = (), targets: numpy.typing.ArrayLike | None = "
              "None, "
              "target_names: collections.abc.Sequence[str] = (), feature_names: "
              "collections.abc.Sequence[str] = (), "
              "sample_weights: numpy.typing.ArrayLike | None = None, "
              "validation_rows: numpy.typing.ArrayLike | None = None, image: tuple[int, int] | None = None, "
              "name: str = '') -> Dataset"),
          R"(A data set of arrays.

Inputs of float32 or uint8 in C order are not copied, whether they may be written to or not (a memory map that was opened
to be read will do): the data set and the array share their memory, so do not change the one while the other is in use.
Others are converted to float32 once.

Parameters
----------
inputs : array [N, I]
    float32, or uint8 for images.
labels : array [N] of int32, optional
    For a classification: each row's class, counted from 0.
class_names : sequence of str, optional
    By default "0", "1", ...
targets : array [N, O] or [N] of float32, optional
    For a regression: numbers in their own unit.
target_names, feature_names : sequence of str, optional
sample_weights : array [N] of float32, optional
    How much each row counts, in any unit.
validation_rows : array of uint32, optional
    The rows to validate on, ascending, maybe none. By default training draws them.
image : (height, width), optional
    Of each row, where rows are images.
name : str, optional

Examples
--------
>>> import mlp, numpy as np
>>> x = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
>>> data = mlp.Dataset.from_arrays(x, labels=x[:, 0] > 0, class_names=["no", "yes"])
>>> data
<mlp.Dataset: 100 rows, 3 features, 2 classes>
>>> np.shares_memory(data.inputs, x)
True
)")
      .def_prop_ro("name", [](const Dataset& dataset) { return dataset.name; })
      .def_prop_ro("rows", &Dataset::rows)
      .def_prop_ro("features", &Dataset::features)
      .def_prop_ro("outputs", &Dataset::outputs, "What a network for it ends in: classes or targets.")
      .def_prop_ro(
          "task", [](const Dataset& dataset) { return text_of(dataset.task()); },
          "'classification' or 'regression'.")
      .def_ro("class_names", &Dataset::class_names)
      .def_ro("feature_names", &Dataset::feature_names)
      .def_ro("target_names", &Dataset::target_names)
      .def_prop_ro("inputs", &inputs_of, nb::sig("def inputs(self) -> numpy.ndarray"),
                   "[rows, features], read-only.")
      .def_prop_ro(
          "labels",
          [](const Dataset& dataset) -> nb::object {
            if (dataset.task() != Task::kClassification) return nb::none();
            return array_of(std::span<const std::int32_t>(dataset.labels));
          },
          nb::sig("def labels(self) -> numpy.ndarray | None"), "[rows], of a classification.")
      .def_prop_ro(
          "targets",
          [](nb::handle self) -> nb::object {
            const auto& dataset = nb::cast<const Dataset&>(self);
            if (dataset.task() != Task::kRegression) return nb::none();
            return read_only(dataset.targets.view(), self);
          },
          nb::sig("def targets(self) -> numpy.ndarray | None"),
          "[rows, outputs], of a regression, read-only.")
      .def_prop_ro(
          "sample_weights",
          [](nb::handle self) -> nb::object {
            const auto& dataset = nb::cast<const Dataset&>(self);
            if (dataset.sample_weights.empty()) return nb::none();
            return read_only(std::span<const float>(dataset.sample_weights), self);
          },
          nb::sig("def sample_weights(self) -> numpy.ndarray | None"))
      .def_prop_ro(
          "validation_rows",
          [](const Dataset& dataset) -> nb::object {
            if (!dataset.validation_rows) return nb::none();
            return array_of(std::span<const std::uint32_t>(*dataset.validation_rows));
          },
          nb::sig("def validation_rows(self) -> numpy.ndarray | None"), "None where training draws them.")
      .def("__len__", &Dataset::rows)
      .def("__repr__", &repr);

  nb::class_<DataSplit>(module, "Split", "A training set and a test set, and what to know of them.")
      .def_prop_ro(
          "train", [](DataSplit& split) -> Dataset& { return split.train; },
          nb::rv_policy::reference_internal)
      .def_prop_ro(
          "test", [](DataSplit& split) -> Dataset& { return split.test; }, nb::rv_policy::reference_internal)
      .def_prop_ro(
          "notes", [](const DataSplit& split) { return in_words(split.notes, python_words); },
          "Sentences: columns left out, rows without a target, ...");

  module.def("load_dataset", &load, nb::arg("name"), nb::kw_only(), nb::arg("data_dir") = nb::none(),
             nb::arg("seed") = 1, nb::arg("download") = false, R"(One of the data sets that the library knows.

Parameters
----------
name : {'mnist', 'mpg', 'digits', 'friedman'}
    The last two are generated and need no file.
data_dir : str, optional
    Where files are looked for, before $MLP_DATA_DIR, ./data and ~/.cache/mlp.
seed : int
    Of generated rows, or of the test rows that are drawn.
download : bool
    Whether files that are missing are downloaded, where the module was built with downloads.

Returns
-------
Split

Examples
--------
>>> import mlp
>>> mlp.load_dataset("friedman").train
<mlp.Dataset 'friedman': 2000 rows, 10 features, 1 targets>
)");
}

}  // namespace mlp::python
