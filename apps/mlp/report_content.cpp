#include "report_content.h"

#include <chrono>
#include <ctime>

#include "format.h"
#include "mlp/split.h"
#include "mlp/version.h"
#include "precision.h"
#include "train_result.h"

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

std::vector<ReportFact> data_facts(const Run& run) {
  const Dataset& data = run.data.train;
  std::vector<ReportFact> facts{{"data set", run.settings.dataset}, {"read from", run.data.origin}};
  facts.push_back({"training rows", with_thousands(run.training_rows.size())});
  if (run.validation_rows() > 0) facts.push_back({"validation rows", with_thousands(run.validation_rows())});
  facts.push_back({"test rows", with_thousands(run.data.test.rows())});
  if (data.image.height > 0) {
    facts.push_back({"images", std::to_string(data.image.height) + " \u00d7 " +
                                   std::to_string(data.image.width) + " pixels"});
  } else {
    facts.push_back({"features", with_thousands(data.features())});
  }
  if (data.task() == Task::kClassification) {
    facts.push_back({"classes", with_thousands(data.class_names.size())});
  } else {
    std::string names = data.target_names.empty() ? with_thousands(data.outputs()) : "";
    for (const auto& name : data.target_names) names += (names.empty() ? "" : ", ") + name;
    facts.push_back({data.outputs() == 1 ? "target" : "targets",
                     names + (data.unit.empty() || data.unit == names ? "" : " (" + data.unit + ")")});
  }
  return facts;
}

std::vector<ReportFact> training_facts(const Run& run, const Trained& trained) {
  const Settings& settings = run.settings;
  std::vector<ReportFact> facts{
      {"loss", to_string(settings.loss)},
      {"optimizer", to_string(settings.optimizer)},
      {"learning rate", shortest(learning_rate(settings.optimizer))},
      {"schedule", to_string(settings.schedule)},
      {"epochs", epochs_text(run, trained)},
      {"batch size", with_thousands(static_cast<std::uint64_t>(settings.batch_size))}};
  if (settings.initializer) facts.push_back({"initialiser", to_string(*settings.initializer)});
  if (settings.l2 > 0.0) facts.push_back({"L2 penalty", shortest(settings.l2)});
  if (settings.clip_norm > 0.0) facts.push_back({"gradients clipped to", shortest(settings.clip_norm)});
  if (settings.early_stopping > 0) {
    facts.push_back(
        {"early stopping", "after " + counted(static_cast<std::uint64_t>(settings.early_stopping), "epoch")});
  }
  facts.push_back({"seed", std::to_string(settings.seed)});
  if (settings.precision != Precision::kFloat32)
    facts.push_back({"precision", to_string(settings.precision)});
  facts.push_back({"threads", with_thousands(static_cast<std::uint64_t>(trained.threads))});
  return facts;
}

std::vector<std::uint64_t> class_rows(const Run& run) {
  const Dataset& data = run.data.train;
  std::vector<std::uint64_t> rows(data.class_names.size(), 0);
  if (rows.empty()) return rows;
  for (const auto n : validation_split(data, run.settings.validation, run.settings.seed).training) {
    ++rows[static_cast<std::size_t>(data.labels[n])];
  }
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

ReportContent report_content(const Run& run, const Trained& trained, const TestResult& test,
                             const Matrix<float>& outputs, const std::optional<CrossValidation>& folds,
                             const std::string& command) {
  const Dataset& data = run.data.test;
  const bool images = data.image.height > 0;
  ReportContent content;
  content.title = run.settings.dataset;
  content.made = now() + " \u00b7 mlp " + version();
  content.command = command;
  content.reproduce = shell_text({"mlp", "train", "--config", run.folder.config().string()});
  content.notes = run.data.notes;
  content.data = data_facts(run);
  content.training = training_facts(run, trained);
  if (folds) {
    const std::string label = " of " + std::to_string(folds->rows.size()) + " folds";
    for (const auto& [name, text] : fold_texts(*folds, " \u00b1 "))
      content.training.push_back({name + label, text});
  }
  if (!images) content.columns = summarize_columns(run.data.train);
  content.class_rows = class_rows(run);
  content.feature_names = data.feature_names;
  if (data.preprocessing) {
    for (const auto& column : data.preprocessing->inputs) content.cell_names.push_back(column.type.name);
  }
  content.class_names = data.class_names;
  content.target_names = data.target_names;
  content.unit = data.unit;
  content.image = data.image;
  content.layers.assign(run.network.layers().begin(), run.network.layers().end());
  content.loss_name = to_string(run.settings.loss);
  content.history = trained.history();
  content.evaluation = test.evaluation;
  if (data.task() == Task::kRegression) {
    content.targets = data.targets;
    content.predictions = outputs;
  }
  content.hardest =
      hardest_examples(data, outputs, run.settings.loss, images ? kHardestImages : kHardestRows);
  if (!data.source_rows.empty()) content.rows_of = data.name;
  content.first_weights = first_weights(trained.model);
  return content;
}

}  // namespace mlp::app
