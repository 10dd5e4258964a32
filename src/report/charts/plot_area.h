// Where a chart's data lie in its picture, and the axes around them.
#pragma once

#include <string>

#include "report/charts/axis.h"

namespace mlp {

/// Room to the right of a plot and below it, for the end of a label and for the labels of the axis below. The
/// area says how much there is on the left and above.
inline constexpr double kRightMargin = 22, kBottomMargin = 48;

/// Where data lie, in the SVG's own unit.
struct PlotArea {
  double left, top, width, height;
  double x(double position) const { return left + position * width; }
  double y(double position) const { return top + (1.0 - position) * height; }
  double right() const { return left + width; }
  double bottom() const { return top + height; }
};

/// The beginning of a page's picture with room for its axes' labels around `area`; "</svg>" ends it.
std::string chart_opening(const PlotArea& area, const std::string& title);

/// Grid lines and labels of both axes.
std::string axes_svg(const PlotArea& area, const Axis& x, const Axis& y, AxisUnit y_unit,
                     const std::string& x_name);

}  // namespace mlp
