#include "report/charts/weight_pictures.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mlp {
namespace {

constexpr std::size_t kMostSide = 64;

std::vector<std::size_t> longest(std::size_t size, std::size_t count, const auto& length) {
  std::vector<double> lengths(size);
  for (std::size_t i = 0; i < size; ++i) lengths[i] = length(i);
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return lengths[a] > lengths[b]; });
  order.resize(std::min(size, count));
  return order;
}

}  // namespace

const std::vector<Colour>& weight_palette() {
  static const std::vector<Colour> palette = [] {
    std::vector<Colour> colours;
    for (int level = -kWeightLevels; level <= kWeightLevels; ++level) {
      const auto alpha = static_cast<std::uint8_t>(255 * std::abs(level) / kWeightLevels);
      colours.push_back(level < 0 ? Colour{230, 115, 30, alpha} : Colour{45, 120, 220, alpha});
    }
    return colours;
  }();
  return palette;
}

std::uint8_t weight_level(double weight, double largest) {
  if (!(largest > 0.0) || std::isnan(weight)) return kWeightLevels;
  const double share = std::clamp(weight / largest, -1.0, 1.0);
  return static_cast<std::uint8_t>(kWeightLevels + static_cast<int>(std::lround(kWeightLevels * share)));
}

double weight_scale(std::span<const float> weights) {
  if (weights.empty()) return 0.0;
  std::vector<float> sizes;
  for (const float weight : weights) sizes.push_back(std::abs(weight));
  const auto nth = sizes.begin() + static_cast<std::ptrdiff_t>(0.995 * static_cast<double>(sizes.size() - 1));
  std::nth_element(sizes.begin(), nth, sizes.end());
  return *nth > 0.0f ? *nth : *std::max_element(sizes.begin(), sizes.end());
}

double column_length(const Matrix<float>& weights, std::size_t column) {
  double sum = 0.0;
  for (std::size_t i = 0; i < weights.rows(); ++i) sum += std::pow(weights(i, column), 2);
  return std::sqrt(sum);
}

double row_length(const Matrix<float>& weights, std::size_t row) {
  double sum = 0.0;
  for (const float weight : weights.row(row)) sum += static_cast<double>(weight) * weight;
  return std::sqrt(sum);
}

std::vector<std::size_t> strongest_columns(const Matrix<float>& weights, std::size_t count) {
  return longest(weights.columns(), count,
                 [&](std::size_t column) { return column_length(weights, column); });
}

std::vector<std::size_t> strongest_rows(const Matrix<float>& weights, std::size_t count) {
  return longest(weights.rows(), count, [&](std::size_t row) { return row_length(weights, row); });
}

GreyImage shrunk(std::span<const float> pixels, ImageShape shape) {
  require(pixels.size() == shape.height * shape.width && !pixels.empty(),
          "shrunk: not an image of this shape");
  const std::size_t factor = (std::max(shape.height, shape.width) + kMostSide - 1) / kMostSide;
  GreyImage image{(shape.width + factor - 1) / factor, (shape.height + factor - 1) / factor, {}};
  for (std::size_t y = 0; y < image.height; ++y) {
    for (std::size_t x = 0; x < image.width; ++x) {
      double sum = 0.0, count = 0.0;
      for (std::size_t v = y * factor; v < std::min((y + 1) * factor, shape.height); ++v) {
        for (std::size_t u = x * factor; u < std::min((x + 1) * factor, shape.width); ++u) {
          sum += pixels[v * shape.width + u];
          ++count;
        }
      }
      image.pixels.push_back(sum / count);
    }
  }
  return image;
}

std::string weight_image(const Matrix<float>& weights, std::size_t column, ImageShape shape, double largest) {
  std::vector<float> values(weights.rows());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = weights(i, column);
  const GreyImage image = shrunk(values, shape);
  std::vector<std::uint8_t> levels;
  for (const double value : image.pixels) levels.push_back(weight_level(value, largest));
  return encode_png(image.width, image.height, levels, weight_palette());
}

}  // namespace mlp
