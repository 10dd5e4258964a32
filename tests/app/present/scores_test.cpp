// Metrics as they are printed: aligned, within 80 columns, and shortened where there are very many.
#include "present/scores.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "present/evaluation.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

struct Case {
  Dataset dataset;
  TestResult result;
};

/// Class c has 3 rows, of which 3, 2, 1 or 0 are predicted right; the others are predicted as the class
/// before.
Case many_classes(std::size_t classes, const std::string& prefix = "class ") {
  Case made;
  Matrix<float> outputs(3 * classes, classes);
  for (std::size_t c = 0; c < classes; ++c) {
    made.dataset.class_names.push_back(prefix + std::to_string(c));
    for (std::size_t i = 0; i < 3; ++i) {
      made.dataset.labels.push_back(static_cast<std::int32_t>(c));
      const bool right = i + c % 4 < 3;
      outputs(3 * c + i, right || c == 0 ? c : c - 1) = 1;
    }
  }
  made.result.evaluation = {
      .rows = 3 * classes,
      .loss = 0.5,
      .classification = classification_metrics(outputs, made.dataset.labels, OutputKind::kProbabilities),
      .regression = {}};
  return made;
}

std::string class_table(const Case& made) {
  return app::class_table(*made.result.evaluation.classification, made.dataset, {});
}

TEST(Scores, ALineForEachClassInItsOrder) {
  EXPECT_EQ(class_table(many_classes(3)),
            "  class    precision  recall      F1  ROC AUC  rows\n"
            "  class 0     0.7500  1.0000  0.8571   0.9167     3\n"
            "  class 1     0.5000  0.6667  0.5714   0.6667     3\n"
            "  class 2     1.0000  0.3333  0.5000   0.6667     3\n");
}

TEST(Scores, WhatIsUndefinedIsADash) {
  Case made = many_classes(2);
  made.result.evaluation.classification->classes[1] = {};
  const auto lines = lines_of(class_table(made));
  EXPECT_EQ(lines.at(2), "  class 1          -       -       -        -     0");
}

TEST(Scores, OfVeryManyClassesTheWorst) {
  EXPECT_EQ(lines_of(class_table(many_classes(30))).size(), 1u + 30u);
  Case made = many_classes(31);
  made.result.evaluation.classification->classes[3] = {};  // without rows: neither the best nor the worst
  const auto lines = lines_of(class_table(made));
  ASSERT_EQ(lines.size(), 3u + 20u);
  EXPECT_EQ(lines[0], "  The 20 of 31 classes with the lowest F1:");
  EXPECT_NE(lines[3].find("class 7 "), std::string::npos) << "the first that is never right: " << lines[3];
  EXPECT_NE(lines[3].find(" 0.0000  0.0000 "), std::string::npos) << lines[3];
  std::vector<std::string> f1;
  for (std::size_t i = 3; i < lines.size(); ++i) f1.push_back(lines[i].substr(lines[i].size() - 21, 6));
  EXPECT_TRUE(std::ranges::is_sorted(f1)) << f1.front() << " to " << f1.back();
  EXPECT_NE(f1.front(), f1.back());
}

TEST(Scores, LongAndForeignNamesKeepTheColumnsAligned) {
  Case made = many_classes(4);
  made.dataset.class_names = {"Größe", "a name\nof two lines", std::string(200, 'x'),
                              "ééééééééééééééééééééééééééééééééééééééé"};
  const auto lines = lines_of(class_table(made));
  ASSERT_EQ(lines.size(), 5u) << "a line break in a name does not break the line";
  for (const auto& line : lines) {
    EXPECT_EQ(columns_of(line), columns_of(lines[0])) << line;
    EXPECT_LE(columns_of(line), 80u) << line;
  }
  EXPECT_NE(lines[3].find(std::string(29, 'x') + "... "), std::string::npos) << lines[3];
  EXPECT_NE(lines[4].find("é... "), std::string::npos) << "cut between characters: " << lines[4];
}

