#include "data/csv_rows.h"

#include <algorithm>
#include <utility>

#include "core/utf8.h"
#include "data/file_kind.h"
#include "data/name_hint.h"
#include "data/numbers.h"
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

struct Open {
  std::unique_ptr<ByteReader> operator()(const std::filesystem::path& path) const {
    return std::make_unique<ByteReader>(path);
  }
  std::unique_ptr<ByteReader> operator()(const ByteStream& stream) const {
    return std::make_unique<ByteReader>(stream.name, stream.read);
  }
};

}  // namespace

CsvRows::CsvRows(const TableSource& source, const TableOptions& options)
    : bytes_(require_text(std::visit(Open{}, source))),
      csv_(*bytes_, options.delimiter, options.decimal == ','),
      header_(options.header) {
  require(!options.decimal || *options.decimal == '.' || *options.decimal == ',',
          "read_table: the decimal mark must be '.' or ','");
  if (!csv_.next()) throw FileError(csv_.name() + ": holds no record, expected a table", kEmptyHint);
  read_names();
}

void CsvRows::read_names() {
  for (std::size_t i = 0; i < csv_.size(); ++i) {
    const auto name = trim_invisible(csv_[i]);
    if (name.size() > kMaxNameBytes)
      throw FileError(csv_.where(i) + ": expected a column's name of at most " +
                          std::to_string(kMaxNameBytes) + " bytes, found " + in_quotes(name),
                      "if the first line holds no names, say so (--no-header)");
    const std::string number = std::to_string(i + 1);
    unnamed_ += header_ && name.empty();
    names_.push_back(!header_ ? number : name.empty() ? "unnamed " + number : std::string(name));
    const auto [entry, added] = columns_.emplace(names_.back(), i);
    if (!added)
      throw FileError(csv_.where(i) + ": the name " + in_quotes(names_.back()) + " stands in column " +
                          std::to_string(entry->second + 1) + " already",
                      "rename one of them; if the first line holds no names, say so (--no-header)");
  }
  if (header_) csv_.set_names(names_);
  first_row_read_ = !header_;
}

bool CsvRows::next() {
  if (!std::exchange(first_row_read_, false) && !csv_.next()) return false;
  ++rows_;
  if (csv_.size() != names_.size()) {
    const auto title = header_ && rows_ == 1 ? short_first_line(names_.size(), csv_.size()) : "";
    throw FileError(csv_.where() + ": expected " + std::to_string(names_.size()) +
                        " cells as in the first record, found " + std::to_string(csv_.size()),
                    (title.empty() ? "" : title + "; ") + "cells are taken to end at " +
                        shown(csv_.delimiter()) + " (--delimiter); one that holds it belongs in quotes");
  }
  return true;
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

// What tells that the first line holds a title and not names, or nothing.
std::string CsvRows::title_hint() {
  if (!header_) return {};
  if (unnamed_ > 1 && unnamed_ + 1 == names_.size())
    return std::string("the first line has a single cell that is not empty: ") + kTitleHint;
  if (rows_ > 0 || csv_.drained()) return {};  // waits for no row
  try {
    if (csv_.next()) return short_first_line(names_.size(), csv_.size());
  } catch (const FileError&) {
  }
  return {};
}

std::string CsvRows::hint_for(std::string_view unknown, std::string_view without_names) {
  if (auto hint = title_hint(); !hint.empty()) return hint;
  return suggest_name(unknown, names_, "the table has") +
         (names_.size() == 1 ? "; cells are taken to end at " + shown(csv_.delimiter()) + " (--delimiter)"
                             : "") +
         (header_ ? "; if the first line holds no names, " + std::string(without_names) : "");
}

}  // namespace mlp
