// A data set: rows of inputs as they are stored, and what is to be learned from them. A plain value.
//
// Nothing here is scaled: training learns the scaling from the rows it trains on and keeps it in the Model.
// Only inputs made from a table's columns come encoded, together with the preprocessing that encoded them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mlp/export.h"
#include "mlp/mapped_rows.h"
#include "mlp/matrix.h"
#include "mlp/note.h"
#include "mlp/preprocessing.h"

namespace MLP_EXPORT mlp {

enum class Task { kClassification, kRegression };

/// Height and width of image rows; 0 x 0 for anything else.
struct ImageShape {
  std::size_t height = 0;
  std::size_t width = 0;
  friend bool operator==(const ImageShape&, const ImageShape&) = default;
};

/// Inputs [N, I], 8-bit (images) or float, as stored: in memory, or in a file that is mapped.
using Inputs = std::variant<Matrix<std::uint8_t>, Matrix<float>, MappedRows<std::uint8_t>, MappedRows<float>>;

std::size_t row_count(const Inputs& inputs);
std::size_t column_count(const Inputs& inputs);
bool are_floats(const Inputs& inputs);  ///< not bytes

/// What inputs are counted in, column by column: x' = (x - origin) / unit, computed in double and then
/// rounded to the float that is stored. For numbers that floats, which hold 24 bits, could not tell apart as
/// they stand: seconds since 1970, dates like 20240101, values that are too large or too small for any float.
/// It is a change of units and learns nothing: training scales the result.
struct InputUnits {
  std::vector<double> origin;  ///< [I]; empty: the numbers as they are
  std::vector<double> unit;    ///< as many, positive

  bool identity() const { return origin.empty(); }
  /// Not finite where x' does not fit a float.
  float apply(double x, std::size_t column) const;
  double invert(float x, std::size_t column) const;
  friend bool operator==(const InputUnits&, const InputUnits&) = default;
};

/// How it was decided which rows train and how much each counts. Kept for the model's record; nothing is
/// computed from it.
struct RowUse {
  double validation_fraction = 0.0;  ///< of the rows, drawn by seed; 0: none
  std::string weight_column = {};    ///< says how much a row counts; empty: none does
  bool balanced_classes = false;     ///< each class counts as much as the others
  friend bool operator==(const RowUse&, const RowUse&) = default;
};

struct Dataset {
  std::string name;
  Inputs inputs;                      ///< [N, I]
  std::vector<std::int32_t> labels;   ///< classification: [N], each in [0, class_names.size()); else empty
  Matrix<float> targets;              ///< regression: [N, O] in the targets' own unit; else empty
  std::vector<float> sample_weights;  ///< [N], not negative, in any unit; empty: every row counts the same
  std::vector<std::string> feature_names;  ///< [I], or empty
  std::vector<std::string> class_names;    ///< classification: one per class; regression: empty
  std::vector<std::string> target_names;   ///< regression: [O]
  std::string unit;                        ///< regression: the targets' unit ("mpg"), or empty
  ImageShape image;                        ///< of each input row, where rows are images
  /// What encoded the inputs, where they are network inputs already: training leaves such inputs as they are
  /// and keeps their preprocessing in the Model.
  std::optional<Preprocessing> preprocessing = {};
  /// Which rows are held out of training, to validate on: ascending, maybe none. Nothing: not decided yet,
  /// and train() draws them. Read by training_split(), see mlp/split.h.
  std::optional<std::vector<std::uint32_t>> validation_rows = {};
  /// [N]: each row's number in its table or array, from 0, for people to find it; or empty.
  std::vector<std::uint32_t> source_rows = {};
  InputUnits input_units = {};  ///< of `inputs`, where they are floats; training keeps it in the Model
  RowUse row_use = {};          ///< of validation_rows and sample_weights; training keeps it in the Model

  std::size_t rows() const { return row_count(inputs); }
  std::size_t features() const { return column_count(inputs); }
  Task task() const { return class_names.empty() ? Task::kRegression : Task::kClassification; }
  /// What a network for this data set ends in: the number of classes or of targets.
  std::size_t outputs() const { return class_names.empty() ? targets.columns() : class_names.size(); }
};

/// Throws DataError that names the row and the field unless all counts agree, labels are in range and every
/// number is finite; training calls it.
void validate(const Dataset& dataset);

/// 64 bits of everything in `dataset` but its name, validation rows, source rows and row use: two data sets
/// that differ in a number or a name almost certainly have different hashes. The same on every machine,
/// and for inputs in memory or mapped; no protection against tampering. Reads all of the memory, or the file,
/// once.
std::uint64_t content_hash(const Dataset& dataset);

/// A training set and a test set; nothing is ever learned from the test set.
struct DataSplit {
  Dataset train;
  Dataset test;
  std::vector<Note> notes;  ///< what a user should know: "6 of 398 rows left out: no value for horsepower"
  std::string origin;       ///< the folder it was read from, or "generated"
  std::vector<LeftOutColumn> left_out = {};  ///< of a table
};

}  // namespace mlp
