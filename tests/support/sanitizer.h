// Whether a sanitizer runs, and how many cases a test of many takes under ThreadSanitizer.
//
// Each access to memory takes it some ten times as long, and threads that wait for each other on few cores
// longer still. A race shows in which memory threads share, which is the same for many random cases: a fifth
// of them will do. All of them run without it, and under AddressSanitizer.
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

/// So many of `all` cases.
constexpr int cases(int all) { return (all + kOneOf - 1) / kOneOf; }

}  // namespace mlp::testing_support