TEST(Scores, TheSummaryCountsWhatIsWrongForAnyNumberOfClasses) {
  for (const std::size_t classes : {std::size_t{2}, std::size_t{40}, kMostConfusionClasses + 1}) {
    const Case made = many_classes(classes);
    std::uint64_t wrong = 0;
    for (const auto& scores : made.result.evaluation.classification->classes) {
      wrong += scores.support - static_cast<std::uint64_t>(std::lround(scores.recall * 3));
    }
    const auto lines = lines_of(test_fields(made.result, made.dataset, {}));
    EXPECT_NE(
        lines.at(0).find("(" + with_thousands(wrong) + " of " + with_thousands(3 * classes) + " wrong)"),
        std::string::npos)
        << lines[0];
    for (const auto& line : lines) EXPECT_LE(columns_of(line), 80u) << line;
    EXPECT_EQ(confusion_json(*made.result.evaluation.classification).is_null(),
              classes > kMostConfusionClasses);
  }
}

TEST(Scores, LogLossAndRocAucOnlyWhereTheySaySomething) {
  Case made = many_classes(2);
  auto& metrics = *made.result.evaluation.classification;
  metrics.accuracy = metrics.balanced_accuracy = 1.0;
  metrics.macro_f1 = metrics.roc_auc = 1.0;
  metrics.log_loss = 0.12341;
  made.result.evaluation.loss = 0.12342;
  const auto second = [&] { return lines_of(test_fields(made.result, made.dataset, {})).at(1); };
  EXPECT_EQ(second(), "              balanced 100.00%, macro F1 1.0000, ROC AUC 1.0000");
  made.result.evaluation.loss = 0.2;
  EXPECT_EQ(second(), "              balanced 100.00%, macro F1 1.0000, ROC AUC 1.0000, log loss 0.1234");
  metrics.log_loss = metrics.roc_auc = kUndefined;
  EXPECT_EQ(second(), "              balanced 100.00%, macro F1 1.0000");
}

TEST(Scores, ALineForEachTargetWhereThereAreSeveral) {
  const Matrix<float> targets(2, 2, {0, 10, 2, 30});
  Dataset dataset{.targets = targets, .target_names = {"height"}};
  const auto metrics = regression_metrics(Matrix<float>(2, 2, {1, 10, 2, 20}), targets);
  EXPECT_EQ(target_table(metrics, {}, dataset, {}),
            "  target      RMSE     MAE     MSE      R2\n"
            "  height    0.7071  0.5000  0.5000  0.5000\n"
            "  target_1   7.071   5.000   50.00  0.5000\n");
  const TestResult result{.evaluation = {.rows = 2, .classification = {}, .regression = metrics},
                          .report_total_loss = {}};
  EXPECT_EQ(test_fields(result, dataset, {}), "  test        R2 0.5000 (mean of 2 targets)\n");
  nlohmann::ordered_json document;
  add_to(document, result, dataset);
  ASSERT_EQ(document["test_targets"].size(), 2u);
  EXPECT_EQ(document["test_targets"][1]["name"], "target_1");
  EXPECT_EQ(document["test_targets"][1]["mse"], 50.0);
  EXPECT_EQ(document["test_targets"][1]["rmse"], std::sqrt(50.0));
  EXPECT_EQ(document["test_targets"][1]["mae"], 5.0);
  EXPECT_EQ(document["test_targets"][1]["r2"], 0.5);

  const Matrix<float> one(2, 1, {1, 2});
  EXPECT_EQ(target_table(regression_metrics(one, one), {}, dataset, {}), "");
}

TEST(Scores, TheBaselineIsToldByItsAnswer) {
  Case made = many_classes(3);
  TestResult& result = made.result;
  result.baseline = Baseline{.answer = {.label = 1}};
  EXPECT_EQ(baseline_answer(result, made.dataset), "always 'class 1'");
  result.baseline_of_tested_rows = true;
  EXPECT_EQ(baseline_answer(result, made.dataset), "always 'class 1', their most frequent class");
  result.evaluation.classification.reset();
  EXPECT_EQ(baseline_answer(result, {}), "always their mean");
  result.baseline_of_tested_rows = false;
  EXPECT_EQ(baseline_answer(result, {}), "always the mean");
}

