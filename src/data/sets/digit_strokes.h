// How people write the digits 0-9: for each, several styles made of pen strokes.
#pragma once

#include <span>
#include <vector>

namespace mlp {

/// x runs right, y down; a digit fills about [0, 1] x [0, 1] before it is stretched to its proportions.
struct Point {
  float x = 0;
  float y = 0;
};

/// The pen passes through the points in a smooth curve; a point given twice in a row is a corner.
using Stroke = std::vector<Point>;
using DigitStyle = std::vector<Stroke>;

/// The styles of `digit`, 0-9, at least two.
std::span<const DigitStyle> digit_styles(int digit);

}  // namespace mlp
