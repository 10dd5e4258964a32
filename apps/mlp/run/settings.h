// What decides a training run: recipe, config file and options resolved to one checked value.
//
// Its text is the run's config.toml and, with the shape of the data, the fingerprint in its checkpoint.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "mlp/initializer.h"
#include "mlp/loss.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/optimizer.h"
#include "mlp/schedule.h"
#include "mlp/train.h"
#include "run/data_origin.h"
#include "run/recipes.h"

namespace mlp::app {

/// `mlp train`'s options as typed; nothing where not given.
struct TrainArguments {
  DataArguments data;
  std::optional<std::string> recipe;
  std::optional<std::string> layers, initializer, dropout;
  std::optional<std::string> loss, optimizer, learning_rate, schedule, epochs, batch_size;
  std::optional<std::string> weight_decay, l2, clip_norm, validation, early_stopping, seed, precision,
      examples;
  std::optional<std::string> threads, sparse_inputs, cpu_target, data_dir, checkpoint_every, output, resume,
      config, folds, ensemble, init, init_preprocessing;
  bool json = false;
  bool quiet = false;
};

/// The model that a run starts from, if one.
struct InitSettings {
  std::filesystem::path file;  ///< absolute
  std::string digest;          ///< of the model in it
  bool keep_preprocessing = true;
};

struct Settings {
  DataOrigin data;
  std::string dataset;  ///< its name
  std::string layers;   ///< canonical, dropout included
  std::optional<Initializer> initializer;
  Loss loss;
  Optimizer optimizer;
  Schedule schedule;
  int epochs = 0;
  int batch_size = 0;
  double l2 = 0.0;
  double clip_norm = 0.0;
  double validation = 0.0;
  int early_stopping = 0;
  std::uint64_t seed = 1;
  Precision precision = Precision::kFloat32;
  std::size_t members = 1;  ///< of the ensemble
  std::optional<InitSettings> init = {};
};

/// --validation and --seed, which decide what rows are drawn, before the recipe is known. Throws UsageError.
Drawing parse_drawing(const TrainArguments& arguments, double default_validation);

/// What a run of these settings draws.
Drawing drawing_of(const Settings& settings);

/// Throws UsageError naming the option, what it takes and what was given.
Settings resolve(const TrainArguments& arguments, const DataOrigin& data, const Recipe& recipe);

MultilayerPerceptron network_for(const Settings& settings, const Dataset& dataset);

TrainingOptions training_options(const Settings& settings);

/// As `key = value` lines: what config.toml holds.
std::string to_toml(const Settings& settings);

/// Two runs with equal fingerprints are the same run. `target`: the CPU target that computes.
std::string fingerprint(const Settings& settings, const Dataset& dataset, const std::string& target);

/// Whether a run with such a fingerprint is trained on these rows.
bool is_of(const std::string& fingerprint, const Dataset& dataset);

/// In what two fingerprints differ.
struct Difference {
  std::string text;      ///< "epochs is 60, but 30 in the checkpoint", for each line
  bool options = false;  ///< not the data alone
};
/// `of_data`: says that the data differ, where no option does.
Difference difference(const std::string& fingerprint, const std::string& in_checkpoint,
                      const std::string& of_data);

}  // namespace mlp::app
