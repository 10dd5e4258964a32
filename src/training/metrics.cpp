// Metrics, see mlp/metrics.h.
#include "mlp/metrics.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "network/facts.h"

namespace mlp {

namespace {

void check_labels(std::size_t rows, std::size_t classes, std::span<const std::int32_t> labels) {
  require(rows > 0, "metrics: there are no rows");
  require(labels.size() == rows, "metrics: there are " + std::to_string(rows) + " rows of outputs and " +
                                     std::to_string(labels.size()) + " labels");
  for (const std::int32_t label : labels) {
    require(label >= 0 && static_cast<std::size_t>(label) < classes,
            "metrics: a label is not one of the classes");
  }
}

/// The class with the largest output, the first of equals; NaN is never the largest.
std::size_t predicted_class(std::span<const float> outputs) {
  std::size_t best = 0;
  for (std::size_t c = 1; c < outputs.size(); ++c) {
    if (outputs[c] > outputs[best] || (std::isnan(outputs[best]) && !std::isnan(outputs[c]))) best = c;
  }
  return best;
}

struct ClassCounts {
  std::uint64_t right = 0;      ///< TP
  std::uint64_t predicted = 0;  ///< TP + FP
  std::uint64_t rows = 0;       ///< TP + FN
};

ClassScores scores_of(const ClassCounts& counts) {
  const auto right = static_cast<double>(counts.right);
  const auto predicted = static_cast<double>(counts.predicted);
  const auto rows = static_cast<double>(counts.rows);
  ClassScores scores{.support = counts.rows};
  if (counts.predicted > 0) {
    scores.precision = right / predicted;
  } else if (counts.rows > 0) {
    scores.precision = 0.0;
  }
  if (counts.rows > 0) scores.recall = right / rows;
  if (counts.predicted + counts.rows > 0) scores.f1 = 2 * right / (predicted + rows);
  return scores;
}

/// The mean over the classes where the score is defined; NaN where it is undefined for all.
double mean_over(const std::vector<ClassScores>& classes, double ClassScores::*score) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const auto& scores : classes) {
    if (std::isnan(scores.*score)) continue;
    sum += scores.*score;
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : kUndefined;
}

/// Computes the thresholds and the areas below their two curves, where every score is a number.
void count_at_thresholds(ConstMatrixView<float> outputs, std::span<const std::int32_t> labels,
                         TwoClassCurves& curves) {
  std::vector<std::pair<float, std::int32_t>> scores;
  for (std::size_t n = 0; n < outputs.rows(); ++n) {
    if (std::isnan(outputs(n, 1))) return;
    scores.emplace_back(outputs(n, 1), labels[n]);
  }
  std::sort(scores.begin(), scores.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  ThresholdCounts counts;
  // Twice the ROC's area by trapezoids, in pairs of a positive and a negative row.
  std::uint64_t half_pairs = 0;
  double precisions = 0.0;  // sum over the positive rows of the precision at their threshold
  for (std::size_t begin = 0, end = 0; begin < scores.size(); begin = end) {
    const ThresholdCounts above = counts;
    counts.threshold = scores[begin].first;
    for (; end < scores.size() && scores[end].first == counts.threshold; ++end) {
      ++(scores[end].second == 1 ? counts.true_positives : counts.false_positives);
    }
    half_pairs +=
        (counts.false_positives - above.false_positives) * (counts.true_positives + above.true_positives);
    precisions += static_cast<double>(counts.true_positives - above.true_positives) *
                  static_cast<double>(counts.true_positives) / static_cast<double>(end);
    curves.thresholds.push_back(counts);
  }
  const auto positives = static_cast<double>(curves.positives);
  const auto negatives = static_cast<double>(curves.negatives);
  if (curves.positives > 0) curves.average_precision = precisions / positives;
  if (curves.positives > 0 && curves.negatives > 0)
    curves.roc_auc = static_cast<double>(half_pairs) / 2.0 / (positives * negatives);
}

/// How good the probabilities of the second class are. A row whose outputs are both 0 counts as 1/2.
void calibrate(ConstMatrixView<float> outputs, std::span<const std::int32_t> labels, TwoClassCurves& curves) {
  std::vector<double> sums(kCalibrationBins, 0.0);
  std::vector<CalibrationBin> bins(kCalibrationBins);
  double squares = 0.0;
  for (std::size_t n = 0; n < outputs.rows(); ++n) {
    const double sum = static_cast<double>(outputs(n, 0)) + static_cast<double>(outputs(n, 1));
    const double p = sum == 0.0 ? 0.5 : static_cast<double>(outputs(n, 1)) / sum;
    if (!(p >= 0.0 && p <= 1.0)) return;  // NaN: these are no probabilities
    const double y = labels[n];
    squares += (p - y) * (p - y);
    const auto bin = std::min(kCalibrationBins - 1, static_cast<std::size_t>(p * kCalibrationBins));
    sums[bin] += p;
    ++bins[bin].rows;
    bins[bin].positives += labels[n] == 1;
  }
  const auto rows = static_cast<double>(outputs.rows());
  curves.brier_score = squares / rows;
  curves.calibration_error = 0.0;
  for (std::size_t b = 0; b < kCalibrationBins; ++b) {
    if (bins[b].rows == 0) continue;
    bins[b].mean_probability = sums[b] / static_cast<double>(bins[b].rows);
    curves.calibration_error += std::abs(static_cast<double>(bins[b].positives) - sums[b]) / rows;
  }
  curves.bins = std::move(bins);
}

TargetScores target_scores(ConstMatrixView<float> outputs, ConstMatrixView<float> targets,
                           std::size_t column) {
  const auto count = static_cast<double>(targets.rows());
  double mean = 0.0;
  for (std::size_t n = 0; n < targets.rows(); ++n) mean += static_cast<double>(targets(n, column));
  mean /= count;  // in this order a constant target equals its mean exactly, and its spread is zero
  double squares = 0.0;
  double sizes = 0.0;
  double spread = 0.0;
  for (std::size_t n = 0; n < targets.rows(); ++n) {
    const auto truth = static_cast<double>(targets(n, column));
    const double residual = static_cast<double>(outputs(n, column)) - truth;
    squares += residual * residual;
    sizes += std::abs(residual);
    spread += (truth - mean) * (truth - mean);
  }
  const double mse = squares / count;
  TargetScores scores{.mse = mse, .rmse = std::sqrt(mse), .mae = sizes / count, .r2 = 1.0 - squares / spread};
  // A constant target has no spread to explain.
  if (spread == 0.0 && !std::isnan(squares)) scores.r2 = squares == 0.0 ? 1.0 : 0.0;
  return scores;
}

}  // namespace

OutputKind output_kind(const Activation& last) {
  return gives_probabilities(last) ? OutputKind::kProbabilities : OutputKind::kScores;
}

double accuracy(ConstMatrixView<float> outputs, std::span<const std::int32_t> labels) {
  check_labels(outputs.rows(), outputs.columns(), labels);
  std::uint64_t right = 0;
  for (std::size_t n = 0; n < outputs.rows(); ++n) {
    right += predicted_class(outputs.row(n)) == static_cast<std::size_t>(labels[n]);
  }
  return static_cast<double>(right) / static_cast<double>(outputs.rows());
}

double log_loss(ConstMatrixView<float> probabilities, std::span<const std::int32_t> labels) {
  check_labels(probabilities.rows(), probabilities.columns(), labels);
  const auto at_least_smallest = [](float p) {  // keeps a NaN
    return static_cast<double>(std::max(p, std::numeric_limits<float>::min()));
  };
  double loss = 0.0;
  for (std::size_t n = 0; n < probabilities.rows(); ++n) {
    double sum = 0.0;
    for (const float p : probabilities.row(n)) sum += at_least_smallest(p);
    loss -= std::log(at_least_smallest(probabilities(n, static_cast<std::size_t>(labels[n]))) / sum);
  }
  return loss / static_cast<double>(probabilities.rows());
}

double roc_auc(std::span<const float> scores, std::span<const std::int32_t> labels, std::int32_t positive) {
  require(!scores.empty(), "roc_auc: there are no rows");
  require(scores.size() == labels.size(), "roc_auc: there are " + std::to_string(scores.size()) +
                                              " scores and " + std::to_string(labels.size()) + " labels");
  std::vector<float> positives;
  for (std::size_t n = 0; n < scores.size(); ++n) {
    if (std::isnan(scores[n])) return kUndefined;
    if (labels[n] == positive) positives.push_back(scores[n]);
  }
  const std::uint64_t negatives = scores.size() - positives.size();
  if (positives.empty() || negatives == 0) return kUndefined;
  std::sort(positives.begin(), positives.end());
  std::uint64_t half_pairs = 0;  // 2 U: two for a positive row above a negative one, one for a tie
  for (std::size_t n = 0; n < scores.size(); ++n) {
    if (labels[n] == positive) continue;
    const auto [first, last] = std::equal_range(positives.begin(), positives.end(), scores[n]);
    half_pairs += static_cast<std::uint64_t>((positives.end() - first) + (positives.end() - last));
  }
  return static_cast<double>(half_pairs) / 2.0 /
         (static_cast<double>(positives.size()) * static_cast<double>(negatives));
}

ClassificationMetrics classification_metrics(ConstMatrixView<float> outputs,
                                             std::span<const std::int32_t> labels, OutputKind kind) {
  const std::size_t rows = outputs.rows();
  const std::size_t classes = outputs.columns();
  check_labels(rows, classes, labels);
  ClassificationMetrics metrics;
  if (classes <= kMostConfusionClasses) metrics.confusion = Matrix<std::uint64_t>(classes, classes);
  std::vector<ClassCounts> counts(classes);
  for (std::size_t n = 0; n < rows; ++n) {
    const std::size_t predicted = predicted_class(outputs.row(n));
    const auto truth = static_cast<std::size_t>(labels[n]);
    ++counts[truth].rows;
    ++counts[predicted].predicted;
    counts[truth].right += predicted == truth;
    if (!metrics.confusion.empty()) ++metrics.confusion(truth, predicted);
  }
  std::uint64_t right = 0;
  std::vector<float> column(rows);
  for (std::size_t c = 0; c < classes; ++c) {
    right += counts[c].right;
    for (std::size_t n = 0; n < rows; ++n) column[n] = outputs(n, c);
    metrics.classes.push_back(scores_of(counts[c]));
    metrics.classes.back().roc_auc = roc_auc(column, labels, static_cast<std::int32_t>(c));
  }
  metrics.accuracy = static_cast<double>(right) / static_cast<double>(rows);
  metrics.balanced_accuracy = mean_over(metrics.classes, &ClassScores::recall);
  metrics.macro_f1 = mean_over(metrics.classes, &ClassScores::f1);
  metrics.roc_auc =
      classes == 2 ? metrics.classes[1].roc_auc : mean_over(metrics.classes, &ClassScores::roc_auc);
  if (kind == OutputKind::kProbabilities) metrics.log_loss = log_loss(outputs, labels);
  return metrics;
}

TwoClassCurves two_class_curves(ConstMatrixView<float> outputs, std::span<const std::int32_t> labels,
                                OutputKind kind) {
  require(outputs.columns() == 2,
          "two_class_curves: there are " + std::to_string(outputs.columns()) + " columns of outputs");
  check_labels(outputs.rows(), 2, labels);
  TwoClassCurves curves;
  for (const std::int32_t label : labels) ++(label == 1 ? curves.positives : curves.negatives);
  count_at_thresholds(outputs, labels, curves);
  if (kind == OutputKind::kProbabilities) calibrate(outputs, labels, curves);
  return curves;
}

RegressionMetrics regression_metrics(ConstMatrixView<float> outputs, ConstMatrixView<float> targets) {
  require(targets.rows() > 0 && targets.columns() > 0, "metrics: there are no rows or no targets");
  require(outputs.rows() == targets.rows() && outputs.columns() == targets.columns(),
          "metrics: the outputs are " + std::to_string(outputs.rows()) + " x " +
              std::to_string(outputs.columns()) + ", the targets " + std::to_string(targets.rows()) + " x " +
              std::to_string(targets.columns()));
  const auto columns = static_cast<double>(targets.columns());
  RegressionMetrics metrics{.mse = 0.0, .rmse = 0.0, .mae = 0.0, .r2 = 0.0, .targets = {}};
  for (std::size_t column = 0; column < targets.columns(); ++column) {
    const TargetScores scores = target_scores(outputs, targets, column);
    metrics.mse += scores.mse / columns;
    metrics.mae += scores.mae / columns;
    metrics.r2 += scores.r2 / columns;
    metrics.targets.push_back(scores);
  }
  metrics.rmse = std::sqrt(metrics.mse);
  return metrics;
}

}  // namespace mlp
