#include "training_arguments.h"

#include <nanobind/stl/string.h>

#include <algorithm>
#include <string>

#include "arrays.h"
#include "mlp/error.h"
#include "model.h"

namespace mlp::python {

namespace {

Precision precision_of(const std::string& text) {
  if (text == "float32") return Precision::kFloat32;
  if (text == "bf16" || text == "bfloat16") return Precision::kBFloat16;
  throw UsageError("precision: expected 'float32' or 'bf16', found '" + text + "'");
}

SparseInputs sparse_inputs_of(const std::string& text) {
  if (text == "auto") return SparseInputs::kAuto;
  if (text == "on") return SparseInputs::kOn;
  if (text == "off") return SparseInputs::kOff;
  throw UsageError("sparse_inputs: expected 'auto', 'on' or 'off', found '" + text + "'");
}

/// The Python function, called with the GIL: (rows [n], outputs [n, O]) to (losses [n], gradients [n, O]).
OwnLoss own_loss_of(nb::handle function) {
  return [function](std::span<const std::uint32_t> rows, ConstMatrixView<float> outputs,
                    std::span<float> losses, MatrixView<float> gradients) {
    const nb::gil_scoped_acquire held;
    const nb::object result = function(array_of(rows), array_of(outputs));
    if (nb::len(result) != 2)
      throw nb::value_error("own_loss: expected a pair, losses [n] and gradients [n, O]");
    const auto found_losses = floats_of(result[0], "own_loss: losses");
    const auto found_gradients = matrix_of(result[1], "own_loss: gradients");
    if (found_losses.size() != losses.size() || found_gradients.rows() != gradients.rows() ||
        found_gradients.columns() != gradients.columns())
      throw nb::value_error(
          "own_loss: expected losses [n] and gradients [n, O], as many as there are outputs");
    std::ranges::copy(found_losses, losses.begin());
    for (std::size_t n = 0; n < gradients.rows(); ++n)
      std::ranges::copy(found_gradients.row(n), gradients.row(n).begin());
  };
}

}  // namespace

TrainingArguments::TrainingArguments(Keywords& keywords) {
  if (const auto text = keywords.text("loss")) options_.loss = parse_loss(*text);
  if (const auto text = keywords.text("optimizer")) options_.optimizer = parse_optimizer(*text);
  if (const auto rate = keywords.take<double>("learning_rate", "a number"))
    options_.optimizer = with_learning_rate(options_.optimizer, *rate);
  if (const auto text = keywords.text("schedule")) options_.schedule = parse_schedule(*text);
  keywords.number("epochs", options_.epochs);
  keywords.number("batch_size", options_.batch_size);
  keywords.number("l2", options_.l2);
  keywords.number("clip_norm", options_.clip_norm);
  keywords.number("validation_fraction", options_.validation_fraction);
  options_.validation_seed = keywords.take<std::uint64_t>("validation_seed", "a number that is not negative");
  keywords.number("early_stopping", options_.early_stopping);
  options_.standardize = keywords.take<bool>("standardize", "True or False").value_or(true);
  keywords.number("seed", options_.seed);
  keywords.number("threads", options_.threads);
  options_.target = keywords.text("target").value_or("");
  options_.precision = precision_of(keywords.text("precision").value_or("float32"));
  keywords.number("examples", options_.examples);
  options_.sparse_inputs = sparse_inputs_of(keywords.text("sparse_inputs").value_or("auto"));
  if (const nb::object init = keywords.object("init"); !init.is_none()) {
    if (!nb::isinstance<SharedModel>(init)) throw nb::type_error("init: expected a mlp.Model");
    init_ = nb::cast<const SharedModel&>(init).shared();
    options_.init = init_.get();
  }
  options_.keep_preprocessing = keywords.take<bool>("keep_preprocessing", "True or False").value_or(true);
  own_loss_ = keywords.object("own_loss");
  if (!own_loss_.is_none()) options_.own_loss = own_loss_of(own_loss_);
}

}  // namespace mlp::python
