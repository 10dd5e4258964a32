// Ctrl-C (SIGINT) and SIGTERM: the first asks the command to finish its step and leave, the second kills at
// once.
#pragma once

#include <string>

namespace mlp::app {

/// Thrown to leave a command that was interrupted where there is nothing to save.
struct Interrupted {
  std::string details = {};  ///< after "interrupted": where, what is lost, how to go on
};

/// From here on the first SIGINT or SIGTERM only sets a flag.
void catch_interrupts();

/// The signal that arrived, 0 while none has. The exit code is 128 + this: 130 for Ctrl-C.
int interrupt_signal();

}  // namespace mlp::app
