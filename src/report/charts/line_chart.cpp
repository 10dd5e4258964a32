#include "report/charts/line_chart.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/charts/markup.h"
#include "report/charts/number_format.h"

namespace mlp {
namespace {

constexpr std::size_t kStretches = 400;   ///< parts of a curve too long to be drawn point by point
constexpr std::size_t kMostDots = 40;     ///< epochs up to which each value has a dot
constexpr std::size_t kMostStrips = 100;  ///< places at which a pointer finds values
constexpr double kRounding = 1e-9;        ///< tolerance of a position

std::string point(double x, double y) { return html_number(x) + " " + html_number(y); }

std::string value_text(double value, AxisUnit unit) {
  return unit == AxisUnit::kPercent ? percent_text(value) : significant_text(value);
}

struct Drawing {
  const LineChart& chart;
  PlotArea area;
  Axis x, y;

  double at_x(std::size_t i) const { return area.x(x.position(chart.x[i])); }
  double at_y(double value) const { return area.y(y.position(value)); }
  bool has_place(double value) const { return drawable(value) && (!y.logarithmic || value > 0.0); }
  bool shown(double value) const { return has_place(value) && on_axis(y.position(value)); }
};

/// Which part of a stretch from one position to another lies on the axis, in shares of the stretch.
struct VisiblePart {
  double begin = 0.0;
  double end = 1.0;
};
VisiblePart visible_part(double from, double to) {
  if (from == to) return on_axis(from) ? VisiblePart{} : VisiblePart{1.0, 0.0};
  const auto [first, last] = std::minmax({-from / (to - from), (1.0 - from) / (to - from)});
  return {on_axis(from) ? 0.0 : std::max(0.0, first), on_axis(to) ? 1.0 : std::min(1.0, last)};
}

/// The part of the curve that lies on the axes, as a path; a point without a place interrupts it.
std::string curve_path(const Drawing& drawing, const std::vector<double>& y) {
  std::string path;
  bool pen_down = false;
  std::size_t before = y.size();  // index of the point before, if any
  for (const std::size_t i : drawn_points(y)) {
    if (!drawing.has_place(y[i])) {
      pen_down = false;
      before = y.size();
      continue;
    }
    if (before == y.size()) {
      pen_down = drawing.shown(y[i]);
      if (pen_down) path += "M" + point(drawing.at_x(i), drawing.at_y(y[i]));
    } else {
      const auto [begin, end] = visible_part(drawing.y.position(y[before]), drawing.y.position(y[i]));
      const auto at = [&](double share) {
        return point(std::lerp(drawing.at_x(before), drawing.at_x(i), share),
                     std::lerp(drawing.at_y(y[before]), drawing.at_y(y[i]), share));
      };
      if (begin < end) path += (pen_down ? "" : "M" + at(begin)) + "L" + at(end);
      pen_down = drawing.shown(y[i]);
    }
    before = i;
  }
  return path;
}

std::string curve(const Drawing& drawing, const LineChart::Series& series) {
  const std::string path = curve_path(drawing, series.y);
  if (path.empty()) return "";
  std::string svg = "<path class=\"line " + series.css_class + "\" d=\"" + path + "\"/>";
  if (series.y.size() > kMostDots) return svg;
  svg += "<g class=\"dots " + series.css_class + "\">";
  for (std::size_t i = 0; i < series.y.size(); ++i) {
    if (!drawing.shown(series.y[i])) continue;
    svg += "<circle cx=\"" + html_number(drawing.at_x(i)) + "\" cy=\"" +
           html_number(drawing.at_y(series.y[i])) + "\" r=\"" + (series.y.size() == 1 ? "5" : "2.6") + "\"/>";
  }
  return svg + "</g>";
}

std::string ring(const Drawing& drawing, const LineChart::Series& series) {
  if (series.marked >= series.y.size() || !drawing.shown(series.y[series.marked])) return "";
  return "<circle class=\"ring " + series.css_class + "\" cx=\"" + html_number(drawing.at_x(series.marked)) +
         "\" cy=\"" + html_number(drawing.at_y(series.y[series.marked])) + R"(" r="7"/>)";
}

/// Upright strips that together cover the plot; the one under the pointer shows its epoch's values.
std::string strips(const LineChart& chart, const PlotArea& area) {
  const Axis axis = tight_axis_over(chart.x);
  const std::size_t count = std::min(chart.x.size(), kMostStrips);
  std::string svg;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = count < 2 ? 0 : k * (chart.x.size() - 1) / (count - 1);
    const auto edge = [&](std::size_t strip) {
      return area.left + area.width * static_cast<double>(strip) / static_cast<double>(count);
    };
    std::string text = "epoch " + with_thousands(static_cast<std::uint64_t>(chart.x[i]));
    for (const auto& series : chart.series) {
      text +=
          " \u00b7 " + series.name + " " + (i < series.y.size() ? value_text(series.y[i], chart.unit) : "");
    }
    const std::string x = html_number(area.x(axis.position(chart.x[i])));
    svg += R"(<g class="at"><rect x=")" + html_number(edge(k)) + "\" y=\"" + html_number(area.top) +
           "\" width=\"" + html_number(edge(k + 1) - edge(k)) + "\" height=\"" + html_number(area.height) +
           "\"/><path d=\"M" + x + " " + html_number(area.top) + "v" + html_number(area.height) +
           "\"/><text x=\"" + html_number(area.left + area.width) + "\" y=\"" + html_number(area.top - 6) +
           "\">" + html_text(text) + "</text></g>";
  }
  return svg;
}

