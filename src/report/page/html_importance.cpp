// What the predictions rest on: permutation importance of the columns, then the first layer's weights.
#include <algorithm>
#include <cmath>
#include <span>

#include "report/charts/number_format.h"
#include "report/page/html.h"
#include "report/page/html_sections.h"

namespace mlp {
namespace {

constexpr std::size_t kMostColumns = 60;

std::span<const ColumnImportance> shown_columns(const Importances& importances) {
  return std::span(importances.columns).first(std::min(importances.columns.size(), kMostColumns));
}

/// The name of the score: "accuracy", "RMSE", "R²".
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

/// Rises, written one below the other: the loss's as "+0.1234", R2's as "-0.1234".
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

/// What a rise says of its column.
enum class Meaning { kCounts, kChance, kMisleads };

Meaning meaning_of(const ColumnImportance& column) {
  if (column.rise > column.chance) return Meaning::kCounts;
  return column.rise < -column.chance ? Meaning::kMisleads : Meaning::kChance;
}

const char* css_class_of(Meaning meaning) {
  return meaning == Meaning::kCounts ? "" : meaning == Meaning::kChance ? " faint" : " misleads";
}

/// The scale of all bars: from the most negative rise, or 0, to the largest.
struct BarScale {
  double low = 0.0;
  double high = 0.0;

  explicit BarScale(std::span<const ColumnImportance> columns) {
    for (const auto& column : columns) {
      if (!std::isfinite(column.rise)) continue;
      low = std::min(low, column.rise);
      high = std::max(high, column.rise);
    }
  }
  double position(double rise) const {
    return high > low && std::isfinite(rise) ? (rise - low) / (high - low) : 0.0;
  }
};

/// A bar from 0 to the right, or to the left where the rise is negative.
std::string bar(const ColumnImportance& column, const BarScale& scale) {
  const double zero = scale.position(0.0);
  const double end = std::isfinite(column.rise) ? scale.position(column.rise) : zero;
  return std::string("<span class=\"rise") + css_class_of(meaning_of(column)) +
         "\" style=\"--z:" + fixed_text(zero, 3) + "\"><i style=\"--a:" + fixed_text(std::min(zero, end), 3) +
         ";--v:" + fixed_text(std::abs(end - zero), 3) + "\"></i></span>";
}

/// Explains the numbers and colours that do not speak for themselves.
std::string explanation(std::span<const ColumnImportance> columns, ImportanceMeasure measure) {
  const auto some = [&](Meaning meaning) {
    return std::ranges::any_of(columns, [&](const auto& column) { return meaning_of(column) == meaning; });
  };
  const bool negative = std::ranges::any_of(columns, [](const auto& column) { return column.rise < 0.0; });
  const std::string sign = measure == ImportanceMeasure::kR2 ? "Above" : "Below";
  std::string text;
  if (some(Meaning::kChance))
    text += " <span class=\"key faint\"><i></i>Grey</span>: no more than chance does.";
  if (negative)
    text += " " + sign + " 0, bars to the left: predictions get better where the cells are shuffled" +
            (some(Meaning::kMisleads) ? ". " : ", here by no more than chance does.");
  if (some(Meaning::kMisleads))
    text +=
        "<span class=\"key misleads\"><i></i>Orange</span>: by more than chance does, so what the network "
        "has learned of that column misleads it on these rows, and it may do better without it.";
  return text;
}

std::string lead_of(const Importances& importances, const std::string& unit) {
  const std::string score = score_name(importances.measure);
  const bool classes = importances.measure == ImportanceMeasure::kLoss;
  return "How much worse predictions of " + with_thousands(importances.rows) +
         " test rows get where a column\u2019s cells are shuffled among them, the mean of " +
         std::to_string(importances.shuffles) + " shuffles. As they are, their " + score + " is " +
         importance_score(importances.measure, importances.score) +
         (importances.measure == ImportanceMeasure::kRmse && !unit.empty() ? " " + html_text(unit, 20) : "") +
         (classes ? " and their loss " + significant_text(importances.loss) : "") + "." +
         explanation(shown_columns(importances), importances.measure) +
         " Columns that say the same stand in for one another, and each counts less for it.";
}

}  // namespace

std::string importance_section(const ReportContent& content) {
  const Importances& importances = content.importances;
  const auto& columns = importances.columns;
  if (columns.empty()) return "";
  const auto rises = rise_texts(importances);
  const auto shown = shown_columns(importances);
  const BarScale scale(shown);
  std::string body;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto& column = shown[i];
    const bool counts = meaning_of(column) == Meaning::kCounts;
    body += "<tr>" + html_cell(html_breakable(html_label(column.column, 28), "_"), counts ? "" : "quiet") +
            html_cell(bar(column, scale), "fill") + html_cell(rises[i], counts ? "n strong" : "n quiet") +
            html_cell(importance_score(importances.measure, column.score), counts ? "n" : "n quiet") +
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
