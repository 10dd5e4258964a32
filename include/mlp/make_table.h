// Tables from columns that are in memory, such as a DataFrame's.
//
//   const std::vector<mlp::CellColumn> columns = {{"weight", std::vector{1.5, 2.5}},
//                                                 {"origin", mlp::CodedCells{{0, 1}, {"Japan", "USA"}}}};
//   const auto table = mlp::make_table("cars", columns, {.targets = {"weight"}});
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "mlp/export.h"
#include "mlp/table.h"

namespace MLP_EXPORT mlp {

/// For each row the place of its text in `texts`, or Column::kMissing.
struct CodedCells {
  std::vector<std::int32_t> codes;
  std::vector<std::string> texts;
};

/// A column's cells: numbers, NaN where missing, or texts.
struct CellColumn {
  std::string name;
  std::variant<std::vector<double>, CodedCells> cells;
};

/// The table called `name` of these cells, its columns typed as read_table() types those of a file with the
/// same cells. (A number stands in it in its shortest form: 1, 0.5.) Of the options only ignore, categorical,
/// targets, missing, not_missing and max_categories count. Throws DataError naming column and row, counted
/// from 1, where read_table() throws FileError; UsageError for an option that names no column;
/// std::invalid_argument for columns that differ in length, a name twice, or a code without a text.
Table make_table(std::string name, std::span<const CellColumn> columns, const TableOptions& options = {});

/// The same in the columns that `types` say, as read_table() with types reads them. Throws UsageError where
/// one is not there. Of the options only missing and not_missing count.
Table make_table(std::string name, std::span<const CellColumn> columns, std::span<const ColumnType> types,
                 const TableOptions& options = {});

}  // namespace mlp
