#include "report/charts/two_class_charts.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/charts/markup.h"
#include "report/charts/number_format.h"
#include "report/charts/plot_area.h"

namespace mlp {
namespace {

constexpr PlotArea kArea{.left = 50, .top = 12, .width = 270, .height = 250};
constexpr double kClosest = 0.7;  ///< least distance of two drawn points, so that no picture is large
constexpr Axis kShares{.low = 0.0, .high = 1.0};

struct Place {
  double x, y;  ///< in the picture
};
Place place(double x, double y) { return {kArea.x(x), kArea.y(y)}; }
std::string text(const Place& at) { return html_number(at.x) + " " + html_number(at.y); }

std::string opening(const std::string& title, const std::string& x_name) {
  return chart_opening(kArea, title) + axes_svg(kArea, kShares, kShares, AxisUnit::kNumber, x_name);
}

/// A dashed line from one place to another.
std::string guide(const Place& from, const Place& to) {
  return R"(<path class="identity" d="M)" + text(from) + "L" + text(to) + "\"/>";
}

std::string line(const std::string& path) { return R"(<path class="line training" d=")" + path + "\"/>"; }

std::string ring(const MarkedRate& marked) {
  if (!std::isfinite(marked.x) || !std::isfinite(marked.y)) return "";
  const Place at = place(marked.x, marked.y);
  return R"(<circle class="ring" cx=")" + html_number(at.x) + "\" cy=\"" + html_number(at.y) +
         R"(" r="6"><title>)" + html_text(marked.text, 200) + "</title></circle>";
}

bool drawn(const TwoClassCurves& curves) {
  return !curves.thresholds.empty() && curves.positives > 0 && curves.negatives > 0;
}

/// The places of the thresholds: the first and the last, and of those that lie close together the first.
std::vector<Place> places(const TwoClassCurves& curves, const auto& x, const auto& y) {
  std::vector<Place> result;
  for (const auto& counts : curves.thresholds) {
    const Place at = place(x(counts), y(counts));
    const bool last = &counts == &curves.thresholds.back();
    if (last || result.empty() || std::hypot(at.x - result.back().x, at.y - result.back().y) >= kClosest)
      result.push_back(at);
  }
  return result;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double positive_share(const TwoClassCurves& curves) {
  return share(curves.positives, curves.positives + curves.negatives);
}

std::string roc_svg(const TwoClassCurves& curves, const MarkedRate& marked, const std::string& title) {
  if (!drawn(curves)) return "";
  std::string path = "M" + text(place(0, 0));
  const auto false_rate = [&](const auto& counts) { return share(counts.false_positives, curves.negatives); };
  const auto true_rate = [&](const auto& counts) { return share(counts.true_positives, curves.positives); };
  for (const auto& at : places(curves, false_rate, true_rate)) path += "L" + text(at);
  return opening(title, "false positive rate") + guide(place(0, 0), place(1, 1)) + line(path) + ring(marked) +
         "</svg>";
}

std::string precision_recall_svg(const TwoClassCurves& curves, const MarkedRate& marked,
                                 const std::string& title) {
  if (!drawn(curves)) return "";
  const auto recall = [&](const auto& counts) { return share(counts.true_positives, curves.positives); };
  const auto precision = [](const auto& counts) {
    return share(counts.true_positives, counts.true_positives + counts.false_positives);
  };
  std::string path;
  for (const auto& [x, y] : places(curves, recall, precision)) {
    path +=
        (path.empty() ? "M" + html_number(kArea.x(0)) + " " : "V") + html_number(y) + "H" + html_number(x);
  }
  const double guessed = positive_share(curves);
  return opening(title, "recall") + guide(place(0, guessed), place(1, guessed)) + line(path) + ring(marked) +
         "</svg>";
}

std::string calibration_svg(const TwoClassCurves& curves, const std::string& title) {
  if (curves.bins.empty()) return "";
  const std::uint64_t rows = curves.positives + curves.negatives;
  std::string path, whiskers, dots;
  for (const auto& bin : curves.bins) {
    if (bin.rows == 0) continue;
    const double positive = share(bin.positives, bin.rows);
    const auto n = static_cast<double>(bin.rows);
    const double r = (static_cast<double>(bin.positives) + 1.0) / (n + 2.0);
    const double error = 2.0 * std::sqrt(r * (1.0 - r) / n);
    const Place at = place(bin.mean_probability, positive);
    path += (path.empty() ? "M" : "L") + text(at);
    whiskers += "M" + text(place(bin.mean_probability, std::max(0.0, positive - error))) + "V" +
                html_number(kArea.y(std::min(1.0, positive + error)));
    dots += "<circle cx=\"" + html_number(at.x) + "\" cy=\"" + html_number(at.y) + "\" r=\"" +
            html_number(2.5 + 9.0 * std::sqrt(share(bin.rows, rows))) + "\"><title>" +
            with_thousands(bin.rows) + " rows of mean probability " + percent_text(bin.mean_probability, 1) +
            ": " + percent_text(positive, 1) + " are positive</title></circle>";
  }
  return opening(title, "probability") + guide(place(0, 0), place(1, 1)) + R"(<path class="whiskers" d=")" +
         whiskers + "\"/>" + line(path) + R"(<g class="dots training">)" + dots + "</g></svg>";
}

}  // namespace mlp
