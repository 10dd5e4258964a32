#include "core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <numeric>
#include <regex>
#include <set>
#include <sstream>

namespace mlp {
namespace {

using Words = std::array<std::uint32_t, 4>;

const RandomStream kStream(1, RandomPurpose::kTest);

/// Pearson's statistic of counts that should all be `expected`.
double chi_square(const std::vector<double>& counts, double expected) {
  double sum = 0;
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

// Known answers published with Random123 (Salmon et al., 2011), philox4x32-10.
TEST(Philox, GivesThePublishedAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// The bits a seed gives are a promise: saved runs depend on them.
TEST(RandomStream, CounterHoldsIndexAndStreamAndKeyTheSeed) {
  const RandomStream stream(0x1122334455667788, RandomPurpose::kDropout, 0xABCD, 0x12'3456789A);
  EXPECT_EQ(stream.block(0x0102030405060708),
            philox({0x05060708, 0x01020304, 0x3456789A, 0x03ABCD12}, {0x55667788, 0x11223344}));
  const Words block = stream.block(5);
  for (std::uint64_t lane = 0; lane < 4; ++lane) EXPECT_EQ(stream.bits(20 + lane), block[lane]);
  const std::uint64_t word = std::uint64_t{block[0]} << 32 | block[1];
  EXPECT_EQ(stream.uniform(5), static_cast<double>(word >> 11) / 9007199254740992.0);
}

TEST(RandomStream, UniformFillsTheUnitIntervalEvenly) {
  constexpr int kCount = 100000, kBuckets = 100;
  std::vector<double> counts(kBuckets, 0);
  double sum = 0, squares = 0;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    const double value = kStream.uniform(i);
    ASSERT_TRUE(value >= 0 && value < 1);
    ++counts[static_cast<std::size_t>(value * kBuckets)];
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kCount, 0.5, 4 * std::sqrt(1.0 / 12 / kCount));
  EXPECT_NEAR(squares / kCount, 1.0 / 3, 4 * std::sqrt(4.0 / 45 / kCount));
  EXPECT_LT(chi_square(counts, kCount / kBuckets), 99 + 4 * std::sqrt(2 * 99.0));
  EXPECT_GT(chi_square(counts, kCount / kBuckets),
            99 - 4 * std::sqrt(2 * 99.0));  // too even is not random either
}

TEST(RandomStream, UniformUsesAll53Bits) {
  std::uint64_t seen_one = 0, seen_zero = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto bits = static_cast<std::uint64_t>(kStream.uniform(i) * 9007199254740992.0);
    seen_one |= bits;
    seen_zero |= ~bits;
  }
  const std::uint64_t all = (std::uint64_t{1} << 53) - 1;
  EXPECT_EQ(seen_one & all, all);
  EXPECT_EQ(seen_zero & all, all);
}

TEST(RandomStream, NormalHasTheMomentsAndTailsOfTheNormalDistribution) {
  constexpr int kCount = 200000;
  double sum = 0, squares = 0, cubes = 0, fourths = 0, beyond_two = 0, largest = 0;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    const double value = kStream.normal(i);
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += value * value;
    cubes += value * value * value;
    fourths += value * value * value * value;
    beyond_two += std::abs(value) > 2;
    largest = std::max(largest, std::abs(value));
  }
  // Four standard errors each: Var z = 1, Var z^2 = 2, Var z^3 = 15, Var z^4 = 96.
  EXPECT_NEAR(sum / kCount, 0, 4 * std::sqrt(1.0 / kCount));
  EXPECT_NEAR(squares / kCount, 1, 4 * std::sqrt(2.0 / kCount));
  EXPECT_NEAR(cubes / kCount, 0, 4 * std::sqrt(15.0 / kCount));
  EXPECT_NEAR(fourths / kCount, 3, 4 * std::sqrt(96.0 / kCount));
  EXPECT_NEAR(beyond_two / kCount, 0.0455003, 4 * std::sqrt(0.0455 * 0.9545 / kCount));
  EXPECT_TRUE(largest > 4 && largest < 6) << largest;
}

TEST(RandomStream, BelowStaysBelowAndIsEven) {
  for (const std::uint64_t bound : {1ull, 2ull, 7ull, 1000ull, 1ull << 40, ~0ull}) {
    for (std::uint64_t i = 0; i < 1000; ++i) ASSERT_LT(kStream.below(bound, i), bound);
  }
  std::vector<double> counts(7, 0);
  for (std::uint64_t i = 0; i < 70000; ++i) ++counts[kStream.below(7, i)];
  EXPECT_LT(chi_square(counts, 10000), 6 + 4 * std::sqrt(12.0));
  double mean = 0;  // a large bound uses the high bits
  for (std::uint64_t i = 0; i < 10000; ++i)
    mean += static_cast<double>(kStream.below(1ull << 60, i)) / 0x1p60 / 10000;
  EXPECT_NEAR(mean, 0.5, 4 * std::sqrt(1.0 / 12 / 10000));
}

TEST(RandomStream, StreamsAreIndependent) {
  std::vector<RandomStream> streams;
  for (const std::uint64_t seed : {1ull, 2ull, 1ull << 32}) {
    for (const auto purpose :
         {RandomPurpose::kInitialization, RandomPurpose::kDropout, RandomPurpose::kTest}) {
      for (const std::uint16_t major : {0, 1, 256}) {
        for (const std::uint64_t minor : {0ull, 1ull, 256ull, 1ull << 32})
          streams.emplace_back(seed, purpose, major, minor);
      }
    }
  }
  constexpr std::uint64_t kCount = 500;
  std::set<std::uint64_t> seen;
  for (const auto& stream : streams) {
    for (std::uint64_t i = 0; i < kCount; ++i) {
      const auto block = stream.block(i);
      seen.insert(std::uint64_t{block[0]} << 32 | block[1]);
    }
  }
  EXPECT_EQ(seen.size(), streams.size() * kCount);

  // Correlation of one stream with each other: standard error 1 / sqrt(count), over some hundred pairs.
  for (std::size_t other = 1; other < streams.size(); ++other) {
    double correlation = 0;
    for (std::uint64_t i = 0; i < kCount; ++i) {
      correlation += 12 * (streams[0].uniform(i) - 0.5) * (streams[other].uniform(i) - 0.5) / kCount;
    }
    EXPECT_LT(std::abs(correlation), 5 / std::sqrt(static_cast<double>(kCount))) << other;
  }
}

TEST(RandomStream, NeighbouringIndicesAreUncorrelated) {
  constexpr int kCount = 100000;
  for (const std::uint64_t lag : {1, 2, 4, 64}) {
    double correlation = 0;
    for (std::uint64_t i = 0; i < kCount; ++i) {
      correlation += 12 * (kStream.uniform(i) - 0.5) * (kStream.uniform(i + lag) - 0.5) / kCount;
    }
    EXPECT_LT(std::abs(correlation), 4 / std::sqrt(static_cast<double>(kCount))) << lag;
  }
}

TEST(Permutation, HoldsEachIndexOnce) {
  for (const std::size_t count : {0u, 1u, 2u, 3u, 100u, 60000u}) {
    auto order = permutation(count, kStream);
    ASSERT_EQ(order.size(), count);
    std::ranges::sort(order);
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(order[i], i);
  }
}

TEST(Permutation, IsAFunctionOfItsStream) {
  EXPECT_EQ(permutation(100, kStream), permutation(100, RandomStream(1, RandomPurpose::kTest)));
  EXPECT_NE(permutation(100, kStream), permutation(100, RandomStream(2, RandomPurpose::kTest)));
  EXPECT_NE(permutation(100, kStream), permutation(100, RandomStream(1, RandomPurpose::kTest, 0, 1)));
}

TEST(Permutation, EveryOrderIsEquallyLikely) {
  std::map<std::vector<std::uint32_t>, double> seen;
  constexpr int kCount = 24000;
  for (std::uint64_t i = 0; i < kCount; ++i)
    ++seen[permutation(4, RandomStream(1, RandomPurpose::kTest, 7, i))];
  ASSERT_EQ(seen.size(), 24u);
  std::vector<double> counts;
  for (const auto& [order, count] : seen) counts.push_back(count);
  EXPECT_LT(chi_square(counts, kCount / 24), 23 + 4 * std::sqrt(46.0));
}

// The compiler takes two names for one number; two purposes would then draw the same.
TEST(RandomPurpose, EachHasANumberOfItsOwn) {
  std::ifstream file(std::string(MLP_SOURCE_DIR) + "/src/core/random.h");
  std::ostringstream header;
  header << file.rdbuf();
  const std::string text = header.str();
  const std::string opening = "enum class RandomPurpose : std::uint8_t {";
  const auto begin = text.find(opening);
  ASSERT_NE(begin, std::string::npos);
  const std::string body =
      text.substr(begin + opening.size(), text.find('}', begin) - begin - opening.size());
  std::map<int, std::string> names;
  std::istringstream lines(body);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    std::smatch found;
    ASSERT_TRUE(std::regex_match(line, found, std::regex(R"(  (k\w+) = (\d+),.*)"))) << "no number: " << line;
    const auto [known, is_new] = names.emplace(std::stoi(found[2]), found[1]);
    EXPECT_TRUE(is_new) << found[1] << " has the number of " << known->second;
  }
  EXPECT_EQ(names.at(1), "kInitialization");
  EXPECT_EQ(names.at(static_cast<int>(RandomPurpose::kTest)), "kTest");
}

}  // namespace
}  // namespace mlp
