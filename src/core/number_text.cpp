#include "mlp/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace mlp {

namespace {

constexpr int kMostPlain = 9;  ///< digits before the point; with more, powers of ten say it better

std::string none(double value) { return std::isnan(value) ? "-" : value < 0 ? "-inf" : "inf"; }

std::string printed(double value, std::chars_format format, int precision) {
  std::array<char, 400> buffer;  // enough for any double
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision).ptr;
  std::string text(buffer.data(), end);
  const bool zero = text.substr(0, text.find('e')).find_first_of("123456789") == std::string::npos;
  return zero && text.starts_with('-') ? text.substr(1) : text;
}

double value_of(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// 5 -> "05"
std::string two_digits(long long value) { return (value < 10 ? "0" : "") + std::to_string(value); }

}  // namespace

std::string with_thousands(std::uint64_t count) { return grouped(std::to_string(count)); }

std::string grouped(std::string text, std::size_t most) {
  constexpr const char* kDigits = "0123456789";
  const std::size_t begin = std::min(text.find_first_of(kDigits), text.size());
  const std::size_t end = std::min(text.find_first_not_of(kDigits, begin), text.size());
  if (end - begin <= most) return text;
  for (std::size_t place = end; place > begin + 3;) {
    place -= 3;
    text.insert(place, ",");
  }
  return text;
}

std::string fixed(double value, int decimals) {
  return std::isfinite(value) ? printed(value, std::chars_format::fixed, decimals) : none(value);
}

std::string percent(double fraction, int decimals) {
  return std::isnan(fraction) ? none(fraction) : fixed(100.0 * fraction, decimals) + "%";
}

std::string duration(double seconds) {
  if (!(seconds >= 0.0) || seconds > 1e9) return "-";
  if (seconds < 0.0995) return fixed(1e3 * seconds, 0) + " ms";
  if (seconds < 9.995) return fixed(seconds, 2) + " s";
  if (seconds < 59.95) return fixed(seconds, 1) + " s";
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600) return std::to_string(whole / 60) + ":" + two_digits(whole % 60);
  return std::to_string(whole / 3600) + ":" + two_digits(whole / 60 % 60) + ":" + two_digits(whole % 60);
}

std::string significant(double value, int digits) {
  if (!std::isfinite(value)) return none(value);
  if (value == 0.0) return "0";
  const std::string scientific = printed(value, std::chars_format::scientific, digits - 1);
  const int exponent = std::stoi(scientific.substr(scientific.find('e') + 1));  // once rounded
  if (exponent < -4 || exponent >= kMostPlain) return scientific;
  if (exponent < digits) return grouped(fixed(value, digits - 1 - exponent));
  return grouped(fixed(value_of(scientific), 0));
}

std::string compact(double value, int digits) {
  if (!std::isfinite(value)) return none(value);
  const std::string text = printed(value, std::chars_format::general, digits);
  if (text.find("e+") == std::string::npos) return text;
  const std::string whole = fixed(value, 0);
  return std::abs(value_of(whole)) < std::pow(10.0, kMostPlain) ? whole : text;
}

}  // namespace mlp
