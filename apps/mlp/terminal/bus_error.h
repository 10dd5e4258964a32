// A mapped data file that can no longer be read, for example because it was truncated: the system then sends
// SIGBUS to a program that reads it.
#pragma once

namespace mlp::app {

/// From this call on the program then says what has happened and ends with exit code 1. Nothing saved is
/// lost: files are written whole.
void explain_bus_errors();

}  // namespace mlp::app
