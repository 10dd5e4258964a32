// Small parts of an HTML page. What they make is well-formed XML as well.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/charts/markup.h"

namespace mlp {

/// html_text(), cut to `most` characters with the whole text (its first 1,000 characters) as a tooltip.
std::string html_label(std::string_view text, std::size_t most);

/// The same HTML, where lines may break after each of these characters of its text, as in
/// "adamw(beta2=0.98,weight_decay=0.5)" and in paths.
std::string html_breakable(const std::string& html, std::string_view after = ",/");

/// `<td class="n">text</td>`; the class is left out where empty.
std::string html_cell(const std::string& content, std::string_view css_class = "");
/// A table's head: a cell for each of `names`. Those beginning with '#' are heads of numbers (aligned right),
/// those with '~' are set apart from the numbers before.
std::string html_head(const std::vector<std::string_view>& names);

}  // namespace mlp
