// Text from elsewhere - a cell, a name, an option - as it may stand in a message, or in JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

/// `text` on one line, in UTF-8, and with nothing that a terminal would obey: control characters, those that
/// reverse the order of the text, and bytes that are no character become '?'. A text longer than `most` bytes
/// is cut, between characters, and ends in "...".
std::string printable(std::string_view text, std::size_t most = 40);

/// `text` as JSON can hold it: UTF-8 as it is; anything else, which the name of a file may be, with each byte
/// that is part of no character as \xHH and each backslash doubled.
std::string in_utf8(std::string_view text);

}  // namespace mlp
