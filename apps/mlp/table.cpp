#include "table.h"

#include <algorithm>

namespace mlp::app {

std::string table(const std::vector<std::vector<std::string>>& rows, std::size_t text_column,
                  const Style& style) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line = " ";
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const std::string padding(widths[i] - rows[r][i].size(), ' ');
      line += " " + (i == text_column ? rows[r][i] + padding : padding + rows[r][i]);
    }
    text += (r == 0 ? style.dim + line + style.off : line) + "\n";
  }
  return text;
}

}  // namespace mlp::app
