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
    std::vector<double> y;       ///< of the first epochs, one at least; NaN: none here
    std::size_t marked = kNone;  ///< an index into y, marked by a ring; none where there are fewer
  };
  double width = 640;
  double height = 320;
  std::string title;      ///< said to those who do not see it
  std::vector<double> x;  ///< epochs, ascending
  std::vector<Series> series;
  AxisUnit unit = AxisUnit::kNumber;
  bool may_be_logarithmic = false;
  bool may_cut_start = false;  ///< where the first epochs would squeeze the others: see curve_range
  double least = 0.0;          ///< no value can be below it: a line across, where it is above 0
};

/// For a page. Where the pointer rests over an epoch, its values are shown: by the page's style alone, there
/// is no script.
std::string line_chart_svg(const LineChart& chart);

/// Axes and curves alone.
std::string line_chart_drawing(const LineChart& chart, const PlotArea& area);

/// Of the values. Some of the first epochs may lie beyond it.
Axis value_axis(const LineChart& chart);

/// Of a place along an axis, 0 to 1: whether it is on it.
bool on_axis(double position);

/// Which epochs `chart` leaves out at its start, and where their values are, in a sentence; empty where all
/// are seen.
std::string start_text(const LineChart& chart);

/// The points a curve is drawn through: at most about 800; of longer ones the lowest and the highest of each
/// stretch.
std::vector<std::size_t> drawn_points(const std::vector<double>& y);

}  // namespace mlp
