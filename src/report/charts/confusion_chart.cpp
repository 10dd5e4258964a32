#include "report/charts/confusion_chart.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "report/charts/png.h"
#include "report/charts/weight_pictures.h"

namespace mlp {
namespace {

constexpr std::size_t kMostPicture = 500;  ///< the longest side of the picture, in pixels

}  // namespace

std::uint64_t row_total(std::span<const std::uint64_t> counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

double share_of(std::uint64_t count, std::uint64_t total) {
  return total == 0 ? 0.0 : static_cast<double>(count) / static_cast<double>(total);
}

double confusion_strength(double share, bool diagonal) {
  return diagonal ? 0.08 + 0.87 * share : 0.10 + 0.85 * std::sqrt(share);
}

ConfusionPicture confusion_picture(const Matrix<std::uint64_t>& confusion) {
  const std::size_t classes = confusion.rows();
  const std::size_t block = (classes + kMostPicture - 1) / kMostPicture;
  const std::size_t side = (classes + block - 1) / block;
  std::vector<double> right(side * side, 0.0), wrong(side * side, 0.0), rows(side, 0.0);
  for (std::size_t t = 0; t < classes; ++t) {
    for (std::size_t p = 0; p < classes; ++p) {
      const auto count = static_cast<double>(confusion(t, p));
      (t == p ? right : wrong)[t / block * side + p / block] += count;
      rows[t / block] += count;
    }
  }
  std::vector<std::uint8_t> pixels(side * side);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const double total = std::max(1.0, rows[i / side]);
    const bool diagonal = right[i] >= wrong[i] && right[i] > 0.0;
    pixels[i] = weight_level(diagonal ? right[i] / total : -std::sqrt(wrong[i] / total), 1.0);
  }
  return {encode_png(side, side, pixels, weight_palette()), block};
}

std::string block_text(std::size_t block) {
  return std::to_string(block) + " \u00d7 " + std::to_string(block) + " classes a pixel";
}

}  // namespace mlp
