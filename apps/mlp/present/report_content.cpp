#include "present/report_content.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

#include "cli/input_scaling.h"
#include "cli/option_words.h"
#include "cli/precision.h"
#include "mlp/error.h"
#include "mlp/importance.h"
#include "mlp/split.h"
#include "mlp/version.h"
#include "present/folds.h"
#include "present/report_notes.h"
#include "present/train_result.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

constexpr std::size_t kHardestImages = 24;
constexpr std::size_t kHardestRows = 12;

/// "2026-11-23 05:46 UTC"
std::string now() {
  const std::time_t time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return text.data();
}

/// What is predicted: numbers, or a table's column of classes.
std::vector<std::string> target_names(const Dataset& data) {
  if (!data.preprocessing || data.task() == Task::kRegression) return data.target_names;
  std::vector<std::string> names;
  for (const auto& target : data.preprocessing->targets) names.push_back(target.name);
  return names;
}

ReportBaseline report_baseline(const TestResult& test, const Dataset& tested) {
  const Baseline& baseline = *test.baseline;
  ReportBaseline reported{
      .answer = baseline_answer(test, tested), .accuracy = baseline.accuracy, .rmses = {}};
  if (const auto& classes = test.evaluation.classification)
    reported.beaten = better_scores(*classes, baseline).any();
  for (const auto& target : baseline.regression.targets) reported.rmses.push_back(target.rmse);
  return reported;
}

/// The scores of the folds, each next to that of the model on the test rows.
std::vector<ReportFolds> report_folds(const std::vector<FoldScores>& folds, const Evaluation& evaluation,
                                      const Dataset& tested) {
  std::vector<ReportFolds> reported;
  const auto scores = fold_scores(evaluation, tested);
  for (const auto& [name, values, mean, deviation] : folds) {
    ReportFolds fold{.name = score_title(name), .values = values, .mean = mean, .deviation = deviation};
    fold.percent = name.ends_with("accuracy");
    const auto own = std::ranges::find(scores, name, &NamedScore::name);
    if (own != scores.end()) fold.test = own->value;
    if (name == "r2") fold.name = "R\u00b2";
    reported.push_back(std::move(fold));
  }
  return reported;
}

/// "a, b"
std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

/// The user's options for reading a table's cells.
std::vector<ReportFact> reading_facts(const TableOptions& reading) {
  std::vector<ReportFact> facts;
  if (!reading.categorical.empty()) facts.push_back({"taken as categories", listed(reading.categorical)});
  if (!reading.not_missing.empty()) facts.push_back({"not taken as missing", listed(reading.not_missing)});
  if (!reading.missing.empty()) facts.push_back({"taken as missing", listed(reading.missing)});
  if (reading.decimal) facts.push_back({"decimal mark", std::string(1, *reading.decimal)});
  if (reading.delimiter) {
    facts.push_back({"delimiter", *reading.delimiter == '\t' ? "tab" : std::string(1, *reading.delimiter)});
  }
  return facts;
}

/// How rows were drawn, scaled and weighted.
std::vector<ReportFact> row_facts(const RunSummary& run) {
  std::vector<ReportFact> facts{{"validation share", shortest(run.validation_share)}};
  if (!run.table) return facts;
  const TableDataOptions& options = run.table->options;
  if (run.table->draws_test_rows) facts.push_back({"test share", shortest(options.test_fraction)});
  facts.push_back({"scaling", to_string(options.scaling)});
  if (run.data.train.task() == Task::kClassification) {
    facts.push_back({"class weight", run.balances_classes() ? "balanced" : "equal"});
  }
  if (options.sample_weight) facts.push_back({"rows weighted by", *options.sample_weight});
  return facts;
}

