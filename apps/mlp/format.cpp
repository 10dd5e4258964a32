#include "format.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace mlp::app {
namespace {

template <class... Values>
std::string print_to_string(const char* format, Values... values) {
  std::array<char, 400> buffer;  // enough for any double in %f
  const int length = std::snprintf(buffer.data(), buffer.size(), format, values...);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

template <class T>
std::string shortest_text(T value) {
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

}  // namespace

std::string with_thousands(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t place = text.size(); place > 3;) {
    place -= 3;
    text.insert(place, ",");
  }
  return text;
}

std::string significant(double value, int digits) {
  return std::isnan(value) ? "-" : print_to_string("%.*g", digits, value);
}

std::string fixed(double value, int decimals) {
  return std::isnan(value) ? "-" : print_to_string("%.*f", decimals, value);
}

std::string percent(double fraction) { return std::isnan(fraction) ? "-" : fixed(100.0 * fraction, 2) + "%"; }

std::string duration(double seconds) {
  if (!(seconds >= 0.0) || seconds > 1e9) return "-";
  if (seconds < 9.995) return fixed(seconds, 2) + " s";
  if (seconds < 59.95) return fixed(seconds, 1) + " s";
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600) return print_to_string("%lld:%02lld", whole / 60, whole % 60);
  return print_to_string("%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string rate(double per_second) {
  if (!std::isfinite(per_second)) return "-";
  if (per_second < 1e3) return fixed(per_second, 0);
  if (per_second < 1e6) return significant(per_second / 1e3, 3) + " k";
  return significant(per_second / 1e6, 3) + " M";
}

std::string bytes(std::uint64_t count) {
  if (count < 1000) return std::to_string(count) + " B";
  if (count < 1000000) return fixed(static_cast<double>(count) / 1e3, 1) + " kB";
  return fixed(static_cast<double>(count) / 1e6, 1) + " MB";
}

std::string shortest(double value) { return shortest_text(value); }
std::string shortest(float value) { return shortest_text(value); }

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    if (end < text.size() && text[end] == '\n') lines.emplace_back();
    begin = end + 1;
  }
  return lines;
}

}  // namespace mlp::app
