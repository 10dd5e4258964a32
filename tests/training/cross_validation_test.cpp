#include "mlp/cross_validation.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "mlp/error.h"
#include "training/toy.h"

namespace mlp {
namespace {

using Rows = std::vector<std::uint32_t>;

MultilayerPerceptron network_for_classes(const Dataset& train) {
  return parse_network("8:relu,3:softmax", train.features());
}
MultilayerPerceptron network_for_numbers(const Dataset& train) {
  return parse_network("8:relu,1:linear", train.features());
}

TrainingOptions options_with(int threads) {
  return {.loss = MeanSquaredError{}, .epochs = 3, .batch_size = 16, .seed = 5, .threads = threads};
}

/// What the observer was told, and on which thread.
class Listener : public CrossValidationObserver {
 public:
  bool on_step() override {
    const std::scoped_lock lock(mutex_);
    training_threads.insert(std::this_thread::get_id());
    return ++steps <= most_steps;
  }
  void on_fold(const FoldResult& result) override {
    folds.push_back(result.fold);
    telling_threads.insert(std::this_thread::get_id());
  }

  int most_steps = 1'000'000, steps = 0;
  std::vector<std::size_t> folds;
  std::set<std::thread::id> training_threads, telling_threads;

 private:
  std::mutex mutex_;
};

void expect_same(const CrossValidation& a, const CrossValidation& b) {
  EXPECT_EQ(a.rows, b.rows);
  ASSERT_EQ(a.scores.size(), b.scores.size());
  for (std::size_t i = 0; i < a.scores.size(); ++i) {
    EXPECT_EQ(a.scores[i].name, b.scores[i].name);
    EXPECT_EQ(a.scores[i].values, b.scores[i].values) << a.scores[i].name;
    EXPECT_EQ(a.scores[i].mean, b.scores[i].mean);
  }
}

TEST(CrossValidation, EachFoldIsTrainedOnTheOthersAndTestedAlone) {
  const Dataset data = test::toy_numbers(103);
  const auto splits = fold_splits(data, 4, 0.1, 2);
  const auto result = cross_validate(splits, network_for_numbers, options_with(1));
  EXPECT_EQ(result.rows, (std::vector<std::size_t>{26, 26, 26, 25}));
  ASSERT_EQ(result.scores.size(), 3u);
  EXPECT_EQ(result.scores[0].name, "rmse");
  EXPECT_EQ(result.scores[1].name, "mae");
  EXPECT_EQ(result.scores[2].name, "r2");
  const auto held_out = folds(data, 4, 2);
  for (std::size_t fold = 0; fold < 4; ++fold) {
    const RowSplit rows = hold_out(data.rows(), held_out[fold]);
    Dataset train_part = test::subset(data, rows.training);
    train_part.validation_rows = draw_validation_rows(train_part, 0.1, 2, "toy").held_out;
    const auto trained = train(network_for_numbers(data), train_part, options_with(1));
    const auto metrics = evaluate(trained, test::subset(data, rows.held_out));
    EXPECT_EQ(result.scores[0].values[fold], metrics.regression->rmse) << fold;
    EXPECT_EQ(result.scores[2].values[fold], metrics.regression->r2) << fold;
  }
}

TEST(CrossValidation, SeveralFoldsAtATimeGiveTheSameBits) {
  const Dataset numbers = test::toy_numbers(150), classes = test::toy_classes(150);
  const TrainingOptions of_classes = {.epochs = 3, .batch_size = 16, .seed = 5, .threads = 1};
  const auto one_by_one = cross_validate(fold_splits(numbers, 7, 0, 1), network_for_numbers, options_with(1));
  const auto classes_one_by_one =
      cross_validate(fold_splits(classes, 5, 0.2, 3), network_for_classes, of_classes);
  for (const int threads : {0, 2, 3, 16}) {
    expect_same(one_by_one,
                cross_validate(fold_splits(numbers, 7, 0, 1), network_for_numbers, options_with(threads)));
    TrainingOptions options = of_classes;
    options.threads = threads;
    expect_same(classes_one_by_one,
                cross_validate(fold_splits(classes, 5, 0.2, 3), network_for_classes, options));
  }
}

TEST(CrossValidation, TheReferenceTrainsFoldsAndIsNearTheOthers) {
  const Dataset numbers = test::toy_numbers(150);
  TrainingOptions options = options_with(0);
  const auto fast = cross_validate(fold_splits(numbers, 4, 0, 1), network_for_numbers, options);
  options.target = "reference";
  const auto plain = cross_validate(fold_splits(numbers, 4, 0, 1), network_for_numbers, options);
  for (std::size_t fold = 0; fold < 4; ++fold)
    EXPECT_NEAR(plain.scores[0].values[fold], fast.scores[0].values[fold], 1e-3 * fast.scores[0].mean);
}

/// The threads that train six folds; also checks that folds are reported here, in order.
std::set<std::thread::id> threads_that_train(const NetworkFor& network_for, const TrainingOptions& options) {
  const Dataset data = test::toy_numbers(200);
  Listener listener;
  cross_validate(fold_splits(data, 6, 0, 1), network_for, options, &listener);
  EXPECT_EQ(listener.folds, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(listener.telling_threads, std::set{std::this_thread::get_id()});
  return listener.training_threads;
}

TEST(CrossValidation, OnlySmallTrainingsGoOnBesideOneAnother) {
  const std::set here{std::this_thread::get_id()};
  EXPECT_EQ(threads_that_train(network_for_numbers, options_with(1)), here);
  const auto threads = threads_that_train(network_for_numbers, options_with(3));
  EXPECT_FALSE(threads.contains(std::this_thread::get_id())) << "which waits for folds to tell of";
  EXPECT_LE(threads.size(), 3u);
  // A step of 160 rows through 41,000 weights keeps both threads at work.
  TrainingOptions large = options_with(2);
  large.epochs = 1;
  large.batch_size = 160;
  const NetworkFor wide = [](const Dataset& train) {
    return parse_network("200:relu,200:relu,1:linear", train.features());
  };
  EXPECT_EQ(threads_that_train(wide, large), here);
}

/// The folds of `splits`; the data of fold k are called "k".
FoldSplits named(const FoldSplits& splits) {
  return {splits.count, [&splits](std::size_t fold) {
            DataSplit data = splits.split(fold);
            data.train.name = std::to_string(fold);
            return data;
          }};
}

TEST(CrossValidation, FoldsAreToldInTheirOrderWhicheverIsDoneFirst) {
  const Dataset data = test::toy_numbers(60);
  const auto splits = fold_splits(data, 3, 0, 1);
  // One of two threads waits in fold 0 until the other has finished fold 1 and asks for fold 2.
  std::promise<void> asked_for_last;
  auto asked = asked_for_last.get_future();
  const FoldSplits told = named(splits);
  const FoldSplits telling{3, [&](std::size_t fold) {
                             if (fold == 2) asked_for_last.set_value();
                             return told.split(fold);
                           }};
  const auto caller = std::this_thread::get_id();
  const NetworkFor waiting = [&](const Dataset& train) {
    if (train.name == "0" && std::this_thread::get_id() != caller) {
      EXPECT_EQ(asked.wait_for(std::chrono::seconds(60)), std::future_status::ready);
    }
    return network_for_numbers(train);
  };
  Listener listener;
  const auto result = cross_validate(telling, waiting, options_with(2), &listener);
  EXPECT_EQ(listener.folds, (std::vector<std::size_t>{0, 1, 2}));
  expect_same(result, cross_validate(splits, network_for_numbers, options_with(1)));
}

TEST(CrossValidation, TheFirstFoldThatFailsIsTold) {
  const Dataset data = test::toy_numbers(80);
  const auto splits = fold_splits(data, 8, 0, 1);
  const FoldSplits failing = named(splits);
  for (const int threads : {1, 2, 8}) {
    Listener listener;
    const NetworkFor network_for = [](const Dataset& train) {
      if (train.name == "2" || train.name == "5") throw DataError("fold " + train.name, "");
      return network_for_numbers(train);
    };
    try {
      cross_validate(failing, network_for, options_with(threads), &listener);
      ADD_FAILURE() << threads;
    } catch (const DataError& error) {
      EXPECT_STREQ(error.what(), "fold 2") << threads;
    }
    EXPECT_EQ(listener.folds, (std::vector<std::size_t>{0, 1})) << threads;
  }
}

TEST(CrossValidation, StoppedItHasTheFoldsBeforeTheFirstThatIsNotDone) {
  const Dataset data = test::toy_numbers(140);
  const auto splits = fold_splits(data, 7, 0, 1);
  const auto whole = cross_validate(splits, network_for_numbers, options_with(1));
  constexpr int kStepsOfOne = 3 * 8;  // 120 rows in batches of 16
  for (const int threads : {1, 2}) {
    Listener listener;
    listener.most_steps = 2 * kStepsOfOne + 5;
    const auto part = cross_validate(splits, network_for_numbers, options_with(threads), &listener);
    EXPECT_LE(part.rows.size(), 2u);
    EXPECT_TRUE(threads > 1 || part.rows.size() == 2) << "of two at a time both may be cut";
    EXPECT_EQ(part.rows.size(), listener.folds.size());
    if (part.rows.empty()) continue;
    for (std::size_t i = 0; i < part.rows.size(); ++i)
      EXPECT_EQ(part.scores[0].values[i], whole.scores[0].values[i]);
  }
  Listener at_once;
  at_once.most_steps = 0;
  EXPECT_TRUE(cross_validate(splits, network_for_numbers, options_with(2), &at_once).scores.empty());
}

TEST(CrossValidation, AMetricThatAFoldDoesNotHaveIsLeftOut) {
  const Dataset data = test::toy_classes(90);
  Rows of_one_class, others;
  for (std::uint32_t row = 0; row < data.rows(); ++row)
    (data.labels[row] == 1 && of_one_class.size() < 5 ? of_one_class : others).push_back(row);
  const auto splits = fold_splits(data, 2, 0, 1);
  const FoldSplits one_without{2, [&](std::size_t fold) {
                                 if (fold == 0) return splits.split(0);
                                 return DataSplit{.train = select_rows(data, others),
                                                  .test = select_rows(data, of_one_class),
                                                  .notes = {},
                                                  .origin = {}};
                               }};
  const TrainingOptions options{.epochs = 1, .threads = 1};
  EXPECT_EQ(cross_validate(splits, network_for_classes, options).scores.size(), 5u);
  const auto result = cross_validate(one_without, network_for_classes, options);
  ASSERT_EQ(result.scores.size(), 4u);
  for (const auto& scores : result.scores) EXPECT_NE(scores.name, "roc_auc");
}

TEST(CrossValidation, SeveralTargetsHaveAnErrorEach) {
  const Matrix<float> outputs(3, 2, {1, 10, 2, 20, 3, 31}), targets(3, 2, {1, 10, 2, 20, 3, 30});
  const Evaluation evaluation{
      .rows = 3, .classification = {}, .regression = regression_metrics(outputs, targets)};
  const auto scores = fold_scores(evaluation, {.targets = targets, .target_names = {"weight"}});
  ASSERT_EQ(scores.size(), 3u);
  EXPECT_EQ(scores[0].name, "r2");
  EXPECT_EQ(scores[1].name, "rmse_weight");
  EXPECT_EQ(scores[1].value, 0.0);
  EXPECT_EQ(scores[2].name, "rmse_target_1");
  EXPECT_DOUBLE_EQ(scores[2].value, std::sqrt(1.0 / 3));
}

TEST(CrossValidation, MeanAndDeviationOfTheFolds) {
  const FoldScores scores = over_folds("mae", {1, 2, 6});
  EXPECT_EQ(scores.name, "mae");
  EXPECT_DOUBLE_EQ(scores.mean, 3.0);
  EXPECT_DOUBLE_EQ(scores.deviation, std::sqrt(7.0));
  EXPECT_TRUE(std::isnan(over_folds("mae", {1}).deviation));
}

TEST(CrossValidation, WhatDoesNotFitIsRefusedAsByTraining) {
  const Dataset data = test::toy_numbers(40);
  const auto splits = fold_splits(data, 2, 0, 1);
  const NetworkFor other = [](const Dataset&) { return parse_network("1:linear", 3); };
  for (const int threads : {1, 2}) {
    try {
      cross_validate(splits, other, options_with(threads));
      ADD_FAILURE();
    } catch (const std::invalid_argument& error) {
      EXPECT_STREQ(error.what(), "train: the network takes 3 features, the data set has 4");
    }
  }
  EXPECT_THROW(cross_validate(splits, network_for_numbers, options_with(-1)), std::invalid_argument);
  EXPECT_THROW(cross_validate({}, network_for_numbers), std::invalid_argument);
  EXPECT_THROW(cross_validate(splits, nullptr), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
