#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <numeric>
#include <string>

#include "data/support.h"
#include "mlp/data.h"
#include "support/temporary_folder.h"

namespace mlp {
namespace {

using namespace testing_support;

DataSource source_of(const std::filesystem::path& folder) {
  return {.directories = {folder}, .download_to = {}, .progress = {}};
}

std::string images(std::uint32_t count, char first, std::uint32_t side = 28) {
  std::string pixels(std::size_t{count} * side * side, '\x05');
  if (!pixels.empty()) pixels[0] = first;
  return idx_header(0x08, {count, side, side}) + pixels;
}

std::string labels(const std::string& values) {
  return idx_header(0x08, {static_cast<std::uint32_t>(values.size())}) + values;
}

// A set of three training images and two test images.
void write_small_mnist(const std::filesystem::path& folder, bool packed) {
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& name, const std::string& bytes) {
    write_bytes(folder / (packed ? name + ".gz" : name), packed ? gzip(bytes) : bytes);
  };
  write("train-images-idx3-ubyte", images(3, '\x07'));
  write("train-labels-idx1-ubyte", labels(bytes_of({5, 0, 9})));
  write("t10k-images-idx3-ubyte", images(2, '\x08'));
  write("t10k-labels-idx1-ubyte", labels(bytes_of({7, 2})));
}

TEST(Mnist, IsFoundInEveryFolderOfItsKindPlainOrGzip) {
  for (const std::string place : {"mnist", "MNIST/raw", "."}) {
    for (const bool packed : {false, true}) {
      const TemporaryFolder folder;
      write_small_mnist(folder / place, packed);
      const auto split = load_mnist(source_of(folder.path()));
      EXPECT_EQ(split.train.rows(), 3u);
      EXPECT_EQ(split.train.labels, (std::vector<std::int32_t>{5, 0, 9}));
      EXPECT_EQ(std::get<Matrix<std::uint8_t>>(split.train.inputs)(0, 0), 7);
      EXPECT_EQ(split.test.labels, (std::vector<std::int32_t>{7, 2}));
      EXPECT_EQ(std::get<Matrix<std::uint8_t>>(split.test.inputs)(0, 0), 8);
      EXPECT_EQ(split.train.class_names.size(), 10u);
      EXPECT_EQ(split.train.image, (ImageShape{28, 28}));
      EXPECT_EQ(split.train.name, "mnist");
      EXPECT_NO_THROW(validate(split.train));
      EXPECT_TRUE(std::filesystem::equivalent(split.origin, folder / place));
    }
  }
}

TEST(Mnist, TheFirstFolderThatHasAFileWins) {
  const TemporaryFolder first, second;
  write_small_mnist(first / "mnist", true);
  write_small_mnist(second / "mnist", true);
  write_bytes(first / "mnist/t10k-labels-idx1-ubyte.gz", labels(bytes_of({1, 1})));
  const DataSource source{.directories = {first.path(), second.path()}, .download_to = {}, .progress = {}};
  EXPECT_EQ(load_mnist(source).test.labels, (std::vector<std::int32_t>{1, 1}));
}

TEST(Mnist, RefusesFilesThatAreNotMnists) {
  const TemporaryFolder folder;
  write_small_mnist(folder.path(), false);
  const auto with = [&](const std::string& name, const std::string& bytes,
                        std::initializer_list<std::string_view> parts) {
    const auto before = read_bytes(folder / name);
    write_bytes(folder / name, bytes);
    expect_error<FileError>([&] { load_mnist(source_of(folder.path())); }, parts);
    write_bytes(folder / name, before);
  };
  with("train-images-idx3-ubyte", images(3, '\x07', 27),
       {"train-images-idx3-ubyte", "expected 8-bit images, N x 28 x 28, found 3 x 27 x 27"});
  with("train-images-idx3-ubyte", labels("abc"), {"train-images-idx3-ubyte", "found 3"});
  with("train-labels-idx1-ubyte", images(3, '\x07'), {"train-labels-idx1-ubyte", "expected labels"});
  with("train-labels-idx1-ubyte", labels(bytes_of({1, 2})),
       {"train-labels-idx1-ubyte", "each of the 3 images", "found 2"});
  with("t10k-labels-idx1-ubyte", labels(bytes_of({1, 10})),
       {"row 1: expected a label from 0 to 9, found 10"});
  with("t10k-images-idx3-ubyte", "", {"t10k-images-idx3-ubyte", "the file is empty"});
  EXPECT_NO_THROW(load_mnist(source_of(folder.path())));
}

struct Facts {
  std::uint64_t sum, first_image, last_image;
  std::array<int, 10> counts;
  std::vector<std::int32_t> first_labels;
};

// Computed from the files with Python.
void expect_facts(const Dataset& dataset, std::size_t rows, const Facts& facts) {
  ASSERT_EQ(dataset.rows(), rows);
  const auto& pixels = std::get<Matrix<std::uint8_t>>(dataset.inputs);
  const auto sum = [](std::span<const std::uint8_t> values) {
    return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
  };
  EXPECT_EQ(sum(pixels.values()), facts.sum);
  EXPECT_EQ(sum(pixels.row(0)), facts.first_image);
  EXPECT_EQ(sum(pixels.row(rows - 1)), facts.last_image);
  std::array<int, 10> counts{};
  for (const auto label : dataset.labels) ++counts[static_cast<std::size_t>(label)];
  EXPECT_EQ(counts, facts.counts);
  EXPECT_EQ(std::vector<std::int32_t>(dataset.labels.begin(), dataset.labels.begin() + 5),
            facts.first_labels);
}

TEST(Mnist, TheRealFiles) {
  if (real_data() == nullptr) GTEST_SKIP() << "skipped: MLP_DATA_DIR is not set";
  const auto split = load_mnist(source_of(real_data()));
  expect_facts(split.train, 60'000,
               {1567298545,
                27525,
                20920,
                {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
                {5, 0, 4, 1, 9}});
  expect_facts(
      split.test, 10'000,
      {264923200, 18454, 41833, {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, {7, 2, 1, 0, 4}});
}

}  // namespace
}  // namespace mlp
