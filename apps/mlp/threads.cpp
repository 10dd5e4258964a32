#include "threads.h"

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

}  // namespace mlp::app
