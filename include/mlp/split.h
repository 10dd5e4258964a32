// Rows in two parts, one to learn from and one held out; and cross-validation folds.
//
//   dataset.validation_rows = mlp::draw_validation_rows(dataset, 0.1, seed, dataset.name).held_out;
//   for (const auto& test : mlp::folds(dataset.labels, 10, seed)) ...
//
// Stratified where the rows have classes: each class keeps its share in every part. Every function is pure:
// what it draws follows from its arguments. Test splits, validation splits and folds draw from different
// random numbers, so that one seed may serve all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "mlp/dataset.h"
#include "mlp/export.h"

namespace MLP_EXPORT mlp {

/// Both parts ascending; every row is in one of them.
struct RowSplit {
  std::vector<std::uint32_t> training;
  std::vector<std::uint32_t> held_out;
};

/// What is split: a number of rows, or rows that each have a class.
class Strata {
 public:
  Strata(std::size_t rows) : rows_(rows) {}
  /// Labels must not be negative; they are referenced, not copied.
  Strata(std::span<const std::int32_t> labels) : rows_(labels.size()), labels_(labels) {}
  Strata(const std::vector<std::int32_t>& labels);
  /// Stratified by its labels where it is a classification.
  Strata(const Dataset& dataset);

  std::size_t rows() const { return rows_; }
  std::span<const std::int32_t> labels() const { return labels_; }  ///< [rows], or empty

 private:
  std::size_t rows_;
  std::span<const std::int32_t> labels_;
};

/// Holds out round(fraction * rows) rows, at least one where the fraction is not 0, and never a class's last
/// row (without classes: the last row), so that fewer may be held out, or none. Each class gives its share,
/// rounded by largest remainders. Throws std::invalid_argument unless fraction lies in [0, 1).
RowSplit validation_split(const Strata& strata, double fraction, std::uint64_t seed);

/// The same, for a data set called `name` that is to be validated on some rows. Throws DataError where the
/// fraction is not 0 and none can be held out.
RowSplit draw_validation_rows(const Strata& strata, double fraction, std::uint64_t seed,
                              const std::string& name);

/// The rows of a data set that are trained on, and its validation rows; all rows and none, where validation
/// rows are not decided.
RowSplit training_split(const Dataset& dataset);

/// As validation_split(), with other random numbers.
RowSplit test_split(const Strata& strata, double fraction, std::uint64_t seed);

/// The test rows, ascending, of each of `count` folds. Every row is in one fold; the folds' sizes differ by
/// at most one, and so do the numbers of each class's rows in them. Throws UsageError where there are more
/// folds than rows, std::invalid_argument for fewer than two.
std::vector<std::vector<std::uint32_t>> folds(const Strata& strata, std::size_t count, std::uint64_t seed);

/// The split of `rows` rows that holds out `held_out`.
RowSplit hold_out(std::size_t rows, std::vector<std::uint32_t> held_out);

/// These rows of a data set, in this order, with all that is known of them; which of them validate is not
/// decided. Throws std::invalid_argument for a row that is not there.
Dataset select_rows(const Dataset& dataset, std::span<const std::uint32_t> rows);

/// Folds as training and test data, each made when it is asked for.
struct FoldSplits {
  std::size_t count = 0;
  /// The data of a fold in [0, count): always the same, and safe to call on several threads at once. Holds
  /// references to what the folds are made from.
  std::function<DataSplit(std::size_t fold)> split;
};

/// The folds of folds(), for a data set that outlives them; `validation_fraction` of each fold's training
/// rows validate. Not for a table's data set, whose preprocessing has learned from all folds: see
/// mlp/table_data.h. Throws as folds() does, std::invalid_argument for such a data set; `split` as
/// draw_validation_rows() does.
FoldSplits fold_splits(const Dataset& dataset, std::size_t count, double validation_fraction,
                       std::uint64_t seed);

}  // namespace mlp
