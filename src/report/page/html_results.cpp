// What the network does on rows it has never seen: confusion matrix and classes, or predicted versus true.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/charts/axis.h"
#include "report/charts/line_text.h"
#include "report/charts/number_format.h"
#include "report/charts/regression_charts.h"
#include "report/page/confusion_table.h"
#include "report/page/html.h"
#include "report/page/html_sections.h"

namespace mlp {
namespace {

constexpr std::size_t kMostClassRows = 1000;
constexpr std::size_t kMostOpenClassRows = 30;
constexpr std::size_t kMostTargets = 12;  ///< with charts of their own
constexpr double kTellingArea = 0.99;     ///< ROC AUCs have a column where one is below it

/// An F1 with a bar for how far it is below 1; `longest` is the greatest such distance.
std::string f1_cell(double f1, double longest) {
  if (!std::isfinite(f1)) return html_cell("\u2013", "n");
  const double length = longest > 0.0 ? std::clamp((1.0 - f1) / longest, 0.0, 1.0) : 0.0;
  return R"(<td class="n bar"><i style="--v:)" + fixed_text(length, 3) + "\"></i>" + fixed_text(f1, 4) +
         "</td>";
}

/// The greatest distance below 1 of an F1 of `classes`.
double longest_lack(const std::vector<ClassScores>& classes) {
  double longest = 0.0;
  for (const auto& scores : classes) longest = std::fmax(longest, 1.0 - scores.f1);
  return longest;
}

/// The smallest ROC AUC; NaN where there is none.
double smallest_area(const std::vector<ClassScores>& classes) {
  double smallest = kUndefined;
  for (const auto& scores : classes) smallest = std::fmin(smallest, scores.roc_auc);
  return smallest;
}

/// The order in which classes are listed: as they are, or, of many, the weakest first, since readers look for
/// these.
std::vector<std::size_t> class_order(const std::vector<ClassScores>& classes) {
  std::vector<std::size_t> order(classes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (classes.size() <= kMostOpenClassRows) return order;
  const auto rank = [&](std::size_t c) { return std::isnan(classes[c].f1) ? 2.0 : classes[c].f1; };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return rank(a) < rank(b); });
  return order;
}

/// What the table's bars mean; and, where it has no column of ROC AUC, the least ROC AUC of a class.
std::string class_table_text(double longest, double area) {
  std::string text;
  if (longest > 0.0)
    text = "<span class=\"lack\">Bars: 1 \u2212 F1, the longest " + fixed_text(longest, 4) + ".</span> ";
  if (area >= kTellingArea)
    text += "Each class\u2019s ROC AUC is at least " + fixed_text(std::floor(1e4 * area) / 1e4, 4) + ".";
  return text.empty() ? "" : "<p class=\"aside\">" + text + "</p>";
}

std::string class_table(const ReportContent& content, const std::vector<ClassScores>& classes) {
  const bool counted = content.class_rows.size() == classes.size();
  // Two classes have the same ROC AUC, and values near 1 all say the same.
  const double area = classes.size() > 2 ? smallest_area(classes) : kUndefined;
  const bool areas = area < kTellingArea;
  const double longest = longest_lack(classes);
  auto order = class_order(classes);
  order.resize(std::min(order.size(), kMostClassRows));
  std::string body;
  for (const std::size_t c : order) {
    const auto& scores = classes[c];
    body += "<tr>" + html_cell(html_label(name_or_number(content.class_names, c, "class"), 28)) +
            (counted ? html_cell(with_thousands(content.class_rows[c]), "n") : "") +
            html_cell(with_thousands(scores.support), "n") + html_cell(fixed_text(scores.precision, 4), "n") +
            html_cell(fixed_text(scores.recall, 4), "n") +
            (areas ? html_cell(fixed_text(scores.roc_auc, 4), "n") : "") + f1_cell(scores.f1, longest) +
            "</tr>";
  }
  std::vector<std::string_view> head{"class"};
  if (counted) head.emplace_back("#training rows");
  head.insert(head.end(), {"#test rows", "#precision", "#recall"});
  if (areas) head.emplace_back("#ROC AUC");
  head.emplace_back("#F1");
  const std::string table = class_table_text(longest, area) + R"(<div class="scroll"><table class="classes)" +
                            (counted ? " counted" : "") + (areas ? " areas" : "") + "\">" + html_head(head) +
                            "<tbody>" + body + "</tbody></table></div>";
  if (classes.size() <= kMostOpenClassRows) return table;
  return "<details><summary>" +
         (order.size() < classes.size()
              ? "The " + with_thousands(order.size()) + " weakest of " + with_thousands(classes.size()) +
                    " classes"
              : "All " + with_thousands(classes.size()) + " classes, the weakest first") +
         "</summary>" + table + "</details>";
}

