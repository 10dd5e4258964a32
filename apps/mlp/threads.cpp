#include "threads.h"

#include "option_value.h"

namespace mlp::app {

int parse_threads(const std::optional<std::string>& text) {
  constexpr int kMost = 1024;
  if (!text || *text == "auto") return 0;
  const auto value = read_number<int>(*text);
  if (!value || *value < 1 || *value > kMost) {
    reject("--threads", "auto or a whole number from 1 to " + std::to_string(kMost), *text);
  }
  return *value;
}

}  // namespace mlp::app
