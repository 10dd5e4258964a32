#include "terminal/bus_error.h"

#include <unistd.h>

#include <csignal>
#include <string_view>

#include "terminal/terminal.h"

namespace mlp::app {
namespace {

constexpr int kFailure = 1;
constexpr std::string_view kMessage =
    "mlp: error: a data file has become shorter while it was read, or its disk has failed\n"
    "  hint: put the file back as it was; a run goes on from its last checkpoint: mlp train --resume "
    "FOLDER\n";

volatile std::sig_atomic_t on_terminal = 0;

void explain(int) {                                        // may call only what is safe in a signal handler
  if (on_terminal != 0) (void)!::write(kStderr, "\n", 1);  // below the line that shows progress
  (void)!::write(kStderr, kMessage.data(), kMessage.size());
  _exit(kFailure);
}

}  // namespace

void explain_bus_errors() {
  on_terminal = is_terminal(kStderr) ? 1 : 0;
  std::signal(SIGBUS, explain);
}

}  // namespace mlp::app
