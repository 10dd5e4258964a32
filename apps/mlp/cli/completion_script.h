// Scripts that complete commands, options and values in a shell, generated from the parser, so they know all
// options.
#pragma once

#include <string>

#include "cli/parser.h"

namespace mlp::app {

/// For `eval` or a file where the shell looks for them.
std::string bash_completion(const Parser& program);
std::string zsh_completion(const Parser& program);
std::string fish_completion(const Parser& program);

}  // namespace mlp::app
