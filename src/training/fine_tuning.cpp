// See training/fine_tuning.h.
#include "training/fine_tuning.h"

#include <algorithm>

#include "mlp/error.h"
#include "network/text.h"
#include "network/validate.h"

namespace mlp {

namespace {

/// Whether parameters mean the same in both layers: all but initialisation and dropout agree.
bool computes_alike(const Layer& a, const Layer& b) {
  return a.fan_in == b.fan_in && a.fan_out == b.fan_out && a.activation == b.activation;
}

}  // namespace

bool keeps_output_layer(const Model& model, const Dataset& dataset) {
  return model.task() == dataset.task() && model.class_names == dataset.class_names &&
         model.target_names == dataset.target_names;
}

void check_init(const MultilayerPerceptron& network, const Dataset& dataset, const TrainingOptions& options) {
  if (options.init == nullptr) return;
  const Model& model = *options.init;
  const auto theirs = model.network.layers(), ours = network.layers();
  const std::size_t kept = theirs.size() - (keeps_output_layer(model, dataset) ? 0 : 1);
  const bool fits = ours.size() == theirs.size() &&
                    std::ranges::equal(ours.first(kept), theirs.first(kept), computes_alike);
  require(fits, "train: the network " + to_string(network) + " cannot start from a model of " +
                    to_string(model.network) + ", whose layers it must have");
  require(dataset.feature_names.empty() || model.feature_names.empty() ||
              dataset.feature_names == model.feature_names,
          "train: the data set's features are not those of the model that training starts from");
  if (!options.keep_preprocessing) return;
  require(dataset.input_units == model.input_units,
          "train: the data set's inputs are not in the units of the model that training starts from");
  const auto &ours_made_by = dataset.preprocessing, &theirs_made_by = model.preprocessing;
  require(ours_made_by.has_value() == theirs_made_by.has_value() &&
              (!ours_made_by || encode_alike(*ours_made_by, *theirs_made_by)),
          "train: the data set's inputs are not made by the preprocessing of the model that training starts "
          "from; give it to split_table, or let keep_preprocessing be false");
}

Parameters starting_parameters(const MultilayerPerceptron& network, const Dataset& dataset,
                               const TrainingOptions& options) {
  Parameters parameters = initialize(network, options.seed);
  if (options.init == nullptr) return parameters;
  const Parameters& theirs = options.init->parameters;
  const bool whole = keeps_output_layer(*options.init, dataset);
  // The layers lie one after the other.
  const std::size_t count = whole ? theirs.values().size() : theirs.layout().blocks().back().weight;
  std::ranges::copy(theirs.values().first(count), parameters.values().begin());
  return parameters;
}

}  // namespace mlp