std::string score(const std::string& name, const std::string& value) {
  return "<div><dt>" + name + "</dt><dd>" + value + "</dd></div>";
}

std::string classification_html(const ReportContent& content, const ClassificationMetrics& metrics) {
  const bool two_classes = metrics.classes.size() == 2;
  const std::string scores = "<dl class=\"given\">" +
                             score("balanced accuracy", percent_text(metrics.balanced_accuracy)) +
                             score("macro F1", fixed_text(metrics.macro_f1, 4)) +
                             score(two_classes ? "ROC AUC" : "mean ROC AUC", fixed_text(metrics.roc_auc, 4)) +
                             score("log loss", significant_text(metrics.log_loss)) + "</dl>";
  const std::string classes = class_table(content, metrics.classes);
  const std::size_t count = content.class_names.size();
  const std::string curves = two_classes_html(content);
  if (metrics.confusion.rows() != count) return scores + classes;  // too many classes for a matrix
  const std::string confusion = confusion_html(metrics.confusion, content.class_names);
  if (count > kMostTableClasses) return scores + confusion + classes;
  return scores + "<div class=\"" + (count <= 12 ? "beside" : "one") + "\"><div><h3>Confusion matrix</h3>" +
         confusion + "</div><div><h3>Classes</h3>" + classes + "</div></div>" + curves;
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
                      "row " + row_number(content, example) + ": true " +
                          compact_text(example.targets[target]) + ", predicted " +
                          compact_text(example.predictions[target])});
  }
  const std::string name = name_or_number(content.target_names, target, "target");
  const std::string drawn = truths.size() > kMostScatterPoints
                                ? with_thousands(kMostScatterPoints) + " of " +
                                      with_thousands(truths.size()) + " rows, evenly spaced"
                                : with_thousands(truths.size()) + " rows";
  return "<div class=\"two\"><figure><figcaption><h3>" + html_label(name, 40) +
         R"(: predicted over true</h3><span class="keys"><span class="key points"><i></i>)" + drawn +
         "</span>" + (marked.empty() ? "" : "<span class=\"key marked\"><i></i>the hardest</span>") +
         "</span></figcaption>" +
         scatter_svg(truths, predictions, marked, "Predicted over true " + name, content.unit) +
         "</figure><figure><figcaption><h3>Residuals</h3></figcaption>" +
         residual_histogram_svg(residuals, "How often each residual of " + name + " occurs", content.unit) +
         residual_table(residuals, content.unit) + "</figure></div>";
}

std::string target_table(const ReportContent& content, const std::vector<TargetScores>& targets) {
  constexpr std::size_t kMostRows = 200;
  const bool compared = content.baseline && content.baseline->rmses.size() == targets.size();
  std::string body;
  for (std::size_t o = 0; o < std::min(targets.size(), kMostRows); ++o) {
    body += "<tr>" + html_cell(html_label(name_or_number(content.target_names, o, "target"), 28));
    body += html_cell(significant_text(targets[o].rmse), no_better(content, o) ? "n bad" : "n") +
            html_cell(significant_text(targets[o].mae), "n") +
            html_cell(significant_text(targets[o].mse), "n");
    body += html_cell(r2_text(targets[o].r2), "n") +
            (compared ? html_cell(significant_text(content.baseline->rmses[o]), "n") : "") + "</tr>";
  }
  return R"(<div class="scroll"><table class="classes">)" +
         (compared ? html_head({"target", "#RMSE", "#MAE", "#MSE", "#R\u00b2", "#baseline RMSE"})
                   : html_head({"target", "#RMSE", "#MAE", "#MSE", "#R\u00b2"})) +
         "<tbody>" + body + "</tbody></table></div>";
}

