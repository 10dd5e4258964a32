// Reads a whole table, its columns typed by what they hold.
#include "mlp/table.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "data/cells/cell.h"
#include "data/cells/name_hint.h"
#include "data/numbers/numbers.h"
#include "data/table/column_builder.h"
#include "data/table/csv_rows.h"
#include "data/table/memory_cells.h"
#include "mlp/error.h"
#include "mlp/make_table.h"

namespace mlp {

namespace {

struct Roles {
  std::vector<bool> ignored;
  std::vector<ColumnBuilder::Role> roles;
};

/// `place_of` finds a column by its name, or throws.
template <class PlaceOf>
Roles roles_of(std::size_t columns, const TableOptions& options, const PlaceOf& place_of) {
  Roles result{std::vector<bool>(columns),
               std::vector<ColumnBuilder::Role>(columns, {.max_categories = options.max_categories})};
  for (const auto& name : options.ignore) result.ignored[place_of(name)] = true;
  for (const auto& name : options.categorical) result.roles[place_of(name)].categorical = true;
  for (const auto& name : options.targets) {
    const std::size_t column = place_of(name);
    result.roles[column].target = true;
    if (result.ignored[column])
      throw UsageError("column " + in_quotes(name) + " is named as a target and as one to ignore",
                       "name it once");
  }
  return result;
}

}  // namespace

Table read_table(const TableSource& source, const TableOptions& options) {
  CsvRows rows(source, options);
  const auto [ignored, roles] =
      roles_of(rows.names().size(), options, [&](const std::string& name) { return rows.place_of(name); });
  const CellRules rules(options.missing, options.decimal, options.not_missing);
  std::vector<std::size_t> places;
  std::vector<ColumnBuilder> builders;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (ignored[i]) continue;
    places.push_back(i);
    builders.emplace_back(rows.names()[i], roles[i], rules);
  }

  Table table{.name = rows.record().name()};
  for (; rows.next(); ++table.rows) {
    for (std::size_t i = 0; i < builders.size(); ++i) {
      builders[i].add(rows.record()[places[i]], {rows.record(), places[i]});
    }
  }
  rows.require_any();
  for (auto& builder : builders) {
    table.columns.push_back(builder.finish());
    builder = ColumnBuilder({}, {}, rules);  // frees it: only one column at a time is in memory twice
  }
  return table;
}

Table make_table(std::string name, std::span<const CellColumn> columns, const TableOptions& options) {
  Table table{.name = std::move(name), .rows = row_count(columns)};
  const auto [ignored, roles] = roles_of(
      columns.size(), options, [&](const std::string& one) { return place_of(one, columns, table.name); });
  const CellRules rules(options.missing, {}, options.not_missing);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (ignored[i]) continue;
    ColumnBuilder builder(columns[i].name, roles[i], rules);
    try {
      for_each_cell(table.name, columns[i],
                    [&](std::string_view cell, const CellPlace& place) { builder.add(cell, place); });
      table.columns.push_back(builder.finish());
    } catch (const FileError& error) {
      throw DataError(error.message(), error.advice());
    }
  }
  return table;
}

std::vector<std::string> column_names(const TableSource& source, const TableOptions& options) {
  return CsvRows(source, options).names();
}

std::vector<std::vector<std::string>> read_cells(const TableSource& source,
                                                 std::span<const std::string> columns,
                                                 std::span<const std::size_t> rows,
                                                 const TableOptions& options) {
  CsvRows csv(source, options);
  std::vector<std::size_t> places;
  for (const auto& name : columns) {
    const auto place = csv.find(name);
    if (!place) throw FileError(csv.record().name() + ": has no column " + in_quotes(name));
    places.push_back(*place);
  }
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return rows[i]; });

  std::vector<std::vector<std::string>> cells(rows.size());
  std::size_t read = 0;
  for (const std::size_t i : order) {
    for (; read <= rows[i]; ++read) {
      if (!csv.next())
        throw FileError(csv.record().name() + ": has " + std::to_string(read) + " rows, and row " +
                        std::to_string(rows[i] + 1) + " is asked for");
    }
    for (const std::size_t place : places) cells[i].emplace_back(csv.record()[place]);
  }
  return cells;
}

const Column& Table::column(std::string_view column_name) const {
  for (const auto& column : columns)
    if (column.type.name == column_name) return column;
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.type.name);
  throw UsageError(name + ": has no column " + in_quotes(column_name),
                   suggest_name(column_name, names, "the table has"));
}

std::string_view to_text(ColumnKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"numeric", "boolean", "categorical", "text"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace mlp
