// The options of `mlp train`, on the command line and in a config file.
#pragma once

#include <filesystem>

#include "cli/parser.h"
#include "run/settings.h"

namespace mlp::app {

/// Adds the sub-command; what is typed lands in `arguments`, which must outlive the parser.
Parser add_train_options(Parser& parent, TrainArguments& arguments);

/// What a config file is taken for: any run's, where data named on the command line are other data
/// altogether; or that of the run that goes on, where they are the same data in another place.
enum class ConfigUse { kAnyRun, kSameRun };

/// Gives the options named in a config file their values, except those the command line has given.
/// Throws FileError or UsageError naming file and line.
void apply_config(const Parser& train, const std::filesystem::path& path, ConfigUse use);

}  // namespace mlp::app
