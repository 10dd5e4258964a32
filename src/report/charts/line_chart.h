// Curves over epochs as SVG. Colours and fonts are those of the page, or of the file, that it is put into.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/charts/plot_area.h"

namespace mlp {

struct LineChart {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Series {
    std::string name;
    std::string css_class;
    std::vector<double> y;       ///< of the first epochs, at least one; NaN: no value at this epoch
    std::size_t marked = kNone;  ///< an index into y, marked by a ring; no ring where y has no such index
  };
  double width = 640;
  double height = 320;
  std::string title;      ///< read out to people who do not see the chart
  std::vector<double> x;  ///< epochs, ascending
  std::vector<Series> series;
  AxisUnit unit = AxisUnit::kNumber;
  bool may_be_logarithmic = false;
  bool may_cut_start = false;  ///< where the first epochs would squeeze the others: see curve_range
  double least = 0.0;          ///< no value can be below it: a line across, where it is above 0
};

/// The chart for a page. Where the pointer rests over an epoch, its values are shown, by the page's style
/// alone: there is no script.
std::string line_chart_svg(const LineChart& chart);

/// Axes and curves alone.
std::string line_chart_drawing(const LineChart& chart, const PlotArea& area);

/// The axis of the values. Some of the first epochs' values may lie beyond it.
Axis value_axis(const LineChart& chart);

/// Whether a position along an axis lies on it, between 0 and 1.
bool on_axis(double position);

/// Which epochs `chart` leaves out at its start, and where their values are, in a sentence; empty where none
/// is left out.
std::string start_text(const LineChart& chart);

/// The points a curve is drawn through, at most about 800: where it has more, the lowest and the highest of
/// each of its parts.
std::vector<std::size_t> drawn_points(const std::vector<double>& y);

}  // namespace mlp
