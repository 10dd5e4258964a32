// Small data sets made of integers, so that their bits do not depend on any mathematical library.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <span>
#include <string>

#include "mlp/data.h"
#include "mlp/split.h"
#include "mlp/train.h"
#include "support/same_bits.h"

namespace mlp::test {

/// A well-mixed 32-bit number for (row, column).
inline std::uint32_t mixed(std::size_t row, std::size_t column) {
  std::uint64_t x = (row + 1) * 0x9e3779b97f4a7c15u ^ (column + 1) * 0xd1b54a32d192ed03u;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  return static_cast<std::uint32_t>(x >> 32);
}

/// Multiples of 1/8 in [-2, 2).
inline Matrix<float> toy_inputs(std::size_t rows, std::size_t features) {
  Matrix<float> inputs(rows, features);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t i = 0; i < features; ++i) inputs(n, i) = static_cast<float>(mixed(n, i) % 32) / 8 - 2;
  }
  return inputs;
}

/// The class is the number of the band, 3 wide, that x0 + x1 + ... lies in; one row in eight has a random
/// label.
inline Dataset toy_classes(std::size_t rows, std::size_t features = 6, int classes = 3) {
  Dataset dataset{.name = "toy classes", .inputs = toy_inputs(rows, features)};
  for (int c = 0; c < classes; ++c) dataset.class_names.push_back("class " + std::to_string(c));
  const auto& inputs = std::get<Matrix<float>>(dataset.inputs);
  for (std::size_t n = 0; n < rows; ++n) {
    float sum = 0;
    for (const float x : inputs.row(n)) sum += x;
    const float band = (sum + 1.5f * static_cast<float>(classes)) / 3;
    const int by_sum = std::clamp(static_cast<int>(band), 0, classes - 1);
    const int by_chance = static_cast<int>(mixed(n, 1000) % static_cast<std::uint32_t>(classes));
    dataset.labels.push_back(mixed(n, 1001) % 8 == 0 ? by_chance : by_sum);
  }
  return dataset;
}

/// y = 10 + 3 x0 - 2 x1 + x0 x1 + noise; x1 = 0 where there is one feature.
inline Dataset toy_numbers(std::size_t rows, std::size_t features = 4, float noise = 0.5f) {
  Dataset dataset{
      .name = "toy numbers", .inputs = toy_inputs(rows, features), .targets = Matrix<float>(rows, 1)};
  const auto& x = std::get<Matrix<float>>(dataset.inputs);
  for (std::size_t n = 0; n < rows; ++n) {
    const float r = static_cast<float>(mixed(n, 2000) % 16) / 8 - 1;
    const float x0 = x(n, 0), x1 = features > 1 ? x(n, 1) : 0;
    dataset.targets(n, 0) = 10 + 3 * x0 - 2 * x1 + x0 * x1 + noise * r;
  }
  return dataset;
}

/// Some rows of a data set of float inputs, in the given order.
inline Dataset subset(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  Dataset part = dataset;
  const auto& from = std::get<Matrix<float>>(dataset.inputs);
  Matrix<float> inputs(rows.size(), from.columns()), targets(rows.size(), dataset.targets.columns());
  part.labels.clear();
  part.validation_rows.reset();
  part.sample_weights.clear();
  part.source_rows.clear();
  for (std::size_t n = 0; n < rows.size(); ++n) {
    std::ranges::copy(from.row(rows[n]), inputs.row(n).begin());
    if (!dataset.labels.empty()) part.labels.push_back(dataset.labels[rows[n]]);
    if (!dataset.targets.empty()) std::ranges::copy(dataset.targets.row(rows[n]), targets.row(n).begin());
    if (!dataset.sample_weights.empty()) part.sample_weights.push_back(dataset.sample_weights[rows[n]]);
    if (!dataset.source_rows.empty()) part.source_rows.push_back(dataset.source_rows[rows[n]]);
  }
  part.inputs = std::move(inputs);
  if (!dataset.targets.empty()) part.targets = std::move(targets);
  return part;
}

using testing_support::same_bits;

/// The folder of the real data sets, or nothing, with a message.
inline std::optional<DataSource> real_data() {
  const char* folder = std::getenv("MLP_DATA_DIR");
  if (folder == nullptr || *folder == '\0') {
    std::cout << "skipped: MLP_DATA_DIR is not set\n";
    return std::nullopt;
  }
  return DataSource{.directories = {folder}, .download_to = {}, .progress = {}};
}

}  // namespace mlp::test
