// What the network does on rows it has never seen: confusion matrix and classes, or predicted versus true.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/axis.h"
#include "report/confusion_table.h"
#include "report/html.h"
#include "report/html_sections.h"
#include "report/number_format.h"
#include "report/regression_charts.h"

namespace mlp {
namespace {

constexpr std::size_t kMostClassRows = 1000;
constexpr std::size_t kMostOpenClassRows = 30;
constexpr std::size_t kMostTargets = 12;  ///< with charts of their own

struct ClassRow {
  std::size_t index = 0;
  std::uint64_t rows = 0;
  double precision, recall, f1;
};

/// precision = right / predicted, recall = right / rows, F1 = their harmonic mean; NaN where nothing was
/// predicted, or where there are no rows.
std::vector<ClassRow> class_rows(const Matrix<std::uint64_t>& confusion) {
  std::vector<ClassRow> result;
  for (std::size_t c = 0; c < confusion.rows(); ++c) {
    std::uint64_t rows = 0, predicted = 0;
    for (std::size_t other = 0; other < confusion.rows(); ++other) {
      rows += confusion(c, other);
      predicted += confusion(other, c);
    }
    const auto right = static_cast<double>(confusion(c, c));
    const auto ratio = [](double part, std::uint64_t whole) {
      return whole == 0 ? EpochRecord::kNone : part / static_cast<double>(whole);
    };
    result.push_back(
        {c, rows, ratio(right, predicted), ratio(right, rows), ratio(2.0 * right, rows + predicted)});
  }
  return result;
}

std::string bar_cell(double share) {
  if (!std::isfinite(share)) return html_cell("\u2013", "n");
  return "<td class=\"n bar\"><i style=\"--v:" + fixed_text(share, 3) + "\"></i>" + percent_text(share, 1) +
         "</td>";
}

std::string class_table(const ReportContent& content, std::vector<ClassRow> rows) {
  const bool counted = content.class_rows.size() == content.class_names.size();
  const bool folded = rows.size() > kMostOpenClassRows;
  if (folded) {  // the weakest first: they are what one looks for
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      return (std::isnan(a.f1) ? 2.0 : a.f1) < (std::isnan(b.f1) ? 2.0 : b.f1);
    });
  }
  const std::size_t shown = std::min(rows.size(), kMostClassRows);
  std::string body;
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& row = rows[i];
    body += "<tr>" + html_cell(html_label(content.class_names[row.index], 28)) +
            (counted ? html_cell(with_thousands(content.class_rows[row.index]), "n") : "") +
            html_cell(with_thousands(row.rows), "n") + html_cell(percent_text(row.precision, 1), "n") +
            html_cell(percent_text(row.recall, 1), "n") + bar_cell(row.f1) + "</tr>";
  }
  const std::string table =
      "<div class=\"scroll\"><table>" +
      (counted ? html_head({"class", "#training rows", "#test rows", "#precision", "#recall", "#F1"})
               : html_head({"class", "#test rows", "#precision", "#recall", "#F1"})) +
      "<tbody>" + body + "</tbody></table></div>";
  if (!folded) return table;
  return "<details><summary>" +
         (shown < rows.size()
              ? "The " + with_thousands(shown) + " weakest of " + with_thousands(rows.size()) + " classes"
              : "All " + with_thousands(rows.size()) + " classes, the weakest first") +
         "</summary>" + table + "</details>";
}

std::string classification_html(const ReportContent& content, const ClassificationMetrics& metrics) {
  if (metrics.confusion.rows() != content.class_names.size()) return "";
  const std::string confusion = confusion_html(metrics.confusion, content.class_names);
  const std::string classes = class_table(content, class_rows(metrics.confusion));
  if (content.class_names.size() > kMostTableClasses) return confusion + classes;
  const bool beside = content.class_names.size() <= 12;
  return "<div class=\"" + std::string(beside ? "two" : "one") + "\"><div><h3>Confusion matrix</h3>" +
         confusion + "</div><div><h3>Classes</h3>" + classes + "</div></div>";
}

