// Whether a sanitizer runs, and how many cases a test with many takes under ThreadSanitizer.
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

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

/// The number of cases to run of `all`.
constexpr int cases(int all) { return (all + kOneOf - 1) / kOneOf; }

}  // namespace mlp::testing_support
