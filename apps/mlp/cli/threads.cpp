#include "cli/threads.h"

#include <thread>

#include "cli/option_value.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

/// Cores that this program may use; 0: unknown.
int cores() { return static_cast<int>(std::thread::hardware_concurrency()); }

std::string cores_text() { return counted(static_cast<std::uint64_t>(cores()), "core"); }

}  // namespace

int parse_threads(const std::optional<std::string>& text) {
  // With more than a few threads for each core, a machine that has other work hardly gets on: training on
  // Auto MPG takes half a second, but with 1,024 threads on 2 busy cores it was not done after ten minutes.
  constexpr int kMost = 1024, kMostForACore = 16;
  if (!text || *text == "auto") return 0;
  const auto value = read_number<int>(*text);
  if (!value || *value < 1 || *value > kMost) {
    reject("--threads", "auto or a whole number from 1 to " + std::to_string(kMost), *text);
  }
  if (cores() > 0 && *value > kMostForACore * cores()) {
    throw UsageError("--threads " + *text + " on " + cores_text() + ": that is more than " +
                         std::to_string(kMostForACore) + " threads for each",
                     "--threads auto takes as many as help");
  }
  return *value;
}

std::string threads_note(int threads) {
  if (cores() == 0 || threads <= cores()) return "";
  return "mlp: note: --threads " + std::to_string(threads) + " on " + cores_text() +
         ": threads that share a core wait for each other, which can take many times as long; --threads auto "
         "takes as many as help\n";
}

}  // namespace mlp::app
