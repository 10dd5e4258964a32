#include "data/cells/formatted_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include "data/cells/cell.h"
#include "data/numbers/numbers.h"

namespace mlp {

namespace {

using namespace std::string_view_literals;

// The last two are the no-break spaces of typesetting.
constexpr std::array kBlanks = {" "sv, "\xC2\xA0"sv, "\xE2\x80\xAF"sv};
// Dollar, percent, euro, pound, yen.
constexpr std::array kUnits = {"$"sv, "%"sv, "\xE2\x82\xAC"sv, "\xC2\xA3"sv, "\xC2\xA5"sv};
// The apostrophes, straight and curly, are Swiss.
constexpr std::array kBetweenThousands = {","sv, "."sv,        "'"sv,           "\xE2\x80\x99"sv,
                                          " "sv, "\xC2\xA0"sv, "\xE2\x80\xAF"sv};
// A minus may be written as a hyphen, the sign itself, a hyphen of typesetting, or a dash.
constexpr std::array kMinuses = {
    "-"sv,           kMinusSign, "\xE2\x80\x90"sv, "\xE2\x80\x91"sv, "\xE2\x80\x93"sv, "\xEF\xB9\xA3"sv,
    "\xEF\xBC\x8D"sv};
constexpr std::array kCurrencyCodes = {"AUD"sv, "BRL"sv, "CAD"sv, "CHF"sv, "CNY"sv, "CZK"sv, "DKK"sv, "EUR"sv,
                                       "GBP"sv, "HUF"sv, "INR"sv, "JPY"sv, "KRW"sv, "MXN"sv, "NOK"sv, "NZD"sv,
                                       "PLN"sv, "RUB"sv, "SEK"sv, "TRY"sv, "USD"sv, "ZAR"sv};
constexpr std::string_view kDigits = "0123456789";

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

/// Takes the blanks around the text.
void take_blanks(std::string_view& text) {
  while (
      std::ranges::any_of(kBlanks, [&](auto blank) { return take(text, blank) || take_last(text, blank); })) {
  }
}

/// Takes a sign of currency or percent before or after the number, and the blanks between.
bool take_unit(std::string_view& text) {
  if (std::ranges::none_of(kUnits, [&](auto unit) { return take(text, unit) || take_last(text, unit); }))
    return false;
  take_blanks(text);
  return true;
}

bool take_minus(std::string_view& text) {
  return std::ranges::any_of(kMinuses, [&](auto minus) { return take(text, minus); });
}

/// Takes a minus behind the number, and the blanks between.
bool take_last_minus(std::string_view& text) {
  if (std::ranges::none_of(kMinuses, [&](auto minus) { return take_last(text, minus); })) return false;
  take_blanks(text);
  return true;
}

/// Takes parentheses around the number, and the blanks in them.
bool take_parentheses(std::string_view& text) {
  if (!text.starts_with('(') || !text.ends_with(')')) return false;
  text = text.substr(1, text.size() - 2);
  take_blanks(text);
  return true;
}

/// Takes groups of thousands, each with `mark` before it, and adds their digits to `digits`; false where
/// there is no group.
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
  // "0,123" has no thousands: nobody writes them with a 0 in front.
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
  std::array<char, 400> buffer;  // enough for the longest double
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed).ptr;
  return {buffer.data(), end};
}

/// A number apart from what is written beside it.
struct Annotated {
  std::string number;
  std::string advice;  ///< how to write it plainly
};

/// 1.2D+03, as Fortran writes doubles.
std::optional<Annotated> with_exponent_of_fortran(std::string_view text) {
  const auto at = text.find_first_of("dD");
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return std::nullopt;
  auto exponent = text.substr(at + 1);
  if (!take(exponent, "-")) take(exponent, "+");
  if (take_digits(exponent).empty() || !exponent.empty()) return std::nullopt;
  std::string number(text);
  number[at] = 'e';
  return Annotated{number, "write exponents with an e, like 1.2e+03"};
}

/// EUR 12.00
std::optional<Annotated> with_unit_before(std::string_view text) {
  const auto code = std::ranges::find_if(kCurrencyCodes, [&](auto c) { return text.starts_with(c); });
  if (code == kCurrencyCodes.end()) return std::nullopt;
  text.remove_prefix(code->size());
  take_blanks(text);
  return Annotated{std::string(text), "leave away " + in_quotes(*code) + " before the numbers"};
}

