// The rows of a table in CSV: records below a line of names, each with as many cells as there are names.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/bytes/byte_reader.h"
#include "data/table/csv_reader.h"
#include "mlp/message.h"
#include "mlp/table.h"

namespace mlp {

/// What to do where the first line holds no names.
Message say_no_header();

class CsvRows {
 public:
  /// Opens the source and reads the names, which are "1", "2", ... where the options say that there are none;
  /// spaces and other invisible characters around them do not count, an empty name becomes "unnamed N".
  /// Throws FileError where the source cannot be read, is empty, or has a name twice.
  CsvRows(const TableSource& source, const TableOptions& options);

  /// Goes on to the next row, past lines of nothing but blanks; false at the end. Throws FileError where a
  /// row has more or fewer cells than there are names, or repeats all the names, as in a table appended to
  /// another.
  bool next();

  /// Throws FileError, at the end, where there was no row at all.
  void require_any() const;

  /// The current row.
  const CsvReader& record() const { return csv_; }

  const std::vector<std::string>& names() const { return names_; }
  std::optional<std::size_t> find(const std::string& name) const;
  /// Throws UsageError where there is no column of this name.
  std::size_t place_of(const std::string& name);
  /// "did you mean 'age'? ..." and what else to do where a name is not among the names. May read the first
  /// row, to see whether the line above it holds names. `without_names`: what to do where it does not.
  Message hint_for(std::string_view unknown, const Message& without_names = say_no_header());

 private:
  bool next_record();
  void read_names();
  std::string name_in(std::size_t column) const;
  bool repeats_names() const;
  [[noreturn]] void refuse_cell_count();
  Message cell_count_hint();
  bool next_row_may_have(std::size_t cells);
  std::string comment_hint() const;
  std::string title_hint();

  std::unique_ptr<ByteReader> bytes_;
  CsvReader csv_;
  bool header_;
  bool first_row_read_ = false;  // so as to count its cells
  std::size_t rows_ = 0;
  std::vector<std::string> names_;
  std::size_t last_named_ = 0;  // the last column with a name in the first line
  std::string last_name_;       // as it is written there; empty where no column has a name
  std::size_t unnamed_ = 0;     // columns without a name in the first line
  std::unordered_map<std::string, std::size_t> columns_;
};

}  // namespace mlp
