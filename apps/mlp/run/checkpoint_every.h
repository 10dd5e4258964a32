// --checkpoint-every: when a run saves itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mlp::app {

/// With neither, a run saves after an epoch, but not within a second of the last time.
struct CheckpointEvery {
  std::optional<std::uint64_t> epochs;  ///< after every so many epochs
  std::optional<double> seconds;        ///< as soon as that much time has passed, within epochs as well
  std::string text = {};                ///< the option's text; empty: the default

  bool due_after_epoch(std::uint64_t epoch, double seconds_since_last) const;
  bool due_after_step(double seconds_since_last) const { return seconds && seconds_since_last >= *seconds; }
};

/// "5" (epochs), "30s", "10m", "1.5h"; not given: the default. Throws UsageError.
CheckpointEvery parse_checkpoint_every(const std::optional<std::string>& text);

}  // namespace mlp::app
