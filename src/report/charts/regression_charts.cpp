#include "report/charts/regression_charts.h"

#include <algorithm>
#include <cmath>

#include "report/charts/markup.h"
#include "report/charts/number_format.h"

namespace mlp {
namespace {

constexpr PlotArea kScatterArea{.left = 66, .top = 14, .width = 380, .height = 360};
constexpr PlotArea kHistogramArea{.left = 66, .top = 14, .width = 380, .height = 190};

std::string with_unit(const std::string& name, const std::string& unit) {
  return unit.empty() ? name : name + " (" + unit + ")";
}

}  // namespace

Axis scatter_axis(std::span<const double> truths, std::span<const double> predictions) {
  std::vector<double> values(truths.begin(), truths.end());
  values.insert(values.end(), predictions.begin(), predictions.end());
  return axis_over(values);
}

std::vector<std::size_t> scatter_rows(std::size_t rows) {
  const std::size_t count = std::min(rows, kMostScatterPoints);
  std::vector<std::size_t> drawn;
  for (std::size_t k = 0; k < count; ++k) drawn.push_back(k * rows / count);
  return drawn;
}

std::string scatter_drawing(const PlotArea& area, std::span<const double> truths,
                            std::span<const double> predictions, std::span<const MarkedPoint> marked,
                            const std::string& x_name) {
  const Axis axis = scatter_axis(truths, predictions);
  const auto at = [&](double truth, double predicted) {
    return std::pair(html_number(area.x(axis.position(truth))),
                     html_number(area.y(axis.position(predicted))));
  };

  std::string svg = axes_svg(area, axis, axis, AxisUnit::kNumber, x_name);
  svg += R"(<path class="identity" d="M)" + html_number(area.left) + " " + html_number(area.bottom()) + "L" +
         html_number(area.right()) + " " + html_number(area.top) + R"("/><g class="points">)";
  for (const std::size_t n : scatter_rows(truths.size())) {
    if (!drawable(truths[n]) || !drawable(predictions[n])) continue;
    const auto [x, y] = at(truths[n], predictions[n]);
    svg += "<path d=\"M" + x + " " + y + "h0\"/>";
  }
  svg += "</g>";
  if (marked.empty()) return svg;
  svg += "<g class=\"marked\">";
  for (const auto& point : marked) {
    if (!drawable(point.truth) || !drawable(point.predicted)) continue;
    const auto [x, y] = at(point.truth, point.predicted);
    svg += "<circle cx=\"" + x + "\" cy=\"" + y + R"(" r="5"><title>)" + html_text(point.text) +
           "</title></circle>";
  }
  return svg + "</g>";
}

std::string scatter_svg(std::span<const double> truths, std::span<const double> predictions,
                        std::span<const MarkedPoint> marked, const std::string& title,
                        const std::string& unit) {
  return chart_opening(kScatterArea, title) +
         scatter_drawing(kScatterArea, truths, predictions, marked, with_unit("true", unit)) + "</svg>";
}

std::string residual_histogram_svg(std::span<const double> residuals, const std::string& title,
                                   const std::string& unit) {
  const Axis x = axis_over(residuals);
  const auto drawn = static_cast<double>(std::count_if(residuals.begin(), residuals.end(), drawable));
  const auto bins = static_cast<std::size_t>(std::clamp(2.0 * std::cbrt(drawn), 8.0, 40.0));  // Rice's rule
  std::vector<double> counts(bins, 0.0);
  for (const double residual : residuals) {
    if (!drawable(residual)) continue;
    const auto bin = static_cast<std::size_t>(x.position(residual) * static_cast<double>(bins));
    ++counts[std::min(bins - 1, bin)];
  }
  const Axis y{.low = 0.0, .high = std::max(1.0, axis_over(counts).high)};

  const PlotArea& area = kHistogramArea;
  std::string svg = chart_opening(area, title) +
                    axes_svg(area, x, y, AxisUnit::kNumber, with_unit("predicted \u2212 true", unit)) +
                    "<g class=\"bars\">";
  const auto edge = [&](std::size_t bin) {
    return x.low + (x.high - x.low) * static_cast<double>(bin) / static_cast<double>(bins);
  };
  for (std::size_t bin = 0; bin < bins; ++bin) {
    if (counts[bin] == 0.0) continue;
    const double left = area.x(x.position(edge(bin))), right = area.x(x.position(edge(bin + 1)));
    const double top = area.y(y.position(counts[bin]));
    svg += "<rect x=\"" + html_number(left + 0.5) + "\" y=\"" + html_number(top) + "\" width=\"" +
           html_number(right - left - 1.0) + "\" height=\"" + html_number(area.top + area.height - top) +
           "\"><title>" +
           html_text(with_thousands(static_cast<std::uint64_t>(counts[bin])) + " rows from " +
                     compact_text(edge(bin)) + " to " + compact_text(edge(bin + 1))) +
           "</title></rect>";
  }
  svg += "</g>";
  if (x.low <= 0.0 && x.high >= 0.0) {
    svg += R"(<path class="zero" d="M)" + html_number(area.x(x.position(0.0))) + " " + html_number(area.top) +
           "v" + html_number(area.height) + "\"/>";
  }
  return svg + "</svg>";
}

}  // namespace mlp
