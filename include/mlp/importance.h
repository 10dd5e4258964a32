// Which columns a model's predictions rest on: how much worse they get when a column's cells are shuffled
// among the rows, so that it says nothing any more. Permutation importance (Breiman, "Random forests", 2001,
// section 10), on rows that the model has not learned from. docs/metrics.md says what it means and what it
// does not mean.
//
//   rise = mean over the shuffles of (error of the shuffled rows) - error of the rows as they are
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/dataset.h"
#include "mlp/export.h"
#include "mlp/model.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

/// What is measured. For R2, a rise is how far it falls, so that a larger rise is worse for every measure.
enum class ImportanceMeasure {
  kLoss,  ///< classification: the model's loss, mean per row
  kRmse,  ///< one number to predict: in its unit
  kR2,    ///< several: mean of their R2, as their units may differ
};

/// A column of the data set: all the inputs that a table's column has become, or a feature.
struct ColumnImportance {
  std::string column;
  double rise = 0.0;
  /// The rise that a column that says nothing exceeds in one case of about twenty: 2 sigma sqrt(1 + 1/K),
  /// sigma the standard deviation over the K shuffles. (Such a column's own order is one shuffle more.)
  double chance = 0.0;
  double score = 0.0;  ///< shuffled, mean over the shuffles: accuracy, RMSE or R2
};

struct Importances {
  ImportanceMeasure measure = ImportanceMeasure::kLoss;
  std::size_t rows = 0;  ///< that were measured on
  int shuffles = 0;
  double loss = 0.0;                      ///< of those rows as they are
  double score = 0.0;                     ///< accuracy, RMSE or R2 of those rows as they are
  std::vector<ColumnImportance> columns;  ///< the largest rise first, of equal ones the earlier column
};

struct ImportanceOptions {
  int shuffles = 10;  ///< of each column, at least 2
  /// Multiply-adds in all. Limits the rows measured on, which are evenly spaced, but never to fewer than 100,
  /// the least that say something.
  double most_operations = 2e10;
  std::uint64_t seed = 1;
};

/// For each column of `dataset`, which should be a test set. The same bits for any number of threads. The
/// result has no columns where even 100 rows would take ten times `most_operations`. Throws as evaluate()
/// does.
Importances permutation_importance(const Model& model, const Dataset& dataset,
                                   const ImportanceOptions& options = {},
                                   const PredictionOptions& prediction = {});

}  // namespace mlp
