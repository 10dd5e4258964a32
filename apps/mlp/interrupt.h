// Ctrl-C (SIGINT) and SIGTERM: the first asks the command to finish its step and leave, the second kills at
// once.
#pragma once

namespace mlp::app {

/// Thrown to leave a command that was interrupted where there is nothing to save.
struct Interrupted {};

/// From here on the first SIGINT or SIGTERM only sets a flag.
void catch_interrupts();

/// The signal that arrived, 0 while none has. The exit code is 128 + this: 130 for Ctrl-C.
int interrupt_signal();

}  // namespace mlp::app
