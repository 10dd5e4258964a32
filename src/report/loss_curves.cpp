// The loss curves of one run, or of several overlaid, as a figure.
//
// One run: training blue, validation orange. Several: a colour each, validation dashed. The epoch with the
// lowest validation loss is marked by a ring. Colours are Okabe and Ito's (2008), which colour-blind readers
// tell apart.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "mlp/report.h"
#include "report/axis.h"
#include "report/gnuplot.h"

namespace mlp {
namespace {

constexpr std::array<const char*, 7> kColours{"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                              "#E69F00", "#56B4E9", "#000000"};
constexpr std::size_t kMostPoints = 40;  ///< longer curves are drawn without a dot at each epoch
constexpr std::size_t kMostLabel = 32;   ///< characters of a run's name in the legend

/// The smallest loss on a logarithmic axis that gnuplot's axes bear.
constexpr double kSmallest = 1e-100;

struct Extent {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    if (!drawable(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
};

Extent extent_of_losses(const std::vector<LossCurve>& curves) {
  Extent extent;
  for (const auto& curve : curves) {
    for (const double loss : curve.train_loss) extent.include(loss);
    for (const double loss : curve.validation_loss) extent.include(loss);
  }
  return extent;
}

Extent extent_of_epochs(const std::vector<LossCurve>& curves) {
  Extent extent;
  for (const auto& curve : curves) {
    for (const double epoch : curve.epoch) extent.include(epoch);
  }
  return extent;
}

/// 1, 2 or 5 times a power of ten, such that at most ten of them span the epochs.
double epoch_tick(double span) {
  for (double power = 1;; power *= 10) {
    for (const double step : {1.0, 2.0, 5.0}) {
      if (step * power * 10 >= span) return step * power;
    }
  }
}

std::string epoch_axis(Extent epochs) {
  if (epochs.empty()) epochs = {0, 1};
  const double span = epochs.high - epochs.low;
  const double margin = span == 0 ? 0.5 : 0.025 * span;
  return "set xrange [" + number_text(epochs.low - margin) + ":" + number_text(epochs.high + margin) + "]\n" +
         "set xtics " + number_text(epoch_tick(span)) + "\n";
}

/// What every curve stays above: 0 where that is not the same for all.
double least_loss_of(const std::vector<LossCurve>& curves) {
  const auto same = [&](const auto& curve) { return curve.least_loss == curves[0].least_loss; };
  return std::ranges::all_of(curves, same) ? curves[0].least_loss : 0.0;
}

/// Logarithmic where the losses span more than two decades; from zero where that wastes little room.
struct LossAxis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;

  /// Where `loss` lies between bottom (0) and top (1).
  double position(double loss) const {
    return logarithmic ? std::log(loss / low) / std::log(high / low) : (loss - low) / (high - low);
  }
  /// The same axis with the top moved so that what was there lies at `share` of the height.
  LossAxis with_room_above(double share) const {
    LossAxis axis = *this;
    axis.high = logarithmic ? low * std::pow(high / low, 1 / share) : low + (high - low) / share;
    return axis;
  }
};

bool spans_decades(double low, double high) { return low >= kSmallest && high > 100 * low; }

/// What the figure shows of the losses, which go to `all` if their start is not cut off.
Extent shown_losses(const std::vector<LossCurve>& curves, const Extent& all) {
  std::vector<std::span<const double>> losses;
  for (const auto& curve : curves) losses.insert(losses.end(), {curve.train_loss, curve.validation_loss});
  const double least = least_loss_of(curves);
  if (least <= 0.0 && spans_decades(all.low, all.high)) {
    const auto [low, high] = curve_range(losses, true);
    if (spans_decades(low, high)) return {low, high};
  }
  const auto [low, high] = curve_range(losses, false, least);
  return {low, high};
}

LossAxis loss_axis(const Extent& losses, bool may_be_logarithmic) {
  if (losses.empty()) return {};
  if (may_be_logarithmic && spans_decades(losses.low, losses.high))
    return {losses.low / 1.3, losses.high * 1.3, true};
  const double span = losses.high - losses.low;
  const double margin = span > 0 ? 0.06 * span : std::max(0.1 * std::abs(losses.low), 1e-6);
  const bool from_zero = losses.low >= 0 && losses.low < 0.2 * losses.high;
  return {from_zero ? 0 : losses.low - margin, losses.high + margin};
}

/// Whether `curve` passes where a legend of three lines stands, in the upper right.
bool meets_legend(const LossCurve& curve, const Extent& epochs, const LossAxis& axis) {
  for (std::size_t i = 0; i < curve.epoch.size(); ++i) {
    if (curve.epoch[i] < epochs.low + 0.45 * (epochs.high - epochs.low)) continue;
    const double top = std::fmax(curve.train_loss[i], curve.validation_loss[i]);
    if (drawable(top) && axis.position(top) > 0.72) return true;
  }
  return false;
}

std::string axis_commands(const LossAxis& axis) {
  return std::string(axis.logarithmic ? "set logscale y\n" : "") + "set format y '%g'\nset yrange [" +
         number_text(axis.low) + ":" + number_text(axis.high) + "]\n";
}

struct Best {
  double epoch = 0;
  double loss = std::numeric_limits<double>::infinity();
  bool found() const { return drawable(loss); }
};

Best best_validation(const LossCurve& curve) {
  Best best;
  for (std::size_t i = 0; i < curve.epoch.size(); ++i) {
    const double loss = curve.validation_loss[i];
    if (drawable(loss) && loss < best.loss) best = {curve.epoch[i], loss};
  }
  return best;
}

std::string block_name(std::size_t run) { return "$run" + std::to_string(run); }

std::string data_block(const LossCurve& curve, std::size_t run) {
  std::string block = block_name(run) + " << END_OF_DATA\n";
  for (std::size_t i = 0; i < curve.epoch.size(); ++i) {
    for (const double value : {curve.epoch[i], curve.train_loss[i], curve.validation_loss[i]}) {
      block += (drawable(value) ? number_text(value) : "NaN") + " ";
    }
    block += "\n";
  }
  if (curve.epoch.empty()) block += "NaN NaN NaN\n";
  return block + "END_OF_DATA\n";
}

/// One element of gnuplot's plot command; column 2 is training, 3 validation.
std::string line(const LossCurve& curve, std::size_t run, int column, const char* colour, bool dashed,
                 const std::string& title) {
  const bool points = curve.epoch.size() <= kMostPoints;
  return ", " + block_name(run) + " using 1:" + std::to_string(column) + " with " +
         (points ? "linespoints pointtype 7 pointsize " + std::string(curve.epoch.size() == 1 ? "1" : "0.5")
                 : "lines") +
         " linewidth 2 dashtype " + (dashed ? "(8,5)" : "solid") + " linecolor rgb '" + colour + "' " + title;
}

/// A ring around the best epoch.
std::string ring(const Best& best, const char* colour, const std::string& title) {
  return ", '+' using (" + number_text(best.epoch) + "):(" + number_text(best.loss) +
         ") every ::::0 with points pointtype 6 pointsize 1.6 linewidth 2.5 linecolor rgb '" + colour + "' " +
         title;
}

std::string short_number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return text.data();
}

/// What no loss is below.
std::string least_line(double least) {
  if (least <= 0.0) return "";
  return ", " + number_text(least) +
         " with lines linewidth 2 dashtype (4,6) linecolor rgb '#606060' title 'least possible: " +
         short_number(least) + "'";
}

std::string plot_one(const LossCurve& curve) {
  std::string plot = line(curve, 0, 2, kColours[0], false, "title 'training'");
  const Best best = best_validation(curve);
  if (!best.found()) return plot;
  return plot + line(curve, 0, 3, kColours[1], false, "title 'validation'") +
         ring(best, kColours[1],
              "title 'best: " + short_number(best.loss) + " at epoch " + number_text(best.epoch) + "'");
}

std::string plot_several(const std::vector<LossCurve>& curves) {
  std::string plot;
  bool validated = false;
  for (std::size_t run = 0; run < curves.size(); ++run) {
    const char* colour = kColours[run % kColours.size()];
    plot += line(curves[run], run, 2, colour, false, "title " + gnuplot_text(curves[run].label, kMostLabel));
    const Best best = best_validation(curves[run]);
    if (!best.found()) continue;
    plot += line(curves[run], run, 3, colour, true, "notitle") + ring(best, colour, "notitle");
    validated = true;
  }
  if (validated) {  // entries of the legend alone
    plot += ", NaN with lines linewidth 2 dashtype (8,5) linecolor rgb '#808080' title 'validation'";
    plot +=
        ", NaN with points pointtype 6 pointsize 1.6 linewidth 2.5 linecolor rgb '#808080' title 'best "
        "epoch'";
  }
  return plot;
}

}  // namespace

LossCurve loss_curve(const History& history, std::string label, double least_loss) {
  LossCurve curve{.label = std::move(label),
                  .epoch = {},
                  .train_loss = {},
                  .validation_loss = {},
                  .least_loss = least_loss};
  for (const auto& record : history) {
    curve.epoch.push_back(static_cast<double>(record.epoch));
    curve.train_loss.push_back(record.train_loss);
    curve.validation_loss.push_back(record.validation_loss);
  }
  return curve;
}

std::optional<std::string> draw_loss_curves(const std::vector<LossCurve>& curves, const std::string& title,
                                            const std::string& loss_name,
                                            const std::vector<std::filesystem::path>& paths) {
  require(!curves.empty(), "draw_loss_curves: no curves");
  Figure figure{.data = {}, .commands = {}};
  for (std::size_t run = 0; run < curves.size(); ++run) {
    const auto& curve = curves[run];
    require(
        curve.train_loss.size() == curve.epoch.size() && curve.validation_loss.size() == curve.epoch.size(),
        "draw_loss_curves: a curve's columns differ in length");
    figure.data += data_block(curve, run);
  }
  const bool single = curves.size() == 1;
  const Extent epochs = extent_of_epochs(curves);
  const Extent losses = extent_of_losses(curves);
  const double least = least_loss_of(curves);
  LossAxis axis = losses.empty() ? LossAxis{} : loss_axis(shown_losses(curves, losses), least <= 0.0);
  if (single && meets_legend(curves[0], epochs, axis)) axis = axis.with_room_above(0.75);
  const bool cut = !losses.empty() && (losses.low < axis.low || losses.high > axis.high);
  if (!single) figure.width = 1000;  // the legend stands beside the curves
  figure.commands = "set title " + gnuplot_text(title) + " font ',18'\n" +
                    (cut ? "set xlabel 'epoch (the first lie outside)'\n" : "set xlabel 'epoch'\n") +
                    "set ylabel " + gnuplot_text(loss_name, 60) + "\n" +
                    "set border 3 linewidth 1 linecolor rgb '#606060'\n"
                    "set tics nomirror out scale 0.6 textcolor rgb '#303030'\n"
                    "set grid linetype 1 linewidth 1 linecolor rgb '#E6E6E6'\n"
                    "set key Left reverse samplen 2 spacing 1.3 " +
                    (single ? "inside right top\n" : "outside right top\n") + epoch_axis(epochs) +
                    axis_commands(axis) + "plot NaN notitle" + least_line(least) +
                    (single ? plot_one(curves[0]) : plot_several(curves)) + "\n";
  return draw_figure(figure, paths);
}

}  // namespace mlp
