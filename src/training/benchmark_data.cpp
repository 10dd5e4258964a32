#include "training/benchmark_data.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/random.h"

namespace mlp {

namespace {

constexpr std::size_t kSide = 28;
constexpr std::size_t kPixels = kSide * kSide;
using Image = std::array<std::uint8_t, kPixels>;

/// A number in [-1, 1].
float around_zero(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word)) * 0x1p-31f;
}

/// A pen that wanders about the middle, held back as by a spring, with a nib 2 pixels wide and 3 high. Each
/// pixel has a random grey, 1 to 255.
Image drawn_image(std::uint64_t number) {
  constexpr std::uint64_t kSteps = 54;
  constexpr float kMiddle = kSide / 2.0f, kStartX = 4, kStartY = 12;
  constexpr float kPush = 1.6f, kKept = 0.72f, kPullX = 0.1f, kPullY = 0.07f;
  constexpr int kNibWidth = 2, kNibHeight = 3;
  const RandomStream stream(1, RandomPurpose::kBenchmark, 0, number);
  const auto start = stream.block(0);
  float x = kStartX * around_zero(start[0]), y = kStartY * around_zero(start[1]);  // from the middle
  float dx = 0, dy = 0;
  Image image{};
  for (std::uint64_t step = 1; step <= kSteps; ++step) {
    const auto words = stream.block(step);
    dx = kKept * dx + kPush * around_zero(words[0]) - kPullX * x;
    dy = kKept * dy + kPush * around_zero(words[1]) - kPullY * y;
    x += dx;
    y += dy;
    const int left = static_cast<int>(kMiddle + x) - kNibWidth / 2;
    const int top = static_cast<int>(kMiddle + y) - kNibHeight / 2;
    std::uint64_t greys = words[2] | static_cast<std::uint64_t>(words[3]) << 32;
    for (int row = top; row < top + kNibHeight; ++row) {
      for (int column = left; column < left + kNibWidth; ++column, greys >>= 8) {
        constexpr int kEnd = kSide;
        if (row < 0 || row >= kEnd || column < 0 || column >= kEnd) continue;
        image[static_cast<std::size_t>(row * kEnd + column)] =
            std::max(std::uint8_t{1}, static_cast<std::uint8_t>(greys & 0xff));
      }
    }
  }
  return image;
}

Matrix<std::uint8_t> drawn_images(std::size_t rows, std::size_t columns) {
  Matrix<std::uint8_t> images(rows, columns);
  const auto values = images.values();
  for (std::size_t begin = 0; begin < values.size(); begin += kPixels) {
    const Image image = drawn_image(begin / kPixels);
    std::copy_n(image.begin(), std::min(kPixels, values.size() - begin), &values[begin]);
  }
  return images;
}

}  // namespace

Dataset benchmark_data(const MultilayerPerceptron& network, std::size_t rows) {
  Dataset dataset{.name = "generated", .inputs = drawn_images(rows, network.fan_in())};
  const std::size_t outputs = network.fan_out();
  const RandomStream stream(1, RandomPurpose::kBenchmark, 1);
  if (std::holds_alternative<Softmax>(network.layers().back().activation)) {
    for (std::size_t c = 0; c < outputs; ++c) dataset.class_names.push_back(std::to_string(c));
    for (std::size_t n = 0; n < rows; ++n) {
      dataset.labels.push_back(static_cast<std::int32_t>(stream.below(outputs, n)));
    }
  } else {
    dataset.targets = Matrix<float>(rows, outputs);
    std::uint64_t index = 0;
    for (float& y : dataset.targets.values()) y = static_cast<float>(stream.uniform(index++));
  }
  return dataset;
}

}  // namespace mlp
