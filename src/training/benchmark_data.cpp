#include "training/benchmark_data.h"

#include <string>

#include "core/random.h"

namespace mlp {

namespace {

constexpr unsigned kNonzeroOf256 = 49;  // 19.1%

/// Two random bytes a value: whether it is zero, and what it is else, 1 to 255.
Matrix<std::uint8_t> random_images(std::size_t rows, std::size_t columns) {
  const RandomStream stream(1, RandomPurpose::kBenchmark);
  Matrix<std::uint8_t> images(rows, columns);
  const auto values = images.values();
  constexpr std::size_t kPerBlock = 8;
  for (std::size_t begin = 0; begin < values.size(); begin += kPerBlock) {
    const auto words = stream.block(begin / kPerBlock);
    for (std::size_t i = 0; i < kPerBlock && begin + i < values.size(); ++i) {
      const std::uint32_t bytes = words[i / 2] >> (i % 2 * 16);
      const bool zero = (bytes & 0xff) >= kNonzeroOf256;
      values[begin + i] = zero ? std::uint8_t{0} : static_cast<std::uint8_t>(1 + (bytes >> 8 & 0xff) % 255);
    }
  }
  return images;
}

}  // namespace

Dataset benchmark_data(const MultilayerPerceptron& network, std::size_t rows) {
  Dataset dataset{.name = "generated", .inputs = random_images(rows, network.fan_in())};
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
