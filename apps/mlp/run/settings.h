// What decides a training run: recipe, config file and options resolved to one checked value.
//
// Its text is the run's config.toml and, with the shape of the data, the fingerprint in its checkpoint.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "mlp/initializer.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/train.h"
#include "run/checkpoint_every.h"
#include "run/recipes.h"
#include "run/train_options.h"
#include "terminal/environment.h"

namespace mlp::app {

/// The values of the options, except where the run is written and what is printed.
struct Settings {
  DataOrigin data;
  std::string dataset;                ///< its name
  std::optional<std::string> recipe;  ///< the one asked for
  std::string layers;                 ///< canonical, dropout included
  std::optional<Initializer> initializer;
  TrainingOptions training;
  double validation = 0.0;
  std::size_t members = 1;           ///< of the ensemble
  std::optional<std::size_t> folds;  ///< to cross-validate with
  std::filesystem::path init;        ///< absolute: the model that training starts from; empty: none
  bool names_target = false;  ///< config.toml names the CPU target: asked for, or one with bits of its own
  CheckpointEvery checkpoint_every;
  bool tensorboard = false;        ///< an event file is written, too
  std::filesystem::path data_dir;  ///< absolute; empty: not given
};

/// --validation and --seed, which decide which rows are drawn, before the recipe is known. Throws UsageError.
Drawing parse_drawing(const TrainArguments& arguments, double default_validation);

/// The rows that a run with these settings draws.
Drawing drawing_of(const Settings& settings);

/// The names of the optimizers that decay weights by themselves, apart from --l2.
std::vector<std::string> decaying_optimizers();

/// Throws UsageError naming the option, what it takes and what was given.
Settings resolve(const TrainArguments& arguments, const DataOrigin& data, const Recipe& recipe,
                 const Environment& environment);

MultilayerPerceptron network_for(const Settings& settings, const Dataset& dataset);

/// The `key = value` lines of config.toml.
std::string to_toml(const Settings& settings);

/// Two runs with equal fingerprints are the same run.
std::string fingerprint(const Settings& settings, const Dataset& dataset);

/// Whether a run with such a fingerprint is trained on these rows.
bool is_of(const std::string& fingerprint, const Dataset& dataset);

/// The differences of two fingerprints.
struct Difference {
  std::string text;      ///< "epochs is 60, but 30 in the checkpoint", for each line
  bool options = false;  ///< options differ, not only the data
};
/// `of_data`: says that the data differ, where no option does.
Difference difference(const std::string& fingerprint, const std::string& in_checkpoint,
                      const std::string& of_data);

}  // namespace mlp::app
