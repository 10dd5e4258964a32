#include "terminal/interrupt.h"

#include <atomic>
#include <csignal>

namespace mlp::app {
namespace {

std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

void remember(int signal) {
  int none = 0;
  received.compare_exchange_strong(none, signal);
}

void catch_signal(int signal, int flags) {
  struct sigaction action {};
  // One that is ignored stays so: nohup and shells that start programs in the background ask for that.
  if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = remember;
  sigemptyset(&action.sa_mask);
  action.sa_flags = flags | static_cast<int>(SA_RESTART);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void catch_interrupts() {
  // SA_RESETHAND: the second signal meets the default action, which ends the process.
  catch_signal(SIGINT, static_cast<int>(SA_RESETHAND));
  catch_signal(SIGTERM, static_cast<int>(SA_RESETHAND));
  // A terminal that is closed hangs up more than once: its shell does, and the system when the shell has
  // gone.
  catch_signal(SIGHUP, 0);
}

int interrupt_signal() { return received.load(); }

}  // namespace mlp::app
