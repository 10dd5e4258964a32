#include "present/folds.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mlp::app {
namespace {

TEST(Folds, EachMetricIsCalledAsPeopleDo) {
  EXPECT_EQ(score_title("rmse"), "RMSE");
  EXPECT_EQ(score_title("mae"), "MAE");
  EXPECT_EQ(score_title("r2"), "R2");
  EXPECT_EQ(score_title("rmse_rear\taxle"), "RMSE of rear?axle");
  EXPECT_EQ(score_title("roc_auc"), "ROC AUC");
  EXPECT_EQ(score_title("macro_f1"), "macro F1");
  EXPECT_EQ(score_title("balanced_accuracy"), "balanced accuracy");
  EXPECT_EQ(score_text("balanced_accuracy", 0.5), "50.00%");
  EXPECT_EQ(score_text("log_loss", 0.5), "0.5000");
}

TEST(Folds, ALineForEachFold) {
  FoldResult result{
      .fold = 2, .evaluation = {.rows = 40}, .scores = {{"rmse", 2.5}, {"mae", 1}, {"r2", 0.9}}};
  result.evaluation.regression = RegressionMetrics{.targets = {{}}};
  EXPECT_EQ(fold_line(result, 10), "fold 3/10  RMSE 2.500, MAE 1.000  (40 rows)\n");
  result.evaluation.regression->targets.resize(2);
  result.scores = {{"r2", 0.9}, {"rmse_a", 1}, {"rmse_b", 2}};
  EXPECT_EQ(fold_line(result, 10), "fold 3/10  R2 0.9000  (40 rows)\n") << "the others' units differ";
}

TEST(Folds, MeansAndDeviations) {
  const CrossValidation result{
      .rows = {30, 29}, .scores = {over_folds("accuracy", {0.5, 0.7}), over_folds("log_loss", {1, 3})}};
  EXPECT_EQ(folds_field(result, {}),
            "  folds       accuracy 60.00% +- 14.14% (mean and standard deviation of 2)\n"
            "              log loss 2.000 +- 1.414\n");
  const auto json = folds_json(result);
  EXPECT_EQ(json["count"], 2);
  EXPECT_EQ(json["test_rows"], nlohmann::ordered_json({30, 29}));
  EXPECT_EQ(json["log_loss"]["values"], nlohmann::ordered_json({1.0, 3.0}));
  EXPECT_EQ(json["log_loss"]["mean"], 2.0);
}

TEST(Folds, WhatWasDoneIsToldAfterAnInterruption) {
  const std::string none = interrupted_folds_text({}, 5);
  EXPECT_EQ(none.find("done:"), std::string::npos) << none;
  EXPECT_TRUE(none.starts_with(" in fold 1 of 5; the folds are not saved\n  hint: ")) << none;
  const std::string two =
      interrupted_folds_text({.rows = {9, 9}, .scores = {over_folds("r2", {0.5, 0.25})}}, 5);
  EXPECT_TRUE(
      two.starts_with(" in fold 3 of 5; the folds are not saved\n"
                      "  done: folds 1 to 2, R2 0.5000, 0.2500\n  hint: "))
      << two;
}

}  // namespace
}  // namespace mlp::app
