#include "data/formatted_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include "data/cell.h"
#include "data/numbers.h"

namespace mlp {

namespace {

using namespace std::string_view_literals;

// The last two are the ones of typesetting that do not break a line.
constexpr std::array kBlanks = {" "sv, "\xC2\xA0"sv, "\xE2\x80\xAF"sv};
// Dollar, percent, euro, pound, yen.
constexpr std::array kUnits = {"$"sv, "%"sv, "\xE2\x82\xAC"sv, "\xC2\xA3"sv, "\xC2\xA5"sv};
// The straight and the curly apostrophe are Swiss.
constexpr std::array kBetweenThousands = {","sv, "."sv,        "'"sv,           "\xE2\x80\x99"sv,
                                          " "sv, "\xC2\xA0"sv, "\xE2\x80\xAF"sv};

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_last(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

std::string_view take_digits(std::string_view& text) {
  const auto end = std::ranges::find_if(text, [](char c) { return c < '0' || c > '9'; });
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

/// The blanks around it.
void take_blanks(std::string_view& text) {
  while (
      std::ranges::any_of(kBlanks, [&](auto blank) { return take(text, blank) || take_last(text, blank); })) {
  }
}

/// A sign of currency or percent before or after it, and the blanks between.
bool take_unit(std::string_view& text) {
  if (std::ranges::none_of(kUnits, [&](auto unit) { return take(text, unit) || take_last(text, unit); }))
    return false;
  take_blanks(text);
  return true;
}

/// Takes groups of thousands with `mark` before each and adds their digits to `digits`; false where there is
/// none.
bool take_thousands(std::string_view& text, std::string_view mark, std::string& digits) {
  bool any = false;
  for (std::string_view rest = text; take(rest, mark); any = true) {
    const auto group = take_digits(rest);
    if (group.size() != 3) break;
    digits += group;
    text = rest;
  }
  return any;
}

/// The digits of a number without signs as parse_double takes them, or nothing.
std::string plain_digits(std::string_view text, std::string_view decimal) {
  std::string digits(take_digits(text));
  if (digits.empty()) return {};
  // "0,123" is no thousands, whoever wrote it.
  if (digits.size() <= 3 && digits.front() != '0') {
    for (const auto mark : kBetweenThousands)
      if (mark != decimal && take_thousands(text, mark, digits)) break;
  }
  if (text.empty()) return digits;
  if (!take(text, decimal)) return {};
  const auto decimals = take_digits(text);
  return decimals.empty() || !text.empty() ? std::string() : digits + "." + std::string(decimals);
}

/// A plain number with this decimal mark as parse_double takes it, or nothing.
std::string with_point(std::string_view text, char decimal) {
  if (decimal != '.' && text.find('.') != std::string_view::npos) return {};
  std::string plain(text);
  std::ranges::replace(plain, decimal, '.');
  return parse_double(plain) ? plain : std::string();
}

/// Without an exponent: 100000, not 1e+05.
std::string in_digits(double number) {
  std::array<char, 400> buffer;  // more than the longest double
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed).ptr;
  return {buffer.data(), end};
}

}  // namespace

std::string plain_number(std::string_view text, char decimal) {
  if (auto plain = with_point(text, decimal); !plain.empty()) return plain;
  take_blanks(text);
  const bool has_unit = take_unit(text);
  const bool negative = take(text, "-");
  if (!negative) take(text, "+");
  if (!has_unit) take_unit(text);
  const auto digits = plain_digits(text, {&decimal, 1});
  return digits.empty() ? std::string() : (negative ? "-" : "") + digits;
}

std::optional<double> parse_formatted(std::string_view text, char decimal) {
  const std::string plain = plain_number(text, decimal);
  return plain.empty() ? std::nullopt : parse_double(plain);
}

std::string formatted_number_hint(std::span<const std::string> texts, std::optional<char> decimal) {
  bool commas = true, points = true;
  if (std::ranges::all_of(texts, is_none)) return {};
  const std::string* ambiguous = nullptr;
  for (const auto& text : texts) {
    if (is_none(text)) continue;
    const auto with_comma = parse_formatted(text, ','), with_point = parse_formatted(text, '.');
    if (!with_comma && !with_point) return {};
    commas &= with_comma.has_value();
    points &= with_point.has_value();
    if (with_comma && with_point && *with_comma != *with_point && !ambiguous) ambiguous = &text;
  }
  const std::string plain =
      std::string("write numbers plainly, like ") + (decimal == ',' ? "1234,5" : "1234.5");
  if (commas && points && ambiguous)
    return "say which mark is the decimal one, --decimal '.' where " + in_quotes(*ambiguous) + " is " +
           in_digits(*parse_formatted(*ambiguous, '.')) + ", --decimal ',' where it is " +
           in_digits(*parse_formatted(*ambiguous, ',')) + "; or " + plain;
  if (commas || points) return std::string("try --decimal ") + (points ? "'.'" : "','") + ", or " + plain;
  return plain;
}

}  // namespace mlp
