// A table's cells as text, for people.
#pragma once

#include <string>

#include "mlp/table.h"

namespace mlp {

/// "3504", "Japan", or an empty text where nothing is known.
std::string cell_text(const Column& column, std::size_t row);

}  // namespace mlp
