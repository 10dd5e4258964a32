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
        // A quota is missed by less than one row where every class is large enough for its own.
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
  // What the small classes cannot give, the others do.
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

// --- Rows of a data set ------------------------------------------------------------------------------------

/// In row n, every field says n.
Dataset numbered(std::size_t rows) {
  Dataset dataset{.name = "numbered",
                  .inputs = Matrix<float>(rows, 2),
                  .targets = Matrix<float>(rows, 1),
                  .sample_weights = std::vector<float>(rows),
                  .feature_names = {"a", "b"},
                  .target_names = {"t"},
                  .unit = "m",
                  .source_rows = Rows(rows),
                  .input_units = {.origin = {1, 2}, .unit = {3, 4}}};
  for (std::uint32_t n = 0; n < rows; ++n) {
    const auto x = static_cast<float>(n);
    std::get<Matrix<float>>(dataset.inputs)(n, 1) = dataset.targets(n, 0) = dataset.sample_weights[n] = x;
    dataset.source_rows[n] = n;
  }
  return dataset;
}

TEST(SelectRows, TakesAllThatIsKnownOfThem) {
  Dataset dataset = numbered(5);
  dataset.validation_rows = Rows{1};
  const Dataset part = select_rows(dataset, Rows{4, 0, 3});
  EXPECT_EQ(part.name, "numbered");
  EXPECT_EQ(std::get<Matrix<float>>(part.inputs), Matrix<float>(3, 2, {0, 4, 0, 0, 0, 3}));
  EXPECT_EQ(part.targets, Matrix<float>(3, 1, {4, 0, 3}));
  EXPECT_EQ(part.sample_weights, (std::vector<float>{4, 0, 3}));
  EXPECT_EQ(part.source_rows, (Rows{4, 0, 3}));
  EXPECT_EQ(part.feature_names, dataset.feature_names);
  EXPECT_EQ(part.target_names, dataset.target_names);
  EXPECT_EQ(part.unit, "m");
  EXPECT_EQ(part.input_units, dataset.input_units);
  EXPECT_FALSE(part.validation_rows) << "numbers of other rows";
  const Dataset images{.inputs = Matrix<std::uint8_t>(2, 4, {1, 2, 3, 4, 5, 6, 7, 8}),
                       .labels = {1, 0},
                       .class_names = {"a", "b"},
                       .image = {2, 2}};
  const Dataset second = select_rows(images, Rows{1});
  EXPECT_EQ(std::get<Matrix<std::uint8_t>>(second.inputs), Matrix<std::uint8_t>(1, 4, {5, 6, 7, 8}));
  EXPECT_EQ(second.labels, Labels{0});
  EXPECT_EQ(second.class_names, images.class_names);
  EXPECT_EQ(second.image, images.image);
  EXPECT_THROW(select_rows(dataset, Rows{5}), std::invalid_argument);
}

TEST(FoldSplits, TestEachRowOnceAndValidateOnOthers) {
  const Dataset dataset = numbered(50);
  const FoldSplits splits = fold_splits(dataset, 4, 0.2, 3);
  ASSERT_EQ(splits.count, 4u);
  Rows tested;
  const auto held_out = folds(dataset, 4, 3);
  for (std::size_t fold = 0; fold < 4; ++fold) {
    const DataSplit data = splits.split(fold);
    EXPECT_EQ(data.test.source_rows, held_out[fold]);
    EXPECT_EQ(data.train.source_rows, hold_out(50, held_out[fold]).training);
    tested.insert(tested.end(), data.test.source_rows.begin(), data.test.source_rows.end());
    EXPECT_EQ(data.train.validation_rows, validation_split(data.train.rows(), 0.2, 3).held_out);
    EXPECT_EQ(data.train.validation_rows->size(), fold < 2 ? 7u : 8u);
  }
  std::ranges::sort(tested);
  EXPECT_EQ(tested, all_rows(50));
}

TEST(FoldSplits, WhatWasEncodedByAllRowsIsRefused) {
  Dataset dataset = numbered(9);
  dataset.preprocessing = Preprocessing{};
  EXPECT_THROW(fold_splits(dataset, 3, 0, 1), std::invalid_argument);
  EXPECT_THROW(fold_splits(numbered(2), 3, 0, 1), UsageError);
}

}  // namespace
}  // namespace mlp
