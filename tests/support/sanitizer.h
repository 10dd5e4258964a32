// How many cases a test with many takes under ThreadSanitizer.
//
// There each access to memory takes some ten times as long, and threads that wait for each other on few cores
// even longer. Which memory threads share, and so which races show, is the same for many random cases: a
// fifth of them is enough. All cases run without it, and under AddressSanitizer.
#pragma once

namespace mlp::testing_support {

#if defined(__SANITIZE_THREAD__)
inline constexpr int kOneOf = 5;
#else
inline constexpr int kOneOf = 1;
#endif

/// The number of cases to run of `all`.
constexpr int cases(int all) { return (all + kOneOf - 1) / kOneOf; }

}  // namespace mlp::testing_support
