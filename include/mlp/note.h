// Notes, a closed set: what a user should know about data besides the numbers. A note is a value - what was
// found, in which columns, how often - so that a program can tell one kind from another, and a program that
// shows it uses its own words for what it advises (mlp/message.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "mlp/export.h"
#include "mlp/message.h"
#include "mlp/table.h"

namespace MLP_EXPORT mlp {

/// Rows of a table without a value in some target.
struct RowsLeftOut {
  std::size_t rows = 0;
  std::size_t of = 0;
  std::vector<std::string> targets;   ///< all that are predicted
  std::vector<TextCount> marks = {};  ///< what stood in their cells, where these may have been classes
  std::string table = {};             ///< the name of a table of test rows; empty: the table of training rows
  friend bool operator==(const RowsLeftOut&, const RowsLeftOut&) = default;
};

/// Rows of a known data set that lack a value.
struct IncompleteRows {
  std::size_t rows = 0;
  std::size_t of = 0;
  std::vector<std::string> columns;  ///< where values are missing
  friend bool operator==(const IncompleteRows&, const IncompleteRows&) = default;
};

/// Classes with one row each, which is trained on and never tested.
struct SingleRowClasses {
  std::string column;
  std::size_t classes = 0;
  std::string first;  ///< the name of one of them
  friend bool operator==(const SingleRowClasses&, const SingleRowClasses&) = default;
};

/// A target that rises by 1 from row to row.
struct TargetCountsRows {
  std::string column;
  friend bool operator==(const TargetCountsRows&, const TargetCountsRows&) = default;
};

/// A target of so few different numbers that they may be classes; predicted as numbers.
struct FewNumbers {
  std::string column;
  std::size_t numbers = 0;
  friend bool operator==(const FewNumbers&, const FewNumbers&) = default;
};

/// A target of 0 and 1, predicted as two classes.
struct ZeroOneClasses {
  std::string column;
  friend bool operator==(const ZeroOneClasses&, const ZeroOneClasses&) = default;
};

/// What is found about a column: why it is left out, how it is read, or that some of its numbers are odd.
enum class ColumnFinding {
  kConstant,
  kNoValue,
  kText,
  kFormatted,  ///< text, and most probably meant as numbers
  kIdentifier,
  kRowNumber,  ///< the last finding for which a column is left out
  kBoolean,
  kCategorical,
  kOfManyInputs,  ///< categories
  kNumeric,
  kClasses,  ///< of a target
  kApart     ///< numbers far from all others
};

/// Whether it is a reason to leave a column out.
bool is_left_out(ColumnFinding finding);

struct NotedColumn {
  std::string name;
  Message detail = {};  ///< the detail of this column: the value of a constant one, the contents of a text
  friend bool operator==(const NotedColumn&, const NotedColumn&) = default;
};

/// Columns, at least one, that share a finding.
struct ColumnsNote {
  ColumnFinding finding = ColumnFinding::kConstant;
  std::vector<NotedColumn> columns;
  friend bool operator==(const ColumnsNote&, const ColumnsNote&) = default;
};

/// Why one column is left out, or how it is read: "5 in every training row".
Message reason(ColumnFinding finding, const NotedColumn& column);

/// Files in a folder of images that are not images.
struct FilesLeftOut {
  std::size_t files = 0;
  std::string first;  ///< the name of one of them
  friend bool operator==(const FilesLeftOut&, const FilesLeftOut&) = default;
};

/// Images whose size differs from that of most.
struct ImagesScaled {
  std::size_t images = 0;
  std::size_t height = 0, width = 0;  ///< that they were given
  friend bool operator==(const ImagesScaled&, const ImagesScaled&) = default;
};

/// Test rows were drawn, as none were given.
struct TestRowsDrawn {
  std::size_t rows = 0;
  std::size_t of = 0;
  friend bool operator==(const TestRowsDrawn&, const TestRowsDrawn&) = default;
};

/// Arrays of a .npz that are not used.
struct ArraysNotUsed {
  std::vector<std::string> names;
  friend bool operator==(const ArraysNotUsed&, const ArraysNotUsed&) = default;
};

/// Targets that look like classes in one-hot form and are predicted as numbers.
struct OneHotTargets {
  std::string array;
  friend bool operator==(const OneHotTargets&, const OneHotTargets&) = default;
};

/// Inputs in units other than the file's (InputUnits).
struct InputsInUnits {
  std::size_t inputs = 0;
  std::size_t first = 0;  ///< the first such input, counted from 0
  double origin = 0.0;    ///< its own
  friend bool operator==(const InputsInUnits&, const InputsInUnits&) = default;
};

/// Rows with too many dimensions to be images.
struct RowsNotImages {
  std::vector<std::uint64_t> shape;  ///< of a row
  friend bool operator==(const RowsNotImages&, const RowsNotImages&) = default;
};

/// Classes that only test rows have.
struct UntrainedClasses {
  std::size_t classes = 0;
  std::vector<TextCount> first;  ///< some of them, and how many rows have them
  friend bool operator==(const UntrainedClasses&, const UntrainedClasses&) = default;
};

/// A training that starts from a model with other classes or targets.
struct OutputLayerDrawn {
  friend bool operator==(const OutputLayerDrawn&, const OutputLayerDrawn&) = default;
};

/// Test rows of a training that starts from a model trained on the same data set, which drew others.
struct TestRowsPerhapsLearned {
  std::string dataset;
  std::uint64_t seed = 0;  ///< of the model's training
  friend bool operator==(const TestRowsPerhapsLearned&, const TestRowsPerhapsLearned&) = default;
};

using Note =
    std::variant<RowsLeftOut, IncompleteRows, SingleRowClasses, TargetCountsRows, FewNumbers, ZeroOneClasses,
                 ColumnsNote, FilesLeftOut, ImagesScaled, TestRowsDrawn, ArraysNotUsed, OneHotTargets,
                 InputsInUnits, RowsNotImages, UntrainedClasses, OutputLayerDrawn, TestRowsPerhapsLearned>;

/// What a note says. Of columns that share a finding the first three are named.
Message message_of(const Note& note);

/// The same in the words of `vocabulary`; for several notes, one text each.
std::string in_words(const Note& note, const Vocabulary& vocabulary = library_words);
std::vector<std::string> in_words(std::span<const Note> notes, const Vocabulary& vocabulary = library_words);

}  // namespace mlp
