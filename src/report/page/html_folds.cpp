// The folds of a cross-validation: how far a metric's values lie apart shows how far a single one can be
// trusted.
#include <algorithm>
#include <cmath>

#include "report/charts/axis.h"
#include "report/charts/number_format.h"
#include "report/page/html.h"
#include "report/page/html_sections.h"

namespace mlp {
namespace {

constexpr std::size_t kMostMetrics = 12;
constexpr std::size_t kMostDots = 200;
constexpr double kWidth = 360.0, kHeight = 26.0, kMargin = 8.0;

/// A dot for each fold on a line from the smallest to the largest, a stroke at their mean, and a ring at the
/// model's own value.
std::string dots_svg(const ReportFolds& folds, const std::string& noun) {
  std::vector<double> values = folds.values;
  values.push_back(folds.test);
  const Axis axis = tight_axis_over(values);
  const auto x = [&](double value) {
    return html_number(kMargin + (kWidth - 2 * kMargin) * axis.position(value));
  };
  const std::string middle = html_number(kHeight / 2);
  std::string svg = R"(<svg class="strewn" viewBox="0 0 )" + html_number(kWidth) + " " +
                    html_number(kHeight) + R"(" role="img" aria-label=")" + html_text(folds.name, 60) +
                    " of each " + noun + R"("><path class="base" d="M0 )" + middle + "H" +
                    html_number(kWidth) + "\"/>";
  for (std::size_t fold = 0; fold < std::min(folds.values.size(), kMostDots); ++fold) {
    if (!drawable(folds.values[fold])) continue;
    svg += R"(<circle class="fold" cx=")" + x(folds.values[fold]) + "\" cy=\"" + middle +
           R"(" r="4.5"><title>)" + noun + " " + with_thousands(fold + 1) + ": " +
           score_text(folds.values[fold], folds.percent) + "</title></circle>";
  }
  if (drawable(folds.mean))
    svg += R"(<path class="mean" d="M)" + x(folds.mean) + " 3V" + html_number(kHeight - 3) + "\"/>";
  if (drawable(folds.test)) {
    svg += R"(<circle class="ring" cx=")" + x(folds.test) + "\" cy=\"" + middle +
           R"(" r="6.5"><title>on the test rows: )" + score_text(folds.test, folds.percent) +
           "</title></circle>";
  }
  return svg + "</svg>";
}

}  // namespace

std::string score_text(double value, bool percent) {
  return percent ? percent_text(value) : significant_text(value);
}

std::string deviation_text(const ReportFolds& folds) {
  return "\u00b1 " + (folds.percent ? percent_text(folds.deviation) : significant_text(folds.deviation, 2));
}

namespace {

/// `noun`: what each value belongs to.
std::string spread_html(const std::vector<ReportFolds>& metrics, const std::string& heading,
                        const std::string& noun, const std::string& ring, const std::string& aside) {
  std::string body;
  for (std::size_t i = 0; i < std::min(metrics.size(), kMostMetrics); ++i) {
    const ReportFolds& folds = metrics[i];
    if (folds.values.empty()) continue;
    const auto [low, high] = std::ranges::minmax(folds.values);
    body += "<tr>" + html_cell(html_label(folds.name, 28)) +
            html_cell("<b>" + score_text(folds.mean, folds.percent) + "</b>", "n") +
            html_cell(deviation_text(folds), "n quiet") + html_cell(score_text(low, folds.percent), "n") +
            html_cell(dots_svg(folds, noun), "fill") + html_cell(score_text(high, folds.percent), "n") +
            "</tr>";
  }
  if (body.empty()) return "";
  return "<div class=\"folds\"><figcaption><h3>" + heading + ", " +
         with_thousands(metrics.front().values.size()) + " " + noun +
         R"(s</h3><span class="keys"><span class="key points"><i></i>a )" + noun +
         "</span><span class=\"key best\"><i></i>" + ring + "</span></span></figcaption><p class=\"aside\">" +
         aside + "</p><div class=\"scroll\"><table>" +
         html_head({"", "#mean", "#deviation", "#smallest", "", "#largest"}) + "<tbody>" + body +
         "</tbody></table></div></div>";
}

}  // namespace

std::string folds_html(const ReportContent& content) {
  return spread_html(content.folds, "Cross-validation", "fold", "the test rows",
                     "The same training on all folds but one, tested on that one.");
}

std::string members_html(const ReportContent& content) {
  return spread_html(
      content.members, "Ensemble", "member", "the ensemble",
      "Each member by itself on the test rows, and the mean of their outputs, which is what the "
      "model predicts.");
}

}  // namespace mlp
