// Tables for people.
#pragma once

#include <string>
#include <vector>

#include "terminal/terminal.h"

namespace mlp::app {

/// Rows of cells, the first one the heading: columns aligned to the right, but `text_column` to the left,
/// with `gap` blanks between them.
std::string table(const std::vector<std::vector<std::string>>& rows, std::size_t text_column,
                  const Style& style, std::size_t gap = 1);

}  // namespace mlp::app
