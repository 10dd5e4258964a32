// Where the options of `mlp train` get their values from: the command line and config files.
#pragma once

#include <filesystem>
#include <string>

#include "cli/parser.h"
#include "run/train_options.h"

namespace mlp::app {

/// Adds all of them to `mlp train`; what is typed lands in `arguments`, which must outlive the parser.
void add_train_options(Parser& train, TrainArguments& arguments);

/// Adds those that say how a table is read, --na, --not-na, --delimiter, --decimal, --no-header, to another
/// command.
void add_reading_options(Parser& command, ReadingArguments& arguments, const std::string& group);

/// What a config file is taken for: any run's, where data named on the command line are other data
/// altogether; or that of the run that goes on, where they are the same data in another place.
enum class ConfigUse { kAnyRun, kSameRun };

/// Gives the options named in a config file their values, except those the command line has given.
/// Throws FileError or UsageError naming file and line.
void apply_config(const Parser& train, const std::filesystem::path& path, ConfigUse use);

/// What the config.toml of a run says, as if it had been typed; keys that are not known, as those of another
/// version, are passed over.
TrainArguments arguments_in(const std::filesystem::path& config);

}  // namespace mlp::app
