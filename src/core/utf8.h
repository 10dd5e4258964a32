// UTF-8 (RFC 3629): where characters end and which bytes are none.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mlp {

/// The bytes of the character at the start of `text`, which must not be empty; 0 where there is none.
std::size_t utf8_length(std::string_view text);

/// The code points of `text`. A byte that is no part of a character stands as 0x110000 more than itself,
/// beyond all of them.
std::u32string code_points(std::string_view text);

/// Without what cannot be seen around it: the spaces of Unicode (White_Space), no-break and wide ones among
/// them, and characters of no width (U+200B to U+200F, U+2060, the byte order mark).
std::string_view trim_invisible(std::string_view text);

/// The position of the first byte that is not part of a character; nothing where all of `text` is UTF-8.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

}  // namespace mlp
