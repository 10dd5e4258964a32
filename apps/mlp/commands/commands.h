// The sub-commands. Each adds itself to the parser and returns the function to call if it is the chosen one,
// after parsing.
#pragma once

#include <functional>

#include "cli/parser.h"
#include "terminal/environment.h"

namespace mlp::app {

struct Command {
  Parser parser;
  std::function<int()> run;  ///< returns the exit code
};

Command add_train(Parser& parent, const Environment& environment);
Command add_evaluate(Parser& parent, const Environment& environment);
Command add_predict(Parser& parent, const Environment& environment);
Command add_plot(Parser& parent, const Environment& environment);
Command add_inspect(Parser& parent, const Environment& environment);
Command add_export(Parser& parent, const Environment& environment);
Command add_import(Parser& parent, const Environment& environment);
Command add_bench(Parser& parent, const Environment& environment);
/// `program`: the parser whose commands and options are completed.
Command add_completion(Parser& program);
Command add_data_list(Parser& data, const Environment& environment);
Command add_data_fetch(Parser& data, const Environment& environment);

}  // namespace mlp::app
