// How good predictions are: metrics of outputs against the truth. Pure functions; docs/metrics.md has the
// why.
//
// Classification: outputs [N, C], labels y [N]. The predicted class is the largest output, the first of
// equals. For class c: TP rows of c that were predicted c, FP rows of others predicted c, FN rows of c
// predicted others.
//   accuracy           share of rows predicted right
//   precision          TP / (TP + FP)
//   recall             TP / (TP + FN)
//   F1                 2 TP / (2 TP + FP + FN), their harmonic mean       van Rijsbergen, 1979
//   balanced accuracy  mean recall of the classes that have rows          Brodersen et al., 2010
//   macro F1           mean F1
//   log loss           -1/N sum_n log(p[n, y_n] / sum_c p[n, c])          Good, 1952
//   ROC AUC            share of pairs of a positive row s+ and a negative one s- with s+ > s-, ties counted
//                      half: the Mann-Whitney U statistic over its maximum    Hanley and McNeil, 1982, eq. 1
// Two classes, of which the second is the positive one: scores s [N], its outputs, N rows of which P are
// positive. At a threshold t the rows with s >= t are called positive; TP of them are, FP are not.
//   ROC                TP / P over FP / (N - P), t from above every score down to the lowest
//   precision-recall   TP / (TP + FP) over TP / P
//   average precision  sum_k (R_k - R_k-1) P_k over the different scores, the highest first: precision P_k at
//                      recall R_k, the area below that curve drawn in steps       Davis and Goadrich, 2006
//   Brier score        mean of (p - y)^2, p the probability of the positive class, y 1 or 0  Brier, 1950
//   calibration error  sum_b n_b / N |share of positive rows - mean p|, over the bins [b/B, (b+1)/B) of p
//                                                                            Naeini et al., 2015
// Regression, for each target: outputs p [N], truths y [N], in the target's own unit.
//   MSE  mean of (p - y)^2       RMSE  sqrt(MSE)       MAE  mean of |p - y|
//   R2   1 - sum of (p - y)^2 / sum of (y - mean of y)^2
//
// Every row counts once, sample weights or not. Sums are taken in double in row order, pairs counted in whole
// numbers. What is undefined is NaN, and left out of means over classes. All functions throw
// std::invalid_argument unless there is at least one row and the shapes agree.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "mlp/activation.h"
#include "mlp/export.h"
#include "mlp/matrix.h"

namespace MLP_EXPORT mlp {

inline constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

/// One class against all others.
struct ClassScores {
  double precision = kUndefined;  ///< 0 where the class has rows but is never predicted; NaN where neither
  double recall = kUndefined;     ///< NaN without rows
  double f1 = kUndefined;         ///< NaN where the class has no rows and is never predicted
  double roc_auc = kUndefined;    ///< NaN where no row, or every row, is of this class
  std::uint64_t support = 0;      ///< rows of this class
};

struct ClassificationMetrics {
  double accuracy = kUndefined;
  double balanced_accuracy = kUndefined;
  double log_loss = kUndefined;  ///< NaN unless the outputs are probabilities
  double roc_auc = kUndefined;   ///< two classes: of the second; more: mean of every class against the rest
  double macro_f1 = kUndefined;
  std::vector<ClassScores> classes;  ///< [C]
  /// [true class, predicted class]; empty where there are more than kMostConfusionClasses.
  Matrix<std::uint64_t> confusion;
};

/// A confusion matrix has C * C counts: this many classes take 8 MiB.
inline constexpr std::size_t kMostConfusionClasses = 1024;

/// One target, in its own unit.
struct TargetScores {
  double mse = kUndefined;
  double rmse = kUndefined;
  double mae = kUndefined;
  double r2 = kUndefined;  ///< of a constant target: 1 when met exactly, else 0
};

struct RegressionMetrics {            // over all targets
  double mse = kUndefined;            ///< averaged over targets
  double rmse = kUndefined;           ///< sqrt(mse)
  double mae = kUndefined;            ///< averaged over targets
  double r2 = kUndefined;             ///< averaged over targets
  std::vector<TargetScores> targets;  ///< [O]
};

/// What a classifier's outputs are: probabilities, in [0, 1], or scores, of which only the order means
/// something.
enum class OutputKind { kProbabilities, kScores };

/// Decided by the last layer's activation: Softmax and Sigmoid give probabilities.
OutputKind output_kind(const Activation& last);

/// outputs [N, C], labels [N], each in [0, C).
ClassificationMetrics classification_metrics(ConstMatrixView<float> outputs,
                                             std::span<const std::int32_t> labels, OutputKind kind);

/// The rows with a score of at least `threshold`.
struct ThresholdCounts {
  float threshold = 0.0f;
  std::uint64_t true_positives = 0;
  std::uint64_t false_positives = 0;
};

/// The rows whose probability lies in a bin.
struct CalibrationBin {
  std::uint64_t rows = 0;
  std::uint64_t positives = 0;
  double mean_probability = kUndefined;  ///< NaN without rows
};

inline constexpr std::size_t kCalibrationBins = 10;

/// What a classifier of two classes reaches at each threshold, and how good its probabilities are.
struct TwoClassCurves {
  std::uint64_t positives = 0;  ///< rows of the second class
  std::uint64_t negatives = 0;
  /// For each different score, the highest first; empty where a score is NaN.
  std::vector<ThresholdCounts> thresholds;
  double roc_auc = kUndefined;            ///< area below the ROC curve; NaN unless both classes have rows
  double average_precision = kUndefined;  ///< NaN without positive rows
  std::vector<CalibrationBin> bins;  ///< [kCalibrationBins]; empty unless outputs are probabilities, as ...
  double brier_score = kUndefined;   ///< ... this is NaN ...
  double calibration_error = kUndefined;  ///< ... and this
};

/// outputs [N, 2], labels [N], each 0 or 1. Scores are the second column; probabilities are the second column
/// divided by its row's sum, as in log_loss(). O(N log N).
TwoClassCurves two_class_curves(ConstMatrixView<float> outputs, std::span<const std::int32_t> labels,
                                OutputKind kind);

/// outputs [N, O], targets [N, O].
RegressionMetrics regression_metrics(ConstMatrixView<float> outputs, ConstMatrixView<float> targets);

/// The accuracy alone: what is cheap enough for every epoch.
double accuracy(ConstMatrixView<float> outputs, std::span<const std::int32_t> labels);

/// Each row of probabilities [N, C] is divided by its sum, which Sigmoid outputs need and Softmax outputs do
/// not notice; otherwise "every class for certain" would cost nothing. A probability below the smallest
/// normal float (1.2e-38) counts as that, so that the result is finite.
double log_loss(ConstMatrixView<float> probabilities, std::span<const std::int32_t> labels);

/// How well scores [N] tell the rows with label `positive` from all others: 1 perfectly, 1/2 not at all. NaN
/// where either side has no rows or a score is NaN. O(N log N).
double roc_auc(std::span<const float> scores, std::span<const std::int32_t> labels,
               std::int32_t positive = 1);

}  // namespace mlp