std::vector<double> column(const Matrix<float>& matrix, std::size_t index) {
  std::vector<double> values;
  for (std::size_t n = 0; n < matrix.rows(); ++n) values.push_back(matrix(n, index));
  return values;
}

std::string residual_table(std::span<const double> residuals, const std::string& unit) {
  std::vector<double> sizes;
  double sum = 0.0;
  for (const double residual : residuals) {
    if (!drawable(residual)) continue;
    sizes.push_back(std::abs(residual));
    sum += residual;
  }
  if (sizes.empty()) return "";
  std::sort(sizes.begin(), sizes.end());
  const auto quantile = [&](double share) {
    return sizes[static_cast<std::size_t>(share * static_cast<double>(sizes.size() - 1) + 0.5)];
  };
  const auto row = [&](const std::string& name, double value) {
    return "<tr><th scope=\"row\">" + name + "</th>" +
           html_cell(significant_text(value, 3) + (unit.empty() ? "" : " " + html_text(unit, 20)), "n") +
           "</tr>";
  };
  return "<table class=\"facts\"><tbody>" +
         row("mean, predicted \u2212 true", sum / static_cast<double>(sizes.size())) +
         row("half of the rows within \u00b1", quantile(0.5)) + row("90% within \u00b1", quantile(0.9)) +
         row("largest", sizes.back()) + "</tbody></table>";
}

std::string target_html(const ReportContent& content, std::size_t target) {
  const auto truths = column(content.targets, target), predictions = column(content.predictions, target);
  std::vector<double> residuals;
  for (std::size_t n = 0; n < truths.size(); ++n) residuals.push_back(predictions[n] - truths[n]);
  std::vector<MarkedPoint> marked;
  for (const auto& example : content.hardest) {
    if (target >= example.targets.size() || target >= example.predictions.size() || marked.size() == 8)
      continue;
    marked.push_back({example.targets[target], example.predictions[target],
                      "row " + with_thousands(example.row) + ": true " +
                          compact_text(example.targets[target]) + ", predicted " +
                          compact_text(example.predictions[target])});
  }
  const std::string name = name_or_number(content.target_names, target, "target");
  const std::string drawn = truths.size() > kMostScatterPoints
                                ? with_thousands(kMostScatterPoints) + " of " +
                                      with_thousands(truths.size()) + " rows, evenly spaced"
                                : with_thousands(truths.size()) + " rows";
  return "<div class=\"two\"><figure><figcaption><h3>" + html_label(name, 40) +
         ": predicted over true</h3><span class=\"keys\"><span class=\"key points\"><i></i>" + drawn +
         "</span>" + (marked.empty() ? "" : "<span class=\"key marked\"><i></i>the hardest</span>") +
         "</span></figcaption>" +
         scatter_svg(truths, predictions, marked, "Predicted over true " + name, content.unit) +
         "</figure><figure><figcaption><h3>Residuals</h3></figcaption>" +
         residual_histogram_svg(residuals, "How often each residual of " + name + " occurs", content.unit) +
         residual_table(residuals, content.unit) + "</figure></div>";
}

std::string regression_html(const ReportContent& content) {
  const auto& truths = content.targets;
  if (truths.empty() || truths.rows() != content.predictions.rows() ||
      truths.columns() != content.predictions.columns()) {
    return "";
  }
  std::string html;
  for (std::size_t target = 0; target < std::min(truths.columns(), kMostTargets); ++target) {
    html += target_html(content, target);
  }
  if (truths.columns() > kMostTargets) {
    html += "<p class=\"quiet\">" + with_thousands(truths.columns() - kMostTargets) +
            " more targets are not drawn.</p>";
  }
  return html;
}

}  // namespace

std::string results_section(const ReportContent& content) {
  const auto& evaluation = content.evaluation;
  const std::string lead =
      "On " + with_thousands(evaluation.rows) + " test rows that nothing was learned from.";
  if (evaluation.classification) {
    return section_html("results", "Test results", lead,
                        classification_html(content, *evaluation.classification));
  }
  return section_html("results", "Test results", lead, regression_html(content));
}

}  // namespace mlp
