// From a table and options to data sets: the main functions for tables.
//
//   const mlp::TableDataOptions options{.targets = {"mpg"}, .validation_fraction = 0.1, .seed = 1};
//   const auto table = mlp::read_table("cars.csv", {.targets = options.targets});
//   const auto data = mlp::split_table(table, options);
//   const auto trained = mlp::train(network, data.train, {.seed = 1, ...});
//   const auto report = mlp::evaluate(trained, data.test);
//
//   const auto& learned = *trained.model.preprocessing;
//   const auto more = mlp::read_table("new.csv", learned.input_types(), learned.reading());
//   const auto answers = mlp::predict(trained, more);
//
// Which rows validate is decided here and kept in data.train.validation_rows, which train() uses. So
// everything is learned from the rows that train() trains on, never from a validation or test row. (What kind
// a column is, a number or a category, is read from the whole file.) What is done and why:
// docs/preprocessing.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mlp/dataset.h"
#include "mlp/export.h"
#include "mlp/note.h"
#include "mlp/preprocessing.h"
#include "mlp/split.h"
#include "mlp/table.h"

namespace MLP_EXPORT mlp {

/// kBalanced: a row of class c counts n / (classes * n_c) times, so that each class counts as much as the
/// others; n and n_c are numbers of training rows.
enum class ClassWeights { kEqual, kBalanced };

struct TableDataOptions {
  std::vector<std::string> targets = {};  ///< read_table() must get them as well
  /// Empty: classification where the target is categorical, boolean or 0 and 1; regression where it has other
  /// numbers or is one of several.
  std::optional<Task> task = {};
  /// The column that says how much a row counts, in any unit: a data set's weights are its numbers divided by
  /// their mean over the training rows.
  std::optional<std::string> sample_weight = {};
  ClassWeights class_weights = ClassWeights::kEqual;
  InputScaling scaling = InputScaling::kAuto;
  double test_fraction = 0.2;        ///< share of the rows; 0: no test set
  double validation_fraction = 0.0;  ///< share of the remaining rows; 0: none
  std::uint64_t seed = 1;            ///< of the test rows and the validation rows
  /// The preprocessing of a model to be trained further, kept rather than learned from the training rows;
  /// only the ranges of numbers are widened to those of these rows. The table is read with its all_types(),
  /// and with the type of sample_weight; `targets`, `task` and `scaling` are ignored.
  std::optional<Preprocessing> preprocessing = {};
};

/// The rows of a table that can be learned from, and their targets.
struct LabeledRows {
  Task task = Task::kClassification;
  std::vector<std::uint32_t> rows;   ///< [N]: those of the table that have a value in every target
  std::vector<ColumnType> targets;   ///< that of a classification has the classes as its categories
  std::vector<std::int32_t> labels;  ///< classification: [N]
  Matrix<float> values;              ///< regression: [N, targets]
  std::vector<double> weights;       ///< [N] as the table has them, or empty
  std::vector<Note> notes;           ///< "3 of 100 rows left out: no value in 'mpg'", ...

  /// For folds(): their rows are indices into `rows`.
  Strata strata() const { return labels.empty() ? Strata(rows.size()) : Strata(labels); }
};

/// Throws UsageError where targets, task and columns do not go together, DataError where nothing can be
/// learned: fewer than two rows with a target, one class, every row a class of its own, a constant target; or
/// where a weight is missing or negative.
LabeledRows label_rows(const Table& table, const TableDataOptions& options);

/// Training and test data, test rows and validation rows drawn by seed, stratified by class. Throws as
/// label_rows(), draw_validation_rows() and learn_preprocessing() do.
DataSplit split_table(const Table& table, const TableDataOptions& options);

/// The same with these training and test rows (indices into `labeled.rows`), those of a fold.
DataSplit split_table(const Table& table, const LabeledRows& labeled, const RowSplit& rows,
                      const TableDataOptions& options);

/// Folds of all rows with a target, each with a preprocessing learned from its own training rows; drawn by
/// options.seed. options.test_fraction is ignored. `table` must live as long. Throws as folds() and
/// label_rows() do, `split` as split_table() does.
FoldSplits fold_splits(const Table& table, const TableDataOptions& options, std::size_t count);

/// The same with a given test set, read with the columns of `table` and encoded by what was learned from
/// `table`.
DataSplit split_table(const Table& table, const TableSource& test, const TableDataOptions& options,
                      const TableOptions& reading = {});

/// A table with targets, read with all_types(), as the data set that evaluates a model with this
/// preprocessing; rows without a target are left out, and `notes`, if given, says so. Throws DataError for a
/// class that the model does not know.
Dataset table_dataset(const Preprocessing& preprocessing, const Table& table,
                      std::vector<Note>* notes = nullptr);

}  // namespace mlp
