#include "run/earlier_run.h"

#include <cmath>

#include "mlp/error.h"
#include "mlp/model.h"
#include "mlp/report.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

/// The validation metric of the epoch whose parameters the model has.
std::string score_of(const Model& model, const History& history) {
  const bool several_targets = model.task() == Task::kRegression && model.network.fan_out() > 1;
  if (several_targets) return "";  // their units may differ
  for (const auto& record : history) {
    if (record.validation_loss != model.record.validation_loss || std::isnan(record.validation_metric))
      continue;
    return model.task() == Task::kClassification
               ? ", validation accuracy " + percent(record.validation_metric)
               : ", validation RMSE " + significant(record.validation_metric) +
                     (model.unit.empty() ? "" : " " + one_line(model.unit));
  }
  return "";
}

std::vector<std::string> targets_of(const Preprocessing& preprocessing) {
  std::vector<std::string> names;
  for (const auto& target : preprocessing.targets) names.push_back(target.name);
  return names;
}

/// The target of a table's model, where it differs from that of the new run.
std::string other_target(const Model& model, const Dataset& data) {
  constexpr std::size_t kNameColumns = 32;
  if (!model.preprocessing || !data.preprocessing) return "";
  const auto earlier = targets_of(*model.preprocessing);
  if (earlier.empty() || earlier == targets_of(*data.preprocessing)) return "";
  return ", which predicts '" + shortened(one_line(earlier.front()), kNameColumns) + "'" +
         (earlier.size() > 1 ? " and " + std::to_string(earlier.size() - 1) + " more" : "") +
         "; with --output DIR both are kept";
}

}  // namespace

std::string earlier_run(const RunFolder& folder, const Dataset& data) {
  std::error_code error;
  const auto& newest =
      std::filesystem::exists(folder.checkpoint(), error) ? folder.checkpoint() : folder.model();
  const auto time = std::filesystem::last_write_time(newest, error);
  if (error) return "";
  const std::string run = "the run of " + local_time(time);
  try {
    const History history = read_metrics_csv(folder.metrics());
    const std::string epochs = " (" + counted(history.size(), "epoch");
    if (!std::filesystem::exists(folder.model())) return run + epochs + ", not finished)";
    const Model model = load_model(folder.model());
    return run + epochs + score_of(model, history) + ")" + other_target(model, data);
  } catch (const Error&) {
    return run;
  }
}

}  // namespace mlp::app
