#include "mlp/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "core/random.h"
#include "mlp/error.h"

namespace mlp {
namespace {

using Labels = std::vector<std::int32_t>;
using Rows = std::vector<std::uint32_t>;

/// `rows` labels in random order, of classes of very different sizes: about rows / 2^(c + 1) of class c.
Labels uneven_labels(std::size_t rows, std::int32_t classes, std::uint64_t seed) {
  const RandomStream random(seed, RandomPurpose::kTest);
  Labels labels;
  for (std::size_t n = 0; n < rows; ++n) {
    std::int32_t label = 0;
    while (label + 1 < classes && (random.bits(n) >> label & 1) != 0) ++label;
    labels.push_back(label);
  }
  return labels;
}

std::map<std::int32_t, std::size_t> count(const Labels& labels, const Rows& rows) {
  std::map<std::int32_t, std::size_t> counts;
  for (const std::uint32_t row : rows) ++counts[labels[row]];
  return counts;
}

Rows all_rows(std::size_t count) {
  Rows rows(count);
  for (std::uint32_t row = 0; row < count; ++row) rows[row] = row;
  return rows;
}

void expect_partition(const RowSplit& split, std::size_t rows) {
  EXPECT_TRUE(std::ranges::is_sorted(split.training) && std::ranges::is_sorted(split.held_out));
  Rows all = split.training;
  all.insert(all.end(), split.held_out.begin(), split.held_out.end());
  std::ranges::sort(all);
  EXPECT_EQ(all, all_rows(rows));
}

TEST(Split, EveryRowIsInOneOfTheTwo) {
  for (const std::size_t rows : {1u, 2u, 3u, 10u, 101u}) {
    for (const double fraction : {0.0, 0.001, 0.1, 0.5, 0.999}) {
      for (const RowSplit& split : {validation_split(rows, fraction, 7), test_split(rows, fraction, 7)}) {
        expect_partition(split, rows);
        EXPECT_FALSE(split.training.empty());
        EXPECT_EQ(split.held_out.empty(), fraction == 0 || rows == 1);
      }
    }
  }
  EXPECT_EQ(validation_split(100, 0.1, 1).held_out.size(), 10u);
  EXPECT_EQ(validation_split(0, 0.1, 1).training.size(), 0u);
}

TEST(Split, IsDrawnBySeed) {
  const auto rows_of = [](std::uint64_t seed) { return validation_split(200, 0.2, seed).held_out; };
  EXPECT_EQ(rows_of(1), rows_of(1));
  EXPECT_NE(rows_of(1), rows_of(2));
  EXPECT_GT(rows_of(1).back() - rows_of(1).front(), 100u);  // from all over, not one end
}

TEST(Split, TestAndValidationRowsHaveNothingToDoWithEachOther) {
  constexpr std::size_t kRows = 10'000;
  const auto test = test_split(kRows, 0.1, 5).held_out, validation = validation_split(kRows, 0.1, 5).held_out;
  Rows both;
  std::ranges::set_intersection(test, validation, std::back_inserter(both));
  EXPECT_NEAR(static_cast<double>(both.size()), 100, 40);  // 1 in 100; 4 standard deviations
}

TEST(Split, FractionsOutsideAreRefused) {
  for (const double fraction : {-0.1, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(validation_split(10, fraction, 1), std::invalid_argument);
    EXPECT_THROW(test_split(10, fraction, 1), std::invalid_argument);
  }
  EXPECT_THROW(validation_split(Labels{0, -1, 0}, 0.5, 1), std::invalid_argument);
}

TEST(Split, EveryClassKeepsItsShare) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::size_t rows = 1 + seed * 7 % 300;
    const Labels labels = uneven_labels(rows, static_cast<std::int32_t>(1 + seed % 9), seed);
    const auto before = count(labels, all_rows(rows));
    for (const double fraction : {0.02, 0.1, 0.25, 0.5, 0.9, 0.99}) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", fraction " << fraction);
      const RowSplit split = validation_split(labels, fraction, seed);
      expect_partition(split, rows);
      const auto wanted = static_cast<std::size_t>(
          std::max<long long>(1, std::llround(fraction * static_cast<double>(rows))));
      EXPECT_EQ(split.held_out.size(), std::min(wanted, rows - before.size()));
      auto training = count(labels, split.training), held_out = count(labels, split.held_out);
      const bool capped = wanted > rows - before.size();
      for (const auto& [label, size] : before) {
        EXPECT_GE(training[label], 1u) << label;
        // A quota is missed by less than one row where no class is too small to give its own.
        const double quota = static_cast<double>(wanted * size) / static_cast<double>(rows);
        const bool small = std::ranges::any_of(before, [&](const auto& other) {
          return std::ceil(static_cast<double>(wanted * other.second) / static_cast<double>(rows)) >=
                 static_cast<double>(other.second);
        });
        if (!capped && !small) {
          EXPECT_LT(std::abs(static_cast<double>(held_out[label]) - quota), 1) << label;
        }
      }
    }
  }
}

