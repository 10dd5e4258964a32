// The one place that reads the environment; everything else is handed what was read.
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
  std::string command;          ///< the command line as a shell would take it
  std::string program = "mlp";  ///< what to type for this program: its path where it was called by one
  bool colour = true;           ///< neither NO_COLOR is set nor TERM missing or "dumb"
  bool live = true;             ///< the terminal can redraw a line: TERM is there and not "dumb"
  bool utf8 = false;            ///< LC_ALL, LC_CTYPE or LANG (the first that is set) names UTF-8
};

Environment read_environment();

/// Where data sets are searched and downloaded to: `data_dir` where given, else the user's cache folder.
DataSource data_source(const Environment& environment, const std::filesystem::path& data_dir);

}  // namespace mlp::app
