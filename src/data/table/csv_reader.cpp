#include "data/table/csv_reader.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "core/utf8.h"
#include "data/cells/cell.h"
#include "data/numbers/numbers.h"
#include "mlp/error.h"

namespace mlp {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 16;  // as much as ByteReader holds at once
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// Of two that are equally frequent the first is taken: a comma is the likeliest to stand in a text.
constexpr std::string_view kDelimiters = "\t;|,";

constexpr char kControlZ = '\x1A';

constexpr const char* kNotTextHint = "expected a table as text in UTF-8; check that it is the right file";
constexpr const char* kEncodingHint =
    "save the table as UTF-8 (in Excel: \"CSV UTF-8\"; or iconv -f cp1252 -t utf-8 OLD.csv > NEW.csv)";
constexpr const char* kUtf16Hint =
    "save the table as UTF-8 (in Excel: \"CSV UTF-8\"; or iconv -f utf-16 -t utf-8 OLD.csv > NEW.csv)";
constexpr const char* kQuoteHint = "a quote within a quoted cell is written twice (\"\")";

constexpr bool is_line_end(char c) { return c == '\n' || c == '\r'; }
constexpr bool is_ascii(char c) { return (c & 0x80) == 0; }
constexpr bool is_delimiter(char c) { return !is_line_end(c) && c != '"' && c != '\0' && is_ascii(c); }
// Whether a quote, or blanks before one, may begin with this byte. Most cells begin with a greater one.
constexpr bool may_be_quoted(char c) { return static_cast<unsigned char>(c) <= '"'; }
constexpr std::size_t index_of(char c) { return static_cast<unsigned char>(c); }

// Bytes that a quoted cell runs through without a closer look.
constexpr std::array<bool, 256> kPlainInQuotes = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 1; c < 0x80; ++c) plain[c] = true;
  for (const char c : {'"', '\n', '\r'}) plain[index_of(c)] = false;
  return plain;
}();

std::size_t line_ends_in(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    count += text[i] == '\n' || (text[i] == '\r' && text.substr(i + 1, 1) != "\n");
  return count;
}

// A byte for a message: "'x'" or "the byte E9".
std::string shown(char c) {
  if (is_ascii(c)) return in_quotes({&c, 1});
  constexpr const char* kDigits = "0123456789ABCDEF";
  return std::string("the byte ") + kDigits[index_of(c) / 16] + kDigits[index_of(c) % 16];
}

}  // namespace

CsvReader::CsvReader(ByteReader& bytes, std::optional<char> delimiter, bool decimal_comma) : bytes_(bytes) {
  make_room(0);
  skip_byte_order_mark();
  const auto named = take_separator_line();
  delimiter_ = delimiter ? *delimiter : named ? *named : detect_delimiter(decimal_comma);
  require(is_delimiter(delimiter_),
          "CsvReader: the delimiter must be an ASCII character other than a quote or a line end");
  for (std::size_t c = 1; c < 0x80; ++c) plain_[c] = true;
  for (const char c : {'\n', '\r', delimiter_}) plain_[index_of(c)] = false;
}

// Reads more bytes behind those from begin_ on, which move to the front of the buffer. False at the end.
bool CsvReader::refill() {
  if (exhausted_) return false;
  const std::size_t kept = end_ - begin_;
  if (kept >= kMaxRecordBytes)
    throw FileError(place(record_line_) + ": longer than the " + std::to_string(kMaxRecordBytes) +
                        " bytes a record may have",
                    "expected records that end with their line; is a quote never closed, or is it no table?");
  make_room(kept);
  position_ -= begin_;
  begin_ = 0;
  char* const to = buffer_.get() + kept;
  const std::size_t room = buffer_bytes_ - 1 - kept;
  std::size_t count = 0;
  do {
    if (held_back_ > 0) *to = kControlZ;
    count = bytes_.read_some({reinterpret_cast<std::uint8_t*>(to) + held_back_, room - held_back_});
    if (count == 0) break;
    count += std::exchange(held_back_, 0);
    held_back_ = to[count - 1] == kControlZ ? 1 : 0;
    count -= held_back_;
  } while (count == 0);
  end_ = kept + count;
  buffer_[end_] = '\0';
  exhausted_ = count == 0;
  return !exhausted_;
}

// Moves the bytes from begin_ on, `kept` of them, to the front of a buffer that has room for a block behind
// them.
void CsvReader::make_room(std::size_t kept) {
  if (buffer_bytes_ >= kept + kBlockBytes + 1) {
    if (begin_ > 0) std::memmove(buffer_.get(), buffer_.get() + begin_, kept);
    return;
  }
  buffer_bytes_ = std::min(2 * kept, kMaxRecordBytes) + kBlockBytes + 1;
  auto larger = std::make_unique_for_overwrite<char[]>(buffer_bytes_);
  if (kept > 0) std::memcpy(larger.get(), buffer_.get() + begin_, kept);
  buffer_ = std::move(larger);
}

