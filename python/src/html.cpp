#include "html.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "mlp/error.h"
#include "mlp/html_report.h"
#include "mlp/importance.h"
#include "mlp/number_text.h"
#include "mlp/report.h"
#include "mlp/version.h"

namespace mlp::python {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHardestRows = 12;

std::string escaped(const std::string& text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

double least_loss_of(const Model& model) {
  return model.task() == Task::kClassification ? least_loss(model.loss, model.class_names.size()) : 0.0;
}

/// The library draws figures to files; this one is read back and removed.
std::string loss_curve_svg(const Model& model, const History& history) {
  std::string folder = (fs::temp_directory_path() / "mlp-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return {};
  const fs::path path = fs::path(folder) / "loss.svg";
  draw_loss_curves({loss_curve(history, "", least_loss_of(model))}, model.record.dataset,
                   to_string(model.loss), {path});
  std::ifstream file(path, std::ios::binary);
  std::string svg{std::istreambuf_iterator<char>(file), {}};
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return svg;
}

using Facts = std::vector<ReportFact>;

Facts training_facts(const Model& model) {
  const TrainingRecord& record = model.record;
  return {{"loss", to_string(model.loss)},
          {"optimizer", record.optimizer},
          {"learning rate", compact(record.learning_rate, 6)},
          {"schedule", record.schedule},
          {"epochs", std::to_string(record.epochs)},
          {"batch size", std::to_string(record.batch_size)},
          {"seed", std::to_string(record.seed)}};
}

std::string now() {
  const std::time_t time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return text.data();
}

Matrix<float> first_weights(const Model& model) {
  const auto weights = model.parameters.weight(0);
  Matrix<float> copy(weights.rows(), weights.columns());
  for (std::size_t i = 0; i < weights.rows(); ++i) std::ranges::copy(weights.row(i), copy.row(i).begin());
  return copy;
}

std::vector<std::uint64_t> class_rows(const Dataset& dataset) {
  std::vector<std::uint64_t> rows(dataset.class_names.size());
  for (const std::int32_t label : dataset.labels) ++rows[static_cast<std::size_t>(label)];
  return rows;
}

}  // namespace

std::string summary_html(const Model& model, const History& history) {
  Facts facts{{"network", std::to_string(model.network.fan_in()) + " \u2192 " + to_string(model.network)},
              {"parameters", with_thousands(model.network.parameter_count())}};
  if (model.member_count() > 1) facts.push_back({"members", std::to_string(model.member_count())});
  if (!model.record.dataset.empty()) facts.push_back({"trained on", model.record.dataset});
  for (auto& fact : training_facts(model)) facts.push_back(std::move(fact));
  std::string html = "<table>";
  for (const auto& [label, value] : facts)
    html += "<tr><th style=\"text-align:left\">" + escaped(label) + "</th><td style=\"text-align:left\">" +
            escaped(value) + "</td></tr>";
  html += "</table>";
  return history.empty() ? html : html + loss_curve_svg(model, history);
}

void write_report(const Model& model, const History& history, const Dataset* train, const Dataset& test,
                  const fs::path& path) {
  ReportContent content{.title = test.name.empty() ? "model" : test.name,
                        .made = now() + ", mlp " + version(),
                        .training = training_facts(model),
                        .feature_names = model.feature_names,
                        .class_names = model.class_names,
                        .target_names = model.target_names,
                        .unit = model.unit,
                        .image = model.image,
                        .loss_name = to_string(model.loss),
                        .least_loss = least_loss_of(model),
                        .history = history,
                        .evaluation = evaluate(model, test),
                        .predictions = predict(model, test.inputs)};
  content.data = {{"test rows", with_thousands(test.rows())}};
  if (train != nullptr) {
    content.data.insert(content.data.begin(), {"training rows", with_thousands(train->rows())});
    content.columns = summarize_columns(*train);
    content.class_rows = class_rows(*train);
  }
  content.layers.assign(model.network.layers().begin(), model.network.layers().end());
  if (model.preprocessing) {
    for (const auto& type : model.preprocessing->input_types()) content.cell_names.push_back(type.name);
    if (model.task() == Task::kClassification)
      for (const auto& target : model.preprocessing->targets) content.target_names.push_back(target.name);
  }
  if (model.class_names.size() == 2) {
    content.two_classes = two_class_curves(content.predictions, test.labels,
                                           output_kind(model.network.layers().back().activation));
  }
  content.hardest = hardest_examples(test, content.predictions, model.loss, kHardestRows);
  content.targets = test.targets;
  content.row_numbers = RowNumbers::kFromZero;
  if (model.image == ImageShape{}) content.importances = permutation_importance(model, test);
  content.first_weights = first_weights(model);
  write_html_report(content, path);
}

}  // namespace mlp::python
