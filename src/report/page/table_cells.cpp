#include "report/page/table_cells.h"

#include <array>
#include <charconv>
#include <cmath>

namespace mlp {

std::string cell_text(const Column& column, std::size_t row) {
  if (column.type.kind == ColumnKind::kNumeric) {
    const double number = column.numbers[row];
    if (std::isnan(number)) return "";
    std::array<char, 400> text{};  // enough for any double
    const auto format = std::abs(number) < 1e15 && (number == 0 || std::abs(number) >= 1e-5)
                            ? std::chars_format::fixed
                            : std::chars_format::scientific;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number, format).ptr};
  }
  const std::int32_t code = column.codes[row];
  return code < 0 ? "" : column.type.categories[static_cast<std::size_t>(code)];
}

}  // namespace mlp
