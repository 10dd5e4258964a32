// The one place that reads the environment; it passes the values on to everything else.
#pragma once

#include <filesystem>
#include <string>

#include "mlp/data.h"

namespace mlp::app {

struct Environment {
  std::string mlp_data_dir;     ///< MLP_DATA_DIR: a folder with data sets
  std::string mlp_target;       ///< MLP_TARGET: the CPU target to use; empty: the best this CPU has
  std::string xdg_cache_home;   ///< XDG_CACHE_HOME
  std::string home;             ///< HOME
  std::string command;          ///< the command line, quoted for a shell
  std::string program = "mlp";  ///< what to type for this program: its path if it was called by a path
  bool colour = true;           ///< NO_COLOR is not set, and TERM is set and not "dumb"
  bool live = true;             ///< the terminal can redraw a line: TERM is set and not "dumb"
  bool utf8 = false;            ///< LC_ALL, LC_CTYPE or LANG (the first that is set) names UTF-8
};

Environment read_environment();

/// Where data sets are searched and downloaded to: `data_dir` where given, else the user's cache folder.
DataSource data_source(const Environment& environment, const std::filesystem::path& data_dir);

}  // namespace mlp::app
