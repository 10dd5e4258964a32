// loss.svg: the loss curves of one run, with a line of keys above them, or of several runs, with a list of
// them beside the chart.
#include <algorithm>

#include "mlp/report.h"
#include "report/charts/line_text.h"
#include "report/charts/loss_chart.h"
#include "report/charts/markup.h"
#include "report/charts/number_format.h"
#include "report/figure.h"

namespace mlp {
namespace {

constexpr std::size_t kMostLabel = 32;  ///< characters of a run's name
constexpr double kSwatch = 20;          ///< width of a line in the legend
constexpr double kList = 250;           ///< width of the list of runs ...
constexpr double kEntry = 42;           ///< ... and the height of each entry,
constexpr double kKind = 22;            ///< and of each kind of line explained below it

std::string text(double x, double y, const std::string& attributes, const std::string& svg) {
  return "<text x=\"" + html_number(x) + "\" y=\"" + html_number(y) + "\"" + attributes + ">" + svg +
         "</text>";
}

std::string strong(const std::string& words) {
  if (words.empty()) return "";
  return R"(<tspan class="ink" font-weight="600">)" + html_text(words) + "</tspan>";
}

/// The line or ring in a legend; `y` is its middle.
std::string swatch(const std::string& css_class, double x, double y) {
  const bool ring = css_class.find("best") != std::string::npos;
  if (ring)
    return "<circle class=\"ring " + css_class + "\" cx=\"" + html_number(x + 7) + "\" cy=\"" +
           html_number(y) + R"(" r="6"/>)";
  return "<path class=\"" + (css_class == "least" ? "" : std::string("line ")) + css_class + "\" d=\"M" +
         html_number(x) + " " + html_number(y) + "h" + html_number(kSwatch) + "\"/>";
}

/// The keys one after the other, from the left.
std::string key_line(const std::vector<ChartKey>& keys, double baseline) {
  constexpr double kGap = 26;
  std::string svg;
  double x = kFigureMargin;
  for (const auto& [css_class, name, value] : keys) {
    svg += swatch(css_class, x, baseline - 4.5);
    x += kSwatch + 7;
    svg += text(x, baseline, "", html_text(name) + " " + strong(value));
    x += text_width(name + " " + value) + kGap;
  }
  return svg;
}

/// The runs below each other, and what the kinds of lines mean.
std::string key_list(const std::vector<ChartKey>& runs, const std::vector<ChartKey>& kinds, double x,
                     double y) {
  std::string svg;
  const double words = x + kSwatch + 9;
  for (const auto& [css_class, name, value] : runs) {
    svg += swatch(css_class, x, y - 4.5) + text(words, y, "", strong(line_of(name, kMostLabel))) +
           text(words, y + 17, R"( font-size="12")", html_text(value));
    y += kEntry;
  }
  y += 8;
  for (const auto& [css_class, name, value] : kinds) {
    svg += swatch(css_class, x, y - 4.5) + text(words, y, "", html_text(name) + " " + strong(value));
    y += kKind;
  }
  return svg;
}

/// What the lines of several runs have in common.
std::vector<ChartKey> kinds_of(const LineChart& chart, bool validated) {
  std::vector<ChartKey> kinds;
  if (validated)
    kinds = {{"legend", "training", ""},
             {"legend dashed", "validation", ""},
             {"legend best", "lowest validation", ""}};
  if (chart.least > 0.0) kinds.push_back({"least", "least possible", significant_text(chart.least)});
  return kinds;
}

/// Room for the labels of the values.
double labels_width(const LineChart& chart) {
  const Axis axis = value_axis(chart);
  double widest = 0.0;
  for (const double tick : axis.ticks()) widest = std::max(widest, text_width(axis.label(tick)));
  return widest + 8;
}

std::string lines(const LineChart& chart, const PlotArea& area, const std::string& loss_name) {
  std::string svg =
      text(kFigureMargin, area.top - 16, "", html_text(loss_name, 60)) + line_chart_drawing(chart, area);
  const std::string start = start_text(chart);
  if (!start.empty()) svg += text(kFigureMargin, area.bottom() + 40, R"( font-size="12")", html_text(start));
  return svg;
}

Figure one_run(const LossCurve& curve, const std::string& title, const std::string& loss_name) {
  const auto [chart, keys] = loss_chart(curve);
  Figure figure{.title = title, .drawing = {}};
  const double left = kFigureMargin + labels_width(chart), top = kTitleHeight + 66;
  const PlotArea area{left, top, figure.width - kFigureMargin - left,
                      figure.height - kBottomMargin - 10 - top};
  figure.drawing = key_line(keys, kTitleHeight + 14) + "\n" + lines(chart, area, loss_name);
  return figure;
}

Figure several_runs(const std::vector<LossCurve>& curves, const std::string& title,
                    const std::string& loss_name) {
  const auto [chart, runs] = loss_chart(curves);
  const auto kinds = kinds_of(chart, chart.series.size() > curves.size());
  Figure figure{.width = 1000, .title = title, .drawing = {}};
  const double top = kTitleHeight + 38, left = kFigureMargin + labels_width(chart);
  const double list = kEntry * static_cast<double>(runs.size()) + kKind * static_cast<double>(kinds.size());
  figure.height = std::max(figure.height, top + list + kFigureMargin);
  const PlotArea area{left, top, figure.width - kList - 36 - left, figure.height - kBottomMargin - 10 - top};
  figure.drawing =
      lines(chart, area, loss_name) + "\n" + key_list(runs, kinds, figure.width - kList, top + 8);
  return figure;
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
  for (const auto& curve : curves) {
    require(
        curve.train_loss.size() == curve.epoch.size() && curve.validation_loss.size() == curve.epoch.size(),
        "draw_loss_curves: a curve's columns differ in length");
  }
  return write_figure(
      curves.size() == 1 ? one_run(curves[0], title, loss_name) : several_runs(curves, title, loss_name),
      paths);
}

}  // namespace mlp
