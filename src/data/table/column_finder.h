// Columns of a table by name, and what their codes are in the words of another ColumnType.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/table.h"

namespace mlp {

/// Finds columns that are asked for in the table's order in one pass, others as well.
class ColumnFinder {
 public:
  explicit ColumnFinder(const Table& table) : table_(&table) {}

  /// Throws UsageError where there is none, DataError unless it can be read as `type` says: numbers of a
  /// numeric one, codes of others.
  const Column& find(const ColumnType& type);

 private:
  const Table* table_;
  std::size_t next_ = 0;
};

/// For each category of `from` its place in `to`, Column::kUnknown where it has none.
std::vector<std::int32_t> translation(const ColumnType& from, const ColumnType& to);

}  // namespace mlp
