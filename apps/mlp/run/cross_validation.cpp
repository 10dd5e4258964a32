#include "run/cross_validation.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/option_value.h"
#include "mlp/csv.h"
#include "mlp/error.h"
#include "mlp/split.h"
#include "mlp/table.h"
#include "present/evaluation.h"
#include "present/scores.h"
#include "terminal/format.h"
#include "terminal/interrupt.h"

namespace mlp::app {
namespace {

class StopsAtInterrupt : public TrainingObserver {
 public:
  bool on_step(const StepProgress&) override { return interrupt_signal() == 0; }
};

/// Some rows of any data set but a table.
template <class T>
std::vector<T> selected(const std::vector<T>& values, const std::vector<std::uint32_t>& rows) {
  std::vector<T> result;
  if (values.empty()) return result;
  for (const std::uint32_t row : rows) result.push_back(values[row]);
  return result;
}

template <class T>
Matrix<T> selected(const Matrix<T>& matrix, const std::vector<std::uint32_t>& rows) {
  if (matrix.rows() == 0) return {};
  Matrix<T> result(rows.size(), matrix.columns());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    std::copy_n(matrix.row(rows[n]).data(), matrix.columns(), result.row(n).data());
  }
  return result;
}

Dataset selected(const Dataset& dataset, const std::vector<std::uint32_t>& rows) {
  Dataset part;
  part.name = dataset.name;
  part.inputs =
      std::visit([&](const auto& inputs) -> Inputs { return selected(inputs, rows); }, dataset.inputs);
  part.labels = selected(dataset.labels, rows);
  part.targets = selected(dataset.targets, rows);
  part.sample_weights = selected(dataset.sample_weights, rows);
  part.feature_names = dataset.feature_names;
  part.class_names = dataset.class_names;
  part.target_names = dataset.target_names;
  part.unit = dataset.unit;
  part.image = dataset.image;
  part.input_units = dataset.input_units;
  return part;
}

/// Calls body(split) for each fold's training and test rows.
template <class Body>
void for_each_fold(const Run& run, std::size_t count, const Body& body) {
  const std::uint64_t seed = run.settings.seed;
  if (const auto* origin = std::get_if<TableOrigin>(&run.settings.data)) {
    const TableToSplit table = table_to_split(*origin, run.settings.validation, seed);
    for (auto& held_out : folds(table.labeled.strata(), count, seed)) {
      body(split_table(table.table, table.labeled, hold_out(table.labeled.rows.size(), std::move(held_out)),
                       table.question));
    }
    return;
  }
  const Dataset& all = run.data.train;
  for (auto& held_out : folds(all, count, seed)) {
    const RowSplit rows = hold_out(all.rows(), std::move(held_out));
    DataSplit split{.train = selected(all, rows.training),
                    .test = selected(all, rows.held_out),
                    .notes = {},
                    .origin = {}};
    hold_out_validation_rows(split.train, {.validation_fraction = run.settings.validation, .seed = seed});
    body(split);
  }
}

/// Before a target's name: its RMSE, one of several.
const std::string kRmseOf = "rmse_";

std::string score_text(const std::string& name, double value) {
  return name.ends_with("accuracy") ? percent(value) : significant(value);
}

/// What an interruption leaves of the folds: nothing but what is said here.
std::string interrupted_text(const CrossValidation& done, std::size_t count) {
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

void finish(FoldScores& scores) {
  const double count = static_cast<double>(scores.values.size());
  scores.mean = std::accumulate(scores.values.begin(), scores.values.end(), 0.0) / count;
  double sum = 0;
  for (const double value : scores.values) sum += (value - scores.mean) * (value - scores.mean);
  scores.deviation = std::sqrt(sum / (count - 1));
}

}  // namespace

std::vector<NamedScore> fold_scores(const Evaluation& evaluation, const Dataset& tested) {
  if (const auto& classes = evaluation.classification) {
    return {{"accuracy", classes->accuracy},
            {"balanced_accuracy", classes->balanced_accuracy},
            {"macro_f1", classes->macro_f1},
            {"roc_auc", classes->roc_auc},
            {"log_loss", classes->log_loss}};
  }
  const auto& all = *evaluation.regression;
  if (all.targets.size() == 1) return {{"rmse", all.rmse}, {"mae", all.mae}, {"r2", all.r2}};
  // Targets have units of their own; only R2 can be averaged over them.
  std::vector<NamedScore> scores = {{"r2", all.r2}};
  for (std::size_t target = 0; target < all.targets.size(); ++target) {
    scores.emplace_back(kRmseOf + target_name(tested, target), all.targets[target].rmse);
  }
  return scores;
}

std::string score_title(const std::string& name) {
  if (name == "rmse" || name == "mae") return name == "rmse" ? "RMSE" : "MAE";
  if (name == "r2") return "R2";
  if (name.starts_with(kRmseOf)) return "RMSE of " + one_line(name.substr(kRmseOf.size()));
  if (name == "roc_auc") return "ROC AUC";
  if (name == "macro_f1") return "macro F1";
  std::string title = name;
  std::replace(title.begin(), title.end(), '_', ' ');
  return title;
}

std::size_t parse_folds(const std::string& text) { return whole<std::size_t>("--folds", text, 2, 1000); }

CrossValidation cross_validate(const Run& run, std::size_t count, bool quiet) {
  CrossValidation result;
  for_each_fold(run, count, [&](const DataSplit& split) {
    StopsAtInterrupt observer;
    const Trained trained =
        train(network_for(run.settings, split.train), split.train, run.options, &observer);
    if (interrupt_signal() != 0) throw Interrupted{interrupted_text(result, count)};
    const Evaluation evaluation = evaluate(trained, split.test, run.prediction());
    const auto scores = fold_scores(evaluation, split.test);
    result.rows.push_back(evaluation.rows);
    result.scores.resize(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      result.scores[i].name = scores[i].first;
      result.scores[i].values.push_back(scores[i].second);
    }
    if (!quiet) {
      const auto text = [&](const NamedScore& score) {
        return score_title(score.first) + " " + score_text(score.first, score.second);
      };
      const bool several_targets = split.test.task() == Task::kRegression && split.test.outputs() > 1;
      print_error("fold " + std::to_string(result.rows.size()) + "/" + std::to_string(count) + "  " +
                  text(scores[0]) + (several_targets ? "" : ", " + text(scores[1])) + "  (" +
                  counted(evaluation.rows, "row") + ")\n");
    }
  });
  // ROC AUC, for one, needs rows of two classes in every fold.
  std::erase_if(result.scores, [](const FoldScores& scores) {
    return std::any_of(scores.values.begin(), scores.values.end(),
                       [](double x) { return !std::isfinite(x); });
  });
  for (auto& scores : result.scores) finish(scores);
  return result;
}

std::string folds_field(const CrossValidation& result, const Style& style) {
  std::string lines;
  for (const auto& scores : result.scores) {
    const std::string text = score_title(scores.name) + " " + score_text(scores.name, scores.mean) + " +- " +
                             score_text(scores.name, scores.deviation);
    const bool first = lines.empty();
    lines += first ? line("folds", style.bold + text + style.off + " (mean and standard deviation of " +
                                       std::to_string(result.rows.size()) + ")")
                   : line("", text);
  }
  return lines;
}

nlohmann::ordered_json folds_json(const CrossValidation& result) {
  nlohmann::ordered_json document;
  document["count"] = result.rows.size();
  document["test_rows"] = result.rows;
  for (const auto& scores : result.scores) {
    document[scores.name] = {
        {"mean", scores.mean}, {"standard_deviation", scores.deviation}, {"values", scores.values}};
  }
  return document;
}

std::string folds_csv(const CrossValidation& result) {
  std::vector<std::string> cells = {"fold", "rows"};
  for (const auto& scores : result.scores) cells.push_back(scores.name);
  std::string text = csv_record(cells);
  for (std::size_t fold = 0; fold < result.rows.size(); ++fold) {
    cells = {std::to_string(fold + 1), std::to_string(result.rows[fold])};
    for (const auto& scores : result.scores) cells.push_back(shortest(scores.values[fold]));
    text += csv_record(cells);
  }
  return text;
}

std::optional<CrossValidation> read_folds(const std::filesystem::path& path, std::size_t count) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const Table table = read_table(path);
  if (table.rows != count) return std::nullopt;
  CrossValidation result;
  for (const auto& column : table.columns) {
    const auto& name = column.type.name;
    const auto& numbers = column.numbers;
    if (numbers.size() != count) return std::nullopt;
    if (name == "rows") result.rows.assign(numbers.begin(), numbers.end());
    if (name == "rows" || name == "fold") continue;
    result.scores.push_back({.name = name, .values = numbers});
    finish(result.scores.back());
  }
  return result;
}

}  // namespace mlp::app