/// 23.4 kg. A single letter right behind a whole number is no unit: 12A is a house.
std::optional<Annotated> with_unit_behind(std::string_view text) {
  constexpr std::size_t kMostBytes = 12;
  const auto last = text.find_last_of(kDigits);
  if (last == std::string_view::npos) return std::nullopt;
  const auto number = text.substr(0, last + 1), rest = text.substr(last + 1);
  auto unit = rest;
  take_blanks(unit);
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
  };
  const auto is_part = [&](char c) { return is_letter(c) || c == '/' || c == '.' || c == ' '; };
  if (unit.empty() || unit.size() > kMostBytes || !is_letter(unit.front()) ||
      !std::ranges::all_of(unit, is_part))
    return std::nullopt;
  if (rest.size() == 1 && number.find_first_of(".,") == std::string_view::npos) return std::nullopt;
  return Annotated{std::string(number), "leave away " + in_quotes(unit) + " behind the numbers"};
}

bool parses(std::string_view text) { return parse_formatted(text, '.') || parse_formatted(text, ','); }

std::optional<Annotated> annotated(std::string_view text) {
  for (const auto kind : {with_exponent_of_fortran, with_unit_before, with_unit_behind})
    if (auto result = kind(text);
        result && result->number.find_first_of(kDigits) != std::string::npos && parses(result->number))
      return result;
  return std::nullopt;
}

/// How accountants write negatives, (130.00) and 130.00-, and zeros, "$ -".
bool is_accountants(std::string_view text, double value) {
  const auto before = text.substr(0, text.find_first_of(kDigits));
  if (before.size() == text.size()) return value == 0;
  const auto in_front = [&](std::string_view mark) { return before.find(mark) != std::string_view::npos; };
  return value < 0 && (in_front("(") || std::ranges::none_of(kMinuses, in_front));
}

}  // namespace

std::string plain_number(std::string_view text, char decimal) {
  if (text.size() > 1) take(text, "'");
  if (auto plain = with_point(text, decimal); !plain.empty()) return plain;
  take_blanks(text);
  const bool has_unit = take_unit(text);
  bool negative = take_parentheses(text);
  if (!negative) {
    if (has_unit && std::ranges::find(kMinuses, text) != kMinuses.end()) return "0";
    negative = take_minus(text) || (!take(text, "+") && take_last_minus(text));
  }
  if (!has_unit) take_unit(text);
  const auto digits = plain_digits(text, {&decimal, 1});
  return digits.empty() ? std::string() : (negative ? "-" : "") + digits;
}

std::optional<double> parse_formatted(std::string_view text, char decimal) {
  const std::string plain = plain_number(text, decimal);
  return plain.empty() ? std::nullopt : parse_double(plain);
}

bool has_number_format(std::string_view text) { return parses(text) || annotated(text); }

Message formatted_number_hint(std::span<const std::string> texts, std::optional<char> decimal) {
  bool any = false, commas = true, points = true, plain = true;
  std::string ambiguous, negative, advice;
  for (const auto& text : texts) {
    if (is_none(text)) continue;
    any = true;
    std::string number = text;
    if (!parses(text)) {
      const auto found = annotated(text);
      if (!found || (!advice.empty() && advice != found->advice)) return {};
      number = found->number;
      advice = found->advice;
    }
    const auto with_comma = parse_formatted(number, ','), with_point = parse_formatted(number, '.');
    commas &= with_comma.has_value();
    points &= with_point.has_value();
    plain &= (decimal ? parse_formatted(number, *decimal) : parse_double(number)).has_value();
    if (with_comma && with_point && *with_comma != *with_point && ambiguous.empty()) ambiguous = number;
    const double value = with_point ? *with_point : *with_comma;
    if (negative.empty() && is_accountants(number, value))
      negative = ", which reads " + in_quotes(number) + " as " + in_digits(value);
  }
  if (!any) return {};
  if (plain && !advice.empty()) return advice;
  if (!advice.empty()) advice += "; ";
  const std::string plainly =
      std::string("write numbers plainly, like ") + (decimal == ',' ? "1234,5" : "1234.5");
  if (commas && points && !ambiguous.empty())
    return advice + "say which mark is the decimal one, " + Remedy{Setting::kDecimal, {"."}} + " where " +
           in_quotes(ambiguous) + " is " + in_digits(*parse_formatted(ambiguous, '.')) + ", " +
           Remedy{Setting::kDecimal, {","}} + " where it is " + in_digits(*parse_formatted(ambiguous, ',')) +
           "; or " + plainly;
  if (commas || points)
    return advice + "try " + Remedy{Setting::kDecimal, {points ? "." : ","}} + negative + ", or " + plainly;
  return advice + plainly;
}

}  // namespace mlp
