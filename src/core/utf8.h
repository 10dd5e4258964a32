// UTF-8 (RFC 3629): where characters end, and which bytes belong to no character.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mlp {

/// The bytes of the character at the start of `text`, which must not be empty; 0 where there is none.
std::size_t utf8_length(std::string_view text);

/// The code points of `text`. A byte that belongs to no character becomes 0x110000 plus its value, beyond all
/// code points.
std::u32string code_points(std::string_view text);

/// `text` without invisible characters at either end: the spaces of Unicode (White_Space), no-break and wide
/// ones among them, and characters of no width (U+200B to U+200F, U+2060, the byte order mark).
std::string_view trim_invisible(std::string_view text);

/// The position of the first byte that is not part of a character; nothing where all of `text` is UTF-8.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

}  // namespace mlp
