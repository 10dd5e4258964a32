// Whether numbers are the same to the bit: a NaN equals itself, and 0 is not -0.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

#include "mlp/parameters.h"

namespace mlp::testing_support {

inline bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}
inline bool same_bits(const Parameters& a, const Parameters& b) {
  return a.layout() == b.layout() && same_bits(a.values(), b.values());
}
inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

}  // namespace mlp::testing_support