/// Columns of a table that nothing was learned from.
std::vector<ReportFact> left_out(const RunSummary& run) {
  std::vector<ReportFact> columns;
  for (const auto& [name, reason] : run.data.left_out)
    columns.push_back({name, in_words(reason, option_words)});
  if (!run.table) return columns;
  for (const auto& name : run.table->reading.ignore) columns.push_back({name, "ignored, as was asked for"});
  if (const auto& name = run.table->options.sample_weight)
    columns.push_back({*name, "says how much a row counts"});
  return columns;
}

/// Cells as in the table: what the network was given lacks the leading 0 of 01806, and the text of a missing
/// cell.
void show_as_in_file(const std::filesystem::path& file, const TableOptions& reading, ReportContent& content) {
  std::vector<std::size_t> rows;
  for (const auto& example : content.hardest) {
    if (!example.source_row) return;
    rows.push_back(*example.source_row);
  }
  try {
    const auto cells = read_cells(file, content.cell_names, rows, reading);
    for (std::size_t i = 0; i < rows.size(); ++i) content.hardest[i].cells = cells[i];
  } catch (const Error&) {
    // The file is gone or has changed: the cells stay as they were read.
  }
}

/// A file or folder by its name and that of its parent: the page is passed on, and full paths mean nothing
/// elsewhere.
std::string place_text(const std::filesystem::path& path) {
  return (path.parent_path().filename() / path.filename()).string();
}

std::vector<ReportFact> data_facts(const RunSummary& run) {
  const Dataset& data = run.data.train;
  std::vector<ReportFact> facts{{"data set", run.dataset}, {"read from", place_text(run.data.origin)}};
  facts.push_back({"training rows", with_thousands(run.training_rows())});
  if (run.validation_rows() > 0) facts.push_back({"validation rows", with_thousands(run.validation_rows())});
  facts.push_back({"test rows", with_thousands(run.data.test.rows())});
  if (data.preprocessing) {
    facts.push_back({"columns", with_thousands(data.preprocessing->inputs.size())});
    facts.push_back({"network inputs", with_thousands(data.features())});
  } else if (data.image.height > 0) {
    facts.push_back({"images", std::to_string(data.image.height) + " \u00d7 " +
                                   std::to_string(data.image.width) + " pixels"});
  } else {
    facts.push_back({"features", with_thousands(data.features())});
  }
  const auto targets = target_names(data);
  const std::string names =
      targets.empty() && data.class_names.empty() ? with_thousands(data.outputs()) : listed(targets);
  if (!names.empty()) {
    facts.push_back({targets.size() < 2 ? "target" : "targets",
                     names + (data.unit.empty() || data.unit == names ? "" : " (" + data.unit + ")")});
  }
  if (data.task() == Task::kClassification)
    facts.push_back({"classes", with_thousands(data.class_names.size())});
  if (run.table) {
    for (auto& fact : reading_facts(run.table->reading)) facts.push_back(std::move(fact));
  }
  return facts;
}

std::vector<ReportFact> training_facts(const RunSummary& run, const Trained& trained) {
  const TrainingOptions& options = run.options;
  std::vector<ReportFact> facts{
      {"loss", to_string(options.loss)},
      {"optimizer", to_string(options.optimizer)},
      {"learning rate", shortest(learning_rate(options.optimizer))},
      {"schedule", to_string(options.schedule)},
      {"epochs", epochs_text(run, trained)},
      {"batch size", with_thousands(static_cast<std::uint64_t>(options.batch_size))}};
  if (run.initializer) facts.push_back({"initialiser", to_string(*run.initializer)});
  if (options.l2 > 0.0) facts.push_back({"L2 penalty", shortest(options.l2)});
  if (options.clip_norm > 0.0) facts.push_back({"gradients clipped to", shortest(options.clip_norm)});
  if (options.early_stopping > 0) {
    facts.push_back(
        {"early stopping", "after " + counted(static_cast<std::uint64_t>(options.early_stopping), "epoch")});
  }
  for (auto& fact : row_facts(run)) facts.push_back(std::move(fact));
  facts.push_back({"seed", std::to_string(options.seed)});
  if (options.precision != Precision::kFloat32) facts.push_back({"precision", to_string(options.precision)});
  facts.push_back({"CPU target", options.target});
  facts.push_back({"threads", with_thousands(static_cast<std::uint64_t>(trained.threads))});
  return facts;
}

