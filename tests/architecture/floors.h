// Checks the layers of the source tree: which folder may include which, and that the library stays silent.
//
//   apps                                   "mlp/..." and their own files
//   training | data | files | report | c   one floor, none into another
//   engine
//   kernels | network                      one floor, none into another
//   core
//   include/mlp                            only "mlp/..."; everyone may include it
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mlp::architecture {

/// One line for each #include below `root` (src/, apps/, include/) that points sideways or up: file, line,
/// what is included and what may be.
std::vector<std::string> floor_violations(const std::filesystem::path& root);

/// One line for each #include of a room of src/data, src/report or apps/mlp that is not below the file's own,
/// and for each file in no room.
std::vector<std::string> room_violations(const std::filesystem::path& root);

/// One line for each file of src/engine, src/kernels and src/network that reaches a data set or a table
/// through its includes, with the chain of includes: they take views (engine/batch.h).
std::vector<std::string> reach_violations(const std::filesystem::path& root);

/// One line for each call in src/ or include/ that prints, exits or reads the environment.
std::vector<std::string> silence_violations(const std::filesystem::path& root);

/// One line for each string in src/ or include/ that names an option, a command or an environment variable of
/// the application: advice must be a Remedy (mlp/message.h).
std::vector<std::string> option_violations(const std::filesystem::path& root);

}  // namespace mlp::architecture