TEST(Scores, WhatIsNoBetterThanTheBaselineIsToldSo) {
  Case made = many_classes(2);
  auto& accuracy = made.result.evaluation.classification->accuracy;
  made.result.baseline = Baseline{.answer = {.label = 1}, .accuracy = 0.75};
  const auto classes = [&] { return test_fields(made.result, made.dataset, {}); };
  accuracy = 0.76;
  EXPECT_NE(classes().find("  baseline    accuracy 75.00% (always 'class 1')\n"), std::string::npos)
      << classes();
  EXPECT_EQ(classes().find("no better"), std::string::npos) << classes();
  accuracy = 0.75;
  EXPECT_NE(classes().find("\n              the network is no better: more rows, "), std::string::npos)
      << classes();

  const Dataset data{.inputs = Matrix<float>(2, 1),
                     .targets = Matrix<float>(2, 2, {0, 10, 2, 30}),
                     .target_names = {"height", "depth"}};
  TestResult result;
  result.evaluation.rows = 2;
  result.evaluation.regression = regression_metrics(Matrix<float>(2, 2, {0, 50, 2, 90}), data.targets);
  result.baseline = baseline(constant_answer(data), data);
  EXPECT_NE(test_fields(result, data, {}).find("no better than always the mean for depth: more rows, "),
            std::string::npos)
      << test_fields(result, data, {});
  const auto table = lines_of(each_score(result, data, {}));
  ASSERT_EQ(table.size(), 3u);
  EXPECT_TRUE(table[0].ends_with("  baseline RMSE")) << table[0];
  EXPECT_TRUE(table[2].ends_with("  10.00")) << table[2];

  const Dataset one{.inputs = Matrix<float>(2, 1), .targets = Matrix<float>(2, 1, {0, 2})};
  result.evaluation.regression = regression_metrics(Matrix<float>(2, 1, {0, 1}), one.targets);
  result.baseline = baseline(constant_answer(one), one);
  EXPECT_NE(test_fields(result, one, {}).find("  baseline    RMSE 1.000 (always the mean)\n"),
            std::string::npos);
  EXPECT_EQ(test_fields(result, one, {}).find("no better"), std::string::npos);
  result.evaluation.regression = regression_metrics(Matrix<float>(2, 1, {2, 1}), one.targets);
  EXPECT_NE(test_fields(result, one, {}).find("              the network is no better: more rows, "),
            std::string::npos);
}

TEST(Scores, EveryClassIsInTheJson) {
  Case made = many_classes(3);
  made.result.evaluation.classification->classes[2].roc_auc = kUndefined;
  nlohmann::ordered_json document;
  add_to(document, made.result, made.dataset);
  ASSERT_EQ(document["test_classes"].size(), 3u);
  const auto& second = document["test_classes"][1];
  EXPECT_EQ(second["name"], "class 1");
  EXPECT_EQ(second["precision"], 0.5);
  EXPECT_EQ(second["recall"], 2.0 / 3);
  EXPECT_EQ(second["f1"], 4.0 / 7);
  EXPECT_DOUBLE_EQ(second["roc_auc"], 2.0 / 3);
  EXPECT_EQ(second["rows"], 3);
  EXPECT_TRUE(document["test_classes"][2]["roc_auc"].is_null());
  EXPECT_EQ(document["test_confusion"].dump(), "[[3,0,0],[1,2,0],[0,2,1]]");
  for (const char* key : {"test_accuracy", "test_balanced_accuracy", "test_macro_f1", "test_roc_auc",
                          "test_log_loss", "test_loss"}) {
    EXPECT_TRUE(document[key].is_number()) << key;
  }
}

TEST(Scores, WhatIsBetterThanChanceIsNamed) {
  Case made = many_classes(2);
  auto& metrics = *made.result.evaluation.classification;
  made.result.baseline = Baseline{.accuracy = 0.9, .balanced_accuracy = 0.5};
  metrics.accuracy = 0.8;
  metrics.balanced_accuracy = 0.71;
  metrics.roc_auc = 0.7;
  metrics.classes = {{.recall = 0.82, .support = 900}, {.recall = 0.6, .support = 100}};
  const std::string text = test_fields(made.result, made.dataset, {});
  EXPECT_NE(
      text.find("no more accurate, but better than chance by balanced accuracy and\n              ROC AUC\n"),
      std::string::npos)
      << text;
  metrics.roc_auc = 0.5;
  EXPECT_EQ(test_fields(made.result, made.dataset, {}).find("  ROC AUC\n"), std::string::npos);
}

}  // namespace
}  // namespace mlp::app
