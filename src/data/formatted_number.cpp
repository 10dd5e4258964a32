#include "data/formatted_number.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "data/cell.h"
#include "data/numbers.h"

namespace mlp {

namespace {

using namespace std::string_view_literals;

// Dollar, percent, euro, pound, yen; blanks, the last two the narrow ones of typesetting.
constexpr std::array kSigns = {"$"sv,        "%"sv, "\xE2\x82\xAC"sv, "\xC2\xA3"sv,
                               "\xC2\xA5"sv, " "sv, "\xC2\xA0"sv,     "\xE2\x80\xAF"sv};
constexpr std::array kBetweenThousands = {","sv, "."sv, "'"sv, " "sv, "\xC2\xA0"sv, "\xE2\x80\xAF"sv};

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::size_t take_digits(std::string_view& text) {
  const auto end = std::ranges::find_if(text, [](char c) { return c < '0' || c > '9'; });
  const auto count = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(count);
  return count;
}

std::string_view without_signs(std::string_view text) {
  for (std::size_t before = text.size() + 1; text.size() < before;) {
    before = text.size();
    for (const auto sign : kSigns) {
      take(text, sign);
      if (text.ends_with(sign)) text.remove_suffix(sign.size());
    }
  }
  return text;
}

/// One more group of thousands, with the mark before it.
bool take_thousands(std::string_view& text, std::string_view mark) {
  std::string_view rest = text;
  if (!take(rest, mark) || take_digits(rest) != 3) return false;
  text = rest;
  return true;
}

/// Nothing, or a decimal mark, which is not that of thousands, and digits that end the text.
bool is_decimals(std::string_view text, std::string_view thousands = {}) {
  if (text.empty()) return true;
  for (const auto mark : {","sv, "."sv})
    if (mark != thousands && take(text, mark)) return take_digits(text) > 0 && text.empty();
  return false;
}

}  // namespace

bool is_formatted_number(std::string_view text) {
  if (parse_double(text)) return false;
  text = without_signs(text);
  if (!take(text, "-"sv)) take(text, "+"sv);
  text = without_signs(text);
  const std::size_t leading = take_digits(text);
  if (leading == 0) return false;
  if (is_decimals(text)) return true;
  if (leading > 3) return false;
  return std::ranges::any_of(kBetweenThousands, [&](std::string_view mark) {
    std::string_view rest = text;
    if (!take_thousands(rest, mark)) return false;
    while (take_thousands(rest, mark)) {
    }
    return is_decimals(rest, mark);
  });
}

}  // namespace mlp
