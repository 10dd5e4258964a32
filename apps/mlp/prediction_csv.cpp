#include "prediction_csv.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "format.h"
#include "mlp/csv.h"
#include "mlp/error.h"
#include "mlp/metrics.h"

namespace mlp::app {

std::string prediction_header(const Model& model, bool probabilities) {
  std::vector<std::string> cells;
  if (model.task() == Task::kClassification) {
    const OutputKind kind = output_kind(model.network.layers().back().activation);
    const std::string what = kind == OutputKind::kProbabilities ? "probability" : "score";
    // A table's model predicts a column, which has a name.
    cells = {model.preprocessing ? model.preprocessing->targets.front().name : "class", what};
    for (std::size_t c = 0; probabilities && c < model.class_names.size(); ++c) {
      cells.push_back(what + "_" + model.class_names[c]);
    }
  } else {
    for (std::size_t target = 0; target < model.network.fan_out(); ++target) {
      const bool named = target < model.target_names.size();
      cells.push_back(named ? model.target_names[target] : "target_" + std::to_string(target));
    }
  }
  return csv_record(cells);
}

std::string prediction_rows(const Model& model, ConstMatrixView<float> outputs, bool probabilities) {
  const bool classes = model.task() == Task::kClassification;
  std::string text;
  for (std::size_t row = 0; row < outputs.rows(); ++row) {
    const auto values = outputs.row(row);
    if (classes) {
      const auto best =
          static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
      text += csv_cell(model.class_names.at(best)) + "," + shortest(values[best]);
    }
    if (!classes || probabilities) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        text += (i > 0 || classes ? "," : "") + shortest(values[i]);
      }
    }
    text += "\n";
  }
  return text;
}

namespace {

/// The input that is farthest from the training rows', which are about 0.
std::size_t farthest(std::span<const float> inputs) {
  const auto nearer = [](float a, float b) { return std::abs(a) < std::abs(b); };
  return static_cast<std::size_t>(std::max_element(inputs.begin(), inputs.end(), nearer) - inputs.begin());
}

}  // namespace

void require_finite(ConstMatrixView<float> outputs, std::size_t first, const std::string& input,
                    ConstMatrixView<float> encoded, std::span<const std::string> names) {
  for (std::size_t row = 0; row < outputs.rows(); ++row) {
    for (const float value : outputs.row(row)) {
      if (std::isfinite(value)) continue;
      const std::string place = input + ": row " + std::to_string(first + row + 1);
      throw DataError(place +
                          (names.empty() ? "" : ", '" + one_line(names[farthest(encoded.row(row))]) + "'") +
                          ": the prediction is not a finite number",
                      "the row's values are too large for this model; check its units");
    }
  }
}

}  // namespace mlp::app
