#include "report/table_cells.h"

#include <array>
#include <charconv>
#include <cmath>

namespace mlp {

std::string cell_text(const Column& column, std::size_t row) {
  if (column.type.kind == ColumnKind::kNumeric) {
    const double number = column.numbers[row];
    if (std::isnan(number)) return "";
    // Cells come back from float inputs: what lies behind six digits is rounding.
    std::array<char, 32> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::general, 6).ptr;
    return {text.data(), end};
  }
  const std::int32_t code = column.codes[row];
  return code < 0 ? "" : column.type.categories[static_cast<std::size_t>(code)];
}

}  // namespace mlp
