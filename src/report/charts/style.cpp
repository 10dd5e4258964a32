#include "report/charts/style.h"

#include <algorithm>
#include <string_view>

namespace mlp {
namespace {

/// The first value of a variable such as "--blue" in the page's style sheet, which is the light theme's.
std::string value_of(std::string_view variable) {
  const std::string_view sheet = kPageStyle;
  const std::size_t name = sheet.find(std::string(variable) + ":");
  if (name == std::string_view::npos) return "";
  const std::size_t begin = name + variable.size() + 1;
  std::string value(sheet.substr(begin, sheet.find_first_of(";}", begin) - begin));
  std::ranges::replace(value, ' ', ',');  // in rgb(): older viewers read only commas
  return value;
}

}  // namespace

std::string with_colours(std::string style) {
  constexpr std::string_view kOpening = "var(";
  for (std::size_t at = 0; (at = style.find(kOpening, at)) != std::string::npos;) {
    const std::size_t begin = at + kOpening.size(), end = style.find(')', begin);
    style.replace(at, end + 1 - at, value_of(style.substr(begin, end - begin)));
  }
  return style;
}

}  // namespace mlp
