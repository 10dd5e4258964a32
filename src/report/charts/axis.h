// The axis of a chart: which values it spans, where its ticks stand and how they read.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace mlp {

/// How numbers along an axis read.
enum class AxisUnit { kNumber, kPercent };

/// Values `low` to `high`, from position 0 to 1; logarithmic where it says so (then low > 0).
struct Axis {
  double low = 0.0;
  double high = 1.0;
  bool logarithmic = false;
  bool whole = false;  ///< ticks are whole numbers: epochs

  double position(double value) const;
  /// Round numbers within [low, high], ascending: evenly spaced or, where logarithmic, powers of ten, with 2
  /// and 5 times those where there are few.
  std::vector<double> ticks() const;
  /// A tick as text, with as many decimals as this axis needs.
  std::string label(double tick, AxisUnit unit = AxisUnit::kNumber) const;
};

/// From a round number below the smallest to one above the largest of `values`; from 0 where that wastes
/// little room. Values that are not finite, or beyond 1e100, do not count. With `may_be_logarithmic`:
/// logarithmic where all are positive and span more than a factor of 20.
Axis axis_over(std::span<const double> values, bool may_be_logarithmic = false);

/// From a round number at or below `low` to one at or above `high`.
Axis axis_between(double low, double high, bool logarithmic = false);

/// Whether all are positive and span more than a factor of 20.
bool wants_logarithms(std::span<const double> values);

/// Exactly from the smallest to the largest.
Axis tight_axis_over(std::span<const double> values);

/// Whether `value` can be drawn on an axis.
bool drawable(double value);

/// The values that a chart of curves over epochs shows.
struct CurveRange {
  double low = 0.0;
  double high = 1.0;
};

/// From the lowest to the highest value of `curves`, each with one value per epoch, so that what happens
/// after the start has at least half of the height: where the first tenth of the epochs (of four or more)
/// takes more, the range goes beyond the other epochs by half of what they span, or by 5% of their size, and
/// the curves enter from outside. Spans are of logarithms where `logarithmic`. `least`, where it is above 0,
/// is within the range unless that more than doubles it. 0 to 1 where no value can be drawn.
CurveRange curve_range(const std::vector<std::span<const double>>& curves, bool logarithmic,
                       double least = 0.0);

}  // namespace mlp
