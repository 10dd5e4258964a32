#include "present/scores.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "present/evaluation.h"
#include "present/table.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

constexpr std::size_t kMostClassLines = 30;   ///< with more classes ...
constexpr std::size_t kWorstClassLines = 20;  ///< ... only so many are shown
constexpr std::size_t kNameColumns = 32;      ///< leaves room for the numbers in 80 columns
constexpr std::size_t kTextColumn = 0;
constexpr std::size_t kGap = 2;

/// A name from a file, as a cell of a table.
std::string name_cell(const std::string& name) { return shortened(one_line(name), kNameColumns); }

/// The classes of lowest F1, worst first; a class without F1, as it has no rows, is left out.
std::vector<std::size_t> worst_classes(const std::vector<ClassScores>& classes) {
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    if (!std::isnan(classes[c].f1)) order.push_back(c);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t c) { return classes[c].f1; });
  order.resize(std::min(order.size(), kWorstClassLines));
  return order;
}

}  // namespace

std::string r2_text(double r2) { return r2 < -10 ? significant(r2) : fixed(r2, 4); }

std::string target_name(const Dataset& dataset, std::size_t target) {
  return target < dataset.target_names.size() ? dataset.target_names[target]
                                              : "target_" + std::to_string(target);
}

std::string class_table(const ClassificationMetrics& metrics, const Dataset& dataset, const Style& style) {
  std::vector<std::size_t> order(metrics.classes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::string text;
  if (order.size() > kMostClassLines) {
    const std::string all = with_thousands(order.size());
    order = worst_classes(metrics.classes);
    text = "  The " + with_thousands(order.size()) + " of " + all + " classes with the lowest F1:\n\n";
  }
  std::vector<std::vector<std::string>> rows = {{"class", "precision", "recall", "F1", "ROC AUC", "rows"}};
  for (const std::size_t c : order) {
    const ClassScores& scores = metrics.classes[c];
    rows.push_back({name_cell(dataset.class_names[c]), fixed(scores.precision, 4), fixed(scores.recall, 4),
                    fixed(scores.f1, 4), fixed(scores.roc_auc, 4), with_thousands(scores.support)});
  }
  return text + table(rows, kTextColumn, style, kGap);
}

std::string target_table(const RegressionMetrics& metrics, const std::optional<Baseline>& baseline,
                         const Dataset& dataset, const Style& style) {
  if (metrics.targets.size() < 2) return "";
  std::vector<std::vector<std::string>> rows = {{"target", "RMSE", "MAE", "MSE", "R2"}};
  if (baseline) rows.front().push_back("baseline RMSE");
  for (std::size_t target = 0; target < metrics.targets.size(); ++target) {
    const TargetScores& scores = metrics.targets[target];
    rows.push_back({name_cell(target_name(dataset, target)), significant(scores.rmse),
                    significant(scores.mae), significant(scores.mse), r2_text(scores.r2)});
    if (baseline) rows.back().push_back(significant(baseline->regression.targets[target].rmse));
  }
  return table(rows, kTextColumn, style, kGap);
}

nlohmann::ordered_json classes_json(const ClassificationMetrics& metrics, const Dataset& dataset) {
  auto classes = nlohmann::ordered_json::array();
  for (std::size_t c = 0; c < metrics.classes.size(); ++c) {
    const ClassScores& scores = metrics.classes[c];
    classes.push_back({{"name", dataset.class_names[c]},
                       {"precision", number(scores.precision)},
                       {"recall", number(scores.recall)},
                       {"f1", number(scores.f1)},
                       {"roc_auc", number(scores.roc_auc)},
                       {"rows", scores.support}});
  }
  return classes;
}

nlohmann::ordered_json confusion_json(const ClassificationMetrics& metrics) {
  if (metrics.confusion.empty()) return nullptr;
  auto rows = nlohmann::ordered_json::array();
  for (std::size_t truth = 0; truth < metrics.confusion.rows(); ++truth) {
    rows.push_back(metrics.confusion.row(truth));
  }
  return rows;
}

nlohmann::ordered_json targets_json(const RegressionMetrics& metrics, const std::optional<Baseline>& baseline,
                                    const Dataset& dataset) {
  auto targets = nlohmann::ordered_json::array();
  for (std::size_t target = 0; target < metrics.targets.size(); ++target) {
    const TargetScores& scores = metrics.targets[target];
    targets.push_back({{"name", target_name(dataset, target)},
                       {"mse", number(scores.mse)},
                       {"rmse", number(scores.rmse)},
                       {"mae", number(scores.mae)},
                       {"r2", number(scores.r2)}});
    if (baseline) targets.back()["baseline_rmse"] = number(baseline->regression.targets[target].rmse);
  }
  return targets;
}

}  // namespace mlp::app
