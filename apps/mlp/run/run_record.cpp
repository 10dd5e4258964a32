#include "run/run_record.h"

#include <utility>

#include "cli/option_value.h"
#include "mlp/error.h"
#include "run/option_sources.h"

namespace mlp::app {
namespace {

/// What a run with the settings in config.toml minimised, as far as they can be read.
Minimised minimised_by(const std::filesystem::path& config) {
  const TrainArguments arguments = arguments_in(config);
  Minimised run;
  run.row_use = {.validation_fraction = read_number<double>(arguments.validation.value_or("")).value_or(0.0),
                 .weight_column = arguments.sample_weight.value_or(""),
                 .balanced_classes = arguments.class_weight == "balanced"};
  const auto known = [](const auto& read) {
    try {
      read();
    } catch (const std::exception&) {  // of another version, perhaps
    }
  };
  if (arguments.loss) known([&] { run.loss = parse_loss(*arguments.loss); });
  if (arguments.layers) known([&] { run.outputs = parse_network(*arguments.layers, 1).fan_out(); });
  return run;
}

std::optional<Minimised> configured_in(const RunFolder& folder) {
  if (!std::filesystem::exists(folder.config())) return std::nullopt;
  return minimised_by(folder.config());
}

}  // namespace

std::optional<RowUse> row_use_in(const RunFolder& folder, const Model& model) {
  if (model.record.row_use) return model.record.row_use;
  const auto configured = configured_in(folder);
  return configured ? std::optional(configured->row_use) : std::nullopt;
}

Minimised minimised_in(const RunFolder& folder) {
  if (std::filesystem::exists(folder.model())) {
    try {
      const Model model = load_model(folder.model());
      return {.loss = model.loss,
              .outputs = model.network.fan_out(),
              .row_use = row_use_in(folder, model).value_or(RowUse{})};
    } catch (const Error&) {  // a damaged model is no reason not to plot
    }
  }
  return configured_in(folder).value_or(Minimised{});
}

std::optional<DataOrigin> origin_in(const RunFolder& folder, const Model& model) {
  if (!std::filesystem::exists(folder.config())) return std::nullopt;
  DataOrigin origin = data_origin(arguments_in(folder.config()));
  auto* table = std::get_if<TableOrigin>(&origin);
  const auto& from = model.record.fine_tuned_from;
  // A preprocessing that was not learned from the table must not be learned from it now.
  if (table != nullptr && from && from->kept_preprocessing)
    table->options.preprocessing = model.preprocessing;
  return origin;
}

}  // namespace mlp::app
