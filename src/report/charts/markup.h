// Text and numbers as they stand in SVG and HTML. What these make is well-formed XML as well.
#pragma once

#include <string>
#include <string_view>

namespace mlp {

/// Text from data as it may stand between tags and in quoted attributes: one line, of at most `most`
/// characters.
std::string html_text(std::string_view text, std::size_t most = 10'000);

/// A length in an SVG or a style, with at most two decimals: "12.5".
std::string html_number(double value);

}  // namespace mlp
