#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "core/content_hash.h"
#include "data/support.h"
#include "mlp/data.h"

namespace mlp {
namespace {

using namespace testing_support;

const Matrix<std::uint8_t>& pixels_of(const Dataset& dataset) {
  return std::get<Matrix<std::uint8_t>>(dataset.inputs);
}

std::string image(const Dataset& dataset, std::size_t row) {
  const auto values = pixels_of(dataset).row(row);
  return {values.begin(), values.end()};
}

TEST(Digits, HaveMnistsLayout) {
  const auto split = make_digits(30, 20, 1);
  for (const auto* part : {&split.train, &split.test}) {
    EXPECT_NO_THROW(validate(*part));
    EXPECT_EQ(part->name, "digits");
    EXPECT_EQ(part->features(), 784u);
    EXPECT_EQ(part->image, (ImageShape{28, 28}));
    EXPECT_EQ(part->class_names,
              (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  }
  EXPECT_EQ(split.train.rows(), 30u);
  EXPECT_EQ(split.test.rows(), 20u);
  EXPECT_EQ(split.origin, "generated");
}

TEST(Digits, SameSeedSameBits) {
  const auto a = make_digits(100, 50, 7), b = make_digits(100, 50, 7), c = make_digits(100, 50, 8);
  EXPECT_EQ(pixels_of(a.train), pixels_of(b.train));
  EXPECT_EQ(pixels_of(a.test), pixels_of(b.test));
  EXPECT_EQ(a.train.labels, b.train.labels);
  EXPECT_NE(a.train.labels, c.train.labels);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_NE(image(a.train, i), image(c.train, i));
}

TEST(Digits, ASmallerSetIsTheBeginningOfALarger) {
  const auto small = make_digits(37, 13, 3), large = make_digits(120, 80, 3);
  for (std::size_t i = 0; i < 37; ++i) {
    EXPECT_EQ(image(small.train, i), image(large.train, i));
    EXPECT_EQ(small.train.labels[i], large.train.labels[i]);
  }
  for (std::size_t i = 0; i < 13; ++i) {
    EXPECT_EQ(image(small.test, i), image(large.test, i));
    EXPECT_EQ(small.test.labels[i], large.test.labels[i]);
  }
}

TEST(Digits, ClassesAreBalancedInRandomOrder) {
  const auto data = make_digits(1000, 0, 1).train;
  std::array<int, 10> counts{};
  for (const auto label : data.labels) ++counts[static_cast<std::size_t>(label)];
  for (const int count : counts) EXPECT_EQ(count, 100);
  std::set<std::vector<std::int32_t>> orders;
  for (auto begin = data.labels.begin(); begin != data.labels.end(); begin += 10)
    orders.insert({begin, begin + 10});
  EXPECT_GT(orders.size(), 95u);
}

TEST(Digits, NoImageComesTwice) {
  const auto split = make_digits(2000, 1000, 1);
  std::set<std::string> images;
  for (std::size_t i = 0; i < 2000; ++i) images.insert(image(split.train, i));
  for (std::size_t i = 0; i < 1000; ++i) images.insert(image(split.test, i));
  EXPECT_EQ(images.size(), 3000u);
}

TEST(Digits, AreCentredInkOnCleanPaper) {
  const auto data = make_digits(500, 0, 2).train;
  double sum = 0;
  for (std::size_t i = 0; i < data.rows(); ++i) {
    const auto row = pixels_of(data).row(i);
    double mass = 0, x = 0, y = 0;
    std::size_t black = 0;
    for (std::size_t p = 0; p < 784; ++p) {
      mass += row[p];
      x += row[p] * (static_cast<double>(p % 28) + 0.5);
      y += row[p] * (static_cast<double>(p / 28) + 0.5);
      black += row[p] == 0;
    }
    EXPECT_NEAR(x / mass, 14, 2.5) << i;
    EXPECT_NEAR(y / mass, 14, 2.5) << i;
    EXPECT_GT(*std::ranges::max_element(row), 150) << i;
    EXPECT_GT(black, 400u) << i;
    sum += mass;
  }
  EXPECT_NEAR(sum / 500 / 784, 33, 8);  // the mean pixel of MNIST is 33.3
}

using Mean = std::array<double, 784>;

std::array<Mean, 10> class_means(const Dataset& dataset) {
  std::array<Mean, 10> means{};
  std::array<double, 10> counts{};
  for (const auto label : dataset.labels) ++counts[static_cast<std::size_t>(label)];
  for (std::size_t i = 0; i < dataset.rows(); ++i) {
    const auto label = static_cast<std::size_t>(dataset.labels[i]);
    for (std::size_t p = 0; p < 784; ++p) means[label][p] += pixels_of(dataset)(i, p) / counts[label];
  }
  return means;
}

template <class Image>
std::size_t nearest(const std::array<Mean, 10>& means, const Image& image) {
  const auto distance = [&](const Mean& mean) {
    double sum = 0;
    for (std::size_t p = 0; p < 784; ++p) sum += (image[p] - mean[p]) * (image[p] - mean[p]);
    return sum;
  };
  return static_cast<std::size_t>(std::ranges::min_element(means, {}, distance) - means.begin());
}

TEST(Digits, ClassesCanBeToldApart) {
  const auto split = make_digits(2000, 500, 5);
  const auto means = class_means(split.train);
  int right = 0;
  for (std::size_t i = 0; i < 500; ++i)
    right += nearest(means, pixels_of(split.test).row(i)) == static_cast<std::size_t>(split.test.labels[i]);
  EXPECT_GT(right, 350);
}

TEST(Digits, EachDigitLooksLikeMnists) {
  if (real_data() == nullptr) GTEST_SKIP() << "skipped: MLP_DATA_DIR is not set";
  const auto mnist = load_mnist({.directories = {real_data()}, .download_to = {}, .progress = {}});
  const auto real = class_means(mnist.test);
  const auto drawn = class_means(make_digits(5000, 0, 1).train);
  for (std::size_t digit = 0; digit < 10; ++digit) EXPECT_EQ(nearest(real, drawn[digit]), digit);
}

TEST(Digits, FillMnistsBox) {
  const auto data = make_digits(500, 0, 4).train;
  double sum = 0;
  for (std::size_t i = 0; i < data.rows(); ++i) {
    std::size_t left = 28, right = 0, top = 28, bottom = 0;
    for (std::size_t p = 0; p < 784; ++p) {
      if (pixels_of(data)(i, p) < 64) continue;
      left = std::min(left, p % 28);
      right = std::max(right, p % 28 + 1);
      top = std::min(top, p / 28);
      bottom = std::max(bottom, p / 28 + 1);
    }
    const auto extent = std::max(right - left, bottom - top);
    EXPECT_GE(extent, 16u) << i;
    EXPECT_LE(extent, 23u) << i;
    sum += static_cast<double>(extent);
  }
  EXPECT_NEAR(sum / 500, 20, 1);
}

// A change of the drawing must be meant: it changes every figure measured on digits.
TEST(Digits, Signature) {
  const auto split = make_digits(20, 20, 1);
  std::string bytes;
  for (std::size_t i = 0; i < 20; ++i) bytes += image(split.train, i) + image(split.test, i);
  for (const auto label : split.train.labels) bytes += static_cast<char>(label);
  ContentHash hash;
  hash.add(bytes);
  EXPECT_EQ(hash.value(), 17694951883768347207u);
}

}  // namespace
}  // namespace mlp
