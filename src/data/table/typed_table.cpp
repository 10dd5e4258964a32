// Reads the rows of a table in columns whose types are given, whole or in pieces.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "core/utf8.h"
#include "data/cells/cell.h"
#include "data/cells/formatted_number.h"
#include "data/cells/text_count.h"
#include "data/numbers/exact_number.h"
#include "data/numbers/numbers.h"
#include "data/table/categories.h"
#include "data/table/csv_rows.h"
#include "data/table/dictionary.h"
#include "data/table/memory_cells.h"
#include "mlp/error.h"
#include "mlp/make_table.h"
#include "mlp/table.h"

namespace mlp {

namespace {

/// The hint for a cell that is not a number.
Message hint_for(std::string_view text, std::optional<char> decimal) {
  const auto formatted = formatted_number_hint(std::array{std::string(text)}, decimal);
  return (formatted.empty()
              ? std::string("write numbers like ") + (decimal == ',' ? "1,5" : "1.5") + " or 2e-3"
              : formatted) +
         "; a mark of missing cells is named with " + Setting::kMissingMarks;
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
    booleans_ = booleans();
    const auto is_number = [&](const auto& category) {
      return rules.read(category).kind == CellKind::kNumber;
    };
    if (!std::ranges::all_of(type.categories, is_number)) return;
    for (const bool codes : {false, true})  // "1.0" stands for "1" rather than for "01"
      for (const auto& category : type.categories)
        if (is_code(category) == codes) numbers_.emplace(rules.exact(category), categories_.find(category));
  }

  Column empty() const { return {.type = *type_}; }

  std::size_t place() const { return place_; }

  void add(std::string_view cell, const CellPlace& place, Column& column) const {
    const auto text = trimmed(cell);
    if (type_->kind == ColumnKind::kNumeric) {
      column.numbers.push_back(number(text, place));
      column.missing += std::isnan(column.numbers.back());
    } else {
      column.codes.push_back(code(text));
      column.missing += column.codes.back() == Column::kMissing;
      if (column.codes.back() == Column::kUnknown) count_text(column.unknown, text);
    }
  }

 private:
  double number(std::string_view text, const CellPlace& place) const {
    const auto cell = rules_->read(text);
    if (cell.kind == CellKind::kMissing || is_none(text)) return std::numeric_limits<double>::quiet_NaN();
    if (cell.kind == CellKind::kNumber) return cell.number;
    if (const auto word = boolean_word(text); word && type_->zero_one) return *word;
    throw FileError(place.text() + ": expected a finite number, found " + in_quotes(text),
                    hint_for(text, rules_->decimal()));
  }

  std::int32_t code(std::string_view text) const {
    if (const auto code = categories_.find(text); code != Dictionary::kNone) return code;
    const auto cell = rules_->read(text);
    if (cell.kind == CellKind::kMissing) return Column::kMissing;
    if (cell.kind == CellKind::kNumber) {
      if (const auto same = numbers_.find(rules_->exact(text)); same != numbers_.end()) return same->second;
    } else if (!numbers_.empty() && is_none(text)) {
      return Column::kMissing;
    }
    const auto meaning = boolean_meaning(text);
    return booleans_ && meaning ? (*booleans_)[*meaning] : Column::kUnknown;
  }

  /// The meaning of a boolean word, or of 0 and 1.
  std::optional<bool> boolean_meaning(std::string_view text) const {
    const auto cell = rules_->read(text);
    if (cell.kind != CellKind::kNumber) return boolean_word(text);
    if (cell.number != 0 && cell.number != 1) return std::nullopt;
    return cell.number == 1;
  }

  /// The codes of false and true where the type has these two and no others.
  std::optional<std::array<std::int32_t, 2>> booleans() const {
    if (type_->categories.size() != 2) return std::nullopt;
    const auto first = boolean_meaning(type_->categories[0]), second = boolean_meaning(type_->categories[1]);
    if (!first || !second || *first == *second) return std::nullopt;
    return *first ? std::array{1, 0} : std::array{0, 1};
  }