/// The line that no value can be below.
std::string least_line(const Drawing& drawing) {
  const double position = drawing.y.position(drawing.chart.least);
  if (drawing.chart.least <= 0.0 || !on_axis(position)) return "";
  return R"(<path class="least" d="M)" + point(drawing.area.left, drawing.area.y(position)) + "h" +
         html_number(drawing.area.width) + "\"/>";
}

/// The axis of what curve_range shows of the `values` of all series.
Axis axis_without_start(const LineChart& chart, const std::vector<double>& values) {
  std::vector<std::span<const double>> curves;
  for (const auto& series : chart.series) curves.emplace_back(series.y);
  // Where there is a least value, logarithms would make the last steps, the smallest, look the smallest.
  if (chart.may_be_logarithmic && chart.least <= 0.0 && wants_logarithms(values)) {
    const auto [low, high] = curve_range(curves, true);
    if (wants_logarithms(std::array{low, high})) return axis_between(low, high, true);
  }
  const auto [low, high] = curve_range(curves, false, chart.least);
  return axis_between(low, high);
}

}  // namespace

bool on_axis(double position) { return position >= -kRounding && position <= 1.0 + kRounding; }

// The range of what is drawn, but not beyond 0, nor beyond 100% where all values lie within; 0 to 100% for a
// share that is constant.
Axis value_axis(const LineChart& chart) {
  std::vector<double> values;
  for (const auto& series : chart.series) values.insert(values.end(), series.y.begin(), series.y.end());
  Axis axis =
      chart.may_cut_start ? axis_without_start(chart, values) : axis_over(values, chart.may_be_logarithmic);
  const auto none = [&](auto condition) { return std::none_of(values.begin(), values.end(), condition); };
  if (axis.low < 0.0 && none([](double y) { return y < 0.0; })) axis.low = 0.0;
  const auto constant = [&] {
    return none([&](double y) { return std::isfinite(y) && y != values.front(); });
  };
  const bool shares = chart.unit == AxisUnit::kPercent && none([](double y) { return y < 0.0 || y > 1.0; });
  if (shares && constant()) return {.low = 0.0, .high = 1.0};
  if (chart.unit == AxisUnit::kPercent && axis.high > 1.0 && none([](double y) { return y > 1.0; })) {
    axis.high = 1.0;
  }
  return axis;
}

std::vector<std::size_t> drawn_points(const std::vector<double>& y) {
  std::vector<std::size_t> points;
  if (y.size() <= 2 * kStretches) {
    for (std::size_t i = 0; i < y.size(); ++i) points.push_back(i);
    return points;
  }
  for (std::size_t k = 0; k < kStretches; ++k) {
    const std::size_t begin = k * y.size() / kStretches, end = (k + 1) * y.size() / kStretches;
    std::size_t low = begin, high = begin;
    for (std::size_t i = begin; i < end; ++i) {
      if (!drawable(y[low]) || y[i] < y[low]) low = i;
      if (!drawable(y[high]) || y[i] > y[high]) high = i;
    }
    points.push_back(std::min(low, high));
    if (low != high) points.push_back(std::max(low, high));
  }
  return points;
}

std::string start_text(const LineChart& chart) {
  constexpr std::size_t kMostNamed = 2;  // curves
  const Axis axis = value_axis(chart);
  const auto outside = [&](const LineChart::Series& series, std::size_t i) {
    return i < series.y.size() && drawable(series.y[i]) && !on_axis(axis.position(series.y[i]));
  };
  std::size_t end = 0;
  for (std::size_t i = 0; i < chart.x.size(); ++i) {
    if (std::ranges::any_of(chart.series, [&](const auto& series) { return outside(series, i); }))
      end = i + 1;
  }
  if (end == 0) return "";
  std::string values;
  for (const auto& series : chart.series) {
    if (chart.series.size() > kMostNamed || !outside(series, 0)) continue;
    values += (values.empty() ? "" : ", ") + series.name + " from " + value_text(series.y[0], chart.unit);
  }
  const auto inside = static_cast<std::uint64_t>(chart.x[std::min(end, chart.x.size() - 1)]);
  return "Before epoch " + with_thousands(inside) + " the curves begin outside this chart" +
         (values.empty() ? "" : ": " + values) + ".";
}

std::string line_chart_drawing(const LineChart& chart, const PlotArea& area) {
  Axis x = tight_axis_over(chart.x);
  x.whole = true;
  const Drawing drawing{chart, area, x, value_axis(chart)};
  std::string svg = axes_svg(area, drawing.x, drawing.y, chart.unit, "epoch") + least_line(drawing);
  for (const auto& series : chart.series) svg += curve(drawing, series);
  for (const auto& series : chart.series) svg += ring(drawing, series);
  return svg;
}

std::string line_chart_svg(const LineChart& chart) {
  constexpr double kLeft = 66, kTop = 24;
  const PlotArea area{.left = kLeft,
                      .top = kTop,
                      .width = chart.width - kLeft - kRightMargin,
                      .height = chart.height - kTop - kBottomMargin};
  return chart_opening(area, chart.title) + line_chart_drawing(chart, area) + strips(chart, area) + "</svg>";
}

}  // namespace mlp
