// For two classes: how well the second is told from the first at any threshold, and how far the probabilities
// can be trusted.
#include "report/charts/line_text.h"
#include "report/charts/number_format.h"
#include "report/charts/two_class_charts.h"
#include "report/page/html.h"
#include "report/page/html_sections.h"

namespace mlp {
namespace {

/// The point of the curves at which the confusion matrix decides.
struct Decided {
  MarkedRate roc, precision_recall;
};
Decided decided(const ClassificationMetrics& metrics) {
  if (metrics.classes.size() != 2) return {};
  const double recall = metrics.classes[1].recall, precision = metrics.classes[1].precision;
  const double false_rate = 1.0 - metrics.classes[0].recall;
  const std::string found = "recall " + fixed_text(recall, 4);
  return {.roc = {false_rate, recall,
                  "as decided: " + found + ", false positive rate " + fixed_text(false_rate, 4)},
          .precision_recall = {recall, precision,
                               "as decided: " + found + ", precision " + fixed_text(precision, 4)}};
}

std::string key(const std::string& css_class, const std::string& name, const std::string& value = "") {
  return "<span class=\"key" + (css_class.empty() ? "\">" : " " + css_class + "\"><i></i>") + name +
         (value.empty() ? "" : " <b>" + value + "</b>") + "</span>";
}

std::string figure(const std::string& heading, const std::string& keys, const std::string& svg,
                   const std::string& text) {
  if (svg.empty()) return "";
  return "<figure><figcaption><h3>" + heading + "</h3><span class=\"keys\">" + keys + "</span></figcaption>" +
         svg + "<p class=\"aside\">" + text + "</p></figure>";
}

}  // namespace

std::string two_classes_html(const ReportContent& content) {
  if (!content.two_classes || !content.evaluation.classification) return "";
  const TwoClassCurves& curves = *content.two_classes;
  const auto [in_roc, in_precision_recall] = decided(*content.evaluation.classification);
  const std::string positive =
      "<b>" + html_label(name_or_number(content.class_names, 1, "class"), 24) + "</b>";
  const std::string decision = key("best", "as decided");
  const std::string figures =
      figure("ROC", key("training", "area", fixed_text(curves.roc_auc, 4)) + decision,
             roc_svg(curves, in_roc, "ROC curve, area " + fixed_text(curves.roc_auc, 4)),
             "True positive rate: the share of the rows of " + positive +
                 " that are found, as a lower threshold takes more of the others for it. Dashed: guessing.") +
      figure("Precision and recall",
             key("training", "average precision", fixed_text(curves.average_precision, 4)) + decision,
             precision_recall_svg(
                 curves, in_precision_recall,
                 "Precision over recall, average precision " + fixed_text(curves.average_precision, 4)),
             "Of the rows taken for " + positive +
                 ", the share that are, over the share of those found. Dashed: guessing, " +
                 fixed_text(positive_share(curves), 4) + ".") +
      figure("Calibration",
             key("training", "error", fixed_text(curves.calibration_error, 4)) +
                 key("", "Brier score", fixed_text(curves.brier_score, 4)),
             calibration_svg(curves, "Calibration, error " + fixed_text(curves.calibration_error, 4)),
             "How many rows are " + positive +
                 ", over the probability given to that: dashed, where the two are equal. Upright: two "
                 "standard errors; "
                 "larger dots stand for more rows.");
  return figures.empty() ? "" : "<div class=\"three\">" + figures + "</div>";
}

}  // namespace mlp
