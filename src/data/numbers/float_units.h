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

/// The range of a column's numbers, seen one after the other. NaN and infinities do not count.
struct NumberRange {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();
  double rounding =
      0.0;  ///< the most that rounding to float moves one of them; infinite where one does not fit a float

  void add(double number);
};

/// x' = (x - origin) / unit, see InputUnits.
struct FloatUnit {
  double origin = 0.0;
  double unit = 1.0;
};

/// How many of a column's numbers are enough to know where most of them lie.
inline constexpr std::size_t kEnoughNumbers = 256;

/// Units in which a column's numbers can be told apart as floats; nothing where they can as they are, or
/// where they are all the same and fit a float. `some`: finite numbers of the column, evenly spaced.
std::optional<FloatUnit> needed_unit(const NumberRange& range, std::vector<double> some);

/// For a target that needed_unit() says floats cannot tell apart: what its numbers are, and what to do.
struct FloatProblem {
  std::string what;
  std::string hint;
};
FloatProblem problem_of_target(const NumberRange& range, const FloatUnit& needed);

}  // namespace mlp
