// What the predictions rest on: the columns by permutation importance, below them the first layer's weights.
#include <algorithm>
#include <cmath>

#include "report/html.h"
#include "report/html_sections.h"
#include "report/number_format.h"

namespace mlp {
namespace {

constexpr std::size_t kMostColumns = 60;

/// How the score of rows reads: "accuracy", "RMSE", "R²".
std::string score_name(ImportanceMeasure measure) {
  switch (measure) {
    case ImportanceMeasure::kLoss:
      return "accuracy";
    case ImportanceMeasure::kRmse:
      return "RMSE";
    case ImportanceMeasure::kR2:
      return "R\u00b2";
  }
  return "";
}

/// Rises as they read one below the other: that of the loss "+0.1234", that of R2 "-0.1234".
std::vector<std::string> rise_texts(const Importances& importances) {
  std::vector<double> rises;
  for (const auto& column : importances.columns) rises.push_back(column.rise);
  const int decimals = common_decimals(rises);
  std::vector<std::string> texts;
  for (const double rise : rises) {
    const double change = importances.measure == ImportanceMeasure::kR2 ? -rise : rise;
    texts.push_back(change_text(change, decimals));
  }
  return texts;
}

std::string importance_score(ImportanceMeasure measure, double score) {
  return measure == ImportanceMeasure::kLoss   ? percent_text(score)
         : measure == ImportanceMeasure::kRmse ? significant_text(score)
                                               : r2_text(score);
}

std::string bar(const ColumnImportance& column, double largest) {
  const double share = largest > 0 ? std::clamp(column.rise / largest, 0.0, 1.0) : 0.0;
  return std::string("<span class=\"rise") + (column.rise > column.chance ? "" : " faint") +
         "\"><i style=\"--v:" + fixed_text(std::isfinite(share) ? share : 0.0, 3) + "\"></i></span>";
}

std::string lead_of(const Importances& importances, const std::string& unit) {
  const std::string score = score_name(importances.measure);
  const bool classes = importances.measure == ImportanceMeasure::kLoss;
  const bool faint = std::ranges::any_of(importances.columns,
                                         [](const auto& column) { return !(column.rise > column.chance); });
  return "How much worse predictions of " + with_thousands(importances.rows) +
         " test rows get where a column\u2019s cells are shuffled among them, the mean of " +
         std::to_string(importances.shuffles) + " shuffles. As they are, their " + score + " is " +
         importance_score(importances.measure, importances.score) +
         (importances.measure == ImportanceMeasure::kRmse && !unit.empty() ? " " + html_text(unit, 20) : "") +
         (classes ? " and their loss " + significant_text(importances.loss) : "") + "." +
         (faint ? " <span class=\"key faint\"><i></i>Grey</span>: no more than chance does." : "") +
         " Columns that say the same stand in for one another, and each counts less for it.";
}

}  // namespace

std::string importance_section(const ReportContent& content) {
  const Importances& importances = content.importances;
  const auto& columns = importances.columns;
  if (columns.empty()) return "";
  const auto rises = rise_texts(importances);
  std::string body;
  for (std::size_t i = 0; i < std::min(columns.size(), kMostColumns); ++i) {
    const auto& column = columns[i];
    const bool chance = !(column.rise > column.chance);
    body += "<tr>" + html_cell(html_label(column.column, 28), chance ? "quiet" : "") +
            html_cell(bar(column, columns.front().rise), "fill") +
            html_cell(rises[i], chance ? "n quiet" : "n strong") +
            html_cell(importance_score(importances.measure, column.score), chance ? "n quiet" : "n") +
            "</tr>";
  }
  const std::string score = score_name(importances.measure);
  const bool classes = importances.measure == ImportanceMeasure::kLoss;
  std::string html = R"(<div class="scroll"><table class="features">)" +
                     html_head({"column", "", "#" + (classes ? "loss" : score), "#" + score + " shuffled"}) +
                     "<tbody>" + body + "</tbody></table></div>";
  if (columns.size() > kMostColumns) {
    html += "<p class=\"quiet\">" + with_thousands(columns.size() - kMostColumns) +
            " more columns, of which none counts more, are not shown.</p>";
  }
  if (const std::string weights = weight_table(content); !weights.empty()) {
    html +=
        "<details><summary>The first layer\u2019s weights, input by input</summary>" + weights + "</details>";
  }
  return section_html("importance", "What counts", lead_of(importances, content.unit), html);
}

}  // namespace mlp
