#include "run/settings.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "cli/option_value.h"
#include "cli/precision.h"
#include "cli/sparse_inputs.h"
#include "cli/target.h"
#include "cli/threads.h"
#include "mlp/dataset.h"
#include "mlp/error.h"
#include "mlp/version.h"
#include "run/config_file.h"
#include "run/fine_tuning.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

double fraction(const std::string& option, const std::string& text) {
  return real(option, text, "a number from 0 to below 1", [](double x) { return x >= 0.0 && x < 1.0; });
}

// Training works in float32: these are the bounds of its normal numbers above 0.
constexpr double kLeast = 1.2e-38, kMost = 3.4e38;

double not_negative(const std::string& option, const std::string& text) {
  return real(option, text, "0 or a number from 1.2e-38 to 3.4e+38",
              [](double x) { return x == 0.0 || (x >= kLeast && x <= kMost); });
}

std::string hexadecimal(std::uint64_t number) {
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[number >> shift & 15];
  return text;
}

/// The same layers with `change` made to each.
template <class Change>
MultilayerPerceptron changed(const MultilayerPerceptron& network, const Change& change) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (std::size_t i = 0; i < layers.size(); ++i) change(layers[i], i + 1 == layers.size());
  return MultilayerPerceptron(std::move(layers));
}

std::string canonical_layers(const TrainArguments& arguments, const Recipe& recipe) {
  // The number of inputs is known only with the data; nothing in the text depends on it.
  auto network =
      option_value("--layers", [&] { return parse_network(arguments.layers.value_or(recipe.layers), 1); });
  if (arguments.dropout) {
    const double dropout = fraction("--dropout", *arguments.dropout);
    if (network.depth() == 1 && dropout > 0.0) {
      throw UsageError("--dropout acts on hidden layers, and " + to_string(network) + " has none",
                       "add hidden layers: --layers 64:relu," + to_string(network));
    }
    network = changed(network, [&](Layer& layer, bool last) {
      if (!last) layer.dropout = dropout;
    });
  }
  return to_string(network);
}

/// --weight-decay is that of an optimizer which decays weights by itself; for any other it sets the L2
/// penalty.
void apply_weight_decay(const TrainArguments& arguments, TrainingOptions& training) {
  if (arguments.l2) training.l2 = not_negative("--l2", *arguments.l2);
  if (!arguments.weight_decay) return;
  const double decay = not_negative("--weight-decay", *arguments.weight_decay);
  if (weight_decay(training.optimizer)) {
    training.optimizer = with_weight_decay(training.optimizer, decay);
  } else if (arguments.l2) {
    throw UsageError("--weight-decay and --l2 are the same thing with " + to_string(training.optimizer),
                     "give one of them, or take --optimizer " + alternatives(decaying_optimizers()) +
                         ", which decays weights by itself");
  } else {
    training.l2 = decay;
  }
}

/// "squared_error, ... or huber"
std::string losses_for_numbers() {
  std::vector<std::string> names;
  for (const Loss& loss : all_losses()) {
    if (loss_targets(loss) == LossTargets::kNumbers) names.push_back(to_string(loss));
  }
  return alternatives(names);
}

/// The last layer gives one output for each class or target, of a kind the loss is defined on. Checked before
/// any data is read: the recipe's own network has the output layer that the data set needs.
void check_output(const Settings& settings, const Recipe& recipe) {
  const auto network = parse_network(settings.layers, 1);
  const auto layers = network.layers();
  const Layer& last = layers.back();
  const std::size_t outputs = parse_network(recipe.layers, 1).fan_out();
  const Loss& loss = settings.training.loss;
  const std::string loss_text = "--loss " + to_string(loss);
  const std::string width = std::to_string(outputs);
  if (last.fan_out != outputs) {
    throw UsageError("--layers: the last layer is " + std::to_string(last.fan_out) + " wide, but " +
                         recipe.dataset + " needs " + width +
                         (recipe.classes ? ", one for each class" : ", one for each target"),
                     "end --layers in " + width + (recipe.classes ? ":softmax" : ":linear"));
  }
  if (!recipe.classes && loss_targets(loss) != LossTargets::kNumbers) {
    throw UsageError(loss_text + " is for classes, and " + recipe.dataset + " has numbers to predict",
                     "take " + losses_for_numbers());
  }
  if (outputs == 1 && std::holds_alternative<Softmax>(last.activation)) {
    throw UsageError("--layers: softmax of a single output is always 1", "end --layers in 1:linear");
  }
  if (compatible(loss, last.activation)) return;
  std::string suited;
  for (const auto& activation : all_activations()) {
    if (!compatible(loss, activation)) continue;
    suited += (suited.empty() ? width + ":" : " or " + width + ":") + to_string(activation);
  }
  throw UsageError(loss_text + " cannot follow a " + to_string(last.activation) + " output",
                   "end --layers in " + suited + ", or take another --loss");
}

}  // namespace

