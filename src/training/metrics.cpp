#include "training/metrics.h"

#include <algorithm>
#include <cmath>

namespace mlp {

ClassificationMetrics classification_metrics(ConstMatrixView<float> outputs, const Dataset& dataset,
                                             std::span<const std::uint32_t> rows) {
  const std::size_t classes = dataset.class_names.size();
  ClassificationMetrics metrics{.confusion = Matrix<std::uint64_t>(classes, classes)};
  std::uint64_t correct = 0;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const auto row = outputs.row(n);
    const auto predicted = static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
    const auto truth = static_cast<std::size_t>(dataset.labels[rows[n]]);
    ++metrics.confusion(truth, predicted);
    correct += predicted == truth;
  }
  metrics.accuracy = static_cast<double>(correct) / static_cast<double>(rows.size());
  return metrics;
}

RegressionMetrics regression_metrics(ConstMatrixView<float> outputs, const Dataset& dataset,
                                     std::span<const std::uint32_t> rows) {
  const double count = static_cast<double>(rows.size());
  const double columns = static_cast<double>(dataset.targets.columns());
  RegressionMetrics metrics;
  for (std::size_t column = 0; column < dataset.targets.columns(); ++column) {
    double mean = 0, squares = 0, sizes = 0, spread = 0;
    for (const std::uint32_t row : rows) mean += static_cast<double>(dataset.targets(row, column));
    mean /= count;  // in this order a constant target is its own mean exactly, and its spread zero
    for (std::size_t n = 0; n < rows.size(); ++n) {
      const double truth = static_cast<double>(dataset.targets(rows[n], column));
      const double residual = static_cast<double>(outputs(n, column)) - truth;
      squares += residual * residual;
      sizes += std::abs(residual);
      spread += (truth - mean) * (truth - mean);
    }
    metrics.mse += squares / count / columns;
    metrics.mae += sizes / count / columns;
    // A constant target has nothing to explain: 1 when it is met exactly, else 0.
    metrics.r2 += (spread > 0 ? 1 - squares / spread : (squares > 0 ? 0.0 : 1.0)) / columns;
  }
  metrics.rmse = std::sqrt(metrics.mse);
  return metrics;
}

}  // namespace mlp
