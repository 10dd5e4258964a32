#include "data/table/csv_rows.h"

#include <algorithm>
#include <utility>

#include "core/utf8.h"
#include "data/bytes/file_kind.h"
#include "data/cells/cell.h"
#include "data/cells/name_hint.h"
#include "data/numbers/numbers.h"
#include "mlp/error.h"

namespace mlp {

namespace {

constexpr std::size_t kMaxNameBytes = 1000;
constexpr const char* kEmptyHint = "expected a line of column names and rows below it";
constexpr const char* kTitleHint = "is it a title above the names? then delete it";

std::unique_ptr<ByteReader> require_text(std::unique_ptr<ByteReader> bytes) {
  if (const auto kind = kind_of_file(*bytes); !kind.empty())
    throw FileError(bytes->name() + ": expected a table as text, CSV or TSV, found " + kind,
                    "save the table as CSV: a line of column names, then a line for each row");
  return bytes;
}

std::string shown(char delimiter) { return delimiter == '\t' ? "a tab" : in_quotes({&delimiter, 1}); }

// What to do where the first line is much shorter than the next, or nothing.
std::string short_first_line(std::size_t first, std::size_t next) {
  if (next < 2 * first) return {};
  return "the first line has " + std::to_string(first) + (first == 1 ? " cell" : " cells") + ", the next " +
         std::to_string(next) + ": " + kTitleHint;
}

/// Whether a record is nothing but blanks. (A line of one empty cell has quotes.)
bool is_line_of_blanks(const CsvReader& csv) {
  const char delimiter = csv.delimiter();
  if (csv.size() == 1 ? csv[0].empty() : delimiter != '\t' && delimiter != ' ') return false;
  for (std::size_t i = 0; i < csv.size(); ++i)
    if (!trimmed(csv[i]).empty()) return false;
  return true;
}

struct Open {
  std::unique_ptr<ByteReader> operator()(const std::filesystem::path& path) const {
    return std::make_unique<ByteReader>(path);
  }
  std::unique_ptr<ByteReader> operator()(const ByteStream& stream) const {
    return std::make_unique<ByteReader>(stream.name, stream.read);
  }
};

}  // namespace

Message say_no_header() { return "say so (" + Setting::kNoHeader + ")"; }

CsvRows::CsvRows(const TableSource& source, const TableOptions& options)
    : bytes_(require_text(std::visit(Open{}, source))),
      csv_(*bytes_, options.delimiter, options.decimal == ','),
      header_(options.header) {
  require(!options.decimal || *options.decimal == '.' || *options.decimal == ',',
          "read_table: the decimal mark must be '.' or ','");
  if (!next_record()) throw FileError(csv_.name() + ": holds no record, expected a table", kEmptyHint);
  read_names();
}

/// Goes on to the next record that is not a line of blanks.
bool CsvRows::next_record() {
  while (csv_.next())
    if (!is_line_of_blanks(csv_)) return true;
  return false;
}

/// The name that the current record gives a column. (Its first name may begin with a byte order mark, where
/// the file was appended to another.)
std::string CsvRows::name_in(std::size_t column) const {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  auto name = csv_[column];
  if (column == 0 && name.starts_with(kByteOrderMark)) name.remove_prefix(kByteOrderMark.size());
  name = trim_invisible(name);
  return name.empty() ? "unnamed " + std::to_string(column + 1) : std::string(name);
}

void CsvRows::read_names() {
  for (std::size_t i = 0; i < csv_.size(); ++i) {
    const auto name = trim_invisible(csv_[i]);
    if (name.size() > kMaxNameBytes)
      throw FileError(csv_.where(i) + ": expected a column's name of at most " +
                          std::to_string(kMaxNameBytes) + " bytes, found " + in_quotes(name),
                      "if the first line holds no names, " + say_no_header());
    unnamed_ += header_ && name.empty();
    if (header_ && !name.empty()) {
      last_named_ = i;
      last_name_ = csv_[i];
    }
    names_.push_back(header_ ? name_in(i) : std::to_string(i + 1));
    const auto [entry, added] = columns_.emplace(names_.back(), i);
    if (!added)
      throw FileError(csv_.where(i) + ": the name " + in_quotes(names_.back()) + " stands in column " +
                          std::to_string(entry->second + 1) + " already",
                      "rename one of them; if the first line holds no names, " + say_no_header());
  }
  if (header_) csv_.set_names(names_);
  first_row_read_ = !header_;
}

bool CsvRows::next() {
  do {
    if (!std::exchange(first_row_read_, false) && !csv_.next()) return false;
    if (csv_.size() == names_.size()) {
      if (repeats_names())
        throw FileError(
            csv_.where() + ": repeats the names of the columns, expected a row",
            "delete the line, which a second table brings along where it is put behind the first; "
            "if the first line holds no names, " +
                say_no_header());
      ++rows_;
      return true;
    }
  } while (is_line_of_blanks(csv_));
  refuse_cell_count();
}

/// One cell is enough to tell nearly every row from the names.
bool CsvRows::repeats_names() const {
  if (csv_[last_named_] != last_name_ || last_name_.empty()) return false;
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (name_in(i) != names_[i]) return false;
  return true;
}

void CsvRows::refuse_cell_count() {
  const auto message = csv_.where() + ": expected " + std::to_string(names_.size()) +
                       " cells as in the first record, found " + std::to_string(csv_.size());
  throw FileError(message, cell_count_hint());
}

/// What may be wrong where the current record has more or fewer cells than there are names.
Message CsvRows::cell_count_hint() {
  const Message usual = "cells are taken to end at " + shown(csv_.delimiter()) + " (" + Setting::kDelimiter +
                        "); one that holds it belongs in quotes";
  if (csv_[0].starts_with('#')) return "if the line is a comment, delete it; " + usual;
  if (!header_) return usual;
  std::size_t repeated = 0;
  for (std::size_t i = 0; i < csv_.size(); ++i) repeated += columns_.contains(name_in(i));
  if (2 * repeated > csv_.size())
    return "it has names of columns: a table put behind another needs the same columns, and no line of names";
  if (rows_ > 0) return usual;
  if (const auto hint = comment_hint(); !hint.empty()) return hint;
  if (const auto title = short_first_line(names_.size(), csv_.size()); !title.empty())
    return title + "; " + usual;
  const std::size_t cells = csv_.size();
  const bool more = cells == names_.size() + 1, empty_end = trimmed(csv_[cells - 1]).empty();
  const bool fewer = cells + 1 == names_.size() && last_named_ != names_.size() - 1;
  if ((!more && !fewer) || !next_row_may_have(cells)) return usual;
  const std::string delimiter = shown(csv_.delimiter());
  if (fewer) return "the line of names ends with " + delimiter + " and the rows do not: delete it there";
  if (empty_end) return "the rows end with " + delimiter + " and the line of names does not: add it there";
  return "each row has one cell more than there are names: if the first are names of the rows, as R writes "
         "them, put a name for them in front of the others";
}

/// Does not wait for more bytes.
bool CsvRows::next_row_may_have(std::size_t cells) {
  if (csv_.drained()) return true;
  try {
    return !next_record() || csv_.size() == cells;
  } catch (const FileError&) {
    return false;
  }
}

void CsvRows::require_any() const {
  if (rows_ == 0) throw FileError(csv_.name() + ": holds no row below the line of names", kEmptyHint);
}

std::optional<std::size_t> CsvRows::find(const std::string& name) const {
  const auto entry = columns_.find(name);
  return entry == columns_.end() ? std::nullopt : std::optional(entry->second);
}

std::size_t CsvRows::place_of(const std::string& name) {
  if (const auto place = find(name)) return *place;
  throw UsageError(csv_.name() + ": has no column " + in_quotes(name), hint_for(name));
}

// What to do where the first line may be a comment, or nothing. ("#" is a name for the numbers of the rows.)
std::string CsvRows::comment_hint() const {
  if (!header_ || !names_.front().starts_with('#') || names_.front().size() == 1) return {};
  return "the first line begins with '#': if it is a comment, delete it";
}

// What shows that the first line holds a title instead of names, or nothing.
std::string CsvRows::title_hint() {
  if (!header_) return {};
  if (unnamed_ > 1 && unnamed_ + 1 == names_.size())
    return std::string("the first line has a single cell that is not empty: ") + kTitleHint;
  if (rows_ > 0 || csv_.drained()) return {};  // does not wait for a row
  try {
    if (next_record()) return short_first_line(names_.size(), csv_.size());
  } catch (const FileError&) {
  }
  return {};
}

Message CsvRows::hint_for(std::string_view unknown, const Message& without_names) {
  const auto comment = comment_hint();
  if (auto hint = title_hint(); !hint.empty()) return comment.empty() ? hint : comment;
  Message hint = (comment.empty() ? "" : comment + "; ") + suggest_name(unknown, names_, "the table has");
  if (names_.size() == 1)
    hint += "; cells are taken to end at " + shown(csv_.delimiter()) + " (" + Setting::kDelimiter + ")";
  if (header_) hint += "; if the first line holds no names, " + without_names;
  return hint;
}

}  // namespace mlp
