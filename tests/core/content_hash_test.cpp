#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "core/random.h"
#include "mlp/dataset.h"
#include "support/mapped.h"

namespace mlp {
namespace {

Dataset numbers() {
  Dataset dataset{.name = "numbers"};
  Matrix<float> inputs(50, 7);
  const RandomStream random(1, RandomPurpose::kTest);
  for (std::size_t i = 0; i < inputs.values().size(); ++i)
    inputs.values()[i] = static_cast<float>(random.normal(i));
  dataset.inputs = inputs;
  dataset.targets = Matrix<float>(50, 2);
  for (std::size_t i = 0; i < 100; ++i) dataset.targets.values()[i] = static_cast<float>(i);
  dataset.feature_names = {"a", "b", "c", "d", "e", "f", "g"};
  return dataset;
}

Matrix<float>& inputs_of(Dataset& dataset) { return std::get<Matrix<float>>(dataset.inputs); }

TEST(ContentHash, IsAFixedNumber) {
  Dataset dataset{.inputs = Matrix<std::uint8_t>(2, 3, {1, 2, 3, 4, 5, 6}), .labels = {0, 1}};
  dataset.class_names = {"no", "yes"};
  EXPECT_EQ(content_hash(dataset), content_hash(Dataset(dataset)));
  EXPECT_EQ(content_hash(dataset), 2467508662807597790u);  // as a program in another language computes it
}

TEST(ContentHash, MappedRowsHaveThatOfTheSameRowsInMemory) {
  // Rows of each length modulo the hash's blocks, longer and shorter than one.
  for (const std::size_t columns : {1u, 3u, 5u, 63u, 64u, 65u, 130u}) {
    Matrix<std::uint8_t> bytes(9, columns);
    Matrix<float> floats(9, columns);
    for (std::size_t i = 0; i < bytes.values().size(); ++i) {
      bytes.values()[i] = static_cast<std::uint8_t>(7 * i + 3);
      floats.values()[i] = static_cast<float>(i) / 8;
    }
    for (const Inputs& inputs : {Inputs(bytes), Inputs(floats)}) {
      const Dataset dataset{.inputs = inputs, .labels = std::vector<std::int32_t>(9)};
      EXPECT_EQ(content_hash(testing_support::with_all_mapped(dataset)), content_hash(dataset)) << columns;
      EXPECT_EQ(content_hash(testing_support::with_selected_mapped(dataset)), content_hash(dataset))
          << columns;
    }
    Dataset other{.inputs = bytes, .labels = std::vector<std::int32_t>(9)};
    const auto hash = content_hash(other);
    std::get<Matrix<std::uint8_t>>(other.inputs)(8, columns - 1) ^= 1;
    EXPECT_NE(content_hash(testing_support::with_selected_mapped(other)), hash) << columns;
  }
}

TEST(ContentHash, TheNameOfTheDataIsNoContent) {
  Dataset dataset = numbers();
  dataset.name = "another";
  EXPECT_EQ(content_hash(dataset), content_hash(numbers()));
}

TEST(ContentHash, EveryChangeChangesIt) {
  std::set<std::uint64_t> seen{content_hash(numbers())};
  const auto differs = [&](const std::function<void(Dataset&)>& change) {
    Dataset dataset = numbers();
    change(dataset);
    return seen.insert(content_hash(dataset)).second;
  };
  for (std::size_t i = 0; i < 350; ++i) {
    EXPECT_TRUE(differs([&](Dataset& d) { inputs_of(d).values()[i] *= -1; })) << i;
    EXPECT_TRUE(differs([&](Dataset& d) {
      inputs_of(d).values()[i] = std::nextafter(inputs_of(d).values()[i], 9.0f);
    })) << i;
  }
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_TRUE(differs([&](Dataset& d) { d.targets.values()[i] += 0.5f; })) << i;
  }
  // All signs of a column, two rows exchanged, two columns exchanged, one row fewer, the same numbers in
  // another shape.
  for (std::size_t column = 0; column < 7; ++column) {
    EXPECT_TRUE(differs([&](Dataset& d) {
      for (std::size_t row = 0; row < 50; ++row) inputs_of(d)(row, column) *= -1;
    }));
  }
  EXPECT_TRUE(differs([](Dataset& d) {
    for (float& value : inputs_of(d).values()) value *= -1;
  }));
  EXPECT_TRUE(
      differs([](Dataset& d) { std::ranges::swap_ranges(inputs_of(d).row(3), inputs_of(d).row(30)); }));
  EXPECT_TRUE(differs([](Dataset& d) {
    for (std::size_t row = 0; row < 50; ++row) std::swap(inputs_of(d)(row, 0), inputs_of(d)(row, 1));
  }));
  EXPECT_TRUE(differs([](Dataset& d) {
    const auto values = inputs_of(d).values();
    d.inputs = Matrix<float>(7, 50, {values.begin(), values.end()});
  }));
  EXPECT_TRUE(differs([](Dataset& d) {
    const auto values = inputs_of(d).values();
    d.inputs = Matrix<float>(49, 7, {values.begin(), values.end() - 7});
  }));
  EXPECT_TRUE(differs([](Dataset& d) { d.feature_names[0] = "A"; }));
  EXPECT_TRUE(differs([](Dataset& d) { d.feature_names = {"ab", "", "c", "d", "e", "f", "g"}; }));
  EXPECT_TRUE(differs([](Dataset& d) { d.target_names = {"x", "y"}; }));
  EXPECT_TRUE(differs([](Dataset& d) { d.class_names = {"x", "y"}; }));
  EXPECT_TRUE(differs([](Dataset& d) { d.sample_weights.assign(50, 1.0f); }));
  EXPECT_TRUE(differs([](Dataset& d) { d.sample_weights.assign(50, 2.0f); }));
  EXPECT_TRUE(differs([](Dataset& d) { d.labels.assign(50, 0); }));
  EXPECT_TRUE(differs([](Dataset& d) { d.unit = "mpg"; }));
  const std::vector<double> zeros(7, 0.0), ones(7, 1.0), twos(7, 2.0);
  EXPECT_TRUE(differs([&](Dataset& d) { d.input_units = {.origin = zeros, .unit = ones}; }));
  EXPECT_TRUE(differs([&](Dataset& d) { d.input_units = {.origin = zeros, .unit = twos}; }));
  EXPECT_TRUE(differs([](Dataset& d) { d.image = {.height = 1, .width = 7}; }));
  EXPECT_TRUE(differs([](Dataset& d) { d.image = {.height = 7, .width = 1}; }));
}

TEST(ContentHash, BytesAreNotTheNumbersTheySpell) {
  const Dataset bytes{.inputs = Matrix<std::uint8_t>(1, 4, {0, 0, 128, 63})};
  const Dataset number{.inputs = Matrix<float>(1, 1, {1.0f})};
  EXPECT_NE(content_hash(bytes), content_hash(number));
}

}  // namespace
}  // namespace mlp
