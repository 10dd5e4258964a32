// Reads the rows of a table in columns that are known beforehand, whole or in pieces.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "data/cell.h"
#include "data/csv_rows.h"
#include "data/dictionary.h"
#include "data/exact_number.h"
#include "data/formatted_number.h"
#include "data/numbers.h"
#include "mlp/error.h"
#include "mlp/table.h"

namespace mlp {

namespace {

/// For a cell that is no number.
std::string hint_for(std::string_view text, std::optional<char> decimal) {
  const auto formatted = formatted_number_hint(std::array{std::string(text)}, decimal);
  return (formatted.empty()
              ? std::string("write numbers like ") + (decimal == ',' ? "1,5" : "1.5") + " or 2e-3"
              : formatted) +
         "; a mark of missing cells is named with --na";
}

// Reads one column's cells.
class TypedColumn {
 public:
  TypedColumn(const ColumnType& type, std::size_t place, const CellRules& rules)
      : type_(&type), place_(place), rules_(&rules) {
    require(type.kind != ColumnKind::kText, "read_table: a text column has no values to be read");
    require(type.kind != ColumnKind::kBoolean || type.categories.size() == 2,
            "read_table: a boolean column has two categories");
    for (const auto& category : type.categories) {
      require(categories_.find(category) == Dictionary::kNone,
              "read_table: a category stands twice in its column");
      categories_.add(category);
    }
    const auto is_number = [&](const auto& category) {
      return rules.read(category).kind == CellKind::kNumber;
    };
    if (!std::ranges::all_of(type.categories, is_number)) return;
    for (const bool codes : {false, true})  // "1.0" is rather "1" than "01"
      for (const auto& category : type.categories)
        if (is_code(category) == codes) numbers_.emplace(rules.exact(category), categories_.find(category));
  }

  Column empty() const { return {.type = *type_}; }

  void add(const CsvReader& csv, Column& column) const {
    const auto text = trimmed(csv[place_]);
    if (type_->kind == ColumnKind::kNumeric) {
      column.numbers.push_back(number(text, csv));
      column.missing += std::isnan(column.numbers.back());
    } else {
      column.codes.push_back(code(text));
      column.missing += column.codes.back() == Column::kMissing;
    }
  }

 private:
  double number(std::string_view text, const CsvReader& csv) const {
    const auto cell = rules_->read(text);
    if (cell.kind == CellKind::kMissing || is_none(text)) return std::numeric_limits<double>::quiet_NaN();
    if (cell.kind == CellKind::kNumber) return cell.number;
    throw FileError(csv.where(place_) + ": expected a finite number, found " + in_quotes(text),
                    hint_for(text, rules_->decimal()));
  }

  std::int32_t code(std::string_view text) const {
    if (const auto code = categories_.find(text); code != Dictionary::kNone) return code;
    const auto cell = rules_->read(text);
    if (cell.kind == CellKind::kMissing) return Column::kMissing;
    if (cell.kind == CellKind::kNumber) {
      const auto same = numbers_.find(rules_->exact(text));
      return same == numbers_.end() ? Column::kUnknown : same->second;
    }
    if (!numbers_.empty() && is_none(text)) return Column::kMissing;
    if (type_->kind == ColumnKind::kBoolean) {
      for (std::int32_t i = 0; i < 2; ++i)
        if (lower_case(text) == lower_case(type_->categories[static_cast<std::size_t>(i)])) return i;
    }
    return Column::kUnknown;
  }

  const ColumnType* type_;
  std::size_t place_;
  const CellRules* rules_;
  Dictionary categories_;
  std::map<std::string, std::int32_t> numbers_;  // where all categories are: "4.0" and "04" are then also "4"
};

/// For a table without names.
std::string names_hint(std::span<const ColumnType> types) {
  constexpr std::size_t kShown = 20;
  std::string names;
  for (const auto& type : types.first(std::min(types.size(), kShown)))
    names += (names.empty() ? "" : ",") + printable(type.name);
  return "columns are found by name: put a line of names above the rows, like " + names +
         (types.size() > kShown ? ",..." : "");
}

/// "1", "2", ...: the names in a table without names.
bool counted(std::span<const ColumnType> types) {
  return std::ranges::all_of(types, [](const auto& type) {
    return !type.name.empty() && std::ranges::all_of(type.name, [](char c) { return c >= '0' && c <= '9'; });
  });
}

std::vector<std::size_t> places_of(std::span<const ColumnType> types, CsvRows& rows, bool header) {
  std::vector<std::size_t> places;
  std::string lacking, first;
  std::size_t count = 0;
  for (const auto& type : types) {
    if (const auto place = rows.find(type.name)) {
      places.push_back(*place);
      continue;
    }
    if (count++ == 0) first = type.name;
    lacking += (lacking.empty() ? " " : ", ") + in_quotes(type.name);
  }
  if (!lacking.empty())
    throw FileError(rows.record().name() + ": lacks the column" + (count > 1 ? "s" : "") + lacking,
                    !header          ? names_hint(types)
                    : counted(types) ? rows.hint_for(first)
                                     : rows.hint_for(first, "put them above it"));
  return places;
}

/// The cells of a row that was refused at a later one.
void drop_unfinished_row(Table& piece) {
  for (auto& column : piece.columns) {
    if (column.numbers.size() > piece.rows) {
      column.missing -= std::isnan(column.numbers.back());
      column.numbers.pop_back();
    }
    if (column.codes.size() > piece.rows) {
      column.missing -= column.codes.back() == Column::kMissing;
      column.codes.pop_back();
    }
  }
}

template <class Take>
void read_pieces(const TableSource& source, std::span<const ColumnType> types, const TableOptions& options,
                 std::size_t most_rows, bool wait, Take take) {
  CsvRows rows(source, options);
  const CellRules rules(options.missing, options.decimal);
  const auto places = places_of(types, rows, options.header);
  std::vector<TypedColumn> columns;
  for (std::size_t i = 0; i < types.size(); ++i) columns.emplace_back(types[i], places[i], rules);
  const auto empty_from = [&](std::size_t first_row) {
    Table table{.name = rows.record().name(), .first_row = first_row};
    for (const auto& column : columns) table.columns.push_back(column.empty());
    return table;
  };
  const auto add_row = [&](Table& piece) {
    if (!rows.next()) return false;
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].add(rows.record(), piece.columns[i]);
    ++piece.rows;
    return true;
  };
  Table piece = empty_from(0);
  for (;;) {
    try {
      if (!add_row(piece)) break;
    } catch (const FileError&) {
      drop_unfinished_row(piece);
      if (!wait && piece.rows > 0) take(std::move(piece));
      throw;
    }
    if (piece.rows == most_rows || (!wait && rows.record().drained())) {
      const std::size_t next = piece.first_row + piece.rows;
      take(std::move(piece));
      piece = empty_from(next);
    }
  }
  if (wait) rows.require_any();
  if (piece.rows > 0) take(std::move(piece));
}

}  // namespace

Table read_table(const TableSource& source, std::span<const ColumnType> types, const TableOptions& options) {
  Table table;
  read_pieces(source, types, options, std::numeric_limits<std::size_t>::max(), true,
              [&](Table whole) { table = std::move(whole); });
  return table;
}

void read_table_in_pieces(const TableSource& source, std::span<const ColumnType> types,
                          const TableOptions& options, std::size_t rows,
                          const std::function<void(const Table&)>& take) {
  require(rows > 0, "read_table_in_pieces: rows must be positive");
  read_pieces(source, types, options, rows, false, [&](const Table& piece) { take(piece); });
}

}  // namespace mlp
