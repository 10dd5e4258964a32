// UTF-8 (RFC 3629): where characters end and which bytes are none.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace mlp {

/// The bytes of the character at the start of `text`, which must not be empty; 0 where there is none.
std::size_t utf8_length(std::string_view text);

/// The position of the first byte that is not part of a character; nothing where all of `text` is UTF-8.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

}  // namespace mlp
