#include "report/charts/number_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace mlp {
namespace {

constexpr const char* kNone = "\u2013";
constexpr double kMostPlain = 1e9;  ///< from here on numbers are written with powers of ten

std::string printed(double value, std::chars_format format, int precision) {
  std::array<char, 400> buffer;  // enough for any double
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision).ptr;
  return {buffer.data(), end};
}

/// `text` with a minus sign in place of a hyphen.
std::string signed_text(const std::string& text) {
  return text.starts_with('-') ? "\u2212" + text.substr(1) : text;
}

constexpr std::size_t kPerhapsAYear = 4;  ///< digits that may be a year, and are left together

/// With commas between thousands, as in counts, where there are more than `most` digits before the point.
std::string grouped(const std::string& text, std::size_t most = kPerhapsAYear) {
  constexpr const char* kDigits = "0123456789";
  const std::size_t begin = std::min(text.find_first_of(kDigits), text.size());
  const std::size_t end = std::min(text.find_first_not_of(kDigits, begin), text.size());
  if (end - begin <= most) return text;
  std::string result = text;
  for (std::size_t place = end; place > begin + 3;) {
    place -= 3;
    result.insert(place, ",");
  }
  return result;
}

/// Numbers of one kind, all with commas between thousands where one of them has: "8,101" above "25,193".
std::vector<std::string> grouped_alike(std::vector<std::string> texts) {
  const bool any = std::ranges::any_of(texts, [](const auto& text) { return grouped(text) != text; });
  for (auto& text : texts) text = any ? grouped(text, 3) : text;
  return texts;
}

/// As compact_text(), without commas.
std::string compact_digits(double value, int digits) {
  if (!std::isfinite(value)) return kNone;
  if (std::abs(value) >= std::pow(10.0, digits) && std::abs(value) < kMostPlain) return fixed_text(value, 0);
  return signed_text(printed(value, std::chars_format::general, digits));
}

/// As plain_text(), without commas.
std::string plain_digits(double value, int decimals) {
  return std::abs(value) >= kMostPlain ? compact_digits(value, 4) : fixed_text(value, decimals);
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
  if (!std::isfinite(value)) return kNone;
  return signed_text(printed(value, std::chars_format::fixed, decimals));
}

std::string significant_text(double value, int digits) {
  if (!std::isfinite(value)) return kNone;
  if (value == 0.0) return "0";
  const std::string scientific = printed(value, std::chars_format::scientific, digits - 1);
  const int exponent = std::stoi(scientific.substr(scientific.find('e') + 1));
  if (exponent < -4 || std::abs(value) >= kMostPlain) return signed_text(scientific);
  if (exponent < digits) return grouped(fixed_text(value, digits - 1 - exponent), 3);
  const double unit = std::pow(10.0, exponent - digits + 1);
  return grouped(fixed_text(std::round(value / unit) * unit, 0), 3);
}

std::string plain_text(double value, int decimals) { return grouped(plain_digits(value, decimals)); }

std::string compact_text(double value, int digits) { return grouped(compact_digits(value, digits)); }

std::vector<std::string> compact_texts(std::span<const double> values, int digits) {
  std::vector<std::string> texts;
  for (const double value : values) texts.push_back(compact_digits(value, digits));
  return grouped_alike(std::move(texts));
}

std::vector<std::string> plain_texts(std::span<const double> values, int decimals) {
  std::vector<std::string> texts;
  for (const double value : values) texts.push_back(plain_digits(value, decimals));
  return grouped_alike(std::move(texts));
}

std::string change_text(double change, int decimals) {
  return (change > 0 ? "+" : "") + grouped(plain_digits(change, decimals), 3);
}

int common_decimals(std::span<const double> values) {
  double largest = 0.0;
  for (const double value : values) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  if (largest == 0.0) return 0;
  const int most = std::clamp(3 - static_cast<int>(std::floor(std::log10(largest))), 0, 8);
  // As few decimals as say the same; a float's last digits are noise.
  const auto enough = [&](int decimals) {
    const double power = std::pow(10.0, decimals);
    return std::all_of(values.begin(), values.end(), [&](double value) {
      return !std::isfinite(value) ||
             std::abs(value * power - std::round(value * power)) <= 1e-6 * largest * power;
    });
  };
  for (int decimals = 0; decimals < most; ++decimals) {
    if (enough(decimals)) return decimals;
  }
  return most;
}

std::string r2_text(double r2) { return r2 < -10.0 ? significant_text(r2) : fixed_text(r2, 4); }

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
