#include "data/table/column_finder.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "data/numbers/numbers.h"
#include "mlp/error.h"

namespace mlp {

const Column& ColumnFinder::find(const ColumnType& type) {
  const auto& columns = table_->columns;
  for (std::size_t i = 0; i < columns.size(); ++i, ++next_) {
    if (next_ >= columns.size()) next_ = 0;
    const Column& column = columns[next_];
    if (column.type.name != type.name) continue;
    const bool numeric = type.kind == ColumnKind::kNumeric;
    const bool boolean = type.kind == ColumnKind::kBoolean;
    const bool fits = numeric ? column.type.kind == ColumnKind::kNumeric
                              : column.codes.size() == table_->rows &&
                                    boolean == (column.type.kind == ColumnKind::kBoolean);
    if (!fits)
      throw DataError(table_->name + ": column " + in_quotes(type.name) + ": expected " +
                          std::string(to_text(type.kind)) + ", found " +
                          std::string(to_text(column.type.kind)),
                      "read the table in the columns that the model was trained on");
    ++next_;
    return column;
  }
  return table_->column(type.name);  // throws, as there is none
}

std::vector<std::int32_t> translation(const ColumnType& from, const ColumnType& to) {
  std::vector<std::int32_t> result(from.categories.size());
  if (from.categories == to.categories) {
    std::iota(result.begin(), result.end(), 0);
    return result;
  }
  std::unordered_map<std::string_view, std::int32_t> places;
  for (const auto& category : to.categories)
    places.emplace(category, static_cast<std::int32_t>(places.size()));
  std::ranges::transform(from.categories, result.begin(), [&](const auto& category) {
    const auto found = places.find(category);
    return found == places.end() ? Column::kUnknown : found->second;
  });
  return result;
}

}  // namespace mlp
