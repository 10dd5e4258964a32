// Made-up reports, for the tests of what a page shows.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mlp/data.h"
#include "mlp/html_report.h"
#include "report/charts/weight_pictures.h"
#include "report/page/confusion_table.h"
#include "report/page/html.h"
#include "support/temporary_folder.h"
#include "support/well_formed.h"

namespace mlp::report_contents {

using testing_support::expect_well_formed;

using testing_support::read_bytes;

using testing_support::TemporaryFolder;

inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline History history(int epochs, bool validated) {
  History history;
  for (int i = 1; i <= epochs; ++i) {
    EpochRecord record;
    record.epoch = static_cast<std::uint64_t>(i);
    record.train_loss = 1.0 / i;
    if (validated) {
      record.validation_loss = i == 3 ? 0.0625 : 1.25 / i;
      record.validation_metric = 1.0 - 0.5 / i;
    }
    record.learning_rate = 0.01;
    record.seconds = 0.5;
    history.push_back(record);
  }
  return history;
}

/// `classes` classes, each with ten rows predicted right; the first is also predicted three times as the
/// last.
inline ReportContent classes_content(std::size_t classes) {
  ReportContent content;
  content.title = "mnist";
  content.made = "2026-11-23 05:46 UTC";
  content.loss_name = "cross_entropy";
  content.layers = {{.fan_in = 4, .fan_out = 2, .activation = ReLU{}},
                    {.fan_in = 2, .fan_out = classes, .activation = Softmax{}}};
  content.history = history(5, true);
  for (std::size_t c = 0; c < classes; ++c) content.class_names.push_back("class_" + std::to_string(c));
  ClassificationMetrics metrics;
  metrics.confusion = Matrix<std::uint64_t>(classes, classes);
  for (std::size_t c = 0; c < classes; ++c) metrics.confusion(c, c) = 10;
  metrics.confusion(0, classes - 1) += 3;
  content.evaluation.rows = 10 * classes + 3;
  metrics.accuracy = 10.0 * static_cast<double>(classes) / static_cast<double>(content.evaluation.rows);
  metrics.balanced_accuracy = 0.9230;
  metrics.macro_f1 = 0.9142;
  metrics.roc_auc = 0.9911;
  metrics.log_loss = 0.3125;
  for (std::size_t c = 0; c < classes; ++c) {
    metrics.classes.push_back(
        {.precision = 0.5, .recall = 0.25, .f1 = 0.3333, .roc_auc = 0.75, .support = 10});
  }
  metrics.classes.back() = {
      .precision = 0.769, .recall = 1.0, .f1 = 0.8696, .roc_auc = kUndefined, .support = 10};
  content.evaluation.loss = 0.25;
  content.evaluation.classification = metrics;
  return content;
}

inline ReportContent numbers_content(std::size_t rows, std::size_t targets) {
  ReportContent content;
  content.title = "mpg";
  content.unit = "mpg";
  content.targets = Matrix<float>(rows, targets);
  content.predictions = Matrix<float>(rows, targets);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t o = 0; o < targets; ++o) {
      content.targets(n, o) = static_cast<float>(n % 50);
      content.predictions(n, o) = static_cast<float>(n % 50) + (n % 2 ? 0.5f : -0.25f);
    }
  }
  for (std::size_t o = 0; o < targets; ++o) content.target_names.push_back("target_" + std::to_string(o));
  RegressionMetrics metrics;
  metrics.mse = 0.25;
  metrics.rmse = 0.5;
  metrics.mae = 0.375;
  metrics.r2 = 0.875;
  content.evaluation.rows = rows;
  content.evaluation.regression = metrics;
  return content;
}

/// Nothing is loaded or run, and no link leads out: the page has only what it contains.
inline void expect_self_contained(const std::string& page) {
  for (const char* word : {"<script", "<link", "<iframe", "<object", "<form", "http:", "https:", "//", "url(",
                           "@import", "onload", "onerror=\"", "javascript:"}) {
    std::string text = page;
    for (std::size_t at; (at = text.find("src=\"data:image/png;base64,")) != std::string::npos;) {
      text.erase(at, text.find('"', at + 5) - at);
    }
    EXPECT_FALSE(contains(text, word)) << word;
  }
}

}  // namespace mlp::report_contents
