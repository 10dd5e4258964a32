// The sub-commands. Each adds itself to the parser and returns what to call when it was the one chosen;
// parsing is over by then.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "environment.h"

namespace mlp::app {

struct Command {
  CLI::App* parser;
  std::function<int()> run;  ///< returns the exit code
};

Command add_train(CLI::App& parent, const Environment& environment);
Command add_evaluate(CLI::App& parent, const Environment& environment);
Command add_predict(CLI::App& parent, const Environment& environment);
Command add_plot(CLI::App& parent, const Environment& environment);
Command add_inspect(CLI::App& parent, const Environment& environment);
Command add_bench(CLI::App& parent, const Environment& environment);
Command add_data_list(CLI::App& data, const Environment& environment);
Command add_data_fetch(CLI::App& data, const Environment& environment);

}  // namespace mlp::app
