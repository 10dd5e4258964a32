// Tables from CSV and TSV: columns typed by what they hold.
//
//   const auto table = mlp::read_table("cars.csv", {.targets = {"mpg"}});
//   for (const auto& column : table.columns) ...
//
// A column is
//   numeric      where every cell is a number (decimal point, "1e-3"), whatever the locale; with
//                TableOptions::decimal also one like 1.234,50 or $12. An infinite number is an error with
//                its position;
//   boolean      where the cells are true/false, yes/no, on/off, t/f or y/n, in any case, and both occur;
//   categorical  of other texts where there are few, or where asked for;
//   text         where there are too many to be categories: more than TableOptions::max_categories, or more
//                than 10 of which each occurs less than twice on average. A text's cells are not kept.
// Missing are "", NA, N/A, #N/A, NaN, null (in any case), ? and what the options name, less what they name as
// not missing; "none" and "-" where all other cells are numbers. Blanks around a cell do not count.
//
// Reading takes one pass, so that a pipe will do, and holds numbers and codes, not the text (docs/tables.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mlp/export.h"
#include "mlp/message.h"

namespace MLP_EXPORT mlp {

enum class ColumnKind { kNumeric, kBoolean, kCategorical, kText };

/// What a column is, without its cells: all that a model needs to know to read it again.
struct ColumnType {
  std::string name;
  ColumnKind kind = ColumnKind::kNumeric;
  /// Categorical: the different texts, sorted (by value where all are numbers). Boolean: false, then true, as
  /// the file spells them.
  std::vector<std::string> categories;
  /// Numeric: the table it was found in held nothing but 0 and 1, and both. A table read with this type may
  /// then spell them as booleans: true, yes, t, ...
  bool zero_one = false;
  friend bool operator==(const ColumnType&, const ColumnType&) = default;
};

/// A text, and how many cells have it.
struct TextCount {
  std::string text;
  std::size_t cells = 0;
  friend bool operator==(const TextCount&, const TextCount&) = default;
};

struct Column {
  static constexpr std::int32_t kMissing = -1;
  static constexpr std::int32_t kUnknown = -2;  ///< a category that the given ColumnType does not have

  ColumnType type;
  std::vector<double> numbers;  ///< numeric: [rows], NaN where missing; else empty
  std::vector<std::int32_t>
      codes;                ///< boolean, categorical: [rows] into type.categories, or kMissing, kUnknown
  std::size_t missing = 0;  ///< cells
  std::optional<std::size_t> distinct;  ///< different values; nothing where there are too many to be counted
  /// Nearly all values different, and text, or whole numbers under a name like "id": nothing to learn from.
  bool identifier = false;
  /// Categorical or text, though its cells are most probably meant as numbers: some or all of them have a
  /// format, or a few texts stand among them (docs/tables.md). The note says which.
  bool perhaps_numeric = false;
  Message note;  ///< what a user should know of how the column was taken, or empty
  /// For a target: the usual marks that its missing cells had, neither empty cells nor marks that the options
  /// name.
  std::vector<TextCount> missing_marks = {};
  std::vector<TextCount> unknown = {};  ///< the texts of cells that are kUnknown: the first 10 different ones
};

/// A column's cells as they stand in the file.
struct KeptColumn {
  std::string name;
  std::vector<std::string> cells;  ///< [rows]
};

struct Table {
  std::string name;  ///< of the file
  std::size_t rows = 0;
  std::size_t first_row = 0;          ///< its number in the file, from 0; for a piece, that of its first row
  std::vector<Column> columns;        ///< in the file's order, without the ignored ones
  std::vector<KeptColumn> kept = {};  ///< those that TableOptions::keep names, in `columns` or not

  /// Throws UsageError with the nearest name where there is none.
  const Column& column(std::string_view column_name) const;
};

struct TableOptions {
  std::optional<char> delimiter;  ///< nothing: of , ; tab | the most frequent in the first record
  /// '.' or ',': numbers have this decimal mark, and perhaps a mark between thousands, or a sign of currency
  /// or percent: 1.234,50 or $1,234.50 or 15 %. Nothing: numbers are plain, with a decimal point.
  std::optional<char> decimal = {};
  bool header = true;  ///< the first record has the names; else they are "1", "2", ...
  std::vector<std::string>
      missing;  ///< further marks of a missing cell; a number stands for all its spellings
  /// Usual marks that do not mean a missing cell here: "NA" where it is Namibia.
  std::vector<std::string> not_missing = {};
  std::vector<std::string> ignore;       ///< columns left out
  std::vector<std::string> categorical;  ///< columns whose cells are categories, numbers or not
  /// Columns to be predicted: never taken for text or an identifier. A numeric one with at most
  /// max_categories different values has `codes` and `type.categories` as well, in case they are classes.
  std::vector<std::string> targets;
  std::size_t max_categories = 1000;  ///< `categorical` and target columns may have 65,000
  /// For reading with given types: the columns to return in Table::kept as well, in this order.
  std::vector<std::string> keep = {};
  bool keep_all = false;  ///< all of them, in the file's order
};

/// Bytes that do not come from a file. `read` fills the front of its argument and returns how much; 0 at the
/// end.
struct ByteStream {
  std::string name;  ///< for messages: "standard input"
  std::function<std::size_t(std::span<std::uint8_t> destination)> read;
};
/// A path or a stream, plain or gzip.
using TableSource = std::variant<std::filesystem::path, ByteStream>;

/// The whole table, its columns typed by what they hold. Throws FileError naming file, line, record, column,
/// what was expected and what was found; UsageError for an option that names no column.
Table read_table(const TableSource& source, const TableOptions& options = {});

/// The names of its columns, without reading the rows. Throws FileError as read_table() does.
std::vector<std::string> column_names(const TableSource& source, const TableOptions& options = {});

/// The cells of some rows as they stand in the file, [rows][columns], in the orders that are asked for. Rows
/// count from 0. Of the options only delimiter, decimal and header count. Throws FileError as read_table()
/// does, and where there is no such column or row.
std::vector<std::vector<std::string>> read_cells(const TableSource& source,
                                                 std::span<const std::string> columns,
                                                 std::span<const std::size_t> rows,
                                                 const TableOptions& options = {});

/// The whole table in the columns that `types` say: found by name in any order, others ignored, in the order
/// of `types`. A text that is no number is an error in a numeric column, an unknown category is
/// Column::kUnknown. Where a type has two booleans (or 0 and 1, as numbers or categories) a cell may spell
/// them in any way that columns of booleans do, or as 0 and 1. Of the options only delimiter, decimal,
/// header, missing, not_missing and keep count. Throws FileError, also where a column is missing, and
/// UsageError where a column to keep is.
Table read_table(const TableSource& source, std::span<const ColumnType> types,
                 const TableOptions& options = {});

/// The same in pieces: calls `take` with tables of 1 to `rows` rows, and not at all where the table has names
/// but no rows. A piece ends early where no more bytes have arrived, so that a program at the other end of a
/// pipe gets its answer; and before a record that is refused, so that the rows above it get theirs. `begin`
/// is called first, with the names of the columns that are kept.
void read_table_in_pieces(const TableSource& source, std::span<const ColumnType> types,
                          const TableOptions& options, std::size_t rows,
                          const std::function<void(const Table&)>& take,
                          const std::function<void(const std::vector<std::string>&)>& begin = {});

/// "numeric", "boolean", "categorical", "text".
std::string_view to_text(ColumnKind kind);

}  // namespace mlp