std::vector<std::string> decaying_optimizers() {
  std::vector<std::string> names;
  for (const Optimizer& optimizer : all_optimizers()) {
    if (weight_decay(optimizer)) names.push_back(to_string(optimizer));
  }
  return names;
}

Drawing parse_drawing(const TrainArguments& arguments, double default_validation) {
  return {.validation_fraction =
              arguments.validation ? fraction("--validation", *arguments.validation) : default_validation,
          .seed = arguments.seed ? whole<std::uint64_t>("--seed", *arguments.seed, 0, ~std::uint64_t{0}) : 1};
}

Drawing drawing_of(const Settings& settings) {
  return {.validation_fraction = settings.validation, .seed = settings.training.seed};
}

Settings resolve(const TrainArguments& arguments, const DataOrigin& data, const Recipe& recipe,
                 const Environment& environment) {
  Settings settings;
  settings.data = data;
  settings.dataset = recipe.dataset;
  settings.recipe = arguments.recipe;
  settings.layers = canonical_layers(arguments, recipe);
  const std::string initializer = arguments.initializer.value_or(recipe.initializer);
  if (arguments.initializer || !initializer.empty()) {
    settings.initializer = option_value("--initializer", [&] { return parse_initializer(initializer); });
  }
  TrainingOptions& training = settings.training;
  training.loss = option_value("--loss", [&] { return parse_loss(arguments.loss.value_or(recipe.loss)); });
  training.optimizer = option_value(
      "--optimizer", [&] { return parse_optimizer(arguments.optimizer.value_or(recipe.optimizer)); });
  // The recipe's learning rate belongs to the recipe's optimizer; another one starts from its own default.
  if (arguments.learning_rate) {
    training.optimizer =
        with_learning_rate(training.optimizer, real("--learning-rate", *arguments.learning_rate,
                                                    "a number above 0, from 1.2e-38 to 3.4e+38",
                                                    [](double x) { return x >= kLeast && x <= kMost; }));
  } else if (!arguments.optimizer) {
    training.optimizer = with_learning_rate(training.optimizer, recipe.learning_rate);
  }
  check_output(settings, recipe);
  apply_weight_decay(arguments, training);
  training.schedule = option_value(
      "--schedule", [&] { return parse_schedule(arguments.schedule.value_or(recipe.schedule)); });
  training.epochs = arguments.epochs ? whole("--epochs", *arguments.epochs, 1, 1000000) : recipe.epochs;
  training.batch_size =
      arguments.batch_size ? whole("--batch-size", *arguments.batch_size, 1, 1000000000) : recipe.batch_size;
  if (arguments.clip_norm) training.clip_norm = not_negative("--clip-norm", *arguments.clip_norm);
  const Drawing drawing = parse_drawing(arguments, recipe.validation);
  settings.validation = drawing.validation_fraction;
  training.seed = drawing.seed;
  if (arguments.early_stopping) {
    training.early_stopping = whole("--early-stopping", *arguments.early_stopping, 0, 1000000);
    if (training.early_stopping > 0 && settings.validation == 0.0) {
      throw UsageError("--early-stopping watches the validation loss, and --validation is 0",
                       "hold some rows out of training: --validation 0.1");
    }
  }
  training.precision = parse_precision(arguments.precision);
  if (arguments.ensemble) {
    settings.members = whole<std::size_t>("--ensemble", *arguments.ensemble, 2, 64);
    if (arguments.folds) {
      throw UsageError("--folds and --ensemble are not taken together",
                       "leave out --ensemble to cross-validate one member");
    }
  }
  if (arguments.init) settings.init = std::filesystem::absolute(*arguments.init).lexically_normal();
  training.keep_preprocessing = keeps_preprocessing(arguments);
  training.threads = parse_threads(arguments.threads);
  training.sparse_inputs = parse_sparse_inputs(arguments.sparse_inputs);
  settings.tensorboard = arguments.tensorboard;
  settings.checkpoint_every = parse_checkpoint_every(arguments.checkpoint_every);
  training.target = choose_target(environment, arguments.cpu_target);
  check_precision(training.precision, training.target);
  // The target is named if it was asked for, or if its bits differ from those of most CPUs.
  settings.names_target =
      arguments.cpu_target || !environment.mlp_target.empty() || !is_fused(training.target);
  if (arguments.examples) training.examples = whole("--examples", *arguments.examples, 0, 1000);
  if (arguments.folds) settings.folds = whole<std::size_t>("--folds", *arguments.folds, 2, 1000);
  if (arguments.data_dir) settings.data_dir = std::filesystem::absolute(*arguments.data_dir);
  return settings;
}

