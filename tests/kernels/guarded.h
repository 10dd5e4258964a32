// A buffer of floats between two guard zones, at any distance from an aligned address: whoever writes beyond
// it is found out.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

#include "mlp/matrix.h"

namespace mlp::test {

class Guarded {
 public:
  /// `size` values, each a NaN no kernel makes, `offset` floats behind a 64-byte boundary.
  explicit Guarded(std::size_t size, std::size_t offset = 0)
      : size_(size), begin_(kGuard + offset), memory_(begin_ + size + kGuard, untouched()) {}

  float* data() { return memory_.data() + begin_; }
  std::size_t size() const { return size_; }
  float& operator[](std::size_t index) { return data()[index]; }
  std::span<float> values() { return {data(), size_}; }

  static bool is_untouched(float value) { return std::bit_cast<std::uint32_t>(value) == kPattern; }
  bool guards_intact() const {
    const auto begin = memory_.begin(), inner = begin + static_cast<std::ptrdiff_t>(begin_);
    return std::all_of(begin, inner, is_untouched) &&
           std::all_of(inner + static_cast<std::ptrdiff_t>(size_), memory_.end(), is_untouched);
  }

 private:
  static constexpr std::size_t kGuard = 64;
  static constexpr std::uint32_t kPattern = 0x7fc0beef;
  static float untouched() { return std::bit_cast<float>(kPattern); }

  std::size_t size_;
  std::size_t begin_;
  AlignedVector<float> memory_;
};

}  // namespace mlp::test
