// Cross-validation: how good a training procedure is, measured on more rows than one test set has. The rows
// are dealt out to K folds; K networks are trained, each on all folds but one, and tested on that one, so
// that every row is tested once, by a network that has not learned from it.
//
//   const auto table = mlp::read_table("cars.csv", {.targets = {"mpg"}});
//   const auto folds = mlp::fold_splits(table, {.targets = {"mpg"}, .seed = 1}, 10);
//   const auto network_for = [](const mlp::Dataset& train) {
//     return mlp::parse_network("64:relu,1:linear", train.features());
//   };
//   const auto result = mlp::cross_validate(folds, network_for, {.loss = mlp::MeanSquaredError{}});
//   std::cout << result.scores.front().mean;  // of the RMSEs
//
// Folds are independent of one another. Where training one fold does not use all threads, several are trained
// at a time, with the same bits as the result.
//
//   mean       m = 1/K sum_k s_k, of a metric's values s_k on the folds
//   deviation  sqrt(1/(K - 1) sum_k (s_k - m)^2)
//
// (M. Stone, "Cross-validatory choice and assessment of statistical predictions", 1974. S. Geisser, "The
// predictive sample reuse method", 1975. Stratified folds, ten of them: R. Kohavi, 1995. The deviation says
// how far one fold may lie from another. It is not the standard error of the mean: folds share most of their
// training rows, and there is no unbiased estimate of that, Y. Bengio and Y. Grandvalet, 2004.)
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "mlp/dataset.h"
#include "mlp/export.h"
#include "mlp/metrics.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/split.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

struct NamedScore {
  std::string name;
  double value = kUndefined;
};

/// The metrics taken over folds, the most important first. Classification: accuracy, balanced_accuracy,
/// macro_f1, roc_auc, log_loss. One target: rmse, mae, r2. Several: r2, the mean over the targets, and
/// rmse_NAME of each, as their units may differ. `tested` names the targets.
std::vector<NamedScore> fold_scores(const Evaluation& evaluation, const Dataset& tested);

/// One metric over the folds.
struct FoldScores {
  std::string name;            ///< as in fold_scores()
  std::vector<double> values;  ///< [K]
  double mean = kUndefined;
  double deviation = kUndefined;
};

/// Computes mean and deviation of the values; the deviation of a single value is NaN.
FoldScores over_folds(std::string name, std::vector<double> values);

struct CrossValidation {
  std::vector<std::size_t> rows;   ///< [K]: rows that each fold is tested on
  std::vector<FoldScores> scores;  ///< those defined in every fold: ROC AUC needs rows of two classes in each
};

/// One finished fold.
struct FoldResult {
  std::size_t fold = 0;  ///< counted from 0
  Evaluation evaluation;
  std::vector<NamedScore> scores;
};

/// Follows a cross-validation, and can stop it.
class CrossValidationObserver {
 public:
  virtual ~CrossValidationObserver() = default;
  /// After each step of each training; return false to stop all of them. Called on the thread that trains,
  /// so by several at a time.
  virtual bool on_step() { return true; }
  /// After each fold, in the folds' order whichever finishes first, on the thread that called
  /// cross_validate().
  virtual void on_fold(const FoldResult&) {}
};

/// Makes the network for a fold's training data; called by several threads at a time.
using NetworkFor = std::function<MultilayerPerceptron(const Dataset& train)>;

/// Trains and tests each fold with the same options, seed included. `options.threads` is for all folds
/// together; 0: as many as there are cores. A pure function of its arguments, number of threads apart. Where
/// the observer stops it, the result covers the folds before the first unfinished one. Throws what train(),
/// evaluate() and the functions given to it throw; where several folds fail, the exception of the first one.
CrossValidation cross_validate(const FoldSplits& folds, const NetworkFor& network_for,
                               const TrainingOptions& options = {},
                               CrossValidationObserver* observer = nullptr);

}  // namespace mlp