std::string regression_html(const ReportContent& content) {
  const auto& truths = content.targets;
  if (truths.empty() || truths.rows() != content.predictions.rows() ||
      truths.columns() != content.predictions.columns()) {
    return "";
  }
  std::string html;
  if (content.evaluation.regression && truths.columns() > 1) {
    html += target_table(content, content.evaluation.regression->targets);
  }
  for (std::size_t target = 0; target < std::min(truths.columns(), kMostTargets); ++target) {
    html += target_html(content, target);
  }
  if (truths.columns() > kMostTargets) {
    html += "<p class=\"quiet\">" + with_thousands(truths.columns() - kMostTargets) +
            " more targets are not drawn.</p>";
  }
  return html;
}

/// "a", "a and b", "a, b and 3 more"
std::string names_html(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 5;
  std::string html;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    const bool last = i > 0 && i + 1 == names.size();
    html += (i == 0 ? "" : last ? " and " : ", ") + html_text(names[i], 40);
  }
  return html + (names.size() > kMost ? " and " + with_thousands(names.size() - kMost) + " more" : "");
}

Verdict verdict_on_classes(const ReportContent& content, double accuracy) {
  const auto& baseline = *content.baseline;
  if (!(accuracy <= baseline.accuracy)) return {};
  const std::string answer = html_text(baseline.answer, 60);
  if (!baseline.beaten)
    return {Verdict::kNoBetter, "The accuracy is no better than " + answer + " would reach."};
  return {Verdict::kMixed,
          "It is no more accurate than " + answer +
              " would be, but better than chance by another score: where one class has most of "
              "the rows, accuracy says little."};
}

Verdict verdict_on_targets(const ReportContent& content, const RegressionMetrics& metrics) {
  std::vector<std::string> worse;
  const std::size_t targets = std::max<std::size_t>(1, metrics.targets.size());
  for (std::size_t target = 0; target < targets; ++target) {
    if (no_better(content, target)) worse.push_back(name_or_number(content.target_names, target, "target"));
  }
  if (worse.empty()) return {};
  return {worse.size() == targets ? Verdict::kNoBetter : Verdict::kMixed,
          "The RMSE " + (targets > 1 ? "of " + names_html(worse) + " " : std::string()) +
              "is no better than " + html_text(content.baseline->answer, 60) + " would reach."};
}

}  // namespace

bool no_better(const ReportContent& content, std::size_t target) {
  if (!content.baseline || !content.evaluation.regression || target >= content.baseline->rmses.size())
    return false;
  const auto& metrics = *content.evaluation.regression;
  const double rmse = target < metrics.targets.size() ? metrics.targets[target].rmse : metrics.rmse;
  return rmse >= content.baseline->rmses[target];
}

Verdict verdict(const ReportContent& content) {
  if (!content.baseline) return {};
  const auto& [rows, loss, classes, numbers] = content.evaluation;
  if (classes) return verdict_on_classes(content, classes->accuracy);
  return numbers ? verdict_on_targets(content, *numbers) : Verdict{};
}

std::string results_section(const ReportContent& content) {
  const auto& evaluation = content.evaluation;
  const Verdict judged = verdict(content);
  const std::string lead =
      "On " + with_thousands(evaluation.rows) +
      " test rows that nothing was learned from. Their mean loss is " + significant_text(evaluation.loss) +
      (content.least_loss > 0.0 ? ", of which smoothed labels make " + significant_text(content.least_loss)
                                : "") +
      (content.weighted ? ", every row counted once." : ".") +
      (judged.html.empty()
           ? ""
           : std::string(" <b class=\"") + (judged.kind == Verdict::kMixed ? "mixed" : "bad") + "\">" +
                 judged.html + "</b>");
  const std::string body = evaluation.classification
                               ? classification_html(content, *evaluation.classification)
                               : regression_html(content);
  return section_html("results", "Test results", lead,
                      body.empty() ? "" : body + members_html(content) + folds_html(content));
}

}  // namespace mlp
