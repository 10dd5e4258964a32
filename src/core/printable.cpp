#include "mlp/printable.h"

#include <algorithm>

#include "core/utf8.h"

namespace mlp {

namespace {

/// The control characters of ASCII, and those that UTF-8 spells C2 80 to C2 9F: terminals obey these, too.
bool is_control(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  return character.size() == 2 && byte(0) == 0xC2 && byte(1) < 0xA0;
}

/// U+2028 to U+202E and U+2066 to U+2069: they end a line, or reverse the order of the text behind them, so
/// that a message reads as another one.
bool rearranges(std::string_view character) {
  return (character >= "\u2028" && character <= "\u202E") || (character >= "\u2066" && character <= "\u2069");
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  std::string shown;
  for (std::size_t used = 0; used < text.size();) {
    const std::size_t length = utf8_length(text.substr(used));
    const auto character = text.substr(used, length == 0 ? 1 : length);
    used += character.size();
    if (used > most) return shown + "...";
    if (length == 0 || is_control(character) || rearranges(character))
      shown += '?';
    else
      shown += character;
  }
  return shown;
}

std::string in_utf8(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (!find_invalid_utf8(text)) return std::string(text);
  std::string escaped;
  for (std::size_t used = 0; used < text.size();) {
    const std::size_t length = utf8_length(text.substr(used));
    const auto byte = static_cast<unsigned char>(text[used]);
    if (length == 0)
      escaped += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    else if (byte == '\\')
      escaped += "\\\\";
    else
      escaped += text.substr(used, length);
    used += std::max<std::size_t>(length, 1);
  }
  return escaped;
}

}  // namespace mlp
