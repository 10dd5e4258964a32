// How a confusion matrix is coloured, in a page's table and in a figure: by the share of the true class's
// rows, blue on the diagonal, orange beside it. Orange uses the share's square root, so that rare confusions
// remain visible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "mlp/matrix.h"

namespace mlp {

std::uint64_t row_total(std::span<const std::uint64_t> counts);

/// count / total; 0 where total is 0.
double share_of(std::uint64_t count, std::uint64_t total);

/// How strong a cell's colour is, 0 to 1.
double confusion_strength(double share, bool diagonal);

/// Numbers are white where the blue is stronger than this.
inline constexpr double kDeep = 0.82;

/// A PNG with a pixel for each cell, or for each block of block x block cells where there are too many cells.
struct ConfusionPicture {
  std::string png;
  std::size_t block = 1;
};
ConfusionPicture confusion_picture(const Matrix<std::uint64_t>& confusion);

/// "3 × 3 classes a pixel"
std::string block_text(std::size_t block);

}  // namespace mlp
