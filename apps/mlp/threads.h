// How many threads a run uses.
#pragma once

#include <optional>
#include <string>

namespace mlp::app {

/// The value of --threads: "auto" or nothing is 0, what the library takes for it. Throws UsageError.
int parse_threads(const std::optional<std::string>& text);

/// `requested`, or for 0 the number of cores this process may run on.
int thread_count(int requested);

}  // namespace mlp::app
