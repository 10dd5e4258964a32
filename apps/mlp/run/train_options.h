// The options of `mlp train` as one table. Parser, help page, completion, config.toml, the fingerprint of a
// run and what --resume compares follow from it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "run/data_origin.h"

namespace mlp::app {

struct Settings;

/// `mlp train`'s options as typed; empty where not given.
struct TrainArguments : DataArguments {
  std::optional<std::string> recipe;
  std::optional<std::string> layers, initializer, dropout;
  std::optional<std::string> loss, optimizer, learning_rate, schedule, epochs, batch_size;
  std::optional<std::string> weight_decay, l2, clip_norm, validation, early_stopping, seed, precision,
      examples;
  std::optional<std::string> threads, sparse_inputs, cpu_target, data_dir, checkpoint_every, output, resume,
      config, folds, ensemble, init, init_preprocessing;
  bool tensorboard = false;
  bool json = false;
  bool quiet = false;
};

/// The member that stores an argument: a value, the values of a list, or whether a flag was given. The
/// options for reading a table belong to other commands, too.
using Member =
    std::variant<std::optional<std::string> TrainArguments::*, std::vector<std::string> TrainArguments::*,
                 bool TrainArguments::*, std::optional<std::string> ReadingArguments::*,
                 std::vector<std::string> ReadingArguments::*, bool ReadingArguments::*>;

/// What an option is about. Data or a recipe named on the command line replace everything that a config file
/// says about them.
enum class Subject {
  kFiles,    ///< which data: a name or files
  kReading,  ///< how they are read
  kRecipe,   ///< what a recipe also sets
  kRun,
  kSource  ///< where the other options come from: not allowed in a config file
};

/// What is written for an option: a value in TOML, or "" for no line at all.
struct Written {
  using Text = std::function<std::string(const Settings&)>;
  Text config = {};    ///< in config.toml
  Text identity = {};  ///< in the fingerprint: where it differs, two runs are not the same
};

struct TrainOption {
  const char* key;  ///< "clip-norm" for --clip-norm: its key in config.toml
  Member member;
  const char* value;  ///< the name of its value: "X"; "" for a flag
  std::string help;
  Subject subject;
  Written written = {};
  std::vector<std::string> choices = {};  ///< what a shell completes it with; others may be possible
  const char* group = "";  ///< its heading on the help page; "": it is a positional argument, not an option
};

/// In the order of the help page.
const std::vector<TrainOption>& train_options();

/// `key = value` lines of the settings, in the order of config.toml.
std::string option_lines(const Settings& settings, Written::Text Written::*written);

}  // namespace mlp::app
