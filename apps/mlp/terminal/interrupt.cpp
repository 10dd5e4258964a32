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
  // An ignored signal stays ignored, as nohup and shells that start background programs expect.
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
  // When a terminal closes, SIGHUP comes more than once: from its shell, and from the system when the shell
  // has ended.
  catch_signal(SIGHUP, 0);
}

int interrupt_signal() { return received.load(); }

}  // namespace mlp::app
