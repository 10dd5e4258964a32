// From a table's columns to a network's inputs: what is learned from the training rows, as a value that a
// Model keeps. What is done and why: docs/preprocessing.md.
//
//   const auto [preprocessing, notes, left_out] =
//       mlp::learn_preprocessing(table, training_rows, {.excluded = {"mpg"}});
//   const auto inputs = mlp::encode(preprocessing, table);               // [rows, inputs]
//   ...
//   const auto more = mlp::read_table("new.csv", preprocessing.input_types(),
//                                     preprocessing.reading());
//   const auto new_inputs = mlp::encode(preprocessing, more);
//
// A row's encoding depends on that row and the Preprocessing alone.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "mlp/export.h"
#include "mlp/matrix.h"
#include "mlp/note.h"
#include "mlp/table.h"

namespace MLP_EXPORT mlp {

/// x' = (x - center) / spread, a missing x taken as `fill`; 0 where the spread is 0. With `clip` it becomes
/// x' / sqrt(1 + (x' / clip)^2), which is x' where that is small and stays within +-clip whatever x is (the
/// smooth clipping of RealMLP: Holzmueller, Grinsztajn, Steinwart, 2024). With `missing_input` then 1 where x
/// was missing, else 0.
struct NumericEncoding {
  double fill = 0.0;  ///< the training rows' median
  double center = 0.0;
  double spread = 1.0;  ///< 0: all numbers of the training rows are equal
  double clip = 0.0;    ///< 0: x' is not clipped
  /// The range of the training rows' numbers; not used in the encoding. Infinite where it is not known, since
  /// model files did not always hold it.
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool missing_input = false;  ///< cells of the training rows are missing
  friend bool operator==(const NumericEncoding&, const NumericEncoding&) = default;
};

/// False is 0, true is 1, missing `fill`. With `missing_input` then 1 where it was missing, else 0.
struct BooleanEncoding {
  double fill = 0.0;  ///< the share of true among the training rows' cells
  bool missing_input = false;
  friend bool operator==(const BooleanEncoding&, const BooleanEncoding&) = default;
};

/// One input for each category, 1 for the cell's and 0 for the others. A missing cell and an unknown category
/// are the same: with `missing_input` a 1 in one more input, else each category's share, the average of the
/// training rows.
struct OneHotEncoding {
  std::vector<double> shares;  ///< [categories], of the training rows' cells; they add up to 1
  bool missing_input = false;
  friend bool operator==(const OneHotEncoding&, const OneHotEncoding&) = default;
};

using Encoding = std::variant<NumericEncoding, BooleanEncoding, OneHotEncoding>;

/// A column that is an input. Its categories are those that occur in the training rows.
struct InputColumn {
  ColumnType type;
  Encoding encoding;

  /// How many network inputs it makes.
  std::size_t width() const;
  friend bool operator==(const InputColumn&, const InputColumn&) = default;
};

struct Preprocessing {
  std::vector<InputColumn> inputs = {};  ///< in the table's order
  /// The target columns. A classification has one, whose categories are the classes; a regression's are
  /// numeric.
  std::vector<ColumnType> targets = {};
  /// What else than the usual stands for a missing cell, in tables to predict, too: see reading(). Whoever
  /// read the training table with such marks puts them here.
  std::vector<std::string> missing_marks = {};
  std::optional<char> decimal = {};  ///< the decimal mark, in the same way

  /// How many network inputs all columns make together.
  std::size_t width() const;
  /// [width]: "weight", "horsepower", "horsepower missing", "origin=Japan", "origin=?".
  std::vector<std::string> feature_names() const;
  /// What read_table() needs in order to predict ...
  std::vector<ColumnType> input_types() const;
  /// ... and to evaluate: inputs, then targets.
  std::vector<ColumnType> all_types() const;
  /// Its options with either: `options` with these marks of a missing cell as well, and with this decimal
  /// mark unless they name one.
  TableOptions reading(TableOptions options = {}) const;

  friend bool operator==(const Preprocessing&, const Preprocessing&) = default;
};

/// Whether both make the same inputs and targets of any table. What numbers were seen has no part in that:
/// their range, and which columns are nothing but 0 and 1. (Files of models did not always hold these.)
bool encode_alike(Preprocessing a, Preprocessing b);

/// kStandard: center and spread are mean and standard deviation.
/// kRobust: median and quartile range / 1.349, which is a normal distribution's standard deviation. Where the
/// quartiles are equal, the same with the quantiles at 10%, 5%, 2.5% or 1% and their counterparts; where all
/// of these are equal, the standard deviation. Clipped softly at 3.
/// kAuto: kRobust for a column with numbers more than 10 such spreads from the median, else kStandard.
enum class InputScaling { kAuto, kStandard, kRobust };

struct PreprocessingOptions {
  std::vector<std::string> excluded = {};  ///< columns that are no inputs: targets, weights
  InputScaling scaling = InputScaling::kAuto;
};

/// A column that is no input.
struct LeftOutColumn {
  std::string name;
  Message reason;  ///< "5 in every training row"
};

struct LearnedPreprocessing {
  Preprocessing preprocessing;
  /// Which columns were left out and why, and what else to know of the columns (such as numbers far apart
  /// from all others, which may stand for "no value"): a ColumnsNote for each finding.
  std::vector<Note> notes;
  std::vector<LeftOutColumn> left_out;  ///< all of them
};

/// Learns from these rows of `table` and looks at no others. Leaves out columns that are constant there or
/// have no value, texts, identifiers and, where there are other inputs, columns that number the rows, each
/// number one more than the one above. The targets stay empty. Throws DataError where no column is left,
/// UsageError for a name that is no column.
LearnedPreprocessing learn_preprocessing(const Table& table, std::span<const std::uint32_t> training_rows,
                                         const PreprocessingOptions& options = {});

/// Network inputs [rows, width]; columns are found by name. Throws UsageError where a column is not there,
/// DataError where one is of another kind, or a number does not fit a float when scaled (names column and
/// row, counted from 1).
Matrix<float> encode(const Preprocessing& preprocessing, const Table& table);
/// The same for some of its rows, in their order.
Matrix<float> encode(const Preprocessing& preprocessing, const Table& table,
                     std::span<const std::uint32_t> rows);

/// The cells that such inputs come from: the inverse of encode(), with the shortest decimal that is encoded
/// as the same input. Missing and unknown cells can be told only where they have an input of their own. A
/// number whose spread is 0 becomes the center.
Table decode(const Preprocessing& preprocessing, ConstMatrixView<float> inputs);

/// What makes it unusable, as "inputs[2]: ...", or empty: sizes that do not fit together, numbers out of
/// range, a name twice.
std::string problem(const Preprocessing& preprocessing);

}  // namespace mlp
