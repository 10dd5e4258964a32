// The sections of report.html, each the HTML of a part of the content, or empty where there is nothing to
// show.
#pragma once

#include <string>

#include "mlp/html_report.h"

namespace mlp {

/// A row's number as people find it: "1,234".
std::string row_number(const ReportContent& content, const HardExample& example);

/// Whether there are several targets, whose units may differ.
bool several_targets(const ReportContent& content);

/// <section> with a heading and a sentence below it (HTML, may be empty); empty where `body` is.
std::string section_html(const std::string& id, const std::string& heading, const std::string& lead,
                         const std::string& body);

std::string tiles_html(const ReportContent& content);
/// How a network compares with the baseline.
struct Verdict {
  enum Kind {
    kBetter,
    kMixed,    ///< better by a score other than accuracy (classes), or for some of the targets
    kNoBetter  ///< better by no score
  };
  Kind kind = kBetter;
  std::string html;  ///< a sentence; empty where the network is better
};
Verdict verdict(const ReportContent& content);
/// Whether a target's RMSE is no better than the baseline's.
bool no_better(const ReportContent& content, std::size_t target);

/// ROC, precision over recall and calibration; empty unless there are two classes.
std::string two_classes_html(const ReportContent& content);
/// A cross-validation's metrics, a dot for each fold; empty where there is none.
std::string folds_html(const ReportContent& content);
/// The same for an ensemble's members.
std::string members_html(const ReportContent& content);
/// A metric's value: "98.43%", "2.770".
std::string score_text(double value, bool percent);
/// "± 1.71%", "± 0.023"
std::string deviation_text(const ReportFolds& folds);
std::string curves_section(const ReportContent& content);
std::string results_section(const ReportContent& content);
std::string hardest_section(const ReportContent& content);
/// What the predictions rest on; empty where that is not known.
std::string importance_section(const ReportContent& content);
/// The first layer's weights, as images or as a table.
std::string weights_section(const ReportContent& content);
/// The table alone; empty where there are no weights.
std::string weight_table(const ReportContent& content);
std::string data_section(const ReportContent& content);
std::string network_section(const ReportContent& content);
std::string reproduce_section(const ReportContent& content);

}  // namespace mlp
