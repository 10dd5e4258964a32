#include "data/numbers/float_units.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "data/numbers/statistics.h"
#include "network/text.h"

namespace mlp {

namespace {

double rounding_of(double number) {
  return std::abs(static_cast<double>(static_cast<float>(number)) - number);
}

/// Where most numbers lie: within `half` of `middle`, more or less.
struct Bulk {
  double middle;
  double half;      ///< half of the quartile range; where the quartiles are equal, of the whole range
  double rounding;  ///< the most that rounding to float moves one of those within
};

Bulk bulk_of(const NumberRange& range, std::span<const double> sorted) {
  const double low = quantile(sorted, 0.25), high = quantile(sorted, 0.75);
  Bulk bulk{.middle = quantile(sorted, 0.5), .half = high / 2 - low / 2, .rounding = 0.0};
  if (!(bulk.half > 0)) return {bulk.middle, range.greatest / 2 - range.least / 2, range.rounding};
  for (const double number : sorted)
    if (low <= number && number <= high) bulk.rounding = std::max(bulk.rounding, rounding_of(number));
  return bulk;
}

// 1/half and half are scales that a float has to hold, with room for numbers further out.
constexpr double kSmallest = 1e-30, kGreatest = 1e37;
constexpr double kMostRounding = 0.02;  // of `half`: 1% of the quartile range
constexpr double kNearlyConstant = 1e-6;

bool told_apart(const Bulk& bulk) {
  return bulk.half >= kSmallest && bulk.half <= kGreatest && bulk.rounding <= kMostRounding * bulk.half;
}

/// Whether training takes the column for a constant one, whose numbers differ by rounding alone. (Not where a
/// rare number far from the others may be missing in `some`.)
bool nearly_constant(const NumberRange& range, std::span<const double> some) {
  constexpr double kNear = 1e-4;
  const Moments moments = moments_of(some);
  const double size = std::abs(moments.mean);
  return moments.deviation <= kNearlyConstant * size && range.greatest / 2 - range.least / 2 <= kNear * size;
}

}  // namespace

void NumberRange::add(double number) {
  if (!std::isfinite(number)) return;
  least = std::min(least, number);
  greatest = std::max(greatest, number);
  rounding = std::max(rounding, rounding_of(number));
}

std::optional<FloatUnit> needed_unit(const NumberRange& range, std::vector<double> some) {
  const bool all_fit = std::isfinite(range.rounding);
  if (some.empty()) return std::nullopt;
  if (range.least == range.greatest)
    return all_fit ? std::nullopt : std::optional(FloatUnit{.origin = range.least});
  std::ranges::sort(some);
  const Bulk bulk = bulk_of(range, some);
  if (all_fit && told_apart(bulk) && !nearly_constant(range, some)) return std::nullopt;
  // A power of two divides without rounding.
  return FloatUnit{.origin = bulk.middle, .unit = std::ldexp(1.0, std::ilogb(bulk.half))};
}

FloatProblem problem_of_target(const NumberRange& range, const FloatUnit& needed) {
  const std::string numbers = format_number(range.least) + " to " + format_number(range.greatest);
  if (!std::isfinite(range.rounding) || needed.unit > kGreatest)
    return {numbers + " are too large for floats", "give the target in a larger unit"};
  const bool near_zero = needed.unit >= kNearlyConstant * std::abs(needed.origin);
  return {numbers + " differ by too little to be told apart as floats",
          near_zero && needed.unit < kSmallest
              ? "give the target in a smaller unit"
              : "subtract " + format_number(needed.origin) + " from the target in every row"};
}

}  // namespace mlp
