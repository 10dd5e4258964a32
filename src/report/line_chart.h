// Curves over epochs as SVG, to be put into an HTML page: colours and fonts are the page's.
//
// Where the pointer rests over an epoch, its values are shown: by the page's style alone, there is no script.
#pragma once

#include <string>
#include <vector>

#include "report/axis.h"

namespace mlp {

struct LineChart {
  struct Series {
    std::string name;
    std::string css_class;
    std::vector<double> y;  ///< NaN: none here
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
  /// Marked by a ring: an index into x, of the last series; none where there are fewer.
  std::size_t marked = static_cast<std::size_t>(-1);
};

/// Where a chart's data lie in its picture, in the SVG's own unit.
struct PlotArea {
  double left, top, width, height;
  double x(double position) const { return left + position * width; }
  double y(double position) const { return top + (1.0 - position) * height; }
};

std::string line_chart_svg(const LineChart& chart);

/// Of the values. Some of the first epochs may lie beyond it.
Axis value_axis(const LineChart& chart);

/// Of a place along an axis, 0 to 1: whether it is on it.
bool on_axis(double position);

/// The beginning of a picture with room for its axes' labels around `area`; "</svg>" ends it.
std::string chart_opening(const PlotArea& area, const std::string& title);

/// Grid lines and labels of both axes.
std::string axes_svg(const PlotArea& area, const Axis& x, const Axis& y, AxisUnit y_unit,
                     const std::string& x_name);

/// The points a curve is drawn through: at most about 800; of longer ones the lowest and the highest of each
/// stretch.
std::vector<std::size_t> drawn_points(const std::vector<double>& y);

}  // namespace mlp
