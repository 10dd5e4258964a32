// The options of `mlp train`, on the command line and in a config file.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>

#include "settings.h"

namespace mlp::app {

/// Adds the sub-command; what is typed lands in `arguments`, which must outlive the parser.
CLI::App* add_train_options(CLI::App& parent, TrainArguments& arguments);

/// Gives the options named in a config file their values, except those the command line has given.
/// Throws FileError or UsageError naming file and line.
void apply_config(CLI::App& train, const std::filesystem::path& path);

}  // namespace mlp::app