void CsvReader::skip_byte_order_mark() {
  const auto start = [&] { return std::string_view(buffer_.get(), end_); };
  while (end_ < kByteOrderMark.size() && kByteOrderMark.starts_with(start()) && refill()) {
  }
  if (start().starts_with("\xFF") || start().starts_with("\xFE"))
    throw FileError(name() + ": starts with the bytes of UTF-16, expected UTF-8", kUtf16Hint);
  if (start().starts_with(kByteOrderMark)) begin_ = position_ = kByteOrderMark.size();
}

// Takes a line "sep=;" at the start, in any case, and returns its delimiter. Waits for no byte after one that
// differs.
std::optional<char> CsvReader::take_separator_line() {
  const auto at = [&](std::size_t i) -> std::optional<char> {
    while (begin_ + i >= end_)
      if (!refill()) return std::nullopt;
    return buffer_[begin_ + i];
  };
  for (std::size_t i = 0; i < kSeparator.size(); ++i) {
    const auto c = at(i);
    if (!c || lower_case({&*c, 1}).front() != kSeparator[i]) return std::nullopt;
  }
  const auto delimiter = at(kSeparator.size());
  if (!delimiter || !is_delimiter(*delimiter)) return std::nullopt;
  const auto end = at(kSeparator.size() + 1);
  if (end && !is_line_end(*end)) return std::nullopt;
  begin_ = position_ = begin_ + kSeparator.size() + 1;
  if (end) end_line();
  begin_ = position_;
  return delimiter;
}

// Looks at the first record without taking it.
char CsvReader::detect_delimiter(bool decimal_comma) {
  std::array<std::size_t, kDelimiters.size()> counts{};
  bool quoted = false, empty = true, cell_start = true;
  const std::size_t offset = position_ - begin_;
  for (; !at_end(); ++position_) {
    const char c = buffer_[position_];
    if (c == '\0' || (is_line_end(c) && !quoted && !empty)) break;
    if (is_line_end(c) && !quoted) {  // the line held only blanks
      counts = {};
      continue;
    }
    const bool blank = c == ' ' || c == '\t';
    empty = empty && blank;
    const auto candidate = kDelimiters.find(c);
    const bool quote = c == '"' && (quoted || cell_start);
    if (quote) {
      quoted = !quoted;
    } else if (!quoted && candidate != std::string_view::npos) {
      ++counts[candidate];
    }
    // A quote right after a closing one is the second half of a doubled quote.
    cell_start = !quoted && (quote || candidate != std::string_view::npos || (cell_start && blank));
  }
  position_ = begin_ + offset;
  const auto others = std::span(counts).first(kDelimiters.find(','));
  if (decimal_comma && std::ranges::any_of(others, [](std::size_t count) { return count > 0; }))
    counts[kDelimiters.find(',')] = 0;
  const auto most = std::max_element(counts.begin(), counts.end());
  if (*most == 0) return decimal_comma ? ';' : ',';
  return kDelimiters[static_cast<std::size_t>(most - counts.begin())];
}

bool CsvReader::next() {
  size_ = 0;
  for (begin_ = position_; !at_end() && is_line_end(buffer_[position_]); begin_ = position_) end_line();
  if (at_end()) return false;
  after_cr_ = false;
  ++record_;
  record_line_ = line_;
  for (;;) {
    simple_cells();
    if (!at_end() && may_be_quoted(buffer_[position_]) && take_blanks_before_quote()) {
      quoted_cell();
    } else {
      plain_cell();
    }
    if (at_end()) return true;
    if (buffer_[position_] != delimiter_) break;
    ++position_;
  }
  end_line();
  return true;
}

// Takes a line's end, both bytes of a CRLF where they are at hand.
void CsvReader::end_line() {
  const char c = buffer_[position_++];
  if (c == '\r' || !after_cr_) ++line_;
  after_cr_ = c == '\r' && position_ == end_;
  if (c == '\r' && position_ < end_ && buffer_[position_] == '\n') ++position_;
}

// Takes cells while they are as simple as most are: unquoted ASCII before a delimiter, all of it in the
// buffer. (This saves a third of the time of reading a file of numbers.)
void CsvReader::simple_cells() {
  const char* const record = buffer_.get() + begin_;
  const char* cell = buffer_.get() + position_;
  const char delimiter = delimiter_;
  Cell* to = cells_.data() + size_;
  for (const Cell* const end = cells_.data() + cells_.size(); to != end; ++to) {
    const char* next = cell;
    while (plain_[index_of(*next)]) ++next;
    if (*next != delimiter || (may_be_quoted(*cell) && is_quoted(cell))) break;
    *to = {static_cast<std::uint32_t>(cell - record), static_cast<std::uint32_t>(next - cell)};
    cell = next + 1;
  }
  size_ = static_cast<std::size_t>(to - cells_.data());
  position_ = static_cast<std::size_t>(cell - buffer_.get());
}

