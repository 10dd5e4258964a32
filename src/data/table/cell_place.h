// Where a cell stands, put into words only where a message needs it.
#pragma once

#include <string>

#include "data/numbers/numbers.h"
#include "data/table/csv_reader.h"

namespace mlp {

class CellPlace {
 public:
  /// Of the current record.
  CellPlace(const CsvReader& csv, std::size_t column) : csv_(&csv), number_(column) {}
  /// Of a table in memory; `row` counts from 0.
  CellPlace(const std::string& table, const std::string& column, std::size_t row)
      : table_(&table), column_(&column), number_(row) {}

  /// "FILE: line 3, record 2, column 4 ('name')", or "TABLE: row 2, column 'name'".
  std::string text() const {
    if (csv_ != nullptr) return csv_->where(number_);
    return *table_ + ": row " + std::to_string(number_ + 1) + ", column " + in_quotes(*column_);
  }

 private:
  const CsvReader* csv_ = nullptr;
  const std::string* table_ = nullptr;
  const std::string* column_ = nullptr;
  std::size_t number_;
};

}  // namespace mlp
