#include "present/folds.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "present/evaluation.h"
#include "terminal/format.h"

namespace mlp::app {

std::string score_title(const std::string& name) {
  constexpr std::string_view kRmseOf = "rmse_";
  if (name == "rmse" || name == "mae") return name == "rmse" ? "RMSE" : "MAE";
  if (name == "r2") return "R2";
  if (name.starts_with(kRmseOf)) return "RMSE of " + one_line(name.substr(kRmseOf.size()));
  if (name == "roc_auc") return "ROC AUC";
  if (name == "macro_f1") return "macro F1";
  std::string title = name;
  std::replace(title.begin(), title.end(), '_', ' ');
  return title;
}

std::string score_text(const std::string& name, double value) {
  return name.ends_with("accuracy") ? percent(value) : significant(value);
}

std::string fold_line(const FoldResult& result, std::size_t count) {
  const auto text = [](const NamedScore& score) {
    return score_title(score.name) + " " + score_text(score.name, score.value);
  };
  const auto& targets = result.evaluation.regression;
  const bool several_targets = targets && targets->targets.size() > 1;
  return "fold " + std::to_string(result.fold + 1) + "/" + std::to_string(count) + "  " +
         text(result.scores[0]) + (several_targets ? "" : ", " + text(result.scores[1])) + "  (" +
         counted(result.evaluation.rows, "row") + ")\n";
}

std::string spread_field(const std::string& label, const std::vector<FoldScores>& scores,
                         const Style& style) {
  std::string lines;
  for (const auto& metric : scores) {
    const std::string text = score_title(metric.name) + " " + score_text(metric.name, metric.mean) + " +- " +
                             score_text(metric.name, metric.deviation);
    const bool first = lines.empty();
    lines += first ? line(label, style.bold + text + style.off + " (mean and standard deviation of " +
                                     std::to_string(metric.values.size()) + ")")
                   : line("", text);
  }
  return lines;
}

std::string folds_field(const CrossValidation& result, const Style& style) {
  return spread_field("folds", result.scores, style);
}

namespace {

void add_scores(nlohmann::ordered_json& document, const std::vector<FoldScores>& scores) {
  for (const auto& metric : scores) {
    document[metric.name] = {
        {"mean", metric.mean}, {"standard_deviation", metric.deviation}, {"values", metric.values}};
  }
}

}  // namespace

nlohmann::ordered_json folds_json(const CrossValidation& result) {
  nlohmann::ordered_json document;
  document["count"] = result.rows.size();
  document["test_rows"] = result.rows;
  add_scores(document, result.scores);
  return document;
}

nlohmann::ordered_json members_json(const std::vector<FoldScores>& members) {
  nlohmann::ordered_json document;
  document["count"] = members.front().values.size();
  add_scores(document, members);
  return document;
}

std::string interrupted_folds_text(const CrossValidation& done, std::size_t count) {
  const std::size_t folds = done.rows.size();
  std::string text = " in fold " + std::to_string(folds + 1) + " of " + std::to_string(count) +
                     "; the folds are not saved\n";
  if (folds > 0) {
    const FoldScores& first = done.scores.front();
    std::string values;
    for (const double value : first.values)
      values += (values.empty() ? "" : ", ") + score_text(first.name, value);
    text += "  done: " + (folds == 1 ? std::string("fold 1") : "folds 1 to " + std::to_string(folds)) + ", " +
            score_title(first.name) + " " + values + "\n";
  }
  return text +
         "  hint: the same command begins with fold 1 again, and comes to the same numbers; without --folds "
         "it trains the model alone";
}

}  // namespace mlp::app
