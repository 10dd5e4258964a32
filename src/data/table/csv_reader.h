// Comma-separated values, record by record (RFC 4180, Shafranovich 2005), in the dialect of Python's csv
// module with strict=True, but for blanks around quotes:
//
//   - a record ends with LF, CRLF or CR; the last one may lack its end; empty lines are skipped;
//   - a cell that starts with a quote goes on to the closing quote and may hold delimiters and line ends; a
//     quote in it is written twice; nothing but a delimiter or a line end may follow the closing quote;
//   - blanks (and tabs) before the opening and after the closing quote are no part of the cell;
//   - a quote elsewhere in a cell is a character like any other, and so are blanks.
//
// A UTF-8 byte order mark is skipped, and so is a first line "sep=;", which tells Excel the delimiter. A
// Ctrl-Z as the last byte, with which DOS ended its files, is the end. Zero bytes and bytes that are not
// UTF-8 are refused.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/bytes/byte_reader.h"

namespace mlp {

class CsvReader {
 public:
  /// The most bytes a record may have: what a reader holds in memory is bounded, whatever the file.
  static constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 26;
  static constexpr std::size_t kMaxCells = 100'000;  ///< the most cells a record may have
  static constexpr std::string_view kSeparator =
      "sep=";  ///< in any case: begins a line that names the delimiter

  /// `bytes` must outlive the reader. Without a `delimiter`, a line "sep=;" names it; else it is the one of ,
  /// ; tab | that occurs most often outside quotes in the first record (the comma where none occurs; where
  /// the comma ties with another one, the other; where numbers have a decimal comma, the comma only if there
  /// is no other). Throws FileError as next() does.
  explicit CsvReader(ByteReader& bytes, std::optional<char> delimiter = {}, bool decimal_comma = false);

  /// Goes on to the next record; false at the end. Waits for no byte beyond the record's end.
  /// Throws FileError naming file, line, record, column, what was expected and what was found.
  bool next();

  /// The current record's cells, valid until next(). There is at least one.
  std::size_t size() const { return size_; }
  std::string_view operator[](std::size_t column) const {
    return {buffer_.get() + begin_ + cells_[column].begin, cells_[column].size};
  }

  /// Of the current record: its number, and the line it starts in; both count from 1.
  std::uint64_t record() const { return record_; }
  std::uint64_t line() const { return record_line_; }
  /// "FILE: line 3, record 2", for messages about the current record.
  std::string where() const { return place(record_line_); }
  /// "FILE: line 3, record 2, column 4 ('name')"; the first column is 0.
  std::string where(std::size_t column) const { return place(record_line_, column); }

  /// True where all bytes in the buffer are used up, so that next() may have to wait for more.
  bool drained() const { return position_ == end_; }

  /// The column names to use in messages.
  void set_names(std::vector<std::string> names) { names_ = std::move(names); }
  char delimiter() const { return delimiter_; }
  const std::string& name() const { return bytes_.name(); }

 private:
  struct Cell {  // relative to the record's begin, as the buffer may move
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };

  bool refill();
  void make_room(std::size_t kept);
  void skip_byte_order_mark();
  std::optional<char> take_separator_line();
  bool is_blank(char c) const { return (c == ' ' || c == '\t') && c != delimiter_; }
  bool is_quoted(const char* cell) const;
  bool take_blanks_before_quote();
  char detect_delimiter(bool decimal_comma);
  bool at_end() { return position_ == end_ && !refill(); }
  void simple_cells();
  void plain_cell();
  void quoted_cell();
  void add_cell(std::size_t begin, std::size_t size, std::uint64_t line, bool ascii);
  void end_line();
  std::string place(std::uint64_t line, std::optional<std::size_t> column = {}) const;

  ByteReader& bytes_;
  std::unique_ptr<char[]> buffer_;  // one byte longer than its content: a zero byte follows the data
  std::size_t buffer_bytes_ = 0;
  std::size_t begin_ = 0;      // where the current record begins in the buffer
  std::size_t position_ = 0;   // where reading is in the buffer
  std::size_t end_ = 0;        // where the bytes in the buffer end
  std::size_t held_back_ = 0;  // 1: a Ctrl-Z was read, which is data unless it is the last byte
  bool exhausted_ = false;     // no bytes come after those in the buffer
  bool after_cr_ = false;      // the bytes end after the CR of a line's end, whose LF may follow
  char delimiter_ = ',';
  std::array<bool, 256> plain_{};  // bytes that an unquoted cell runs through without a closer look
  std::vector<Cell> cells_ = std::vector<Cell>(64);
  std::size_t size_ = 0;  // how many of them belong to the current record
  std::vector<std::string> names_;
  std::uint64_t line_ = 1;
  std::uint64_t record_line_ = 1;
  std::uint64_t record_ = 0;
};

}  // namespace mlp
