// Ctrl-C (SIGINT), SIGTERM, and SIGHUP of a terminal that is closed: the first asks the command to finish its
// step and leave; a second Ctrl-C or SIGTERM kills at once.
#pragma once

#include <string>

namespace mlp::app {

/// Thrown to leave an interrupted command that has nothing to save.
struct Interrupted {
  std::string details = {};  ///< after "interrupted": where, what is lost, how to go on
};

/// From this call on the first of these signals only sets a flag; those that the program was started to
/// ignore, as by nohup, stay ignored.
void catch_interrupts();

/// The signal that arrived first, 0 while none has. The exit code is 128 + this: 130 for Ctrl-C.
int interrupt_signal();

}  // namespace mlp::app
