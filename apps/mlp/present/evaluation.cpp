#include "present/evaluation.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "mlp/printable.h"
#include "present/folds.h"
#include "present/scores.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

constexpr std::size_t kLabelWidth = 12;

/// The columns that a line leaves for its value.
std::size_t value_columns(const Style& style) {
  constexpr std::size_t kBefore = 2 + kLabelWidth, kFewest = 20;
  return std::max(style.columns, kBefore + kFewest) - kBefore;
}

/// The metrics that add something to the accuracy and the loss.
std::vector<std::string> more_scores(const ClassificationMetrics& metrics, double loss) {
  std::vector<std::string> parts = {"balanced " + percent(metrics.balanced_accuracy),
                                    "macro F1 " + fixed(metrics.macro_f1, 4)};
  if (!std::isnan(metrics.roc_auc)) parts.push_back("ROC AUC " + fixed(metrics.roc_auc, 4));
  // For a network trained with plain cross-entropy it equals the loss.
  const std::string log_loss = significant(metrics.log_loss);
  if (!std::isnan(metrics.log_loss) && log_loss != significant(loss)) parts.push_back("log loss " + log_loss);
  return parts;
}

}  // namespace

nlohmann::ordered_json number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

namespace {

/// Paths may hold any bytes.
void make_utf8(nlohmann::ordered_json& value) {
  if (value.is_string()) value = in_utf8(value.get_ref<const std::string&>());
  if (value.is_structured()) std::ranges::for_each(value, make_utf8);
}

}  // namespace

std::string to_text(nlohmann::ordered_json document) {
  make_utf8(document);
  return document.dump() + "\n";
}

nlohmann::ordered_json network_json(const MultilayerPerceptron& network) {
  auto layers = nlohmann::ordered_json::array();
  for (const auto& layer : network.layers()) {
    layers.push_back({{"fan_in", layer.fan_in},
                      {"fan_out", layer.fan_out},
                      {"activation", to_string(layer.activation)},
                      {"dropout", layer.dropout}});
  }
  return layers;
}

std::string network_text(const MultilayerPerceptron& network) {
  std::string text = std::to_string(network.fan_in());
  for (const auto& layer : network.layers()) {
    text += " -> " + std::to_string(layer.fan_out) + " " + to_string(layer.activation);
    if (layer.dropout > 0.0) text += " (dropout " + shortest(layer.dropout) + ")";
  }
  return text;
}

std::string loss_text(const Loss& loss) {
  const auto smoothed = [](const Loss& plain, double smoothing) {
    return to_string(plain) + (smoothing > 0.0 ? ", label smoothing " + shortest(smoothing) : "");
  };
  if (const auto* classes = std::get_if<CrossEntropy>(&loss)) {
    return smoothed(CrossEntropy{}, classes->label_smoothing);
  }
  if (const auto* labels = std::get_if<BinaryCrossEntropy>(&loss)) {
    return smoothed(BinaryCrossEntropy{}, labels->label_smoothing);
  }
  return to_string(loss);
}

std::string baseline_answer(const TestResult& result, const Dataset& dataset) {
  constexpr std::size_t kNameColumns = 32;
  const bool own = result.baseline_of_tested_rows;
  if (!result.evaluation.classification) return own ? "always their mean" : "always the mean";
  const std::string& name = dataset.class_names[result.baseline->answer.label];
  return "always '" + shortened(one_line(name), kNameColumns) + "'" +
         (own ? ", their most frequent class" : "");
}

