// Where the options of `mlp train` get their values from: the command line and config files.
#pragma once

#include <filesystem>
#include <string>

#include "cli/parser.h"
#include "run/train_options.h"

namespace mlp::app {

/// Adds all options to `mlp train`; their values are stored in `arguments`, which must outlive the parser.
void add_train_options(Parser& train, TrainArguments& arguments);

/// Adds the options for reading a table, --na, --not-na, --delimiter, --decimal, --no-header, to another
/// command.
void add_reading_options(Parser& command, ReadingArguments& arguments, const std::string& group);

/// How a config file is used: as any run's, where data named on the command line are different data; or as
/// that of the run being resumed, where they are the same data in another place.
enum class ConfigUse { kAnyRun, kSameRun };

/// Gives the options named in a config file their values, except those the command line has given.
/// Throws FileError or UsageError naming file and line.
void apply_config(const Parser& train, const std::filesystem::path& path, ConfigUse use);

/// The options in the config.toml of a run, as if they had been typed; unknown keys, as from another version,
/// are ignored.
TrainArguments arguments_in(const std::filesystem::path& config);

}  // namespace mlp::app
