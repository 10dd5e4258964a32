#include "data/cells/date.h"

#include <algorithm>
#include <cstddef>

namespace mlp {

namespace {

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

struct Digits {
  std::size_t count = 0;
  int value = 0;
};

/// All digits at the front of `text`, of which there may be four.
Digits take_digits(std::string_view& text) {
  Digits digits;
  for (; digits.count < 5 && !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits.count) {
    digits.value = 10 * digits.value + (text.front() - '0');
    text.remove_prefix(1);
  }
  return digits;
}

/// A number of one or two digits from `least` to `most`.
bool take_part(std::string_view& text, int least, int most) {
  const auto [count, value] = take_digits(text);
  return (count == 1 || count == 2) && value >= least && value <= most;
}

bool take_year(std::string_view& text) { return take_digits(text).count == 4; }

/// Day and month; between points the month comes last.
bool take_day_and_month(std::string_view& text, char mark) {
  const int last = mark == '.' ? 12 : 31;
  return take_part(text, 1, 31) && take(text, mark) && take_part(text, 1, last);
}

bool take_date(std::string_view& text) {
  for (const char mark : {'-', '/', '.'}) {
    std::string_view rest = text;
    if (!(take_year(rest) && take(rest, mark) && take_part(rest, 1, 12) && take(rest, mark) &&
          take_part(rest, 1, 31))) {
      rest = text;
      if (!(take_day_and_month(rest, mark) && take(rest, mark) && take_year(rest))) continue;
    }
    text = rest;
    return true;
  }
  return false;
}

bool take_time(std::string_view& text) {
  if (!take_part(text, 0, 24) || !take(text, ':') || !take_part(text, 0, 59)) return false;
  if (take(text, ':')) {
    if (!take_part(text, 0, 60)) return false;
    if (take(text, '.') || take(text, ','))
      text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
  }
  return true;
}

/// "Z", "+01:00", "-0500", or nothing.
bool is_zone(std::string_view text) {
  if (text.empty() || text == "Z") return true;
  if (!take(text, '+') && !take(text, '-')) return false;
  const std::size_t hours = take_digits(text).count;
  if (hours == 2 && take(text, ':')) return take_digits(text).count == 2 && text.empty();
  return (hours == 2 || hours == 4) && text.empty();
}

}  // namespace

bool is_date_or_time(std::string_view text) {
  if (take_date(text)) {
    if (text.empty()) return true;
    if (!take(text, 'T') && !take(text, ' ')) return false;
  }
  return take_time(text) && is_zone(text);
}

}  // namespace mlp