// Whether a cell that is in the buffer up to its delimiter begins with a quote, or blanks and a quote.
bool CsvReader::is_quoted(const char* cell) const {
  while (is_blank(*cell)) ++cell;
  return *cell == '"';
}

// Takes the blanks before a cell where a quote comes next; else takes nothing and returns false.
bool CsvReader::take_blanks_before_quote() {
  for (std::size_t blanks = 0;; ++blanks) {
    if (position_ + blanks == end_ && !refill()) return false;
    const char c = buffer_[position_ + blanks];
    if (c == '"') position_ += blanks;
    if (!is_blank(c)) return c == '"';
  }
}

void CsvReader::plain_cell() {
  const std::size_t begin = position_ - begin_;
  bool ascii = true;
  for (;;) {
    const char* next = buffer_.get() + position_;
    while (plain_[index_of(*next)]) ++next;
    position_ = static_cast<std::size_t>(next - buffer_.get());
    if (!is_ascii(*next)) {
      ascii = false;
      ++position_;
      continue;
    }
    if (*next == '\0' && position_ < end_)
      throw FileError(place(line_, size_) + ": expected text, found a zero byte", kNotTextHint);
    if (*next != '\0' || !refill()) break;
  }
  add_cell(begin, position_ - begin_ - begin, line_, ascii);
}

// Where a doubled quote becomes one, the rest of the cell moves to the left.
void CsvReader::quoted_cell() {
  const std::uint64_t first_line = line_;
  ++position_;
  const std::size_t begin = position_ - begin_;
  std::size_t length = 0;
  bool ascii = true, after_cr = false;
  const auto keep = [&](std::size_t count) {
    char* to = buffer_.get() + begin_ + begin + length;
    const char* from = buffer_.get() + position_;
    if (to != from) std::memmove(to, from, count);
    length += count;
    position_ += count;
  };
  for (;;) {
    const char* next = buffer_.get() + position_;
    while (kPlainInQuotes[index_of(*next)]) ++next;
    const auto count = static_cast<std::size_t>(next - buffer_.get()) - position_;
    if (count > 0) after_cr = false;
    keep(count);
    if (position_ == end_) {
      if (refill()) continue;
      throw FileError(place(first_line, size_) + ": expected a closing quote, found the end of the file",
                      kQuoteHint);
    }
    const char c = buffer_[position_];
    if (c == '\0') throw FileError(place(line_, size_) + ": expected text, found a zero byte", kNotTextHint);
    if (c == '"') {
      ++position_;
      if (at_end() || buffer_[position_] != '"') break;
    }
    if (c == '\r' || (c == '\n' && !after_cr)) ++line_;
    if (!is_ascii(c)) ascii = false;
    after_cr = c == '\r';
    keep(1);
  }
  const auto at_cell_end = [&] {
    return at_end() || buffer_[position_] == delimiter_ || is_line_end(buffer_[position_]);
  };
  if (!at_cell_end()) {
    while (!at_end() && is_blank(buffer_[position_])) ++position_;
    if (!at_cell_end())
      throw FileError(place(line_, size_) +
                          ": expected a delimiter or the line's end after the closing quote, found " +
                          shown(buffer_[position_]),
                      kQuoteHint);
  }
  add_cell(begin, length, first_line, ascii);
}

void CsvReader::add_cell(std::size_t begin, std::size_t size, std::uint64_t line, bool ascii) {
  static_assert(kMaxCells == 100'000, "so says the message");
  if (size_ == kMaxCells)
    throw FileError(
        place(record_line_) + ": more than 100,000 cells, and so columns, the most that a table may have",
        "leave columns out, as 'cut -d, -f1-1000' does; numbers alone may come as arrays (.npy, .npz); or "
        "cells end at another character (" +
            Setting::kDelimiter + ")");
  if (size_ == cells_.size()) cells_.resize(std::min(2 * size_, kMaxCells));
  cells_[size_++] = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(size)};
  if (ascii) return;
  const auto text = (*this)[size_ - 1];
  const auto wrong = find_invalid_utf8(text);
  if (!wrong) return;
  throw FileError(place(line + line_ends_in(text.substr(0, *wrong)), size_ - 1) + ": expected UTF-8, found " +
                      shown(text[*wrong]) + " after " + in_quotes(text.substr(0, *wrong)),
                  kEncodingHint);
}

std::string CsvReader::place(std::uint64_t line, std::optional<std::size_t> column) const {
  std::string text = name() + ": line " + std::to_string(line) + ", record " +
                     std::to_string(std::max<std::uint64_t>(record_, 1));
  if (!column) return text;
  text += ", column " + std::to_string(*column + 1);
  return *column < names_.size() ? text + " (" + in_quotes(names_[*column]) + ")" : text;
}

}  // namespace mlp
