#include "data/csv_rows.h"

#include <algorithm>
#include <utility>

#include "data/cell.h"
#include "data/numbers.h"
#include "mlp/error.h"
#include "mlp/suggest.h"

namespace mlp {

namespace {

constexpr std::size_t kMaxNameBytes = 1000;
constexpr const char* kEmptyHint = "expected a line of column names and rows below it";

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
    : bytes_(std::visit(Open{}, source)),
      csv_(*bytes_, options.delimiter, options.decimal == ','),
      header_(options.header) {
  require(!options.decimal || *options.decimal == '.' || *options.decimal == ',',
          "read_table: the decimal mark must be '.' or ','");
  if (!csv_.next()) throw FileError(csv_.name() + ": holds no record, expected a table", kEmptyHint);
  read_names();
}

void CsvRows::read_names() {
  for (std::size_t i = 0; i < csv_.size(); ++i) {
    const auto name = trimmed(csv_[i]);
    if (name.size() > kMaxNameBytes)
      throw FileError(csv_.where(i) + ": expected a column's name of at most " +
                          std::to_string(kMaxNameBytes) + " bytes, found " + in_quotes(name),
                      "if the first line holds no names, say so (--no-header)");
    const std::string number = std::to_string(i + 1);
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
  if (!std::exchange(first_row_read_, false) && !csv_.next()) {
    if (rows_ == 0) throw FileError(csv_.name() + ": holds no row below the line of names", kEmptyHint);
    return false;
  }
  ++rows_;
  if (csv_.size() != names_.size()) {
    const char delimiter = csv_.delimiter();
    throw FileError(csv_.where() + ": expected " + std::to_string(names_.size()) +
                        " cells as in the first record, found " + std::to_string(csv_.size()),
                    "cells are taken to end at " +
                        (delimiter == '\t' ? "a tab" : in_quotes({&delimiter, 1})) +
                        " (--delimiter); one that holds it belongs in quotes");
  }
  return true;
}

std::optional<std::size_t> CsvRows::find(const std::string& name) const {
  const auto entry = columns_.find(name);
  return entry == columns_.end() ? std::nullopt : std::optional(entry->second);
}

std::string CsvRows::hint_for(std::string_view unknown) const {
  constexpr std::size_t kLookedAt = 1000, kShown = 20;
  std::vector<std::string> nearest;
  for (const auto& name : std::span(names_).first(std::min(names_.size(), kLookedAt)))
    nearest.push_back(printable(name));
  if (nearest.size() > kShown) {
    std::ranges::stable_sort(nearest, {}, [&](const auto& name) { return edit_distance(unknown, name); });
    nearest.resize(kShown);
  }
  return suggest(printable(unknown), nearest) +
         (header_ ? "; if the first line holds no names, say so (--no-header)" : "");
}

}  // namespace mlp
