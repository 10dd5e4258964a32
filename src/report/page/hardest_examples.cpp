// The rows a network finds hardest.
#include <algorithm>
#include <cmath>
#include <limits>

#include "mlp/html_report.h"
#include "mlp/preprocessing.h"
#include "report/page/table_cells.h"

namespace mlp {
namespace {

std::size_t largest_of(std::span<const float> values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

double class_loss(std::span<const float> output, std::size_t truth, bool cross_entropy) {
  if (cross_entropy) return -std::log(std::max(static_cast<double>(output[truth]), 1e-300));
  double sum = 0.0;
  for (std::size_t c = 0; c < output.size(); ++c) {
    const double error = output[c] - (c == truth ? 1.0 : 0.0);
    sum += 0.5 * error * error;
  }
  return sum;
}

/// 1 / standard deviation of each target; 1 where there is only one, or where it is constant.
std::vector<double> target_weights(const Matrix<float>& targets) {
  std::vector<double> weights(targets.columns(), 1.0);
  if (targets.columns() < 2 || targets.rows() == 0) return weights;
  const auto rows = static_cast<double>(targets.rows());
  for (std::size_t o = 0; o < targets.columns(); ++o) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t n = 0; n < targets.rows(); ++n) sum += targets(n, o);
    for (std::size_t n = 0; n < targets.rows(); ++n) squares += std::pow(targets(n, o) - sum / rows, 2);
    if (squares > 0.0) weights[o] = 1.0 / std::sqrt(squares / rows);
  }
  return weights;
}

double distance(std::span<const float> output, std::span<const float> target,
                const std::vector<double>& weights) {
  double sum = 0.0;
  for (std::size_t o = 0; o < output.size(); ++o) {
    const double error = weights[o] * (static_cast<double>(output[o]) - target[o]);
    sum += error * error;
  }
  return std::sqrt(sum);
}

std::vector<double> input_row(const Dataset& dataset, std::size_t row) {
  std::vector<double> numbers;
  std::visit(
      [&](const auto& rows) {
        for (const auto stored : rows.row(row))
          numbers.push_back(dataset.input_units.invert(static_cast<float>(stored), numbers.size()));
      },
      dataset.inputs);
  return numbers;
}

}  // namespace

namespace {

/// These rows of a table as they were, except for what encoding has rounded or lost.
std::vector<std::vector<std::string>> table_cells(const Dataset& dataset,
                                                  const std::vector<std::size_t>& rows) {
  const auto& all = std::get<Matrix<float>>(dataset.inputs);
  Matrix<float> inputs(rows.size(), all.columns());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    std::copy_n(all.row(rows[n]).data(), all.columns(), inputs.row(n).data());
  }
  const Table table = decode(*dataset.preprocessing, inputs);
  std::vector<std::vector<std::string>> cells(rows.size());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    for (const Column& column : table.columns) cells[n].push_back(cell_text(column, n));
  }
  return cells;
}

}  // namespace

std::vector<HardExample> hardest_examples(const Dataset& dataset, const Matrix<float>& outputs,
                                          const Loss& loss, std::size_t count) {
  require(outputs.rows() == dataset.rows() && outputs.columns() == dataset.outputs(),
          "hardest_examples: outputs and data set differ in size");
  const bool classes = dataset.task() == Task::kClassification;
  const bool cross_entropy = loss_targets(loss) != LossTargets::kNumbers;
  const auto weights = target_weights(dataset.targets);
  // A heap of the hardest so far, the easiest of them on top.
  struct RowLoss {
    std::size_t row;
    double loss;
  };
  const auto harder = [](const RowLoss& a, const RowLoss& b) {
    return a.loss != b.loss ? a.loss > b.loss : a.row < b.row;
  };
  std::vector<RowLoss> hardest;
  for (std::size_t n = 0; n < dataset.rows(); ++n) {
    double of_row =
        classes ? class_loss(outputs.row(n), static_cast<std::size_t>(dataset.labels[n]), cross_entropy)
                : distance(outputs.row(n), dataset.targets.row(n), weights);
    if (std::isnan(of_row)) of_row = std::numeric_limits<double>::infinity();  // no loss is worse
    hardest.push_back({n, of_row});
    std::ranges::push_heap(hardest, harder);
    if (hardest.size() <= count) continue;
    std::ranges::pop_heap(hardest, harder);
    hardest.pop_back();
  }
  std::ranges::sort_heap(hardest, harder);

  std::vector<std::vector<std::string>> cells;
  if (dataset.preprocessing) {
    std::vector<std::size_t> rows;
    for (const RowLoss& each : hardest) rows.push_back(each.row);
    cells = table_cells(dataset, rows);
  }
  std::vector<HardExample> examples;
  for (const auto& [n, of_row] : hardest) {
    HardExample example;
    example.row = n;
    if (!dataset.source_rows.empty()) example.source_row = dataset.source_rows[n];
    example.loss = of_row;
    example.inputs = input_row(dataset, n);
    const auto output = outputs.row(n);
    if (classes) {
      example.truth = dataset.labels[n];
      example.predicted = static_cast<std::int32_t>(largest_of(output));
      example.truth_output = output[static_cast<std::size_t>(example.truth)];
      example.predicted_output = output[static_cast<std::size_t>(example.predicted)];
    } else {
      const auto target = dataset.targets.row(n);
      example.targets.assign(target.begin(), target.end());
      example.predictions.assign(output.begin(), output.end());
    }
    if (!cells.empty()) example.cells = std::move(cells[examples.size()]);
    examples.push_back(std::move(example));
  }
  return examples;
}

}  // namespace mlp
