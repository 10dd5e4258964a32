// Text from data, made fit for one line of a figure or a page.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mlp {

/// One line of at most `most` characters, the last of which is an ellipsis where `text` is longer. Control
/// characters become blanks, bytes that are not UTF-8 U+FFFD.
std::string line_of(std::string_view text, std::size_t most);

/// The number of characters (code points) of `text`.
std::size_t character_count(std::string_view text);

/// names[index], or "kind 3" where there is no name.
std::string name_or_number(const std::vector<std::string>& names, std::size_t index, const std::string& kind);

}  // namespace mlp
