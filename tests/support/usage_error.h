// The error that a call throws, for tests of messages.
#pragma once

#include <optional>
#include <string>

#include "mlp/error.h"

namespace mlp::testing_support {

struct Complaint {
  std::string what;
  std::string hint;
};

/// The UsageError that `action` throws; empty fields where it throws none. Anything else passes through.
template <class Action>
Complaint usage_error(Action&& action) {
  try {
    action();
  } catch (const UsageError& error) {
    return {error.what(), error.hint()};
  }
  return {};
}

}  // namespace mlp::testing_support
