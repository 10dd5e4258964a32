// Labels and targets of a table's rows once it is known what its targets are.
#pragma once

#include <span>

#include "mlp/table_data.h"

namespace mlp {

/// Rows, labels or values, and notes; `targets` as in LabeledRows. Throws DataError for a class that is not
/// among those of the targets, and for a number that does not fit a float.
LabeledRows rows_with_targets(const Table& table, std::span<const ColumnType> targets);

}  // namespace mlp
