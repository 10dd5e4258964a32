// The processor time this program has taken, all threads together: what tests limit where something must be
// done quickly, since a busy machine makes only the clock on the wall run ahead.
#pragma once

#include <sys/resource.h>

namespace mlp::testing_support {

/// In seconds.
inline double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace mlp::testing_support
