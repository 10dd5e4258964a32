// The option --threads, the same for every command that computes.
#pragma once

#include <optional>
#include <string>

namespace mlp::app {

/// The value of --threads: "auto" or not given is 0, as in the library. Throws UsageError.
int parse_threads(const std::optional<std::string>& text);

/// A line for standard error where there are fewer cores than `threads`; empty where there are enough.
std::string threads_note(int threads);

}  // namespace mlp::app
