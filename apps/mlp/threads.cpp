#include "threads.h"

#include <sched.h>

#include <algorithm>
#include <charconv>

#include "mlp/error.h"

namespace mlp::app {

int parse_threads(const std::optional<std::string>& text) {
  constexpr int kMost = 1024;
  if (!text || *text == "auto") return 0;
  int value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < 1 || value > kMost) {
    throw UsageError("--threads takes auto or a whole number from 1 to " + std::to_string(kMost) + ", not '" +
                     *text + "'");
  }
  return value;
}

int thread_count(int requested) {
  if (requested > 0) return requested;
  cpu_set_t cores;
  return sched_getaffinity(0, sizeof cores, &cores) == 0 ? std::max(CPU_COUNT(&cores), 1) : 1;
}

}  // namespace mlp::app
