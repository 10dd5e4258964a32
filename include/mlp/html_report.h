// report.html: what came of a training run, as one page that needs no network, no script and no other file.
//
//   mlp::ReportContent content = ...;                    // a plain value: fill in what there is
//   content.hardest = mlp::hardest_examples(test, outputs, loss, 24);
//   mlp::write_html_report(content, "report.html");
//
// What is empty is left out of the page. Every text is shown as it is and never read as HTML.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mlp/export.h"
#include "mlp/importance.h"
#include "mlp/layer.h"
#include "mlp/metrics.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

struct ReportFact {
  std::string label;
  std::string value;
};

/// What a reader should know, in a sentence.
struct ReportNote {
  std::string text;
  std::vector<std::string> details = {};  ///< more about it, folded away
};

/// A column of a data set, as a row of the page's table.
struct DataColumn {
  std::string name;
  std::string kind;         ///< "numeric", "categorical", "target", ...
  std::size_t inputs = 0;   ///< how many network inputs a table's column becomes
  std::size_t missing = 0;  ///< cells
  std::string categories;   ///< "europe, japan, usa"; empty for numbers
  double minimum = EpochRecord::kNone;
  double mean = EpochRecord::kNone;
  double maximum = EpochRecord::kNone;
  std::vector<std::uint64_t> histogram;  ///< row counts in equal parts of [minimum, maximum]
};

/// A row that the network finds hard.
struct HardExample {
  std::size_t row = 0;  ///< of the data set, counted from 0
  /// Its row in the file it comes from, from 0; ReportContent::row_numbers says how the page counts.
  std::optional<std::size_t> source_row = {};
  double loss = 0.0;                    ///< what it was chosen for
  std::vector<double> inputs;           ///< pixels or features, as they were before InputUnits
  std::vector<std::string> cells = {};  ///< of a table's row, in the columns of its preprocessing; else empty
  std::int32_t truth = 0;               ///< classification: the true class ...
  std::int32_t predicted = 0;           ///< ... and the one with the largest output
  float truth_output = 0.0f;            ///< the network's output for each, mostly a probability
  float predicted_output = 0.0f;
  std::vector<float> targets;  ///< regression, in the targets' unit
  std::vector<float> predictions;
};

/// What always giving the same answer reaches.
struct ReportBaseline {
  std::string answer;  ///< "always 'no'", "always the mean"
  double accuracy = kUndefined;
  std::vector<double> rmses;  ///< regression: of each target
  bool beaten = false;        ///< classes: by another score, such as balanced accuracy, whatever the accuracy
};

/// A metric over the folds of a cross-validation, or over the members of an ensemble.
struct ReportFolds {
  std::string name;            ///< "RMSE"
  bool percent = false;        ///< a share, read as percent
  std::vector<double> values;  ///< of each fold or member
  double mean = kUndefined;
  double deviation = kUndefined;  ///< standard deviation
  double test = kUndefined;       ///< of the model itself, on the test rows
};

/// How the rows of a file are numbered.
enum class RowNumbers {
  kBelowNames,  ///< from 1 below a table's line of names
  kFromOne,     ///< from 1: a table without one
  kFromZero     ///< as the indices of an array
};

struct ReportContent {
  std::string title;
  std::string made;       ///< when and by what: "2026-11-23 05:46 UTC, mlp 0.1.0"
  std::string command;    ///< as it was typed
  std::string reproduce;  ///< the command that does the same again
  std::vector<ReportNote> notes;

  std::vector<ReportFact> data;           ///< rows, origin, ...
  std::vector<ReportFact> training;       ///< optimizer, batch size, ...
  std::vector<DataColumn> columns;        ///< of the rows to train on and to validate with
  std::vector<ReportFact> left_out = {};  ///< columns that nothing is learned from, and why
  std::vector<std::uint64_t> class_rows;  ///< training rows of each class
  std::vector<std::string> feature_names;
  std::vector<std::string> cell_names = {};  ///< a table's columns, those of HardExample::cells
  std::vector<std::string> class_names;
  std::vector<std::string> target_names;  ///< what is predicted: numbers, or the one column of classes
  std::string unit;                       ///< the targets'
  ImageShape image;                       ///< where rows are images

  std::vector<Layer> layers;
  std::string loss_name;
  double least_loss =
      0.0;  ///< that a row's loss can be, drawn where it is above 0: least_loss() of mlp/loss.h
  History history;
  bool weighted = false;  ///< rows count by their weights in training and validation losses

  Evaluation evaluation;                           ///< on the test rows
  std::optional<TwoClassCurves> two_classes = {};  ///< on the test rows, where there are two classes
  std::optional<ReportBaseline> baseline = {};
  std::vector<ReportFolds> folds = {};  ///< the metric to look at first; empty without a cross-validation
  /// The same metric of each member of an ensemble on the test rows; empty for a single network. The history
  /// and first_weights are then the first member's.
  std::vector<ReportFolds> members = {};
  Matrix<float> targets;      ///< regression: of the test rows, [N, O] ...
  Matrix<float> predictions;  ///< ... and what the network says
  std::vector<HardExample> hardest;
  std::string rows_of;                               ///< the file whose rows source_row counts ...
  RowNumbers row_numbers = RowNumbers::kBelowNames;  ///< ... and how
  Importances importances = {};                      ///< of the columns, on the test rows; not for images
  Matrix<float> first_weights;                       ///< W of the first layer, [fan_in, fan_out]
};

/// The `count` rows of `dataset` with the largest loss, the largest first, of equal ones the earlier row.
/// `outputs` [N, O] is what `predict` gave. Classification: with a cross entropy `loss` it is -log of the
/// true class's output, else half the squared distance from the true class's 1 and the others' 0. Regression:
/// the distance between outputs and targets, each in standard deviations of its target where there are
/// several.
std::vector<HardExample> hardest_examples(const Dataset& dataset, const Matrix<float>& outputs,
                                          const Loss& loss, std::size_t count);

/// For a data set of numbers: range, mean and histogram of each feature and target, of the first `most`. For
/// a table: the columns as they were before preprocessing, with categories, missing cells, the number of
/// inputs, and the target of a classification.
std::vector<DataColumn> summarize_columns(const Dataset& dataset, std::size_t most = 200);

/// The whole page.
std::string html_report(const ReportContent& content);

/// Writes it whole or not at all. Throws FileError.
void write_html_report(const ReportContent& content, const std::filesystem::path& path);

}  // namespace mlp