MultilayerPerceptron network_for(const Settings& settings, const Dataset& dataset) {
  const auto network = parse_network(settings.layers, dataset.features());
  return changed(network, [&](Layer& layer, bool) { layer.initializer = settings.initializer; });
}

std::string to_toml(const Settings& settings) { return option_lines(settings, &Written::config); }

std::string fingerprint(const Settings& settings, const Dataset& dataset) {
  return option_lines(settings, &Written::identity) + "rows = " + std::to_string(dataset.rows()) +
         "\nfeatures = " + std::to_string(dataset.features()) +
         "\ndata = " + toml_string(hexadecimal(content_hash(dataset))) +
         "\nversion = " + toml_string(version()) + "\n";
}

bool is_of(const std::string& fingerprint, const Dataset& dataset) {
  const std::string line = "\ndata = " + toml_string(hexadecimal(content_hash(dataset))) + "\n";
  return fingerprint.find(line) != std::string::npos;
}

Difference difference(const std::string& fingerprint, const std::string& in_checkpoint,
                      const std::string& of_data) {
  // Options come first in a fingerprint. Where one differs, so do the data that follow from it, which need
  // not be mentioned.
  const auto follows_from_options = [](const std::string& key) {
    return key == "rows" || key == "features" || key == "data";
  };
  std::map<std::string, std::string> there;
  const auto text_of = [](const ConfigEntry& entry) {
    return entry.values.size() == 1 ? entry.values.front() : toml_array(entry.values);
  };
  for (const auto& entry : parse_config(in_checkpoint, "checkpoint")) there[entry.key] = text_of(entry);
  // Only CPU targets whose bits differ from those of most are named.
  const auto absent = [](const std::string& key) {
    return key == "cpu-target" ? "one with fused multiply-add" : "not given";
  };
  Difference result;
  bool data_differ = false;
  const auto add = [&](const std::string& key, const std::string& here, const std::string& other) {
    if (follows_from_options(key)) {
      if (!result.options && !data_differ) result.text = of_data;
      data_differ = true;
      return;
    }
    result.options = true;
    result.text += (result.text.empty() ? "" : "; ") + (key == "version" ? "the version of mlp" : key) +
                   " is " + here + ", but " + other + " in the checkpoint";
  };
  for (const auto& entry : parse_config(fingerprint, "settings")) {
    const std::string value = text_of(entry);
    const auto found = there.find(entry.key);
    if (found == there.end()) {
      add(entry.key, value, absent(entry.key));
    } else {
      if (found->second != value) add(entry.key, value, found->second);
      there.erase(found);
    }
  }
  for (const auto& [key, value] : there) add(key, absent(key), value);
  return result;
}

}  // namespace mlp::app
