// A mapped data file that can no longer be read, as when somebody has made it shorter: the system then sends
// SIGBUS to whoever looks at it.
#pragma once

namespace mlp::app {

/// From here on the program then says what has happened and ends with exit code 1. Nothing is lost that was
/// saved: files are written whole.
void explain_bus_errors();

}  // namespace mlp::app
