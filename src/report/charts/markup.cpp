#include "report/charts/markup.h"

#include <array>
#include <charconv>
#include <cmath>

#include "report/charts/line_text.h"

namespace mlp {

std::string html_text(std::string_view text, std::size_t most) {
  std::string result;
  for (const char c : line_of(text, most)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string html_number(double value) {
  const double rounded = std::isfinite(value) ? std::round(100.0 * value) / 100.0 + 0.0 : 0.0;  // no -0
  std::array<char, 400> buffer;  // enough for any double
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), rounded, std::chars_format::fixed).ptr;
  return {buffer.data(), end};
}

}  // namespace mlp
