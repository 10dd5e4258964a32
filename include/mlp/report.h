// What a training run leaves for people and spreadsheets: loss curves, confusion matrices or predictions
// beside the truth, and metrics.csv. Figures are the charts of the page (html_report.h) in SVG files that
// stand alone, on white.
//
// PNG, with two pixels for each one of the SVG, is made by librsvg's program rsvg-convert, which is looked up
// when a PNG is asked for. Where it is not installed, the caller is told so in one sentence, and the SVGs are
// written all the same.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mlp/export.h"
#include "mlp/file_layer.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

/// One run's curves in a figure.
struct LossCurve {
  std::string label;  ///< legend entry; used where several runs are overlaid
  std::vector<double> epoch;
  std::vector<double> train_loss;
  std::vector<double> validation_loss;  ///< NaN where there is none
  double least_loss =
      0.0;  ///< the least there can be, a line where it is above 0: least_loss() of mlp/loss.h
};

LossCurve loss_curve(const History& history, std::string label, double least_loss = 0.0);

/// Draws `curves` to each of `paths` (.svg or .png by extension). Returns a note for the user when a PNG
/// could not be made ("rsvg-convert is not installed, ..."). Throws FileError when a path ends otherwise,
/// before anything is written, or when a file cannot be written.
std::optional<std::string> draw_loss_curves(const std::vector<LossCurve>& curves, const std::string& title,
                                            const std::string& loss_name,
                                            const std::vector<std::filesystem::path>& paths);

/// Draws the matrix [true, predicted] to an SVG (or PNG) file, coloured by the share of the true class; with
/// counts for up to 50 classes. Same return value.
std::optional<std::string> draw_confusion_matrix(const Matrix<std::uint64_t>& confusion,
                                                 const std::vector<std::string>& class_names,
                                                 const std::string& title, const std::filesystem::path& path);

/// Draws predicted over true, [N, O] in the targets' unit, with the line of perfect predictions: a panel for
/// each target, at most nine, with at most 2,000 rows, evenly spaced. Targets without a name are numbered.
/// Same return value.
std::optional<std::string> draw_predicted_versus_true(const Matrix<float>& truths,
                                                      const Matrix<float>& predictions,
                                                      const std::vector<std::string>& target_names,
                                                      const std::string& title,
                                                      const std::filesystem::path& path);

// metrics.csv: one row per epoch, the numbers a loss curve is drawn from.

/// Columns: epoch, train_loss, validation_loss, validation_metric, learning_rate, seconds,
/// samples_per_second. Doubles in the shortest form that reads back exactly; NaN as an empty cell. Written
/// whole or not at all.
void write_metrics_csv(const History& history, const std::filesystem::path& path,
                       const FileLayer& files = FileLayer());

/// The inverse. Throws FileError naming path, line and column.
History read_metrics_csv(const std::filesystem::path& path);

}  // namespace mlp
