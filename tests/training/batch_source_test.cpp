// Batches as pure functions of the epoch and the batch number.
#include "training/batch_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "engine/engine.h"
#include "training/examples.h"
#include "training/toy.h"

namespace mlp {
namespace {

std::vector<std::uint32_t> copied(std::span<const std::uint32_t> rows) { return {rows.begin(), rows.end()}; }

std::vector<std::uint32_t> every_second(std::size_t count) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < count; row += 2) rows.push_back(row);
  return rows;
}

TEST(ShuffledRows, AnEpochIsEachRowOnceInAnOrderOfItsOwn) {
  const Dataset dataset = test::toy_classes(50);
  const auto second = every_second(50);
  ShuffledRows source(examples_of(dataset), second, 10, 7);
  EXPECT_EQ(source.rows(), 25u);
  EXPECT_EQ(source.batches(), 3u);
  std::vector<std::vector<std::uint32_t>> epochs;
  for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {
    std::vector<std::uint32_t> rows;
    for (std::uint64_t batch = 0; batch < 3; ++batch) {
      const engine::Batch found = source.batch(epoch, batch);
      const auto some = found.rows;
      EXPECT_EQ(some.size(), batch == 2 ? 5u : 10u);
      EXPECT_EQ(found.upcoming.size(), 25 - rows.size() - some.size());
      rows.insert(rows.end(), some.begin(), some.end());
    }
    epochs.push_back(rows);
    std::ranges::sort(rows);
    EXPECT_EQ(rows, every_second(50));
  }
  EXPECT_NE(epochs[0], epochs[1]);
}

TEST(ShuffledRows, ABatchDoesNotDependOnWhatWasAskedBefore) {
  const Dataset dataset = test::toy_classes(50);
  const auto second = every_second(50);
  ShuffledRows one(examples_of(dataset), second, 10, 7), other(examples_of(dataset), second, 10, 7);
  const auto expected = copied(one.batch(3, 1).rows);
  other.batch(3, 2);
  other.batch(5, 0);
  EXPECT_EQ(copied(other.batch(3, 1).rows), expected);
  ShuffledRows of_another_seed(examples_of(dataset), second, 10, 8);
  EXPECT_NE(copied(of_another_seed.batch(3, 1).rows), expected);
  EXPECT_THROW(one.batch(0, 3), std::invalid_argument);
}

/// Four images of 3 x 4 pixels, 10 n + position, with labels and weights.
Dataset images() {
  Matrix<std::uint8_t> inputs(4, 12);
  for (std::size_t n = 0; n < 4; ++n) {
    for (std::size_t i = 0; i < 12; ++i) inputs(n, i) = static_cast<std::uint8_t>(20 * n + i + 1);
  }
  return {.inputs = std::move(inputs),
          .labels = {0, 1, 0, 1},
          .sample_weights = {1, 2, 3, 4},
          .class_names = {"a", "b"},
          .image = {3, 4}};
}

TEST(ShiftedImages, PixelsMoveAndWhatGoesWithAnImageStaysWithIt) {
  const Dataset dataset = images();
  const std::vector<std::uint32_t> all = {0, 1, 2, 3};
  const auto shuffled = [&] { return std::make_unique<ShuffledRows>(examples_of(dataset, 2.5), all, 3, 1); };
  for (const auto& [down, right] :
       std::vector<std::pair<int, int>>{{1, 2}, {-1, 0}, {0, -3}, {0, 0}, {3, 0}, {0, 9}}) {
    ShiftedImages shifted(shuffled(), {3, 4}, down, right);
    EXPECT_EQ(shifted.batches(), 2u);
    const auto original = shuffled();
    for (const std::uint64_t number : {1u, 0u}) {
      const auto rows = copied(original->batch(4, number).rows);
      const engine::Batch found = shifted.batch(4, number);
      const engine::Examples& examples = found.examples;
      ASSERT_EQ(copied(found.rows), rows) << "the data set's, as an own loss takes them";
      EXPECT_EQ(examples.weight_unit, 2.5);
      const auto& pixels = std::get<ConstMatrixView<std::uint8_t>>(examples.inputs);
      for (std::size_t n = 0; n < rows.size(); ++n) {
        EXPECT_EQ(examples.labels[found.rows[n]], dataset.labels[rows[n]]);
        EXPECT_EQ(examples.weights[found.rows[n]], dataset.sample_weights[rows[n]]);
        for (int y = 0; y < 3; ++y) {
          for (int x = 0; x < 4; ++x) {
            const int from_y = y - down, from_x = x - right;
            const bool inside = from_y >= 0 && from_y < 3 && from_x >= 0 && from_x < 4;
            const int expected = inside ? 20 * static_cast<int>(rows[n]) + 4 * from_y + from_x + 1 : 0;
            EXPECT_EQ(pixels(examples.input_row(found.rows[n]), static_cast<std::size_t>(4 * y + x)),
                      expected)
                << down << " " << right << " pixel " << y << " " << x;
          }
        }
      }
    }
  }
}

