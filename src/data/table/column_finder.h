// Finds columns of a table by name, and translates their codes into those of another ColumnType.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/table.h"

namespace mlp {

/// Finds columns in one pass if they are asked for in the table's order; any other order works as well.
class ColumnFinder {
 public:
  explicit ColumnFinder(const Table& table) : table_(&table) {}

  /// Throws UsageError where there is no such column, DataError unless it can be read as `type` says: as
  /// numbers if that is numeric, as codes otherwise.
  const Column& find(const ColumnType& type);

 private:
  const Table* table_;
  std::size_t next_ = 0;
};

/// For each category of `from` its place in `to`, Column::kUnknown where it has none.
std::vector<std::int32_t> translation(const ColumnType& from, const ColumnType& to);

}  // namespace mlp