void add_to(nlohmann::ordered_json& document, const TestResult& result, const Dataset& dataset) {
  document["test_rows"] = result.evaluation.rows;
  document["test_loss"] = number(result.evaluation.loss);
  if (const auto& classes = result.evaluation.classification) {
    document["test_accuracy"] = number(classes->accuracy);
    document["test_balanced_accuracy"] = number(classes->balanced_accuracy);
    document["test_macro_f1"] = number(classes->macro_f1);
    document["test_roc_auc"] = number(classes->roc_auc);
    document["test_log_loss"] = number(classes->log_loss);
    if (result.baseline) {
      document["baseline_accuracy"] = number(result.baseline->accuracy);
      document["baseline_balanced_accuracy"] = number(result.baseline->balanced_accuracy);
    }
    document["test_classes"] = classes_json(*classes, dataset);
    document["test_confusion"] = confusion_json(*classes);
  }
  if (const auto& targets = result.evaluation.regression) {
    document["test_mse"] = number(targets->mse);
    document["test_rmse"] = number(targets->rmse);
    document["test_mae"] = number(targets->mae);
    document["test_r2"] = number(targets->r2);
    if (result.baseline) document["baseline_rmse"] = number(result.baseline->regression.rmse);
    document["test_targets"] = targets_json(*targets, result.baseline, dataset);
  }
  if (result.report_total_loss) document["report_total_loss"] = number(*result.report_total_loss);
  if (!result.members.empty()) document["members"] = members_json(result.members);
  if (!dataset.unit.empty()) document["unit"] = dataset.unit;
}

std::string line(const std::string& label, const std::string& value) {
  return "  " + label + std::string(kLabelWidth - std::min(kLabelWidth, label.size()), ' ') + value + "\n";
}

std::string field(const std::string& label, const std::string& value, const Style& style) {
  std::string text;
  for (const auto& part : wrap(value, value_columns(style))) text += line(text.empty() ? label : "", part);
  return text;
}

