// The command line as a whole: which sub-command runs, and how an error becomes a message and an exit code.
#pragma once

namespace mlp::app {

/// 0 success, 1 the work failed, 2 wrong usage, 130 interrupted by Ctrl-C.
int run(int argc, const char* const* argv);

}  // namespace mlp::app