std::vector<std::uint64_t> class_rows(const RunSummary& run) {
  const Dataset& data = run.data.train;
  std::vector<std::uint64_t> rows(data.class_names.size(), 0);
  if (rows.empty()) return rows;
  for (const auto n : training_split(data).training) ++rows[static_cast<std::size_t>(data.labels[n])];
  return rows;
}

Matrix<float> first_weights(const Model& model) {
  const auto weight = model.parameters.weight(0);
  Matrix<float> copy(weight.rows(), weight.columns());
  for (std::size_t i = 0; i < copy.rows(); ++i) {
    const auto row = weight.row(i);
    std::copy(row.begin(), row.end(), copy.row(i).begin());
  }
  return copy;
}

}  // namespace

double least_training_loss(const RunSummary& run) {
  const Dataset& data = run.data.train;
  if (data.task() != Task::kClassification || !data.sample_weights.empty()) return 0.0;
  return least_loss(run.options.loss, data.class_names.size());
}

ReportContent report_content(const RunSummary& run, const Trained& trained, const TestResult& test,
                             const Matrix<float>& outputs, const std::optional<CrossValidation>& folds,
                             const std::string& command) {
  const Dataset& data = run.data.test;
  const bool images = data.image.height > 0;
  ReportContent content;
  content.title = run.dataset;
  content.made = now() + " \u00b7 mlp " + version();
  content.command = command;
  content.reproduce = shell_text({"mlp", "train", "--config", run.config_file.string()});
  content.notes = report_notes(run, trained);
  content.data = data_facts(run);
  content.training = training_facts(run, trained);
  if (run.members > 1) content.training.push_back({"ensemble", counted(run.members, "member")});
  if (folds) content.training.push_back({"folds", with_thousands(folds->rows.size())});
  if (!images) content.columns = summarize_columns(run.data.train);
  content.left_out = left_out(run);
  content.class_rows = class_rows(run);
  content.feature_names = data.feature_names;
  if (data.preprocessing) {
    for (const auto& column : data.preprocessing->inputs) content.cell_names.push_back(column.type.name);
  }
  content.class_names = data.class_names;
  content.target_names = target_names(data);
  content.unit = data.unit;
  content.image = data.image;
  content.layers.assign(run.network.layers().begin(), run.network.layers().end());
  content.loss_name = to_string(run.options.loss);
  content.history = trained.history();
  content.least_loss = least_training_loss(run);
  content.weighted = !run.data.train.sample_weights.empty();
  content.evaluation = test.evaluation;
  if (test.baseline) content.baseline = report_baseline(test, data);
  if (folds) content.folds = report_folds(folds->scores, test.evaluation, data);
  content.members = report_folds(test.members, test.evaluation, data);
  if (!images) {
    content.importances =
        permutation_importance(trained.model, data, {.seed = run.options.seed}, run.prediction());
  }
  if (data.task() == Task::kRegression) {
    content.targets = data.targets;
    content.predictions = outputs;
  }
  if (data.class_names.size() == 2)
    content.two_classes =
        two_class_curves(outputs, data.labels, output_kind(run.network.layers().back().activation));
  content.hardest = hardest_examples(data, outputs, run.options.loss, images ? kHardestImages : kHardestRows);
  if (const auto& source = run.row_source; source && !data.source_rows.empty()) {
    content.rows_of = source->file.filename().string();
    content.row_numbers = source->numbers;
    if (run.table) show_as_in_file(source->file, run.table->reading, content);
  }
  content.first_weights = first_weights(trained.model);
  return content;
}

}  // namespace mlp::app
