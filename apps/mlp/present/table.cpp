#include "present/table.h"

#include <algorithm>

#include "terminal/format.h"

namespace mlp::app {

std::string table(const std::vector<std::vector<std::string>>& rows, std::size_t text_column,
                  const Style& style, std::size_t gap) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line = "  ";
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const std::string padding(widths[i] - columns_of(rows[r][i]), ' ');
      if (i > 0) line += std::string(gap, ' ');
      line += (i == text_column ? rows[r][i] + padding : padding + rows[r][i]);
    }
    text += (r == 0 ? style.dim + line + style.off : line) + "\n";
  }
  return text;
}

}  // namespace mlp::app
