// The sections of report.html, each the HTML of a part of the content, or empty where there is nothing to
// show.
#pragma once

#include <string>

#include "mlp/html_report.h"

namespace mlp {

/// A row's number as people find it: "row 1,234".
std::string row_number(const HardExample& example);

/// <section> with a heading and a sentence below it (HTML, may be empty); empty where `body` is.
std::string section_html(const std::string& id, const std::string& heading, const std::string& lead,
                         const std::string& body);

std::string tiles_html(const ReportContent& content);
std::string curves_section(const ReportContent& content);
std::string results_section(const ReportContent& content);
std::string hardest_section(const ReportContent& content);
std::string weights_section(const ReportContent& content);
std::string data_section(const ReportContent& content);
std::string network_section(const ReportContent& content);
std::string reproduce_section(const ReportContent& content);

/// The page's style sheet.
extern const char* const kStyleSheet;

}  // namespace mlp
