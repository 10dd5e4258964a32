// Model: loads, saves, predicts, and tells what it is.
#include "model.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "arrays.h"
#include "bindings.h"
#include "dataset.h"
#include "html.h"
#include "mlp/digest.h"
#include "mlp/ensemble.h"
#include "mlp/gradients.h"
#include "mlp/model_bytes.h"
#include "mlp/table_data.h"
#include "mlp/train.h"
#include "mlp/verify.h"

namespace mlp::python {

namespace {

/// Calls `work`, with the GIL released where so many rows take a while.
template <class Work>
void with_gil_for_few(const Model& model, std::size_t rows, const Work& work) {
  if (rows * model.network.parameter_count() * model.member_count() < kManyProducts) return work();
  const nb::gil_scoped_release released;
  work();
}

template <class T>
void predict_into(SharedModel& model, ConstMatrixView<T> inputs, int threads, float* outputs) {
  const std::size_t products = inputs.rows() * model->network.parameter_count() * model->member_count();
  Predictors::Loan predictor(model.predictors(), products < kManyProducts && threads == 0 ? 1 : threads);
  const MatrixView<float> to(outputs, inputs.rows(), model->network.fan_out());
  with_gil_for_few(*model, inputs.rows(), [&] { predictor->predict(inputs, to); });
}

/// Numbers that floats could not tell apart, in the units in which they can.
Matrix<float> in_units(const InputUnits& units, nb::handle inputs, std::size_t columns) {
  const nb::object doubles = numpy().attr("ascontiguousarray")(inputs, "float64");
  const Buffer buffer(doubles, "d");
  const std::size_t width = buffer.length(buffer.dimensions() - 1);
  if (buffer.dimensions() > 2 || width != columns)
    throw nb::value_error(("Model: expected inputs [N, " + std::to_string(columns) + "]").c_str());
  Matrix<float> result(buffer.size() / width, width);
  for (std::size_t i = 0; i < buffer.size(); ++i)
    result.data()[i] = units.apply(buffer.data<double>()[i], i % width);
  return result;
}

nb::object outputs(SharedModel& model, nb::handle inputs, int threads) {
  const std::size_t fan_in = model->network.fan_in(), fan_out = model->network.fan_out();
  if (!model->input_units.identity()) {
    const Matrix<float> rows = in_units(model->input_units, inputs, fan_in);
    auto made = new_array(rows.rows(), fan_out);
    predict_into<float>(model, rows, threads, made.data);
    return made.array;
  }
  const InputArray rows(inputs, "Model: inputs");
  if (rows.columns() != fan_in)
    throw nb::value_error(("Model: the model takes " + std::to_string(fan_in) + " inputs a row, found " +
                           std::to_string(rows.columns()))
                              .c_str());
  auto made = rows.is_one_row() ? new_array(fan_out) : new_array(rows.rows(), fan_out);
  if (rows.are_bytes()) {
    predict_into(model, rows.view<std::uint8_t>(), threads, made.data);
  } else {
    predict_into(model, rows.view<float>(), threads, made.data);
  }
  return made.array;
}

nb::object outputs_of_table(SharedModel& model, const Table& table, int threads) {
  if (!model->preprocessing) throw nb::value_error("Model: it was not trained on a table, and takes arrays");
  const Matrix<float> rows = [&] {
    const nb::gil_scoped_release released;
    return encode(*model->preprocessing, table);
  }();
  auto made = new_array(rows.rows(), model->network.fan_out());
  predict_into<float>(model, rows, threads, made.data);
  return made.array;
}

nb::object outputs_of(SharedModel& model, nb::handle rows, int threads) {
  return nb::isinstance<Table>(rows) ? outputs_of_table(model, nb::cast<const Table&>(rows), threads)
                                     : outputs(model, rows, threads);
}

/// Class names, or targets.
nb::object predict(SharedModel& model, nb::handle rows, int threads) {
  nb::object result = outputs_of(model, rows, threads);
  if (model->task() != Task::kClassification) return result;
  return numpy().attr("array")(model->class_names)[result.attr("argmax")(-1)];
}

nb::object predict_proba(SharedModel& model, nb::handle rows, int threads) {
  if (model->task() != Task::kClassification)
    throw nb::value_error("Model.predict_proba: the model predicts numbers, not classes; call predict");
  return outputs_of(model, rows, threads);
}

nb::dict class_scores(const ClassScores& scores) {
  nb::dict result;
  result["precision"] = scores.precision;
  result["recall"] = scores.recall;
  result["f1"] = scores.f1;
  result["roc_auc"] = scores.roc_auc;
  result["support"] = scores.support;
  return result;
}

template <class Scores>
nb::dict target_scores(const Scores& scores) {
  nb::dict result;
  result["mse"] = scores.mse;
  result["rmse"] = scores.rmse;
  result["mae"] = scores.mae;
  result["r2"] = scores.r2;
  return result;
}

nb::dict evaluate(const SharedModel& model, const Dataset& dataset, int threads) {
  const Evaluation evaluation = [&] {
    const nb::gil_scoped_release released;
    return mlp::evaluate(*model, dataset, {.threads = threads});
  }();
  nb::dict result;
  if (const auto& classes = evaluation.classification) {
    nb::list each;
    for (const auto& scores : classes->classes) each.append(class_scores(scores));
    result["accuracy"] = classes->accuracy;
    result["balanced_accuracy"] = classes->balanced_accuracy;
    result["log_loss"] = classes->log_loss;
    result["roc_auc"] = classes->roc_auc;
    result["macro_f1"] = classes->macro_f1;
    result["classes"] = each;
    result["confusion"] = array_of(classes->confusion);
  }
  if (const auto& targets = evaluation.regression) {
    nb::list each;
    for (const auto& scores : targets->targets) each.append(target_scores(scores));
    result = target_scores(*targets);
    result["targets"] = each;
  }
  result["rows"] = evaluation.rows;
  result["loss"] = evaluation.loss;
  return result;
}

/// Of a table's rows that have a value in every target.
nb::dict evaluate_table(const SharedModel& model, const Table& table, int threads) {
  if (!model->preprocessing)
    throw nb::value_error("Model: it was not trained on a table, and takes data sets");
  return evaluate(model, table_dataset(*model->preprocessing, table), threads);
}

nb::dict record_of(const TrainingRecord& record) {
  nb::dict result;
  result["dataset"] = record.dataset;
  result["optimizer"] = record.optimizer;
  result["schedule"] = record.schedule;
  result["library_version"] = record.library_version;
  result["seed"] = record.seed;
  result["epochs"] = record.epochs;
  result["steps"] = record.steps;
  result["training_rows"] = record.training_rows;
  result["learning_rate"] = record.learning_rate;
  result["batch_size"] = record.batch_size;
  result["l2"] = record.l2;
  result["train_loss"] = record.train_loss;
  result["validation_loss"] = record.validation_loss;
  result["seconds"] = record.seconds;
  if (record.row_use) {
    nb::dict use;
    use["validation_fraction"] = record.row_use->validation_fraction;
    use["weight_column"] = record.row_use->weight_column;
    use["balanced_classes"] = record.row_use->balanced_classes;
    result["row_use"] = use;
  }
  if (record.fine_tuned_from) {
    nb::dict from;
    from["digest"] = record.fine_tuned_from->digest;
    from["dataset"] = record.fine_tuned_from->dataset;
    from["kept_preprocessing"] = record.fine_tuned_from->kept_preprocessing;
    result["fine_tuned_from"] = from;
  }
  return result;
}

nb::tuple scaling(const AffineScaling& scaling) {
  return nb::make_tuple(array_of(std::span<const float>(scaling.scale)),
                        array_of(std::span<const float>(scaling.shift)));
}

std::vector<nb::object> weights(nb::handle self) {
  const auto& model = nb::cast<const SharedModel&>(self);
  std::vector<nb::object> all;
  for (std::size_t i = 0; i < model->network.depth(); ++i)
    all.push_back(read_only(model->parameters.weight(i), self));
  return all;
}

std::vector<nb::object> biases(nb::handle self) {
  const auto& model = nb::cast<const SharedModel&>(self);
  std::vector<nb::object> all;
  for (std::size_t i = 0; i < model->network.depth(); ++i)
    all.push_back(read_only(model->parameters.bias(i), self));
  return all;
}

std::vector<nb::dict> check_gradients(const SharedModel& model) {
  const GradientCheck check = [&] {
    const nb::gil_scoped_release released;
    return mlp::check_gradients(*model);
  }();
  std::vector<nb::dict> tensors;
  for (const auto& tensor : check.tensors) {
    nb::dict& result = tensors.emplace_back();
    result["name"] = tensor.name;
    result["values"] = tensor.values;
    result["largest"] = tensor.largest;
    result["engine"] = tensor.engine;
    result["differences"] = tensor.differences;
    result["by_differences"] = tensor.by_differences;
  }
  return tensors;
}

SharedModel load(const std::filesystem::path& path) {
  const nb::gil_scoped_release released;
  return SharedModel(load_model(path));
}

void save(const SharedModel& model, const std::filesystem::path& path) {
  const nb::gil_scoped_release released;
  save_model(*model, path);
}

nb::bytes bytes_of(const SharedModel& model) {
  const std::string bytes = to_bytes(*model);
  return nb::bytes(bytes.data(), bytes.size());
}

SharedModel from_bytes(nb::bytes bytes) {
  return SharedModel(model_from_bytes({static_cast<const char*>(bytes.data()), bytes.size()}));
}

std::string repr(const SharedModel& model) {
  return "<mlp.Model: " + std::to_string(model->network.fan_in()) + " -> " + to_string(model->network) +
         (model->member_count() > 1 ? ", " + std::to_string(model->member_count()) + " members" : "") + ">";
}

}  // namespace

void bind_model(nb::module_& module) {
  // In place of `inputs` may stand whatever NumPy makes an array of.
  nb::class_<SharedModel>(module, "Model",
                          R"(A trained model: everything needed to predict, as one value and one file.

Immutable. Threads may share it. It pickles as the bytes of its file, which hold numbers and texts and never code.

Examples
--------
>>> import mlp, numpy as np
>>> data = mlp.load_dataset("friedman")
>>> model = mlp.train(data.train, epochs=2).model
>>> model.outputs(data.test.inputs).shape
(1000, 1)
>>> model
<mlp.Model: 10 -> 64:silu,64:silu,1:linear>
)")
      .def_static("load", &load, nb::arg("path"),
                  R"(The model in a file that `save` or the command line wrote.

Raises `mlp.FileError`, which names position, what was expected and what was found.

Examples
--------
>>> import mlp
>>> mlp.Model.load("missing.safetensors")
Traceback (most recent call last):
...
mlp.FileError: missing.safetensors: cannot read: No such file or directory
check the path
)")
      .def("save", &save, nb::arg("path"), R"(Writes a file, whole or not at all: safetensors.

Examples
--------
>>> import mlp
>>> model = mlp.train(mlp.load_dataset("friedman").train, epochs=1).model
>>> model.save("friedman.safetensors")
>>> mlp.Model.load("friedman.safetensors").network == model.network
True
)")
      .def_static("from_bytes", &from_bytes, nb::arg("data"), "The model of the bytes that `to_bytes` gave.")
      .def("to_bytes", &bytes_of, "The bytes of the model's file.")
      .def("__getstate__", &bytes_of)
      .def("__setstate__",
           [](SharedModel& self, nb::bytes data) {
             new (&self) SharedModel(model_from_bytes({static_cast<const char*>(data.data()), data.size()}));
           })
      .def_prop_ro("network", [](const SharedModel& model) { return model->network; })
      .def_prop_ro(
          "task", [](const SharedModel& model) { return text_of(model->task()); },
          "'classification' or 'regression'.")
      .def_prop_ro("loss", [](const SharedModel& model) { return to_string(model->loss); })
      .def_prop_ro(
          "members", [](const SharedModel& model) { return model->member_count(); },
          "Networks whose outputs are averaged; of most models one.")
      .def_prop_ro("class_names", [](const SharedModel& model) { return model->class_names; })
      .def_prop_ro("target_names", [](const SharedModel& model) { return model->target_names; })
      .def_prop_ro("feature_names", [](const SharedModel& model) { return model->feature_names; })
      .def_prop_ro(
          "unit", [](const SharedModel& model) { return model->unit; }, "The targets', or empty.")
      .def_prop_ro(
          "image",
          [](const SharedModel& model) { return std::pair(model->image.height, model->image.width); },
          "(height, width) of rows that are images, else (0, 0).")
      .def_prop_ro(
          "input_types",
          [](const SharedModel& model) {
            return model->preprocessing ? model->preprocessing->input_types() : std::vector<ColumnType>();
          },
          "The columns of a table that it predicts from; empty where it takes arrays.")
      .def_prop_ro(
          "types",
          [](const SharedModel& model) {
            return model->preprocessing ? model->preprocessing->all_types() : std::vector<ColumnType>();
          },
          "Those and its targets: what a table to evaluate on is read by.")
      .def_prop_ro("weights", &weights, nb::sig("def weights(self) -> list[numpy.ndarray]"),
                   "W [fan_in, fan_out] of each layer of the first member, read-only.")
      .def_prop_ro("biases", &biases, nb::sig("def biases(self) -> list[numpy.ndarray]"),
                   "b [fan_out] of each layer of the first member, read-only.")
      .def_prop_ro(
          "input_scaling", [](const SharedModel& model) { return scaling(model->input_scaling); },
          nb::sig("def input_scaling(self) -> tuple[numpy.ndarray, numpy.ndarray]"),
          "(scale, shift) of the first member's x' = (x - shift) * scale: both empty (x' = x), of one entry "
          "for "
          "all columns, or [I].")
      .def_prop_ro(
          "target_scaling", [](const SharedModel& model) { return scaling(model->target_scaling); },
          nb::sig("def target_scaling(self) -> tuple[numpy.ndarray, numpy.ndarray]"),
          "(scale, shift), by which a regression's targets were scaled, in the same form.")
      .def_prop_ro(
          "record", [](const SharedModel& model) { return record_of(model->record); },
          nb::sig("def record(self) -> dict[str, object]"), "How it came to be.")
      .def_prop_ro(
          "digest", [](const SharedModel& model) { return digest(*model); },
          "16 hexadecimal digits, the same for the same layers and the same bits of parameters.")
      .def(
          "member",
          [](const SharedModel& model, std::size_t index) { return SharedModel(member_of(*model, index)); },
          nb::arg("index"), "One member of an ensemble, from 0, as a model of its own.")
      .def("outputs", &outputs, nb::arg("inputs"), nb::kw_only(), nb::arg("threads") = 0,
           nb::sig("def outputs(self, inputs: numpy.typing.ArrayLike, *, threads: int = 0) -> numpy.ndarray"),
           R"(What the network gives for rows of inputs.

Arrays of float32 or uint8 in C order are not copied. What is prepared for the first call serves later ones: a row costs
microseconds.

Parameters
----------
inputs : array [N, I], or [I] for one row
    As the data set had them: not scaled.
threads : int
    0: as many as help.

Returns
-------
array [N, O] or [O] of float32
    Class probabilities (or whatever the last layer gives), or targets in their own unit.

Examples
--------
>>> import mlp
>>> data = mlp.load_dataset("digits")
>>> model = mlp.train(data.train, epochs=1).model
>>> model.outputs(data.test.inputs[0]).shape
(10,)
)")
      .def("outputs_of_table", &outputs_of_table, nb::arg("table"), nb::kw_only(), nb::arg("threads") = 0,
           nb::sig("def outputs_of_table(self, table: Table, *, threads: int = 0) -> numpy.ndarray"),
           "The same for a table's rows, [N, O]; its columns are found by name.")
      .def("predict", &predict, nb::arg("rows"), nb::kw_only(), nb::arg("threads") = 0,
           nb::sig("def predict(self, rows: numpy.typing.ArrayLike | Table, *, threads: int = 0) -> "
                   "numpy.ndarray"),
           R"(The name of each row's most probable class [N], or its targets [N, O].

Examples
--------
>>> import mlp
>>> data = mlp.load_dataset("digits")
>>> model = mlp.train(data.train, epochs=3).model
>>> model.predict(data.test.inputs[:3]).tolist() == data.test.labels[:3].astype(str).tolist()
True
)")
      .def("predict_proba", &predict_proba, nb::arg("rows"), nb::kw_only(), nb::arg("threads") = 0,
           nb::sig("def predict_proba(self, rows: numpy.typing.ArrayLike | Table, *, threads: int = 0) -> "
                   "numpy.ndarray"),
           "The probability of each class [N, C]; for classifications.")
      .def("evaluate", &evaluate, nb::arg("dataset"), nb::kw_only(), nb::arg("threads") = 0,
           nb::sig("def evaluate(self, dataset: Dataset, *, threads: int = 0) -> dict[str, object]"),
           R"(How good its predictions are: loss and metrics on the rows of a data set.

Examples
--------
>>> import mlp
>>> data = mlp.load_dataset("friedman")
>>> scores = mlp.train(data.train).model.evaluate(data.test)
>>> round(scores["r2"], 2)
0.95
)")
      .def("evaluate", &evaluate_table, nb::arg("table"), nb::kw_only(), nb::arg("threads") = 0,
           nb::sig("def evaluate(self, table: Table, *, threads: int = 0) -> dict[str, object]"),
           "The same on a table with the targets, read by `types`; rows without a target are left out.")
      .def(
          "verify",
          [](const SharedModel& model) {
            const nb::gil_scoped_release released;
            return mlp::verify(*model).passed();
          },
          "Whether it still gives the outputs it gave for its examples when it was made.")
      .def(
          "to_onnx",
          [](nb::handle model, nb::handle path) {
            return nb::module_::import_("mlp._onnx").attr("to_onnx")(model, path);
          },
          nb::arg("path") = nb::none(),
          nb::sig("def to_onnx(self, path: str | os.PathLike[str] | None = None) -> object"),
          "An onnx.ModelProto of everything from raw inputs to labels and probabilities, or targets; written "
          "to `path`, if given. Needs the package onnx. See docs/onnx.md.")
      .def("check_gradients", &check_gradients,
           nb::sig("def check_gradients(self) -> list[dict[str, object]]"),
           "For each tensor how far apart its gradients are, computed by the engine, by formula and by "
           "differences.")
      .def(
          "inspect",
          [](const SharedModel& model) {
            nb::dict result = record_of(model->record);
            result["network"] = to_string(model->network);
            result["inputs"] = model->network.fan_in();
            result["parameters"] = model->network.parameter_count();
            result["members"] = model->member_count();
            result["loss"] = to_string(model->loss);
            result["digest"] = digest(*model);
            return result;
          },
          nb::sig("def inspect(self) -> dict[str, object]"),
          "What `mlp inspect` shows: layers, parameters, how it was trained.")
      .def(
          "report",
          [](const SharedModel& model, const std::filesystem::path& path, const Dataset& dataset) {
            write_report(*model, {}, nullptr, dataset, path);
          },
          nb::arg("path"), nb::arg("dataset"), R"(Writes a page, report.html, of how it does on a data set.

The page needs no network and no script. `Trained.report` has the loss curves as well.

Examples
--------
>>> import mlp
>>> data = mlp.load_dataset("friedman")
>>> mlp.train(data.train, epochs=2).model.report("report.html", data.test)
)")
      .def("__repr__", &repr)
      .def("_repr_html_", [](const SharedModel& model) { return summary_html(*model, {}); });
}

}  // namespace mlp::python
