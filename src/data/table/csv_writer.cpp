#include "data/cells/cell.h"
#include "data/table/csv_reader.h"
#include "mlp/csv.h"
#include "mlp/error.h"

namespace mlp {

std::string csv_cell(std::string_view text, char delimiter) {
  // At the start of a file a bare byte order mark, or "sep=;", would be skipped on reading.
  const bool needs_quotes = text.find(delimiter) != std::string_view::npos ||
                            text.find_first_of("\"\r\n") != std::string_view::npos ||
                            text.starts_with("\xEF\xBB\xBF") ||
                            lower_case(text.substr(0, CsvReader::kSeparator.size())) == CsvReader::kSeparator;
  if (!needs_quotes) return std::string(text);
  std::string cell = "\"";
  for (const char c : text) cell.append(c == '"' ? 2 : 1, c);
  return cell + '"';
}

std::string csv_record(std::span<const std::string> cells, char delimiter) {
  require(!cells.empty(), "csv_record: a record has at least one cell");
  // An empty line would be skipped on reading.
  if (cells.size() == 1 && cells[0].empty()) return "\"\"\n";
  std::string record;
  for (const auto& cell : cells) record += csv_cell(cell, delimiter) + delimiter;
  record.back() = '\n';
  return record;
}

}  // namespace mlp
