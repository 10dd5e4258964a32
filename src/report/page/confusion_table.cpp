#include "report/page/confusion_table.h"

#include <algorithm>

#include "report/charts/confusion_chart.h"
#include "report/charts/number_format.h"
#include "report/charts/png.h"
#include "report/page/html.h"

namespace mlp {
namespace {

constexpr std::size_t kMostName = 14;        ///< characters of a class name beside the table
constexpr std::size_t kMostConfusions = 20;  ///< in the list
/// The most classes for which the table is no wider than a phone, with short names and with long ones beside
/// it.
constexpr std::size_t kMostOnTelephone = 10, kMostNamedOnTelephone = 7;

/// The commas are in tags of their own, since a phone has no room for them.
std::string count_html(std::uint64_t count) {
  std::string html;
  for (const char c : with_thousands(count)) html += c == ',' ? "<i>,</i>" : std::string(1, c);
  return html;
}

std::string table_cell(std::uint64_t count, std::uint64_t total, bool diagonal,
                       const std::string& description) {
  if (count == 0) return diagonal ? "<td class=\"z\">0</td>" : "<td class=\"z\">\u00b7</td>";
  const double share = share_of(count, total);
  const double strength = confusion_strength(share, diagonal);
  return std::string("<td class=\"") + (diagonal ? "hit" : "miss") +
         (strength > kDeep  ? " deep"
          : strength > 0.65 ? " half"
                            : "") +
         "\" style=\"--s:" + fixed_text(strength, 2) + "\" title=\"" + description + ": " +
         with_thousands(count) + " of " + with_thousands(total) + " (" +
         percent_text(share, share < 0.1 ? 2 : 1) + ")\">" + count_html(count) + "</td>";
}

/// All columns are as wide as the longest count: as its characters, at least 3, and on a phone, which shows
/// only digits, as its digits.
std::string widths(const Matrix<std::uint64_t>& confusion) {
  std::uint64_t most = 0;
  for (const std::uint64_t count : confusion.values()) most = std::max(most, count);
  return "--c:" + std::to_string(std::max<std::size_t>(3, with_thousands(most).size())) +
         ";--d:" + std::to_string(std::max<std::size_t>(2, std::to_string(most).size()));
}

std::string table(const Matrix<std::uint64_t>& confusion, const std::vector<std::string>& names) {
  const bool upright = std::any_of(names.begin(), names.end(), [](const auto& n) { return n.size() > 4; });
  std::string html =
      "<p class=\"aside\">Rows are the true classes, columns what was predicted.</p>"
      "<div class=\"scroll" +
      std::string(names.size() > (upright ? kMostNamedOnTelephone : kMostOnTelephone) ? " swipe" : "") +
      "\"><table class=\"confusion" + std::string(upright ? " upright" : "") +
      (names.size() <= 5 ? " few" : "") + "\" style=\"" + widths(confusion) + "\"><thead><tr><td></td>";
  for (const auto& name : names)
    html += "<th scope=\"col\"><span>" + html_label(name, kMostName) + "</span></th>";
  html += "</tr></thead><tbody>";
  for (std::size_t t = 0; t < names.size(); ++t) {
    const auto counts = confusion.row(t);
    html += "<tr><th scope=\"row\">" + html_label(names[t], kMostName) + "</th>";
    for (std::size_t p = 0; p < names.size(); ++p) {
      html += table_cell(
          counts[p], row_total(counts), t == p,
          html_text(names[t], 60) + (t == p ? " predicted right" : " taken for " + html_text(names[p], 60)));
    }
    html += "</tr>";
  }
  return html + "</tbody></table></div>";
}

std::string picture(const Matrix<std::uint64_t>& confusion) {
  const auto [png, block] = confusion_picture(confusion);
  return R"(<figure class="heat"><img class="pixels" alt="Confusion matrix of )" +
         with_thousands(confusion.rows()) + " classes\" src=\"" + data_uri(png) +
         "\"/><figcaption>True classes from top to bottom, predicted from left to right: blue is right, "
         "orange is "
         "wrong" +
         (block > 1 ? "; " + block_text(block) : "") + ".</figcaption></figure>";
}

std::string list(const Matrix<std::uint64_t>& confusion, const std::vector<std::string>& names) {
  const auto confusions = top_confusions(confusion, kMostConfusions);
  if (confusions.empty()) return "<p class=\"quiet\">No class is taken for another.</p>";
  std::string html = "<div class=\"scroll\"><table><caption>The most frequent confusions</caption>" +
                     html_head({"true", "predicted", "#rows", "#share of the class"}) + "<tbody>";
  for (const auto& [truth, predicted, count] : confusions) {
    html += "<tr>" + html_cell(html_label(names[truth], 28)) + html_cell(html_label(names[predicted], 28)) +
            html_cell(with_thousands(count), "n") +
            html_cell(percent_text(share_of(count, row_total(confusion.row(truth))), 1), "n") + "</tr>";
  }
  return html + "</tbody></table></div>";
}

}  // namespace

std::vector<Confusion> top_confusions(const Matrix<std::uint64_t>& confusion, std::size_t most) {
  std::vector<Confusion> all;
  for (std::size_t t = 0; t < confusion.rows(); ++t) {
    for (std::size_t p = 0; p < confusion.columns(); ++p) {
      if (t != p && confusion(t, p) > 0) all.push_back({t, p, confusion(t, p)});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  all.resize(std::min(all.size(), most));
  return all;
}

std::string confusion_html(const Matrix<std::uint64_t>& confusion,
                           const std::vector<std::string>& class_names) {
  require(confusion.rows() == class_names.size() && confusion.columns() == class_names.size(),
          "confusion_html: as many classes as rows and columns expected");
  if (class_names.size() <= kMostTableClasses) return table(confusion, class_names);
  return "<div class=\"two\">" + picture(confusion) + list(confusion, class_names) + "</div>";
}

}  // namespace mlp
