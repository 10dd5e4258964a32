// Whether the numbers of a column can still be told apart once they are floats, which hold 24 bits, and units
// in which they can. What counts is where most of them lie: a single 0 among seconds since 1970 spreads them
// over half a century and leaves the others as close together as they were.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace mlp {

/// Of a column's numbers, seen one after the other. NaN and infinities do not count.
struct NumberRange {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();
  double rounding =
      0.0;  ///< the most that one of them is moved by becoming a float; infinite where one fits none

  void add(double number);
};

/// x' = (x - origin) / unit, see InputUnits.
struct FloatUnit {
  double origin = 0.0;
  double unit = 1.0;
};

/// How many of a column's numbers are enough to know where most of them lie.
inline constexpr std::size_t kEnoughNumbers = 256;

/// Units in which a column's numbers can be told apart as floats; nothing where they can as they are, or are
/// all the same and fit one. `some`: finite ones of them, evenly spaced in the column.
std::optional<FloatUnit> needed_unit(const NumberRange& range, std::vector<double> some);

/// What a target's numbers are, of which needed_unit() says that floats cannot tell them apart, and what to
/// do.
struct FloatProblem {
  std::string what;
  std::string hint;
};
FloatProblem problem_of_target(const NumberRange& range, const FloatUnit& needed);

}  // namespace mlp
