#include "network/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "mlp/error.h"
#include "mlp/printable.h"

namespace mlp {

namespace {

constexpr std::size_t kMaxArguments = 16;  // no variant has as many parameters

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

template <class Number>
std::optional<Number> parse_all(std::string_view text) {
  text = trim(text);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string format_number(double value) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  return {buffer, result.ptr};
}

std::optional<double> parse_number(std::string_view text) {
  const auto value = parse_all<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<std::size_t> parse_count(std::string_view text) { return parse_all<std::size_t>(text); }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string fold(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) c = c == '-' ? '_' : lower(c);
  return folded;
}

bool same_name(std::string_view a, std::string_view b) {
  const auto letters = [](std::string_view text) {
    std::string result = fold(text);
    std::erase(result, '_');
    return result;
  };
  return letters(a) == letters(b);
}

std::string quote(std::string_view text, char mark) { return mark + printable(text) + mark; }

std::vector<std::string_view> split(std::string_view text, char separator, std::size_t most) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size() && parts.size() + 1 < most; ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') depth = std::max(0, depth - 1);
    if (text[i] == separator && depth == 0) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  parts.push_back(text.substr(begin));
  return parts;
}

Call parse_call(std::string_view kind, std::string_view text) {
  text = trim(text);
  const std::string what = std::string(kind) + " " + quote(text) + ": ";
  const auto open = text.find('(');
  Call call{.name = trim(text.substr(0, open)), .arguments = {}};
  if (call.name.empty()) throw UsageError(what + "a name was expected");
  if (open == std::string_view::npos) return call;

  if (text.back() != ')') throw UsageError(what + "')' was expected at the end");
  const auto inside = trim(text.substr(open + 1, text.size() - open - 2));
  if (inside.empty()) return call;
  const auto arguments = split(inside, ',', kMaxArguments + 1);
  if (arguments.size() > kMaxArguments) throw UsageError(what + "too many parameters");
  for (const auto argument : arguments) {
    const auto equals = argument.find('=');
    const bool keyed = equals != std::string_view::npos;
    const auto key = keyed ? trim(argument.substr(0, equals)) : std::string_view{};
    const auto value = trim(keyed ? argument.substr(equals + 1) : argument);
    if (value.empty() || (keyed && key.empty())) {
      throw UsageError(what + "key=value was expected, found " + quote(trim(argument)));
    }
    call.arguments.push_back({key, value});
  }
  return call;
}

Range Range::above(double low) { return {low, std::numeric_limits<double>::infinity(), true, true}; }
Range Range::at_least(double low) { return {low, std::numeric_limits<double>::infinity(), false, true}; }

bool Range::contains(double value) const {
  return (low_open_ ? value > low_ : value >= low_) && (high_open_ ? value < high_ : value <= high_);
}

std::string Range::to_string() const {
  if (std::isinf(high_)) return (low_open_ ? "> " : ">= ") + format_number(low_);
  return (low_open_ ? "(" : "[") + format_number(low_) + ", " + format_number(high_) +
         (high_open_ ? ")" : "]");
}

}  // namespace mlp
