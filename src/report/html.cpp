#include "report/html.h"

#include <cmath>

#include "report/line_text.h"
#include "report/number_format.h"

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

std::string html_label(std::string_view text, std::size_t most) {
  if (character_count(text) <= most) return html_text(text);
  return "<span title=\"" + html_text(text, 1000) + "\">" + html_text(text, most) + "</span>";
}

std::string html_cell(const std::string& content, std::string_view css_class) {
  return (css_class.empty() ? "<td>" : "<td class=\"" + std::string(css_class) + "\">") + content + "</td>";
}

std::string html_head(std::initializer_list<std::string_view> names) {
  std::string row = "<thead><tr>";
  for (const auto name : names) {
    const bool number = name.starts_with('#');
    row += std::string(number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">") +
           html_text(number ? name.substr(1) : name) + "</th>";
  }
  return row + "</tr></thead>";
}

std::string html_number(double value) {
  std::string text = fixed_text(std::isfinite(value) ? value : 0.0, 2);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace mlp