TEST(ShiftedImages, RowsThatAreNoImagesAreRefused) {
  const Dataset dataset = images();
  const std::vector<std::uint32_t> rows = {0, 1};
  auto source = std::make_unique<ShuffledRows>(examples_of(dataset), rows, 2, 1);
  EXPECT_THROW(ShiftedImages(std::move(source), {3, 5}, 1, 1), std::invalid_argument);
}

TEST(ShiftedImages, AnOwnLossIsToldTheRowsOfTheDataSet) {
  Dataset dataset = images();
  dataset.labels.clear();
  dataset.class_names.clear();
  dataset.sample_weights.clear();
  dataset.targets = Matrix<float>(4, 1, {10, 20, 30, 40});
  const std::vector<std::uint32_t> all = {3, 1, 0, 2};
  const auto shuffled = [&] { return std::make_unique<ShuffledRows>(examples_of(dataset), all, 3, 5); };
  ShiftedImages shifted(std::make_unique<ShiftedImages>(shuffled(), ImageShape{3, 4}, 1, 0), {3, 4}, 0, 1);
  const MultilayerPerceptron network = parse_network("1:linear", 12);
  const Parameters start = initialize(network, 3);
  const auto trained = [&](const engine::OwnLoss* own) {
    const auto engine = engine::training_engine({network, SquaredError{}, {}, {}}, SGD{0.001}, start, {},
                                                {.common = {.max_batch = 3, .threads = 1}});
    engine::Batch batch = shifted.batch(2, 0);
    batch.own_loss = own;
    const double loss = engine->train(batch, {});
    return std::pair(loss, engine->parameters());
  };
  std::vector<std::uint32_t> told;
  const engine::OwnLoss squared_error = [&](std::span<const std::uint32_t> rows,
                                            ConstMatrixView<float> outputs, std::span<float> losses,
                                            MatrixView<float> gradients) {
    for (std::size_t n = 0; n < rows.size(); ++n) {
      told.push_back(rows[n]);
      const float residual = outputs(n, 0) - dataset.targets(rows[n], 0);
      losses[n] = residual * residual / 2;
      gradients(n, 0) = residual;
    }
  };
  EXPECT_EQ(trained(&squared_error), trained(nullptr));
  EXPECT_EQ(told, copied(shuffled()->batch(2, 0).rows));
}

/// A source whose rows last until the next call and no longer.
class OneBufferSource final : public BatchSource {
 public:
  std::size_t rows() const override { return 5; }
  std::size_t batch_rows() const override { return 2; }
  engine::Batch batch(std::uint64_t epoch, std::uint64_t batch) override {
    const std::uint32_t first = static_cast<std::uint32_t>(10 * epoch + 2 * batch);
    rows_ = {first, first + 1};
    return {.examples = {}, .rows = std::span(rows_).first(batch == 2 ? 1 : 2)};
  }

 private:
  std::array<std::uint32_t, 2> rows_ = {};
};

TEST(BatchSource, AnEpochsRowsAreThoseOfItsBatchesWhenTheyWereAskedFor) {
  OneBufferSource source;
  EXPECT_EQ(source.epoch_rows(1), (std::vector<std::uint32_t>{10, 11, 12, 13, 14}));
  EXPECT_EQ(source.epoch_rows(0), (std::vector<std::uint32_t>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace mlp
