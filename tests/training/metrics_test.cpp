#include "training/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mlp {
namespace {

TEST(Metrics, AccuracyAndConfusionByHand) {
  const Dataset dataset{
      .inputs = Matrix<float>(6, 1), .labels = {0, 1, 2, 2, 1, 0}, .class_names = {"a", "b", "c"}};
  // Rows 5, 1, 2, 3 of the data set: truths 0, 1, 2, 2.
  const std::vector<std::uint32_t> rows = {5, 1, 2, 3};
  const Matrix<float> outputs(4, 3,
                              {0.1f, 0.7f, 0.2f,    // predicts b, is a
                               0.3f, 0.4f, 0.3f,    // predicts b, is b
                               0.5f, 0.1f, 0.4f,    // predicts a, is c
                               -3.f, -2.f, -1.f});  // predicts c, is c
  const ClassificationMetrics metrics = classification_metrics(outputs, dataset, rows);
  EXPECT_EQ(metrics.accuracy, 0.5);
  EXPECT_EQ(metrics.confusion, Matrix<std::uint64_t>(3, 3, {0, 1, 0, 0, 1, 0, 1, 0, 1}));
}

TEST(Metrics, RegressionByHand) {
  const Dataset dataset{.inputs = Matrix<float>(4, 1), .targets = Matrix<float>(4, 1, {1, 2, 3, 100})};
  const std::vector<std::uint32_t> rows = {2, 0, 1};  // truths 3, 1, 2; mean 2, variance 2/3
  const RegressionMetrics metrics = regression_metrics(Matrix<float>(3, 1, {5, 1, 1}), dataset, rows);
  EXPECT_DOUBLE_EQ(metrics.mse, 5.0 / 3);  // residuals 2, 0, -1
  EXPECT_DOUBLE_EQ(metrics.rmse, std::sqrt(5.0 / 3));
  EXPECT_DOUBLE_EQ(metrics.mae, 1.0);
  EXPECT_DOUBLE_EQ(metrics.r2, 1 - 5.0 / 2);
}

TEST(Metrics, SeveralTargetsAreAveraged) {
  const Dataset dataset{.inputs = Matrix<float>(2, 1), .targets = Matrix<float>(2, 2, {0, 10, 2, 30})};
  const std::vector<std::uint32_t> rows = {0, 1};
  const RegressionMetrics metrics = regression_metrics(Matrix<float>(2, 2, {1, 10, 2, 20}), dataset, rows);
  // Residuals 1, 0 of variance 1 and 0, -10 of variance 100.
  EXPECT_DOUBLE_EQ(metrics.mse, (0.5 + 50) / 2);
  EXPECT_DOUBLE_EQ(metrics.mae, (0.5 + 5) / 2);
  EXPECT_DOUBLE_EQ(metrics.r2, 0.5);  // both columns
}

TEST(Metrics, AConstantTargetHasNothingToExplain) {
  for (const float constant : {0.0f, 0.1f, 3.7f, -1e6f}) {
    for (std::size_t count = 1; count <= 50; ++count) {
      const Dataset dataset{.inputs = Matrix<float>(count, 1),
                            .targets = Matrix<float>(count, 1, std::vector<float>(count, constant))};
      std::vector<std::uint32_t> rows;
      for (std::uint32_t n = 0; n < count; ++n) rows.push_back(n);
      Matrix<float> outputs = dataset.targets;
      EXPECT_EQ(regression_metrics(outputs, dataset, rows).r2, 1.0) << constant << " x " << count;
      outputs(0, 0) += 1;
      EXPECT_EQ(regression_metrics(outputs, dataset, rows).r2, 0.0) << constant << " x " << count;
    }
  }
}

}  // namespace
}  // namespace mlp
