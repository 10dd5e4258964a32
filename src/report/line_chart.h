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

/// Grid lines and labels of both axes.
std::string axes_svg(const PlotArea& area, const Axis& x, const Axis& y, AxisUnit y_unit,
                     const std::string& x_name);

/// The points a curve is drawn through: at most about 800; of longer ones the lowest and the highest of each
/// stretch.
std::vector<std::size_t> drawn_points(const std::vector<double>& y);

}  // namespace mlp
