// Tables: the columns fit together, and read again by their own types they are the same numbers and
// categories.
//
// An input is a line of options and the file: "delimiter header missing targets ignore categorical
// max_categories", each a word ("-" for none), the three lists of columns with '/' between the names. A
// decimal mark stands behind the header's 0 or 1: "1,".
#include "mlp/table.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <set>
#include <vector>

#include "data/cells/cell.h"
#include "fuzz/gzip.h"

namespace {

using namespace mlp;

std::string_view take(std::string_view& text, char separator) {
  const auto part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

std::vector<std::string> names(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty() && text != "-" && names.size() < 16) names.emplace_back(take(text, '/'));
  return names;
}

TableOptions options_of(std::string_view line) {
  TableOptions options;
  const auto delimiter = take(line, ' ');
  constexpr std::string_view kDelimiters = ",;\t|:";
  if (delimiter.size() == 1 && kDelimiters.find(delimiter[0]) != std::string_view::npos)
    options.delimiter = delimiter[0];
  const auto header = take(line, ' ');
  options.header = !header.starts_with('0');
  if (header.ends_with('.') || header.ends_with(',')) options.decimal = header.back();
  options.missing = names(take(line, ' '));
  options.targets = names(take(line, ' '));
  options.ignore = names(take(line, ' '));
  options.categorical = names(take(line, ' '));
  std::from_chars(line.data(), line.data() + line.size(), options.max_categories);
  return options;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void check_column(const Column& column, std::size_t rows) {
  const auto& categories = column.type.categories;
  const bool text = column.type.kind == ColumnKind::kText;
  const bool numeric = column.type.kind == ColumnKind::kNumeric;
  fuzz::expect(column.numbers.size() == (numeric ? rows : 0), "a numeric column has a number a row");
  // A numeric target has both numbers and categories, in case its numbers are classes; without categories
  // where all its cells are missing.
  fuzz::expect(
      column.codes.size() == (text || numeric ? 0 : rows) || (numeric && column.codes.size() == rows),
      "a column of categories has a code a row");
  fuzz::expect(categories.empty() || !column.codes.empty(), "categories come with codes");
  fuzz::expect(!text || (categories.empty() && column.missing <= rows),
               "a text column has nothing but a note");
  std::size_t missing = 0;
  for (const double number : column.numbers) {
    fuzz::expect(!std::isinf(number), "numbers are finite or missing");
    missing += std::isnan(number);
  }
  std::vector<bool> used(categories.size());
  std::size_t without_code = 0;
  for (const std::int32_t code : column.codes) {
    fuzz::expect(
        code == Column::kMissing || (code >= 0 && static_cast<std::size_t>(code) < categories.size()),
        "a code is a category's");
    if (code == Column::kMissing)
      ++without_code;
    else
      used[static_cast<std::size_t>(code)] = true;
  }
  fuzz::expect(text || column.missing == (numeric ? missing : without_code), "missing cells are counted");
  fuzz::expect(!numeric || column.codes.empty() || without_code == missing,
               "numbers and classes lack the same cells");
  for (const bool use : used) fuzz::expect(use, "every category occurs");
  fuzz::expect(std::set(categories.begin(), categories.end()).size() == categories.size(),
               "categories differ");
  fuzz::expect(column.type.kind != ColumnKind::kBoolean || categories.size() == 2,
               "a boolean has two values");
  for (const auto& category : categories) {
    fuzz::expect(category == trimmed(category) && !find_invalid_utf8(category),
                 "a category is trimmed UTF-8");
  }
  fuzz::expect(!column.perhaps_numeric ||
                   ((column.type.kind == ColumnKind::kCategorical || column.type.kind == ColumnKind::kText) &&
                    !column.note.empty()),
               "what may be numbers is told");
  fuzz::expect_plain_line(in_words(column.note));
}

void expect_same_cells(const Column& a, const Column& b) {
  fuzz::expect(a.missing == b.missing, "known types miss the same cells");
  fuzz::expect(a.numbers.size() == b.numbers.size(), "known types give as many numbers");
  for (std::size_t i = 0; i < a.numbers.size(); ++i)
    fuzz::expect(same(a.numbers[i], b.numbers[i]), "known types give the same numbers");
  if (a.type.kind != ColumnKind::kNumeric)
    fuzz::expect(a.codes == b.codes, "known types give the same codes");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto options = options_of(input.line());
  const auto text = input.rest();
  const auto source = [&](std::size_t piece) { return ByteStream{"table", fuzz::in_pieces(text, piece)}; };
  const auto table = fuzz::accepted([&] { return read_table(source(text.size() + 1), options); });
  if (!table) return 0;
  fuzz::expect(table->rows > 0, "a table has a row");
  for (const auto& column : table->columns) check_column(column, table->rows);

  std::vector<ColumnType> types;
  std::vector<const Column*> columns;
  for (const auto& column : table->columns) {
    if (column.type.kind == ColumnKind::kText) continue;
    columns.push_back(&column);
    types.push_back(column.type);
  }
  if (types.empty()) return 0;
  const auto again = fuzz::accepted([&] { return read_table(source(7), types, options); });
  fuzz::expect(again && again->rows == table->rows, "what was read is read by its types");
  for (std::size_t i = 0; i < types.size(); ++i) expect_same_cells(*columns[i], again->columns[i]);

  std::size_t rows = 0;
  read_table_in_pieces(source(5), types, options, 3, [&](const Table& piece) {
    fuzz::expect(piece.rows >= 1 && piece.rows <= 3 && piece.columns.size() == types.size(),
                 "a piece has 1 to 3 rows");
    for (std::size_t i = 0; i < types.size(); ++i)
      for (std::size_t row = 0; row < piece.rows; ++row) {
        const auto& column = piece.columns[i];
        const bool equal = column.type.kind == ColumnKind::kNumeric
                               ? same(column.numbers.at(row), columns[i]->numbers.at(rows + row))
                               : column.codes.at(row) == columns[i]->codes.at(rows + row);
        fuzz::expect(equal, "pieces make up the table");
      }
    rows += piece.rows;
  });
  fuzz::expect(rows == table->rows, "pieces make up all of the table");
  return 0;
}
