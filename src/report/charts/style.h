// How charts look: chart.css beside this, and the colours of the page they stand in.
#pragma once

#include <string>

namespace mlp {

/// The style sheets, embedded by CMake: of charts, whose colours are the page's, and of the page.
extern const char* const kChartStyle;
extern const char* const kPageStyle;

/// `style`, such as kChartStyle, with the colours that the page has on white in place of its variables, for
/// files that stand alone: few viewers of SVG know variables. rgb(var(--blue)) becomes rgb(33,98,178).
std::string with_colours(std::string style);

}  // namespace mlp
