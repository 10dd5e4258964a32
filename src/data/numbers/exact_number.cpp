#include "data/numbers/exact_number.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "data/numbers/numbers.h"

namespace mlp {

// A power of ten and the digits behind "0." that it multiplies, without zeros at either end. The texts of
// numbers with the same double are sorted by value.
std::string exact_number(std::string_view spelling) {
  const std::string hyphens = with_hyphens(spelling);
  std::string_view text = hyphens;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto e = std::min(text.find_first_of("eE"), text.size());
  std::int64_t exponent = 0;
  if (auto power = text.substr(e); power.size() > 1) {
    power.remove_prefix(power.starts_with("e+") || power.starts_with("E+") ? 2 : 1);
    std::from_chars(power.data(), power.data() + power.size(), exponent);
  }
  const auto mantissa = text.substr(0, e);
  const auto point = std::min(mantissa.find('.'), mantissa.size());
  std::string digits(mantissa.substr(0, point));
  if (point < mantissa.size()) digits += mantissa.substr(point + 1);
  exponent += static_cast<std::int64_t>(point);
  const auto first = digits.find_first_not_of('0');
  if (first == std::string::npos) return "0";
  exponent -= static_cast<std::int64_t>(first);
  digits = digits.substr(first, digits.find_last_not_of('0') + 1 - first);
  return (negative ? "-" : "") + std::to_string(exponent) + ":" + digits;
}

bool is_code(std::string_view text) {
  return text.size() > 1 && text.front() == '0' &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace mlp
