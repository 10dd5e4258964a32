// Numbers in text files, read the same way in every locale.
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

namespace mlp {

/// The finite float that all of `text` spells, or nothing.
inline std::optional<float> parse_number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  const auto narrowed = static_cast<float>(value);
  return std::isfinite(narrowed) ? std::optional(narrowed) : std::nullopt;
}

/// `text` in quotes for an error message: shortened, and without control characters.
inline std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 40;
  std::string shown(text.substr(0, kShown));
  for (char& character : shown)
    if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f) character = '.';
  return "'" + shown + (text.size() > kShown ? "...'" : "'");
}

}  // namespace mlp
