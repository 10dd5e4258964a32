// benchmark(): what is measured, and that the figures agree with each other; never how fast it was.
#include "mlp/benchmark.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>

#include "kernels/kernels.h"
#include "mlp/target.h"
#include "training/benchmark_data.h"

namespace mlp {
namespace {

BenchmarkOptions tiny() {
  return {.network = parse_network("5:tanh,4:softmax", 6),
          .optimizers = {Momentum{}},
          .batch_sizes = {3, 10},
          .prediction_rows = {1, 7},
          .threads = {2, 1},
          .target = {},
          .seconds = 1e-4,
          .rows = 25};
}

/// The share of values in groups of `size` neighbours that are not all zero.
double share_of_neighbours(const Matrix<std::uint8_t>& images, std::size_t size) {
  std::size_t found = 0;
  const auto values = images.values();
  for (std::size_t begin = 0; begin < values.size(); begin += size) {
    found += std::ranges::any_of(values.subspan(begin, size), [](int value) { return value != 0; });
  }
  return static_cast<double>(found * size) / static_cast<double>(values.size());
}

TEST(Benchmark, TellsWhetherOtherProgramsWereRunning) {
  const BenchmarkLimit one{.threads = 1, .before = 100, .after = 100};
  const auto with = [&](BenchmarkLimit limit, int cores) { return disturbed({one, limit}, cores); };
  EXPECT_FALSE(disturbed({one}, 4));
  EXPECT_FALSE(with({.threads = 4, .before = 400, .after = 400}, 4));
  // Limits before and after.
  EXPECT_FALSE(disturbed({{.threads = 1, .before = 100, .after = 67}}, 4));
  EXPECT_TRUE(disturbed({{.threads = 1, .before = 100, .after = 66}}, 4));
  EXPECT_TRUE(disturbed({{.threads = 1, .before = 66, .after = 100}}, 4));
  EXPECT_TRUE(with({.threads = 4, .before = 400, .after = 250}, 4));
  EXPECT_TRUE(disturbed({{.threads = 1, .before = 50, .after = 100}}, 1));
  // Several threads compared with one.
  EXPECT_FALSE(with({.threads = 4, .before = 120, .after = 131}, 4));
  EXPECT_TRUE(with({.threads = 4, .before = 120, .after = 129}, 4));
  EXPECT_TRUE(disturbed(
      {one, {.threads = 2, .before = 110, .after = 110}, {.threads = 4, .before = 400, .after = 400}}, 4));
  EXPECT_FALSE(with({.threads = 2, .before = 100, .after = 100}, 1)) << "there is one core for both";
}

TEST(Benchmark, MeasuresEachCombinationOnceAndAgreesWithItself) {
  const auto result = benchmark(tiny());
  EXPECT_EQ(result.target, kernels::available_targets().front());
  EXPECT_GE(result.cores, 1);
  EXPECT_EQ(result.loss, Loss(CrossEntropy{}));
  EXPECT_EQ(result.rows, 40u) << "four batches of the largest size";
  const Dataset data = benchmark_data(tiny().network, result.rows);
  EXPECT_DOUBLE_EQ(result.nonzero, share_of_neighbours(std::get<Matrix<std::uint8_t>>(data.inputs), 1));
  EXPECT_GT(result.nonzero, 0.0);

  ASSERT_EQ(result.limits.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(result.limits[i].threads, static_cast<int>(i) + 1);
    EXPECT_GT(result.limits[i].before, 0.0);
    EXPECT_GT(result.limits[i].after, 0.0);
  }

  const auto expect_measured = [&](const BenchmarkMeasurement& measured, std::size_t rows, int threads,
                                   double flops_per_row) {
    EXPECT_EQ(measured.rows, rows);
    EXPECT_EQ(measured.threads, threads);
    EXPECT_GT(measured.seconds, 0.0);
    const double step = flops_per_row * static_cast<double>(rows);
    EXPECT_NEAR(measured.flops * measured.seconds / step, 1.0, 1e-9);
    const double limit = result.limits[static_cast<std::size_t>(threads) - 1].flops();
    EXPECT_NEAR(measured.share * limit / measured.flops, 1.0, 1e-9);
    EXPECT_NEAR(measured.rows_per_second() * measured.epoch_seconds(), 60'000.0, 1e-6);
  };
  const std::vector<std::pair<std::size_t, int>> batches = {{3, 1}, {3, 2}, {10, 1}, {10, 2}};
  ASSERT_EQ(result.training.size(), batches.size());
  for (std::size_t i = 0; i < batches.size(); ++i) {
    EXPECT_EQ(result.training[i].optimizer, Optimizer(Momentum{}));
    expect_measured(result.training[i], batches[i].first, batches[i].second, 2 * (2 * 6 * 5 + 3 * 5 * 4));
  }
  const std::vector<std::pair<std::size_t, int>> rows = {{1, 1}, {1, 2}, {7, 1}, {7, 2}};
  ASSERT_EQ(result.prediction.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_FALSE(result.prediction[i].optimizer.has_value());
    expect_measured(result.prediction[i], rows[i].first, rows[i].second, 2 * (6 * 5 + 5 * 4));
  }
}

TEST(Benchmark, ThreadsThatWouldNotHelpAreNotCountedTwice) {
  auto options = tiny();
  options.threads = {1, 0};  // so small a network is left to one thread
  const auto result = benchmark(options);
  EXPECT_EQ(result.limits.size(), 1u);
  EXPECT_EQ(result.training.size(), 2u);
  EXPECT_EQ(result.prediction.size(), 2u);
}

TEST(Benchmark, SizesGivenTwiceAreMeasuredOnce) {
  auto options = tiny();
  options.threads = {1};
  options.batch_sizes = {10, 3, 10};
  options.prediction_rows = {7, 7};
  const auto result = benchmark(options);
  ASSERT_EQ(result.training.size(), 2u);
  EXPECT_EQ(result.training[0].rows, 10u);
  EXPECT_EQ(result.training[1].rows, 3u);
  EXPECT_EQ(result.prediction.size(), 1u);
  EXPECT_FALSE(result.steps_cut);
}

TEST(Benchmark, TheLimitIsTheLargerOne) {
  EXPECT_EQ((BenchmarkLimit{.before = 3, .after = 2}).flops(), 3.0);
  EXPECT_EQ((BenchmarkLimit{.before = 2, .after = 3}).flops(), 3.0);
}

TEST(Benchmark, ProgressCountsEveryPart) {
  std::vector<std::size_t> done;
  std::size_t total = 0;
  benchmark(tiny(), [&](std::size_t parts, std::size_t all, const std::string& next) {
    done.push_back(parts);
    total = all;
    EXPECT_FALSE(next.empty());
  });
  ASSERT_EQ(done.size(), total);
  for (std::size_t i = 0; i < done.size(); ++i) EXPECT_EQ(done[i], i);
  EXPECT_EQ(total, 1u + 2 * 2 + 4 + 4) << "data, limits before and after, training, prediction";
}

TEST(Benchmark, NumbersAndEveryOptimizer) {
  auto options = tiny();
  options.network = parse_network("5:relu,1:linear", 3);
  options.optimizers = all_optimizers();
  const auto result = benchmark(options);
  EXPECT_EQ(result.loss, Loss(SquaredError{}));
  EXPECT_EQ(result.training.size(), all_optimizers().size() * 4);
}

TEST(Benchmark, SkipsZerosAsItIsTold) {
  auto options = tiny();
  const auto skipped = [&](SparseInputs choice) {
    options.sparse_inputs = choice;
    const auto result = benchmark(options);
    const auto flag = [](const auto& measured) { return measured.sparse_inputs; };
    EXPECT_EQ(std::ranges::count_if(result.prediction, flag), 0);
    return static_cast<std::size_t>(std::ranges::count_if(result.training, flag)) == result.training.size();
  };
  EXPECT_TRUE(skipped(SparseInputs::kOn));
  EXPECT_FALSE(skipped(SparseInputs::kOff));
  options.network = parse_network("5:tanh,4:softmax", 784);
  EXPECT_TRUE(skipped(SparseInputs::kAuto));
}

TEST(Benchmark, TheDataTakesNoMoreMemoryThanItMay) {
  auto options = tiny();
  const std::size_t row_bytes = 6 + 4 * 4;  // bytes in, floats out
  options.batch_sizes = {3, 10, 1000, 500'000'000};
  options.prediction_rows = {1, 1'000'000'000};
  options.threads = {1};
  options.data_bytes = 60 * row_bytes + 1;
  const auto result = benchmark(options);
  EXPECT_TRUE(result.steps_cut);
  EXPECT_EQ(result.rows, 60u);
  std::vector<std::size_t> batches, predictions;
  for (const auto& measured : result.training) batches.push_back(measured.rows);
  for (const auto& measured : result.prediction) predictions.push_back(measured.rows);
  EXPECT_EQ(batches, (std::vector<std::size_t>{3, 10, 15})) << "four of the largest are the data";
  EXPECT_EQ(predictions, (std::vector<std::size_t>{1, 60}));

  options.data_bytes = 0;  // batches of one row, all the same
  EXPECT_EQ(benchmark(options).rows, 4u);
  EXPECT_FALSE(benchmark(tiny()).steps_cut);
}

TEST(Benchmark, EveryTargetOfThisCpu) {
  for (const std::string& name : kernels::available_targets()) {
    auto options = tiny();
    options.target = name;
    EXPECT_EQ(benchmark(options).target, name);
    EXPECT_EQ(cpu_target(name), name);
  }
  EXPECT_EQ(cpu_target(), kernels::available_targets().front());
}

TEST(Benchmark, WhatCannotBeMeasuredIsRefused) {
  const auto refused = [](const auto& change) {
    auto options = tiny();
    change(options);
    EXPECT_THROW(benchmark(options), std::invalid_argument);
  };
  refused([](auto& options) { options.batch_sizes.clear(); });
  refused([](auto& options) { options.prediction_rows.clear(); });
  refused([](auto& options) { options.threads.clear(); });
  refused([](auto& options) { options.threads = {-1}; });
  refused([](auto& options) { options.batch_sizes = {0}; });
  refused([](auto& options) { options.prediction_rows = {0}; });
  refused([](auto& options) { options.batch_sizes = {std::size_t{1} << 31}; });
  refused([](auto& options) { options.seconds = 0; });
  refused([](auto& options) { options.seconds = std::numeric_limits<double>::infinity(); });
  auto options = tiny();
  options.target = "avx1024";
  EXPECT_THROW(benchmark(options), UsageError);
  EXPECT_THROW(cpu_target("avx1024"), UsageError);
}

/// The share of pixels that are not zero in all of `size` images.
double share_of_images(const Matrix<std::uint8_t>& images, std::size_t size) {
  std::size_t found = 0, groups = 0;
  for (std::size_t n = 0; n + size <= images.rows(); n += size) {
    for (std::size_t i = 0; i < images.columns(); ++i, ++groups) {
      bool any = false;
      for (std::size_t k = 0; k < size; ++k) any = any || images(n + k, i) != 0;
      found += any;
    }
  }
  return static_cast<double>(found) / static_cast<double>(groups);
}

TEST(BenchmarkData, HasMnistsZerosAsTheyLieTogether) {
  const auto data = benchmark_data(parse_network("10:softmax", 28 * 28), 4800);
  EXPECT_EQ(data.rows(), 4800u);
  EXPECT_EQ(data.features(), 28u * 28u);
  validate(data);
  const auto& images = std::get<Matrix<std::uint8_t>>(data.inputs);
  // Of MNIST's 60,000 training images.
  EXPECT_NEAR(share_of_neighbours(images, 1), 0.191, 0.005);
  EXPECT_NEAR(share_of_neighbours(images, 4), 0.284, 0.01);
  EXPECT_NEAR(share_of_neighbours(images, 8), 0.395, 0.01);
  EXPECT_NEAR(share_of_neighbours(images, 16), 0.583, 0.01);
  EXPECT_NEAR(share_of_images(images, 2), 0.292, 0.01);
  EXPECT_NEAR(share_of_images(images, 4), 0.389, 0.01);
  EXPECT_NEAR(share_of_images(images, 6), 0.436, 0.015);
  EXPECT_NEAR(share_of_images(images, 8), 0.466, 0.025);
}

TEST(BenchmarkData, EveryValueAndEveryClass) {
  const auto data = benchmark_data(parse_network("10:softmax", 28 * 28), 1000);
  std::array<std::size_t, 256> counts{};
  for (const std::uint8_t value : std::get<Matrix<std::uint8_t>>(data.inputs).values()) ++counts[value];
  for (std::size_t value = 1; value < counts.size(); ++value) {
    EXPECT_GT(counts[value], 400u) << value << " of 587 that may be expected";
  }
  for (int label = 0; label < 10; ++label) EXPECT_NEAR(std::ranges::count(data.labels, label), 100, 40);
}

TEST(BenchmarkData, OtherRowsAreCutFromImagesLaidEndToEnd) {
  const auto values_of = [](std::size_t columns, std::size_t rows) {
    return std::get<Matrix<std::uint8_t>>(benchmark_data(parse_network("2:softmax", columns), rows).inputs);
  };
  const auto images = values_of(784, 10);
  for (const std::size_t columns : {7u, 20u, 1568u, 2048u}) {
    const auto rows = values_of(columns, 7840 / columns);
    EXPECT_TRUE(std::ranges::equal(rows.values(), images.values().first(rows.values().size()))) << columns;
  }
}

}  // namespace
}  // namespace mlp
