#include "report/charts/axis.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/charts/number_format.h"

namespace mlp {
namespace {

constexpr double kLargest = 1e100;    ///< greater values are not drawn: a diverging run reaches them
constexpr double kSmallest = 1e-100;  ///< smaller differences count as none
constexpr double kLogarithmic = 20;   ///< ratio of largest to smallest from which an axis is logarithmic
constexpr double kIntervals = 5;      ///< between ticks, approximately
constexpr double kZeroShare = 0.35;   ///< ratio of smallest to largest up to which an axis begins at 0

/// The smallest 1, 2 or 5 times a power of ten that cuts `span` into no more than about kIntervals.
double tick_step(double span) {
  const double power = std::pow(10.0, std::floor(std::log10(span / kIntervals)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (step * power * kIntervals * 1.0001 >= span) return step * power;
  }
  return 10.0 * power;
}

/// 1, 2 or 5 times a power of ten, next to `value`, below or above it.
double round_decade(double value, bool up) {
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  const auto steps = {1.0, 2.0, 5.0, 10.0};
  double below = power;
  for (const double step : steps) {
    if (up && step * power >= value * 0.9999) return step * power;
    if (step * power <= value * 1.0001) below = step * power;
  }
  return below;
}

/// Decimals that tell multiples of `step` apart.
int decimals_of(double step) { return std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9))); }

/// Large numbers are read in thousands, millions or thousands of millions.
struct Magnitude {
  double unit = 1.0;
  const char* name = "";
};
Magnitude magnitude_of(double size) {
  if (size < 1e5 || size >= 1e12) return {};
  if (size < 1e6) return {1e3, " k"};
  return size < 1e9 ? Magnitude{1e6, " M"} : Magnitude{1e9, " G"};
}

}  // namespace

bool drawable(double value) { return std::abs(value) <= kLargest; }

double Axis::position(double value) const {
  return logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
}

std::vector<double> Axis::ticks() const {
  std::vector<double> result;
  if (logarithmic) {
    const int first = static_cast<int>(std::ceil(std::log10(low) - 1e-6));
    const int last = static_cast<int>(std::floor(std::log10(high) + 1e-6));
    const int step = std::max(1, (last - first + 6) / 7);
    for (int power = first - step; power <= last; power += step) {
      for (const double digit : {1.0, 2.0, 5.0}) {
        if (digit > 1.0 && last - first > 1) continue;  // powers of ten alone are enough
        const double tick = digit * std::pow(10.0, power);
        if (tick >= low * 0.9999 && tick <= high * 1.0001) result.push_back(tick);
      }
    }
    return result;
  }
  const double step = whole ? std::max(1.0, tick_step(high - low)) : tick_step(high - low);
  const double first = std::ceil(low / step - 1e-6);
  for (int i = 0; (first + i) * step <= high + 1e-6 * step && i < 50; ++i)
    result.push_back((first + i) * step);
  return result;
}

std::string Axis::label(double tick, AxisUnit unit) const {
  const double factor = unit == AxisUnit::kPercent ? 100.0 : 1.0;
  const std::string suffix = unit == AxisUnit::kPercent ? "%" : "";
  if (logarithmic) {
    const auto [scale, name] = magnitude_of(factor * tick);
    return compact_text(factor * tick / scale, 3) + name + suffix;
  }
  const double step = factor * tick_step(high - low);
  const double largest = factor * std::max(std::abs(low), std::abs(high));
  if (whole && largest < 1e7) return with_thousands(static_cast<std::uint64_t>(std::max(0.0, tick)));
  const double shown = std::abs(factor * tick) < 1e-9 * step ? 0.0 : factor * tick;
  if (largest >= 1e12 || step < 1e-4) return compact_text(shown, 3) + suffix;
  const auto [scale, name] = magnitude_of(largest);  // the same at all ticks except 0
  if (shown == 0.0 && scale > 1.0) return "0" + suffix;
  return plain_text(shown / scale, decimals_of(step / scale)) + name + suffix;
}

Axis tight_axis_over(std::span<const double> values) {
  double low = kLargest, high = -kLargest;
  for (const double value : values) {
    if (!drawable(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low > high) return {};
  const double largest = std::max(std::abs(low), std::abs(high));
  if (high - low <= std::max(1e-12 * largest, kSmallest)) {
    const double margin = largest <= kSmallest ? 0.5 : 0.5 * largest;
    return {.low = low - margin, .high = high + margin};
  }
  return {.low = low, .high = high};
}

CurveRange curve_range(const std::vector<std::span<const double>>& curves, bool logarithmic, double least) {
  constexpr std::size_t kFewestEpochs = 4;
  constexpr double kLeastSpan = 0.1;  // of the values' size: a smaller span is noise
  const auto to_height = [&](double value) { return logarithmic ? std::log(value) : value; };
  const auto to_value = [&](double height) { return logarithmic ? std::exp(height) : height; };
  std::vector<double> all, later;
  for (const auto curve : curves) {
    const std::size_t start = curve.size() < kFewestEpochs ? 0 : (curve.size() + 9) / 10;
    for (std::size_t i = 0; i < curve.size(); ++i) {
      if (!drawable(curve[i]) || (logarithmic && curve[i] <= 0.0)) continue;
      all.push_back(to_height(curve[i]));
      if (i >= start) later.push_back(all.back());
    }
  }
  if (all.empty()) return {};
  if (later.empty()) later = all;
  const auto [later_low, later_high] = std::ranges::minmax(later);
  auto [low, high] = std::ranges::minmax(all);
  const double size = logarithmic ? 1.0 : std::max({std::abs(later_low), std::abs(later_high), kSmallest});
  const double span = std::max(later_high - later_low, kLeastSpan * size);
  constexpr double kRounding = 1.0 + 1e-9;
  if (high - low > 2.0 * kRounding * span) {
    low = std::max(low, later_low - 0.5 * span);
    high = std::min(high, later_high + 0.5 * span);
  }
  if (least > 0.0) {
    const double height = to_height(least);
    if (height < low && low - height <= std::max(high - low, kLeastSpan * size)) low = height;
  }
  return {.low = to_value(low), .high = to_value(high)};
}

Axis axis_between(double low, double high, bool logarithmic) {
  if (logarithmic)
    return {.low = round_decade(low, false), .high = round_decade(high, true), .logarithmic = true};
  Axis axis = tight_axis_over(std::array{low, high});
  const double step = tick_step(axis.high - axis.low);
  axis.low = std::floor(axis.low / step + 1e-6) * step;
  axis.high = std::ceil(axis.high / step - 1e-6) * step;
  return axis;
}

bool wants_logarithms(std::span<const double> values) {
  const Axis axis = tight_axis_over(values);
  const bool positive =
      axis.low > 0.0 && std::none_of(values.begin(), values.end(), [](double value) { return value <= 0.0; });
  return positive && axis.high > kLogarithmic * axis.low;
}

Axis axis_over(std::span<const double> values, bool may_be_logarithmic) {
  const Axis axis = tight_axis_over(values);
  if (may_be_logarithmic && wants_logarithms(values)) return axis_between(axis.low, axis.high, true);
  const bool from_zero = axis.low > 0.0 && axis.low < kZeroShare * axis.high;
  return axis_between(from_zero ? 0.0 : axis.low, axis.high);
}

}  // namespace mlp
