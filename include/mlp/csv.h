// Writes comma-separated values (RFC 4180): any reader of tables gets the same texts back.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

/// The cells as one line with its end, "a,\"b,c\",d\n". A cell stands in quotes where it needs them. `cells`
/// must not be empty; each is UTF-8 text without zero bytes, line ends included.
std::string csv_record(std::span<const std::string> cells, char delimiter = ',');

/// One cell, in quotes where it needs them.
std::string csv_cell(std::string_view text, char delimiter = ',');

}  // namespace mlp
