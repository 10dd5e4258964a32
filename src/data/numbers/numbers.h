// Numbers in text files, read the same way in every locale; and texts that are no numbers, quoted in
// messages.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "mlp/printable.h"

namespace mlp {

/// Reads the double that all of `text` spells where it is as simple as most numbers in tables: a sign, up to
/// 15 digits, a decimal mark. An integer below 2^53 and a power of ten up to 10^22 are exact, so that their
/// quotient is rounded once, to the nearest double (Clinger, How to Read Floating Point Numbers Accurately,
/// 1990). The same as std::from_chars, in half the time. Returns false where `text` is anything else. (An
/// std::optional costs as much as the digits: it goes through memory.)
inline bool parse_simple_decimal(std::string_view text, double& value, char mark = '.') {
  static constexpr std::array<double, 16> kPowersOfTen = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                          1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  constexpr std::size_t kMostDigits = 15;  // 10^15 < 2^53
  if (text.empty() || text.size() > kMostDigits + 2) return false;
  const char* next = text.data();
  const char* const end = next + text.size();
  const bool negative = *next == '-';
  next += negative;
  std::uint64_t digits = 0;
  const auto take_digits = [&] {
    const char* const first = next;
    for (; next != end && *next >= '0' && *next <= '9'; ++next)
      digits = 10 * digits + static_cast<std::uint64_t>(*next - '0');
    return static_cast<std::size_t>(next - first);
  };
  const std::size_t whole = take_digits();
  std::size_t decimals = 0;
  if (next != end && *next == mark) {
    ++next;
    decimals = take_digits();
  }
  if (next != end || whole + decimals == 0 || whole + decimals > kMostDigits) return false;
  const double size = static_cast<double>(digits) / kPowersOfTen[decimals];
  value = negative ? -size : size;
  return true;
}

/// The minus sign of typesetting, U+2212. (What a keyboard writes is a hyphen.)
inline constexpr std::string_view kMinusSign = "\xE2\x88\x92";

/// As std::from_chars, but that it takes all of `text` or nothing, and gives infinity outside the range.
inline std::optional<double> parse_all(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
  return error == std::errc{} ? value : std::numeric_limits<double>::infinity();
}

/// `text` with a hyphen for each minus sign.
inline std::string with_hyphens(std::string_view text) {
  std::string hyphens(text);
  for (auto at = hyphens.find(kMinusSign); at != std::string::npos; at = hyphens.find(kMinusSign, at))
    hyphens.replace(at, kMinusSign.size(), "-");
  return hyphens;
}

/// Not inlined: inlining cost a table of texts a tenth of its speed.
[[gnu::noinline]] inline std::optional<double> parse_minus_signs(std::string_view text) {
  return parse_all(with_hyphens(text));
}

/// The double that all of `text` spells (perhaps NaN or an infinity, which also stands for a number outside
/// the range of doubles), or nothing. Decimal points in every locale; a minus sign is a hyphen or U+2212.
inline std::optional<double> parse_double(std::string_view text) {
  double value = 0;
  if (parse_simple_decimal(text, value)) return value;
  if (text.size() > 1 && text[0] == '+' && text[1] != '-' && text[1] != kMinusSign[0]) text.remove_prefix(1);
  // Most texts begin with a letter, and are not searched for a minus sign.
  const auto byte = [](char c) { return static_cast<unsigned char>(c); };
  if (!text.empty() && (byte(text[0]) <= '9' || text[0] == kMinusSign[0]) &&
      text.find(kMinusSign) != std::string_view::npos)
    return parse_minus_signs(text);
  return parse_all(text);
}

/// The finite float that all of `text` spells, or nothing.
inline std::optional<float> parse_float(std::string_view text) {
  const auto value = parse_double(text);
  if (!value) return std::nullopt;
  const auto narrowed = static_cast<float>(*value);
  return std::isfinite(narrowed) ? std::optional(narrowed) : std::nullopt;
}

/// `text` for an error message.
inline std::string in_quotes(std::string_view text) { return "'" + printable(text) + "'"; }

}  // namespace mlp
