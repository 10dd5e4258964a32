// Predicted over true, a panel a target, with the line of perfect predictions.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "mlp/report.h"
#include "report/axis.h"
#include "report/gnuplot.h"
#include "report/line_text.h"
#include "report/regression_charts.h"

namespace mlp {
namespace {

constexpr std::size_t kMostPanels = 9;
constexpr int kPanel = 480;  ///< pixels

std::string block_name(std::size_t target) { return "$target" + std::to_string(target); }

std::string data_block(const Matrix<float>& truths, const Matrix<float>& predictions, std::size_t target) {
  std::string block = block_name(target) + " << END_OF_DATA\n";
  for (const std::size_t n : scatter_rows(truths.rows())) {
    if (!drawable(truths(n, target)) || !drawable(predictions(n, target))) continue;
    block += number_text(truths(n, target)) + " " + number_text(predictions(n, target)) + "\n";
  }
  return block + "NaN NaN\nEND_OF_DATA\n";  // a block is never empty
}

Axis axis_of(const Matrix<float>& truths, const Matrix<float>& predictions, std::size_t target) {
  std::vector<double> values;
  for (std::size_t n = 0; n < truths.rows(); ++n) {
    values.push_back(truths(n, target));
    values.push_back(predictions(n, target));
  }
  return axis_over(values);
}

/// Labelled as in the page.
std::string ticks_of(const Axis& axis) {
  std::string list;
  for (const double tick : axis.ticks()) {
    list += (list.empty() ? "" : ", ") + gnuplot_tick(axis.label(tick), 20) + " " + number_text(tick);
  }
  return "(" + list + ")\n";
}

}  // namespace

std::optional<std::string> draw_predicted_versus_true(const Matrix<float>& truths,
                                                      const Matrix<float>& predictions,
                                                      const std::vector<std::string>& target_names,
                                                      const std::string& title,
                                                      const std::filesystem::path& path) {
  require(truths.rows() == predictions.rows() && truths.columns() == predictions.columns() &&
              truths.columns() > 0,
          "draw_predicted_versus_true: truths and predictions differ in size");
  const std::size_t panels = std::min(truths.columns(), kMostPanels);
  const auto columns = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(panels))));
  const int rows = (static_cast<int>(panels) + columns - 1) / columns;
  Figure figure{.width = kPanel * columns + 20, .height = kPanel * rows + 50, .data = {}, .commands = {}};
  figure.commands = "set multiplot layout " + std::to_string(rows) + "," + std::to_string(columns) +
                    " title " + gnuplot_text(title) +
                    " font ',18'\nunset key\nset size square\n"
                    "set border 3 linewidth 1 linecolor rgb '#606060'\n"
                    "set tics nomirror out scale 0.6 textcolor rgb '#303030'\n"
                    "set grid linetype 1 linewidth 1 linecolor rgb '#E6E6E6'\n";
  for (std::size_t target = 0; target < panels; ++target) {
    figure.data += data_block(truths, predictions, target);
    const Axis axis = axis_of(truths, predictions, target);
    const std::string name = name_or_number(target_names, target, "target");
    const std::string range = "[" + number_text(axis.low) + ":" + number_text(axis.high) + "]\n";
    figure.commands += "set xrange " + range + "set yrange " + range + "set xtics " + ticks_of(axis) +
                       "set ytics " + ticks_of(axis) + "set xlabel " + gnuplot_text("true " + name, 40) +
                       "\nset ylabel " + gnuplot_text("predicted " + name, 40) +
                       "\nplot x with lines linewidth 1.5 dashtype (6,5) linecolor rgb '#808080', " +
                       block_name(target) +
                       " using 1:2 with points pointtype 7 pointsize 0.5 linecolor rgb '#800072B2'\n";
  }
  figure.commands += "unset multiplot\n";
  return draw_figure(figure, std::span(&path, 1));
}

}  // namespace mlp
