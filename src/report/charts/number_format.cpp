#include "report/charts/number_format.h"

#include <algorithm>
#include <cmath>

namespace mlp {
namespace {

constexpr const char* kNone = "\u2013";
constexpr double kMostPlain = 1e9;        ///< from here on powers of ten say more
constexpr std::size_t kPerhapsAYear = 4;  ///< digits that may be a year, and read well as they are

/// The value's text, as a page shows it.
std::string shown(double value, const std::string& text) {
  if (!std::isfinite(value)) return kNone;
  return text.starts_with('-') ? "\u2212" + text.substr(1) : text;
}

/// Numbers of one kind, all with commas between thousands where one of them has: "8,101" above "25,193".
std::vector<std::string> grouped_alike(std::vector<std::string> texts) {
  const bool any =
      std::ranges::any_of(texts, [](const auto& text) { return grouped(text, kPerhapsAYear) != text; });
  for (auto& text : texts) text = any ? grouped(text) : text;
  return texts;
}

/// As compact_text(), without thousands apart.
std::string compact_digits(double value, int digits) { return shown(value, compact(value, digits)); }

/// As plain_text(), without commas.
std::string plain_digits(double value, int decimals) {
  return std::abs(value) >= kMostPlain ? compact_digits(value, 4) : fixed_text(value, decimals);
}

}  // namespace

std::string fixed_text(double value, int decimals) { return shown(value, fixed(value, decimals)); }

std::string significant_text(double value, int digits) { return shown(value, significant(value, digits)); }

std::string plain_text(double value, int decimals) {
  return grouped(plain_digits(value, decimals), kPerhapsAYear);
}

std::string compact_text(double value, int digits) {
  return grouped(compact_digits(value, digits), kPerhapsAYear);
}

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
  return (change > 0 ? "+" : "") + grouped(plain_digits(change, decimals));
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
  return shown(fraction, percent(fraction, decimals));
}

std::string duration_text(double seconds) {
  const std::string text = duration(seconds);
  return text == "-" ? kNone : text;
}

}  // namespace mlp