namespace {

/// "balanced accuracy and ROC AUC": the scores in which the network beats the baseline.
std::string names_of(const BetterScores& better) {
  std::string names;
  for (const auto& [is_better, name] :
       {std::pair(better.accuracy, "accuracy"), std::pair(better.balanced_accuracy, "balanced accuracy"),
        std::pair(better.roc_auc, "ROC AUC")}) {
    if (is_better) names += (names.empty() ? "" : " and ") + std::string(name);
  }
  return names;
}

constexpr const char* kMayHelp = "more rows, or inputs that say more, may help";

/// Whether the most frequent class has 1.5 times the rows it would have if classes were equal.
bool imbalanced(const Baseline& baseline) { return baseline.accuracy > 1.5 * baseline.balanced_accuracy; }

/// A verdict where accuracy is no better than that of the most frequent class, and what may help.
std::string verdict(const TestResult& result, const Dataset& dataset) {
  const std::string better = names_of(better_scores(*result.evaluation.classification, *result.baseline));
  const bool weights_may_help =
      dataset.preprocessing && imbalanced(*result.baseline) && !result.class_weights;
  const std::string advice = "--class-weight balanced makes the rare classes count more";
  if (better.empty()) return "the network is no better: " + (weights_may_help ? advice : kMayHelp);
  return "no more accurate, but better than chance by " + better + (weights_may_help ? ": " + advice : "");
}

/// Precision and recall of the rarer of two classes, usually the one of interest.
std::string rare_class_field(const ClassificationMetrics& metrics, const Dataset& dataset,
                             const Style& style) {
  constexpr std::size_t kNameColumns = 24;
  if (metrics.classes.size() != 2) return "";
  const std::size_t rare = metrics.classes[1].support <= metrics.classes[0].support ? 1 : 0;
  const ClassScores& scores = metrics.classes[rare];
  return field("",
               "'" + shortened(one_line(dataset.class_names[rare]), kNameColumns) + "': precision " +
                   fixed(scores.precision, 4) + ", recall " + fixed(scores.recall, 4),
               style);
}

/// The line below the scores.
std::string baseline_field(const TestResult& result, const Dataset& dataset, const std::string& score,
                           const Style& style) {
  return field("baseline", score + " (" + baseline_answer(result, dataset) + ")", style);
}

std::string class_fields(const TestResult& result, const Dataset& dataset, const Style& style) {
  const auto& evaluation = result.evaluation;
  const auto& classes = *evaluation.classification;
  const auto right =
      static_cast<std::uint64_t>(std::llround(classes.accuracy * static_cast<double>(evaluation.rows)));
  std::string lines =
      field("test",
            style.bold + "accuracy " + percent(classes.accuracy) + style.off + " (" +
                with_thousands(evaluation.rows - right) + " of " + with_thousands(evaluation.rows) +
                " wrong), loss " + significant(evaluation.loss),
            style);
  for (const auto& part : flow(more_scores(classes, evaluation.loss), ", ", value_columns(style))) {
    lines += line("", part);
  }
  lines += rare_class_field(classes, dataset, style);
  if (const auto& baseline = result.baseline) {
    lines += baseline_field(
        result, dataset,
        "accuracy " + percent(baseline->accuracy) +
            (imbalanced(*baseline) ? ", balanced " + percent(baseline->balanced_accuracy) : ""),
        style);
    if (!(classes.accuracy > baseline->accuracy)) lines += field("", verdict(result, dataset), style);
  }
  return lines;
}

std::string target_fields(const TestResult& result, const Dataset& dataset, const Style& style) {
  const auto& targets = *result.evaluation.regression;
  const std::string& unit = dataset.unit;
  const std::string suffix = unit.empty() ? "" : " " + unit;
  std::string lines = field("test",
                            style.bold + "RMSE " + significant(targets.rmse) + suffix + style.off + ", MAE " +
                                significant(targets.mae) + suffix + ", MSE " + significant(targets.mse) +
                                (unit.empty() ? "" : " " + unit + "^2") + ", " + style.bold + "R2 " +
                                r2_text(targets.r2) + style.off,
                            style);
  if (const auto& baseline = result.baseline) {
    lines +=
        baseline_field(result, dataset, "RMSE " + significant(baseline->regression.rmse) + suffix, style);
    if (!(targets.rmse < baseline->regression.rmse))
      lines += field("", std::string("the network is no better: ") + kMayHelp, style);
  }
  return lines;
}

/// Of the metrics only R2 is shown, as it has no unit.
std::string fields_of_several_targets(const TestResult& result, const Dataset& dataset, const Style& style) {
  const auto& targets = *result.evaluation.regression;
  std::string lines = field("test",
                            style.bold + "R2 " + r2_text(targets.r2) + style.off + " (mean of " +
                                counted(targets.targets.size(), "target") + ")",
                            style);
  if (!result.baseline) return lines;
  std::string worse;
  for (std::size_t target = 0; target < targets.targets.size(); ++target) {
    if (targets.targets[target].rmse < result.baseline->regression.targets[target].rmse) continue;
    worse += (worse.empty() ? "" : ", ") + target_name(dataset, target);
  }
  if (!worse.empty())
    lines += field(
        "",
        "no better than " + baseline_answer(result, dataset) + " for " + one_line(worse) + ": " + kMayHelp,
        style);
  return lines;
}

}  // namespace

std::string test_fields(const TestResult& result, const Dataset& dataset, const Style& style) {
  std::string lines;
  if (result.evaluation.classification) lines += class_fields(result, dataset, style);
  if (const auto& targets = result.evaluation.regression) {
    lines += targets->targets.size() > 1 ? fields_of_several_targets(result, dataset, style)
                                         : target_fields(result, dataset, style);
  }
  if (result.report_total_loss) {
    lines += field("report",
                   "total loss " + fixed(*result.report_total_loss, 3) +
                       " (standardised squared error, mean of each batch of 32, summed over one pass "
                       "through all rows)",
                   style);
  }
  if (!result.members.empty()) lines += spread_field("members", result.members, style);
  return lines;
}

std::string each_score(const TestResult& result, const Dataset& dataset, const Style& style) {
  const auto& [rows, loss, classes, targets] = result.evaluation;
  return classes ? class_table(*classes, dataset, style)
                 : target_table(*targets, result.baseline, dataset, style);
}

}  // namespace mlp::app
