// predicted.svg: predicted over true, one panel per target, with the line of perfect predictions.
#include <algorithm>
#include <cmath>

#include "mlp/report.h"
#include "report/charts/line_text.h"
#include "report/charts/markup.h"
#include "report/charts/regression_charts.h"
#include "report/figure.h"

namespace mlp {
namespace {

constexpr std::size_t kMostPanels = 9;
constexpr double kSide = 380;    ///< side of a plot
constexpr double kAbove = 38;    ///< height above a plot, for the target's name
constexpr double kBetween = 16;  ///< distance between panels
constexpr std::size_t kMostName = 40;

std::vector<double> column(const Matrix<float>& matrix, std::size_t index) {
  std::vector<double> values;
  for (std::size_t n = 0; n < matrix.rows(); ++n) values.push_back(matrix(n, index));
  return values;
}

/// What a panel shows.
struct Panel {
  std::string name;
  std::vector<double> truths, predictions;
};

double labels_width(const Panel& panel) {
  const Axis axis = scatter_axis(panel.truths, panel.predictions);
  double widest = 0.0;
  for (const double tick : axis.ticks()) widest = std::max(widest, text_width(axis.label(tick)));
  return widest + 8;
}

std::string panel_svg(const Panel& panel, const PlotArea& area) {
  return "<text x=\"" + html_number(area.left) + "\" y=\"" + html_number(area.top - 16) + "\">" +
         html_text("predicted " + panel.name, kMostName) + "</text>" +
         scatter_drawing(area, panel.truths, panel.predictions, {}, line_of("true " + panel.name, kMostName));
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
  std::vector<Panel> panels;
  double left = 0.0;
  for (std::size_t target = 0; target < std::min(truths.columns(), kMostPanels); ++target) {
    panels.push_back({name_or_number(target_names, target, "target"), column(truths, target),
                      column(predictions, target)});
    left = std::max(left, labels_width(panels.back()));
  }
  const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(panels.size()))));
  const std::size_t rows = (panels.size() + columns - 1) / columns;
  const double width = left + kSide + kRightMargin, height = kAbove + kSide + kBottomMargin;
  Figure figure{.width = 2 * kFigureMargin + (width + kBetween) * static_cast<double>(columns) - kBetween,
                .height = kTitleHeight + (height + kBetween) * static_cast<double>(rows),
                .title = title,
                .drawing = {}};
  for (std::size_t k = 0; k < panels.size(); ++k) {
    const std::size_t line = k / columns;
    const auto across = static_cast<double>(k % columns), down = static_cast<double>(line);
    figure.drawing += panel_svg(panels[k], {.left = kFigureMargin + left + across * (width + kBetween),
                                            .top = kTitleHeight + kAbove + down * (height + kBetween),
                                            .width = kSide,
                                            .height = kSide});
  }
  return write_figure(figure, std::span(&path, 1));
}

}  // namespace mlp
