// Tables written as text by a test.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "data/support.h"
#include "mlp/table.h"

namespace mlp::testing_support {

inline TableSource source_of(std::string_view text, const std::string& name = "test.csv") {
  return ByteStream{.name = name, .read = in_pieces(text, 1 << 16)};
}

inline Table table_of(const std::string& text, const TableOptions& options = {}) {
  return read_table(source_of(text), options);
}

inline std::vector<std::uint32_t> first_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  for (std::uint32_t row = 0; row < count; ++row) rows[row] = row;
  return rows;
}

}  // namespace mlp::testing_support