TEST(Split, LargestRemaindersByHand) {
  // 4 of 10 rows: quotas 2.4, 1.2, 0.4, whole parts 2, 1, 0; the first of the two largest remainders has it.
  const Labels labels = {0, 0, 0, 0, 0, 0, 1, 1, 1, 2};
  auto held_out = count(labels, test_split(labels, 0.4, 3).held_out);
  EXPECT_EQ(held_out[0], 3u);
  EXPECT_EQ(held_out[1], 1u);
  EXPECT_EQ(held_out[2], 0u);
  // 5 of 9: quotas 2.2, 1.7, 1.1: one remainder, the second's.
  const Labels other = {0, 0, 0, 0, 1, 1, 1, 2, 2};
  held_out = count(other, test_split(other, 0.55, 3).held_out);
  EXPECT_EQ(held_out[0], 2u);
  EXPECT_EQ(held_out[1], 2u);
  EXPECT_EQ(held_out[2], 1u);
}

TEST(Split, ClassesOfOneRowStayInTraining) {
  const Labels labels = {0, 1, 2, 3, 4};
  EXPECT_TRUE(validation_split(labels, 0.9, 1).held_out.empty());
  // What they cannot give, the others do.
  Labels more(100, 7);
  for (std::int32_t c = 0; c < 5; ++c) more.push_back(c);
  const RowSplit split = validation_split(more, 0.5, 1);
  EXPECT_EQ(split.held_out.size(), 53u);  // round(52.5)
  for (const std::uint32_t row : split.held_out) EXPECT_EQ(more[row], 7);
}

TEST(Split, ManyClassesTakeNoTime) {
  Labels labels;
  for (std::int32_t c = 0; c < 60'000; ++c) labels.push_back(c);
  labels.insert(labels.end(), 100'000, 60'000);
  EXPECT_EQ(validation_split(labels, 0.6, 1).held_out.size(), 96'000u);
}

TEST(Split, OfADataSetGoesByItsLabels) {
  const Labels labels = uneven_labels(50, 4, 9);
  Dataset dataset{.inputs = Matrix<float>(50, 1), .labels = labels, .class_names = {"a", "b", "c", "d"}};
  EXPECT_EQ(validation_split(dataset, 0.3, 2).held_out, validation_split(labels, 0.3, 2).held_out);
  dataset.labels.clear();
  dataset.class_names.clear();
  EXPECT_EQ(validation_split(dataset, 0.3, 2).held_out, validation_split(50, 0.3, 2).held_out);
  EXPECT_NE(validation_split(labels, 0.3, 2).held_out, validation_split(50, 0.3, 2).held_out);
}

TEST(Folds, EveryRowIsTestedOnceAndEveryClassIsSpreadEvenly) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const std::size_t rows = 10 + seed * 11 % 200;
    const Labels labels = uneven_labels(rows, static_cast<std::int32_t>(1 + seed % 6), seed);
    for (const std::size_t k : {2u, 3u, 10u}) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << k << " folds");
      for (const Strata& strata : {Strata(labels), Strata(rows)}) {
        const auto parts = folds(strata, k, seed);
        ASSERT_EQ(parts.size(), k);
        Rows all;
        for (const Rows& part : parts) {
          all.insert(all.end(), part.begin(), part.end());
          EXPECT_GE(part.size(), rows / k);
          EXPECT_LE(part.size(), (rows + k - 1) / k);
          EXPECT_TRUE(std::ranges::is_sorted(part));
          expect_partition(hold_out(rows, part), rows);
        }
        std::ranges::sort(all);
        EXPECT_EQ(all, all_rows(rows));
        if (strata.labels().empty()) continue;
        for (const auto& [label, size] : count(labels, all_rows(rows))) {
          for (const Rows& part : parts) {
            const std::size_t found = count(labels, part)[label];
            EXPECT_GE(found, size / k);
            EXPECT_LE(found, (size + k - 1) / k);
          }
        }
      }
    }
  }
}

TEST(Folds, AreDrawnBySeedAndNotTheTestSplit) {
  EXPECT_EQ(folds(100, 5, 1), folds(100, 5, 1));
  EXPECT_NE(folds(100, 5, 1), folds(100, 5, 2));
  EXPECT_NE(folds(100, 5, 1).front(), test_split(100, 0.2, 1).held_out);
  EXPECT_NE(folds(100, 5, 1).front(), validation_split(100, 0.2, 1).held_out);
  EXPECT_THROW(folds(100, 1, 1), std::invalid_argument);
  EXPECT_THROW(folds(9, 10, 1), UsageError);
  EXPECT_EQ(folds(3, 3, 1).size(), 3u);
}

TEST(HoldOut, RefusesRowsThatAreNotThereOrTwice) {
  EXPECT_EQ(hold_out(4, {3, 1}).training, (Rows{0, 2}));
  EXPECT_EQ(hold_out(4, {3, 1}).held_out, (Rows{1, 3}));
  EXPECT_THROW(hold_out(4, {4}), std::invalid_argument);
  EXPECT_THROW(hold_out(4, {1, 1}), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
