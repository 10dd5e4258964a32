#include "report/page/html.h"

#include "report/charts/line_text.h"

namespace mlp {

std::string html_label(std::string_view text, std::size_t most) {
  if (text.find_first_not_of(' ') == std::string_view::npos) return "<em>empty</em>";
  if (character_count(text) <= most) return html_text(text);
  return "<span title=\"" + html_text(text, 1000) + "\">" + html_text(text, most) + "</span>";
}

std::string html_breakable(const std::string& html, std::string_view after) {
  std::string result;
  bool in_tag = false;
  for (std::size_t i = 0; i < html.size(); ++i) {
    const char c = html[i], next = i + 1 < html.size() ? html[i + 1] : ' ';
    result += c;
    if (c == '<' || c == '>') in_tag = c == '<';
    if (!in_tag && after.find(c) != std::string_view::npos && next != ' ' && next != '<') result += "<wbr/>";
  }
  return result;
}

std::string html_cell(const std::string& content, std::string_view css_class) {
  return (css_class.empty() ? "<td>" : "<td class=\"" + std::string(css_class) + "\">") + content + "</td>";
}

std::string html_head(const std::vector<std::string_view>& names) {
  std::string row = "<thead><tr>";
  for (const auto name : names) {
    const std::string css_class = name.starts_with('#') ? "n" : name.starts_with('~') ? "spread" : "";
    row += "<th scope=\"col\"" + (css_class.empty() ? "" : " class=\"" + css_class + "\"") + ">" +
           html_text(css_class.empty() ? name : name.substr(1)) + "</th>";
  }
  return row + "</tr></thead>";
}

}  // namespace mlp
