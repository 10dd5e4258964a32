// Weights as pictures: orange below zero, blue above, and the fainter the nearer to zero, down to the page's
// own background.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mlp/dataset.h"
#include "mlp/matrix.h"
#include "report/charts/png.h"

namespace mlp {

/// The palette has 2 * kWeightLevels + 1 colours: the middle one is 0, the first -1, the last +1.
inline constexpr int kWeightLevels = 16;
const std::vector<Colour>& weight_palette();

/// The palette's index for `weight`, where `largest` is the end of the scale; larger weights get the end.
std::uint8_t weight_level(double weight, double largest);

/// The end of a scale that shows all but the largest 0.5% of the weights as they are. 0 where all are 0.
double weight_scale(std::span<const float> weights);

/// The outputs whose weight columns have the largest norms, the largest first, at most `count`.
std::vector<std::size_t> strongest_columns(const Matrix<float>& weights, std::size_t count);
/// The same for inputs and their weight rows.
std::vector<std::size_t> strongest_rows(const Matrix<float>& weights, std::size_t count);
double column_length(const Matrix<float>& weights, std::size_t column);
double row_length(const Matrix<float>& weights, std::size_t row);

/// A PNG of the weights from an image's pixels to output `column`. Images with sides above 64 are shrunk by a
/// whole factor, to the mean of each block.
std::string weight_image(const Matrix<float>& weights, std::size_t column, ImageShape shape, double largest);

/// An image, shrunk in the same way.
struct GreyImage {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<double> pixels;
};
GreyImage shrunk(std::span<const float> pixels, ImageShape shape);

}  // namespace mlp
