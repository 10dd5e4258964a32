#include "run/checkpoint_every.h"

#include <string_view>

#include "cli/option_value.h"

namespace mlp::app {
namespace {

constexpr double kDefaultSeconds = 1.0;
const char* const kOption = "--checkpoint-every";
const char* const kExpected = "a number of epochs such as 5, or a time such as 30s, 10m or 2h";

double seconds_of(char unit) {
  switch (unit) {
    case 's':
      return 1.0;
    case 'm':
      return 60.0;
    case 'h':
      return 3600.0;
    default:
      return 0.0;
  }
}

}  // namespace

bool CheckpointEvery::due_after_epoch(std::uint64_t epoch, double seconds_since_last) const {
  if (epochs) return epoch % *epochs == 0;
  return seconds_since_last >= seconds.value_or(kDefaultSeconds);
}

CheckpointEvery parse_checkpoint_every(const std::optional<std::string>& text) {
  if (!text) return {};
  const auto positive = [&](auto number) {
    if (!number || !(*number > 0)) reject(kOption, kExpected, *text);
    return number;
  };
  const double unit = text->empty() ? 0.0 : seconds_of(text->back());
  if (unit == 0.0)
    return {.epochs = positive(read_number<std::uint64_t>(*text)), .seconds = {}, .text = *text};
  const auto number = positive(read_number<double>(text->substr(0, text->size() - 1)));
  if (!std::isfinite(*number)) reject(kOption, kExpected, *text);
  return {.epochs = {}, .seconds = *number * unit, .text = *text};
}

}  // namespace mlp::app
