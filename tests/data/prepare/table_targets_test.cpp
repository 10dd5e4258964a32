// What a table's target is taken as: classes or numbers, and where that has to be asked.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "data/prepare/example_table.h"
#include "mlp/error.h"
#include "mlp/table_data.h"

namespace mlp {
namespace {

using testing_support::example_table;
using testing_support::expect_error;
using testing_support::source_of;
using testing_support::table_of;
using Names = std::vector<std::string>;

TEST(TableTargets, FewNumbersAreClassesOnlyWhereAskedFor) {
  const std::string text = "x,n\n1,2\n2,1.0\n3,10\n4,1\n5,2\n6,10\n";
  const Table table = table_of(text, {.targets = {"n"}});
  const DataSplit numbers = split_table(table, {.targets = {"n"}, .test_fraction = 0});
  EXPECT_EQ(numbers.train.task(), Task::kRegression);
  EXPECT_EQ(in_words(numbers.notes.at(0)),
            "column 'n': 3 different numbers, predicted as numbers; as classes with task = classification");
  const DataSplit classes =
      split_table(table, {.targets = {"n"}, .task = Task::kClassification, .test_fraction = 0});
  EXPECT_EQ(classes.train.class_names, (Names{"1.0", "2", "10"}));  // the first spelling of 1
  EXPECT_EQ(classes.train.labels, (std::vector<std::int32_t>{1, 0, 2, 0, 1, 2}));
  EXPECT_TRUE(classes.notes.empty());
  EXPECT_TRUE(
      split_table(table, {.targets = {"n"}, .task = Task::kRegression, .test_fraction = 0}).notes.empty());
}

TEST(TableTargets, ClassesThatAreNumbersAreOneOnlyWhereTheyAreTheSameNumber) {
  const auto classes = [](const std::vector<std::string>& labels) {
    std::string text = "x,n\n";
    for (int round = 0; round < 2; ++round)
      for (const auto& label : labels) text += std::to_string(text.size()) + "," + label + "\n";
    return split_table(table_of(text, {.targets = {"n"}}),
                       {.targets = {"n"}, .task = Task::kClassification, .test_fraction = 0});
  };
  const Names neighbours = {"9007199254740992", "9007199254740993", "9007199254740994", "9007199254740995"};
  const DataSplit ids = classes(neighbours);
  EXPECT_EQ(ids.train.class_names, neighbours);
  EXPECT_EQ(ids.train.labels, (std::vector<std::int32_t>{0, 1, 2, 3, 0, 1, 2, 3}));
  EXPECT_EQ(classes({"0.3", "0.30000000000000001", "0.30"}).train.class_names,
            (Names{"0.3", "0.30000000000000001"}));
  EXPECT_EQ(classes({"5", "5.0", "500e-2", "6"}).train.class_names, (Names{"5", "6"}));
  const DataSplit codes = classes({"1", "01", "001"});
  EXPECT_EQ(codes.train.class_names, (Names{"001", "01", "1"}));
  EXPECT_EQ(codes.train.labels, (std::vector<std::int32_t>{2, 1, 0, 2, 1, 0}));
  // What no number tells apart is not 0 and 1 either.
  const Table three = table_of("x,n\n1,0\n2,1\n3,01\n4,0\n5,1\n6,01\n", {.targets = {"n"}});
  EXPECT_EQ(split_table(three, {.targets = {"n"}, .test_fraction = 0}).train.task(), Task::kRegression);
}

TEST(TableTargets, BooleansAreTwoClasses) {
  const Table table = table_of("x,sick\n1,no\n2,yes\n3,NO\n", {.targets = {"sick"}});
  const DataSplit data = split_table(table, {.targets = {"sick"}, .test_fraction = 0});
  EXPECT_EQ(data.train.class_names.size(), 2u);
  EXPECT_EQ(data.train.labels, (std::vector<std::int32_t>{0, 1, 0}));
}

TEST(TableTargets, ZeroAndOneAreTwoClasses) {
  const auto split = [](const std::string& text, const TableDataOptions& options) {
    return split_table(table_of(text, {.targets = options.targets}), options);
  };
  const TableDataOptions options{.targets = {"churn"}, .test_fraction = 0};
  const std::string text = "x,churn\n1,1\n2,0\n3,1.0\n4,\n5,0\n";
  const DataSplit data = split(text, options);
  EXPECT_EQ(data.train.class_names, (Names{"0", "1"}));
  EXPECT_EQ(data.train.labels, (std::vector<std::int32_t>{1, 0, 1, 0}));
  EXPECT_EQ(in_words(data.notes.at(1)),
            "column 'churn': 0 and 1, predicted as two classes; as numbers with task = regression");
  auto said = options;
  said.task = Task::kClassification;
  EXPECT_EQ(in_words(split(text, said).notes), Names{"1 of 5 rows left out: no value in 'churn'"});
  said.task = Task::kRegression;
  const DataSplit numbers = split(text, said);
  EXPECT_EQ(numbers.train.targets, Matrix<float>(4, 1, {1, 0, 1, 0}));
  EXPECT_EQ(in_words(numbers.notes), Names{"1 of 5 rows left out: no value in 'churn'"});
  for (const std::string other : {"1,2,1,2", "0,2,0,2", "0,1,2,0", "0,0.5,1,1", "-1,1,1,-1", "0,-1,0,-1"}) {
    std::string cells = "x,churn\n";
    for (std::size_t at = 0, row = 0; at <= other.size(); ++row) {
      const std::size_t end = std::min(other.find(',', at), other.size());
      cells += std::to_string(row) + "," + other.substr(at, end - at) + "\n";
      at = end + 1;
    }
    EXPECT_EQ(split(cells, options).train.task(), Task::kRegression) << other;
  }
  // One of several targets is a number.
  const DataSplit both =
      split("x,a,b\n1,0,1\n2,1,0\n3,0,0\n4,1,1\n", {.targets = {"a", "b"}, .test_fraction = 0});
  EXPECT_EQ(both.train.task(), Task::kRegression);
}

TEST(TableTargets, ATargetOfNumbersWithAFormatIsNamed) {
  std::string text = "x;Preis\n";
  for (int n = 0; n < 30; ++n) text += std::to_string(n * n) + ";1.089." + std::to_string(n + 100) + ",44\n";
  const TableDataOptions options{.targets = {"Preis"}};
  const auto refused = [](const std::string& cells, const TableDataOptions& asked) {
    return expect_error<DataError>([&] { split_table(table_of(cells, {.targets = asked.targets}), asked); },
                                   {"column 'Preis' holds numbers with a format ('1.089.100,44')"});
  };
  const std::string hint = "try TableOptions::decimal = ',', or write numbers plainly, like 1234.5";
  const std::string or_classes = hint + "; if they are classes, task = classification";
  EXPECT_TRUE(refused(text, options).ends_with("\n" + or_classes));
  auto numbers = options;
  numbers.task = Task::kRegression;
  EXPECT_TRUE(refused(text, numbers).ends_with("\n" + hint));
  EXPECT_TRUE(
      refused("x;Preis\n9;5\n" + text.substr(text.find('\n') + 1), options).ends_with("\n" + or_classes));
  // Also where many rows have the same.
  const std::string twice = text + text.substr(text.find('\n') + 1);
  EXPECT_TRUE(refused(twice, options).ends_with("\n" + or_classes));
  auto classes = options;
  classes.task = Task::kClassification;
  EXPECT_EQ(split_table(table_of(twice, {.targets = {"Preis"}}), classes).train.class_names.size(), 30u);
}

TEST(TableTargets, AFewTextsAmongTheNumbersOfATargetAreAskedAbout) {
  std::string text = "x,mpg\n";
  for (int n = 0; n < 200; ++n)
    text += std::to_string(n * n) + "," + (n == 50 ? "unknown" : std::to_string(10 + n % 87) + ".5") + "\n";
  const auto split = [&](const TableDataOptions& options, TableOptions reading = {}) {
    reading.targets = options.targets;
    return split_table(table_of(text, reading), options);
  };
  const auto error =
      expect_error<DataError>([&] { split({.targets = {"mpg"}}); },
                              {"column 'mpg': cannot tell whether it holds numbers or classes"});
  EXPECT_TRUE(
      error.ends_with("\n'unknown' among numbers (test.csv: line 52, record 52, column 2 ('mpg')): if it "
                      "marks a missing cell, "
                      "name it as such (TableOptions::missing); if they are classes, task = classification"))
      << error;
  EXPECT_EQ(split({.targets = {"mpg"}, .task = Task::kClassification}).train.class_names.size(), 88u);
  EXPECT_EQ(split({.targets = {"mpg"}}, {.categorical = {"mpg"}}).train.class_names.size(), 88u);
  EXPECT_EQ(split({.targets = {"mpg"}}, {.missing = {"unknown"}}).train.task(), Task::kRegression);
  const auto as_numbers = expect_error<UsageError>(
      [&] { split({.targets = {"mpg"}, .task = Task::kRegression}); }, {"a regression's target is numeric"});
  EXPECT_NE(as_numbers.find("'unknown' among numbers"), std::string::npos) << as_numbers;
}

TEST(TableTargets, OnlyNumbersAreAdvisedToBeARegression) {
  const auto refused = [](const std::string& text, const TableOptions& reading,
                          const TableDataOptions& options) {
    return expect_error<DataError>([&] { split_table(table_of(text, reading), options); },
                                   {"every one of 3 rows is a class of its own"});
  };
  EXPECT_TRUE(refused("x,id\n1,a1\n2,b2\n3,c3\n", {.targets = {"id"}}, {.targets = {"id"}})
                  .ends_with("\nis it the right target?"));
  EXPECT_TRUE(
      refused("x,id\n1,5\n2,7\n3,9\n", {.categorical = {"id"}, .targets = {"id"}}, {.targets = {"id"}})
          .ends_with("\nis it the right target?"));
  EXPECT_TRUE(refused("x,id\n1,5\n2,7\n3,9\n", {.targets = {"id"}},
                      {.targets = {"id"}, .task = Task::kClassification})
                  .ends_with("Numbers are predicted with task = regression"));
}

TEST(TableTargets, ANoteOnANumericTargetIsPassedOn) {
  const Table table = table_of("x;y\n1;927\n2;1.200\n3;589\n4;13.459\n", {.targets = {"y"}});
  const DataSplit data = split_table(table, {.targets = {"y"}, .task = Task::kRegression});
  EXPECT_EQ(
      in_words(data.notes.at(0)),
      "column 'y' taken as numeric: '1.200' is read as 1.2; if it is 1200, TableOptions::decimal = ','");
}

// --- Nothing is learned from validation and test rows ------------------------------------------------------

TEST(TableTargets, ACodeForNoValueInATargetIsNoted) {
  const auto notes = [](const std::string& code) {
    std::string text = "x,y\n";
    for (int i = 0; i < 100; ++i) text += std::to_string(i * 7 % 10) + "," + std::to_string(i) + "\n";
    for (int i = 0; i < 3; ++i) text += "1," + code + "\n";
    return in_words(
        split_table(table_of(text, {.targets = {"y"}}), {.targets = {"y"}, .test_fraction = 0}).notes);
  };
  EXPECT_EQ(
      notes("-999"),
      Names{"column 'y': 3 of 103 numbers are -999, far from all others (0 to 99): where that stands for "
            "a missing value, TableOptions::missing = -999 says so"});
  EXPECT_EQ(notes("50"), Names{});
}

TEST(TableTargets, ANumberFarFromAllOthersIsNotedWhicheverRowsAreHeldOut) {
  std::string text = "x,y\n";
  for (int i = 0; i < 100; ++i) text += std::to_string(i * 7 % 10) + "," + std::to_string(i) + "\n";
  const Table table = table_of(text + ",207803\n", {.targets = {"y"}});
  std::size_t held_out = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const DataSplit data = split_table(
        table, {.targets = {"y"}, .test_fraction = 0.5, .validation_fraction = 0.2, .seed = seed});
    held_out += std::ranges::count(data.test.source_rows, 100u);
    ASSERT_EQ(data.notes.size(), 1u) << seed;
    EXPECT_TRUE(in_words(data.notes.front()).starts_with("column 'y': 1 of 101 numbers is 207803, far from"));
  }
  EXPECT_GT(held_out, 0u);
}

TEST(TableTargets, ClassesThatAreNumbersAreFoundByValue) {
  const Table table = table_of("x,n\n1,2\n2,1\n3,10\n4,1\n", {.targets = {"n"}});
  const DataSplit data =
      split_table(table, source_of("n,x\n10.0,3\n2,5\n"), {.targets = {"n"}, .task = Task::kClassification});
  EXPECT_EQ(data.test.labels, (std::vector<std::int32_t>{2, 1}));
}

// --- Weights -----------------------------------------------------------------------------------------------

TEST(TableTargets, AClassOfOneRowIsTrainedOnAndNoted) {
  const Table table = table_of("x,c\n1,a\n2,a\n3,b\n4,d\n5,a\n6,a\n", {.targets = {"c"}});
  const DataSplit data = split_table(table, {.targets = {"c"}, .test_fraction = 0.5});
  EXPECT_EQ(in_words(data.notes.at(0)),
            "column 'c': class 'b' and 1 more have a single row, which is trained on and never tested");
  EXPECT_EQ(std::ranges::count(data.train.labels, 1), 1);
  EXPECT_EQ(std::ranges::count(data.train.labels, 2), 1);
  EXPECT_EQ(data.test.labels, (std::vector<std::int32_t>{0, 0, 0}));
}

TEST(TableTargets, WhatCannotBeLearnedIsRefused) {
  const auto split = [](const std::string& text, const TableDataOptions& options) {
    return split_table(table_of(text, {.targets = options.targets}), options);
  };
  const TableDataOptions classes{.targets = {"c"}}, numbers{.targets = {"y"}};
  expect_error<DataError>([&] { split("x,c\n1,a\n2,a\n3,\n", classes); },
                          {"column 'c'", "'a' in every row", "nothing to tell apart"});
  expect_error<DataError>([&] { split("x,c\n1,a\n2,b\n3,d\n", classes); },
                          {"column 'c'", "every one of 3 rows is a class of its own"});
  expect_error<DataError>([&] { split("x,c\n1,a\n", classes); }, {"only one row has a value in 'c'"});
  expect_error<DataError>([&] { split("x,y\n1,\n2,NA\n", numbers); }, {"no row has a value in 'y'"});
  expect_error<DataError>([&] { split("x,y\n1,5\n2,5.0\n", numbers); },
                          {"column 'y'", "5 in every row", "nothing to learn"});
  const auto spelled = expect_error<DataError>([&] { split("x,y\n1,1\n2,01\n3,1\n4,001\n", numbers); },
                                               {"as a number 1 in every row, though in 3 different texts"});
  EXPECT_NE(spelled.find("where these are classes, task = classification"), std::string::npos) << spelled;
  expect_error<DataError>([&] { split("x,y\n1,5\n1,6\n", numbers); }, {"no column is left"});
  expect_error<DataError>([&] { split("x,y\n1,5\n2,1e39\n", numbers); },
                          {"column 'y', row 2", "1e+39", "does not fit a float"});
  const auto far =
      expect_error<DataError>([&] { split("x,y\n1,1000000001\n2,1000000002\n3,1000000090\n", numbers); },
                              {"column 'y': 1000000001 to 1000000090 differ by too little"});
  EXPECT_NE(far.find("subtract 1000000002 from the target in every row"), std::string::npos) << far;
  const auto small = expect_error<DataError>([&] { split("x,y\n1,1e-300\n2,3e-300\n3,2e-300\n", numbers); },
                                             {"column 'y': 1e-300 to 3e-300 differ by too little"});
  EXPECT_NE(small.find("give the target in a smaller unit"), std::string::npos) << small;
  // One 0 among them spreads them, and leaves the others as close together as they were.
  expect_error<DataError>(
      [&] { split("x,y\n1,1700000001\n2,0\n3,1700000002\n4,1700000003\n5,1700000004\n", numbers); },
      {"column 'y': 0 to 1700000004 differ by too little"});
  EXPECT_NO_THROW(split("x,y\n1,1000000001\n2,1000003002\n3,1000009090\n", numbers));
  expect_error<UsageError>([&] { split("x,c\n1,a\n2,b\n", {.targets = {"c"}, .task = Task::kRegression}); },
                           {"column 'c'", "a regression's target is numeric", "categorical"});
  expect_error<UsageError>(
      [&] {
        split("x,y,c\n1,5,a\n2,6,b\n", {.targets = {"y", "c"}});
      },
      {"column 'c'", "a regression's target is numeric"});
  expect_error<UsageError>(
      [&] {
        split("x,c,d\n1,a,1\n2,b,1\n", {.targets = {"c", "d"}, .task = Task::kClassification});
      },
      {"a classification has one target, and 2 are named"});
  expect_error<UsageError>(
      [&] {
        split("x,y\n1,5\n2,6\n", {.targets = {"y", "y"}});
      },
      {"'y' is named twice"});
  expect_error<UsageError>([&] { split("x,y\n1,5\n2,6\n", {.targets = {"y"}, .sample_weight = "y"}); },
                           {"'y' is named twice"});
  expect_error<UsageError>([&] { split("x,y\n1,5\n2,6\n", {}); }, {"no target is named"});
  std::string many = "x,y\n";
  for (int n = 0; n < 1100; ++n) many += "1," + std::to_string(n) + "\n";
  expect_error<UsageError>([&] { split(many, {.targets = {"y"}, .task = Task::kClassification}); },
                           {"column 'y'", "too many different values to be classes"});
}

}  // namespace
}  // namespace mlp
