// The cells of columns in memory, as the texts that a file would have.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "data/cells/name_hint.h"
#include "data/table/cell_place.h"
#include "mlp/error.h"
#include "mlp/make_table.h"

namespace mlp {

inline std::size_t cell_count(const CellColumn& column) {
  const auto* numbers = std::get_if<std::vector<double>>(&column.cells);
  return numbers != nullptr ? numbers->size() : std::get<CodedCells>(column.cells).codes.size();
}

/// Checks that the columns make a table, and returns its number of rows.
inline std::size_t row_count(std::span<const CellColumn> columns) {
  require(!columns.empty(), "make_table: there are no columns");
  std::set<std::string_view> names;
  for (const auto& column : columns) {
    require(names.insert(column.name).second,
            "make_table: the name " + in_quotes(column.name) + " stands twice");
    require(cell_count(column) == cell_count(columns.front()),
            "make_table: column " + in_quotes(column.name) + " has " + std::to_string(cell_count(column)) +
                " cells, column " + in_quotes(columns.front().name) + " has " +
                std::to_string(cell_count(columns.front())));
    const auto* coded = std::get_if<CodedCells>(&column.cells);
    if (coded == nullptr) continue;
    const auto texts = static_cast<std::int64_t>(coded->texts.size());
    require(std::ranges::all_of(coded->codes, [&](std::int32_t code) { return code >= -1 && code < texts; }),
            "make_table: column " + in_quotes(column.name) + " has a code without a text");
  }
  return cell_count(columns.front());
}

/// Throws UsageError where there is no such column.
inline std::size_t place_of(const std::string& name, std::span<const CellColumn> columns,
                            const std::string& table) {
  const auto found = std::ranges::find(columns, name, &CellColumn::name);
  if (found != columns.end()) return static_cast<std::size_t>(found - columns.begin());
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  throw UsageError(table + ": has no column " + in_quotes(name), suggest_name(name, names, "the table has"));
}

/// Calls take(text, place) for each cell of the column, in the rows' order.
template <class Take>
void for_each_cell(const std::string& table, const CellColumn& column, const Take& take) {
  const std::size_t rows = cell_count(column);
  if (const auto* coded = std::get_if<CodedCells>(&column.cells)) {
    for (std::size_t n = 0; n < rows; ++n) {
      const std::int32_t code = coded->codes[n];
      take(code < 0 ? std::string_view() : std::string_view(coded->texts[static_cast<std::size_t>(code)]),
           CellPlace(table, column.name, n));
    }
    return;
  }
  const auto& numbers = std::get<std::vector<double>>(column.cells);
  char text[32];
  for (std::size_t n = 0; n < rows; ++n) {
    const auto end = std::isnan(numbers[n]) ? text : std::to_chars(text, text + sizeof text, numbers[n]).ptr;
    take(std::string_view(text, static_cast<std::size_t>(end - text)), CellPlace(table, column.name, n));
  }
}

}  // namespace mlp
