#include "report/number_format.h"

#include <array>
#include <charconv>
#include <cmath>

namespace mlp {
namespace {

constexpr const char* kNone = "\u2013";

std::string printed(double value, std::chars_format format, int precision) {
  std::array<char, 400> buffer;  // enough for any double
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision).ptr;
  return {buffer.data(), end};
}

std::string two_digits(long long value) { return (value < 10 ? "0" : "") + std::to_string(value); }

}  // namespace

std::string with_thousands(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t place = text.size(); place > 3;) {
    place -= 3;
    text.insert(place, ",");
  }
  return text;
}

std::string fixed_text(double value, int decimals) {
  return std::isfinite(value) ? printed(value, std::chars_format::fixed, decimals) : kNone;
}

std::string significant_text(double value, int digits) {
  if (!std::isfinite(value)) return kNone;
  if (value == 0.0) return "0";
  const std::string scientific = printed(value, std::chars_format::scientific, digits - 1);
  const int exponent = std::stoi(scientific.substr(scientific.find('e') + 1));
  if (exponent < -4 || exponent > 6) return scientific;
  return printed(value, std::chars_format::fixed, std::max(0, digits - 1 - exponent));
}

std::string compact_text(double value, int digits) {
  if (!std::isfinite(value)) return kNone;
  if (std::abs(value) >= std::pow(10.0, digits) && std::abs(value) < 1e7) return fixed_text(value, 0);
  return printed(value, std::chars_format::general, digits);
}

std::string percent_text(double fraction, int decimals) {
  return std::isfinite(fraction) ? fixed_text(100.0 * fraction, decimals) + "%" : kNone;
}

std::string duration_text(double seconds) {
  if (!(seconds >= 0.0) || seconds > 1e9) return kNone;
  if (seconds < 0.0995) return fixed_text(1e3 * seconds, 0) + " ms";
  if (seconds < 9.995) return fixed_text(seconds, 2) + " s";
  if (seconds < 59.95) return fixed_text(seconds, 1) + " s";
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600) return std::to_string(whole / 60) + ":" + two_digits(whole % 60);
  return std::to_string(whole / 3600) + ":" + two_digits(whole / 60 % 60) + ":" + two_digits(whole % 60);
}

}  // namespace mlp