  const ColumnType* type_;
  std::size_t place_;
  const CellRules* rules_;
  Dictionary categories_;
  std::map<std::string, std::int32_t> numbers_;  // where all are numbers: "4.0" and "04" also mean "4"
  std::optional<std::array<std::int32_t, 2>> booleans_;
};

/// The hint for a table without names.
std::string names_hint(std::span<const ColumnType> types) {
  constexpr std::size_t kShown = 20;
  std::string names;
  for (const auto& type : types.first(std::min(types.size(), kShown)))
    names += (names.empty() ? "" : ",") + printable(type.name);
  return "columns are found by name: put a line of names above the rows, like " + names +
         (types.size() > kShown ? ",..." : "");
}

/// Whether the names are "1", "2", ..., as in a table without names.
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
    // Models of earlier versions have names as they stood in the file, with blanks.
    if (const auto place = rows.find(std::string(trim_invisible(type.name)))) {
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

/// The places of the columns whose cells are kept as they are.
std::vector<std::size_t> places_to_keep(const TableOptions& options, CsvRows& rows) {
  std::vector<std::size_t> places;
  for (const auto& name : options.keep) places.push_back(rows.place_of(name));
  if (!options.keep_all) return places;
  places.resize(rows.names().size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  return places;
}

/// Removes the cells of a row that was refused at a later cell.
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

template <class Take, class Begin>
void read_pieces(const TableSource& source, std::span<const ColumnType> types, const TableOptions& options,
                 std::size_t most_rows, bool wait, Take take, Begin begin) {
  CsvRows rows(source, options);
  const CellRules rules(options.missing, options.decimal, options.not_missing);
  const auto places = places_of(types, rows, options.header), kept = places_to_keep(options, rows);
  std::vector<std::string> kept_names;
  for (const std::size_t place : kept) kept_names.push_back(rows.names()[place]);
  begin(kept_names);
  std::vector<TypedColumn> columns;
  for (std::size_t i = 0; i < types.size(); ++i) columns.emplace_back(types[i], places[i], rules);
  const auto empty_from = [&](std::size_t first_row) {
    Table table{.name = rows.record().name(), .first_row = first_row};
    for (const auto& column : columns) table.columns.push_back(column.empty());
    for (const auto& name : kept_names) table.kept.push_back({.name = name, .cells = {}});
    return table;
  };
  const auto add_row = [&](Table& piece) {
    if (!rows.next()) return false;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::size_t place = columns[i].place();
      columns[i].add(rows.record()[place], {rows.record(), place}, piece.columns[i]);
    }
    for (std::size_t i = 0; i < kept.size(); ++i) piece.kept[i].cells.emplace_back(rows.record()[kept[i]]);
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
  read_pieces(
      source, types, options, std::numeric_limits<std::size_t>::max(), true,
      [&](Table whole) { table = std::move(whole); }, [](const auto&) {});
  return table;
}

Table make_table(std::string name, std::span<const CellColumn> columns, std::span<const ColumnType> types,
                 const TableOptions& options) {
  Table table{.name = std::move(name), .rows = row_count(columns)};
  const CellRules rules(options.missing, {}, options.not_missing);
  for (const auto& type : types) {
    const TypedColumn typed(type, place_of(type.name, columns, table.name), rules);
    Column& column = table.columns.emplace_back(typed.empty());
    try {
      for_each_cell(table.name, columns[typed.place()],
                    [&](std::string_view cell, const CellPlace& place) { typed.add(cell, place, column); });
    } catch (const FileError& error) {
      throw DataError(error.message(), error.advice());
    }
  }
  return table;
}

void read_table_in_pieces(const TableSource& source, std::span<const ColumnType> types,
                          const TableOptions& options, std::size_t rows,
                          const std::function<void(const Table&)>& take,
                          const std::function<void(const std::vector<std::string>&)>& begin) {
  require(rows > 0, "read_table_in_pieces: rows must be positive");
  read_pieces(
      source, types, options, rows, false, [&](const Table& piece) { take(piece); },
      [&](const auto& kept) {
        if (begin) begin(kept);
      });
}

}  // namespace mlp
