#include "report/charts/plot_area.h"

#include "report/charts/markup.h"

namespace mlp {

std::string chart_opening(const PlotArea& area, const std::string& title) {
  return R"(<svg class="chart" viewBox="0 0 )" + html_number(area.right() + kRightMargin) + " " +
         html_number(area.bottom() + kBottomMargin) + R"(" role="img" aria-label=")" + html_text(title) +
         "\">";
}

std::string axes_svg(const PlotArea& area, const Axis& x, const Axis& y, AxisUnit y_unit,
                     const std::string& x_name) {
  std::string lines, texts;
  const double right = area.right(), bottom = area.bottom();
  for (const double tick : y.ticks()) {
    const std::string at = html_number(area.y(y.position(tick)));
    lines += "M" + html_number(area.left) + " " + at + "H" + html_number(right);
    texts += R"(<text class="y" dy=".35em" x=")" + html_number(area.left - 8) + "\" y=\"" + at + "\">" +
             html_text(y.label(tick, y_unit)) + "</text>";
  }
  for (const double tick : x.ticks()) {
    texts += R"(<text class="x" x=")" + html_number(area.x(x.position(tick))) + "\" y=\"" +
             html_number(bottom + 19) + "\">" + html_text(x.label(tick)) + "</text>";
  }
  texts += R"(<text class="x name" x=")" + html_number(right) + "\" y=\"" + html_number(bottom + 40) + "\">" +
           html_text(x_name) + "</text>";
  return R"(<path class="grid" d=")" + lines + R"("/><path class="base" d="M)" + html_number(area.left) +
         " " + html_number(bottom) + "H" + html_number(right) + R"("/><g class="axis">)" + texts + "</g>";
}

}  // namespace mlp
