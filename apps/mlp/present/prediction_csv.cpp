#include "present/prediction_csv.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <vector>

#include "mlp/csv.h"
#include "mlp/error.h"
#include "mlp/metrics.h"
#include "terminal/format.h"

namespace mlp::app {

namespace {

/// The name, or another one where a column has it already.
std::string free_name(const std::string& name, const std::unordered_set<std::string>& taken) {
  if (!taken.contains(name)) return name;
  std::string other = "predicted_" + name;
  for (int n = 2; taken.contains(other); ++n) other = "predicted_" + name + "_" + std::to_string(n);
  return other;
}

}  // namespace

std::string prediction_header(const Model& model, bool probabilities, const std::vector<std::string>& kept) {
  std::unordered_set<std::string> taken(kept.begin(), kept.end());
  std::vector<std::string> answer;
  const auto add = [&](const std::string& name) {
    answer.push_back(free_name(name, taken));
    taken.insert(answer.back());
  };
  if (model.task() == Task::kClassification) {
    const OutputKind kind = output_kind(model.network.layers().back().activation);
    const std::string what = kind == OutputKind::kProbabilities ? "probability" : "score";
    add(what);
    for (std::size_t c = 0; probabilities && c < model.class_names.size(); ++c) {
      add(what + "_" + model.class_names[c]);
    }
    // A table's model predicts a column, which has a name. It is the first column, but gets its name last.
    add(model.preprocessing ? model.preprocessing->targets.front().name : "class");
    std::rotate(answer.begin(), answer.end() - 1, answer.end());
  } else {
    for (std::size_t target = 0; target < model.network.fan_out(); ++target) {
      const bool named = target < model.target_names.size();
      add(named ? model.target_names[target] : "target_" + std::to_string(target));
    }
  }
  answer.insert(answer.begin(), kept.begin(), kept.end());
  return csv_record(answer);
}

std::string prediction_rows(const Model& model, ConstMatrixView<float> outputs, bool probabilities,
                            const std::vector<KeptColumn>& kept) {
  const bool classes = model.task() == Task::kClassification;
  std::string text;
  for (std::size_t row = 0; row < outputs.rows(); ++row) {
    for (const auto& column : kept) text += csv_cell(column.cells[row]) + ",";
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
