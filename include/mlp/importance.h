// Which columns a model's predictions rest on: how much worse they get where a column says nothing any more,
// because its cells are dealt out anew among the rows. Permutation importance (Breiman, "Random forests",
// 2001, section 10), on rows that the model has not learned from. docs/metrics.md says what it means and what
// not.
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

/// What is measured. A rise of R2 is its fall: more is worse, whatever is measured.
enum class ImportanceMeasure {
  kLoss,  ///< classification: the model's loss, mean per row
  kRmse,  ///< one number to predict: in its unit
  kR2,    ///< several: mean of their R2, as their units may differ
};

/// A column of the data set: all the inputs that a table's column has become, or a feature.
struct ColumnImportance {
  std::string column;
  double rise = 0.0;
  /// What a column that says nothing rises by in one case of about twenty: 2 sigma sqrt(1 + 1/K), sigma the
  /// standard deviation over the K shuffles. Such a column's own order is one shuffle more.
  double chance = 0.0;
  double score = 0.0;  ///< shuffled, mean over the shuffles: accuracy, RMSE or R2
};

struct Importances {
  ImportanceMeasure measure = ImportanceMeasure::kLoss;
  std::size_t rows = 0;  ///< looked at
  int shuffles = 0;
  double loss = 0.0;                      ///< of those rows as they are
  double score = 0.0;                     ///< likewise: accuracy, RMSE or R2
  std::vector<ColumnImportance> columns;  ///< the largest rise first, of equal ones the earlier column
};

struct ImportanceOptions {
  int shuffles = 10;  ///< of each column, at least 2
  /// Multiply-adds in all. It bounds the rows looked at, evenly spaced ones, but for the least that say
  /// something: 100.
  double most_operations = 2e10;
  std::uint64_t seed = 1;
};

/// Of each column of `dataset`, which should be a test set. The same bits for any number of threads. No
/// columns where even 100 rows would take ten times `most_operations`. Throws as evaluate() does.
Importances permutation_importance(const Model& model, const Dataset& dataset,
                                   const ImportanceOptions& options = {},
                                   const PredictionOptions& prediction = {});

}  // namespace mlp
