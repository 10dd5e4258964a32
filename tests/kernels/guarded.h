// Memory between two guard zones, at any distance from an aligned address: a write beyond it is found out.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "kernels/blocked.h"
#include "mlp/matrix.h"
#include "support/same_bits.h"

namespace mlp::test {

using testing_support::same_bits;

class Guarded {
 public:
  /// `size` values, each a NaN no kernel makes, `offset` floats behind a 64-byte boundary.
  explicit Guarded(std::size_t size, std::size_t offset = 0)
      : size_(size), begin_(kGuard + offset), memory_(begin_ + size + kGuard, untouched()) {}

  float* data() { return memory_.data() + begin_; }
  const float* data() const { return memory_.data() + begin_; }
  std::size_t size() const { return size_; }
  float& operator[](std::size_t index) { return data()[index]; }
  float operator[](std::size_t index) const { return data()[index]; }
  std::span<float> values() { return {data(), size_}; }
  std::span<const float> values() const { return {data(), size_}; }
  /// The values and the guard zones around them.
  std::span<const float> memory() const { return memory_; }

  /// The first `count` values from next(), zeros behind them.
  template <class Next>
  void fill(std::size_t count, const Next& next) {
    for (std::size_t i = 0; i < size_; ++i) data()[i] = i < count ? next() : 0;
  }

  static float untouched() { return std::bit_cast<float>(kPattern); }
  static bool is_untouched(float value) { return std::bit_cast<std::uint32_t>(value) == kPattern; }
  bool guards_intact() const {
    const auto begin = memory_.begin(), inner = begin + static_cast<std::ptrdiff_t>(begin_);
    return std::all_of(begin, inner, is_untouched) &&
           std::all_of(inner + static_cast<std::ptrdiff_t>(size_), memory_.end(), is_untouched);
  }

 private:
  static constexpr std::size_t kGuard = 64;
  static constexpr std::uint32_t kPattern = 0x7fc0beef;

  std::size_t size_;
  std::size_t begin_;
  AlignedVector<float> memory_;
};

/// A blocked matrix in guarded memory, with its blocks further apart than its rows need and unaligned.
class GuardedMatrix {
 public:
  /// Untouched; `offset` floats behind a 64-byte boundary, `gap` floats behind each block.
  GuardedMatrix(std::size_t rows, std::size_t columns, std::size_t offset = 0, std::size_t gap = 37)
      : rows_(rows),
        columns_(columns),
        block_stride_(rows * kernels::kBlock + gap),
        memory_(kernels::blocks_of(columns) * block_stride_, offset) {}

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  std::size_t block_stride() const { return block_stride_; }
  kernels::BlockedView<float> view() { return {memory_.data(), rows_, columns_, block_stride_}; }
  kernels::ConstBlockedView<float> view() const { return {memory_.data(), rows_, columns_, block_stride_}; }
  float& operator()(std::size_t row, std::size_t column) { return view()(row, column); }
  float operator()(std::size_t row, std::size_t column) const { return view()(row, column); }

  /// Every element from next(); zeros in the padding, as the code that makes a matrix leaves it.
  template <class Next>
  void fill(const Next& next) {
    for (std::size_t row = 0; row < rows_; ++row) {
      for (std::size_t column = 0; column < columns_; ++column) (*this)(row, column) = next();
    }
    fill_padding(0);
  }
  void fill_padding(float value) {
    for (std::size_t row = 0; row < rows_; ++row) {
      for (std::size_t column = columns_; column < kernels::padded(columns_); ++column) {
        (*this)(row, column) = value;
      }
    }
  }
  bool padding_is_zero() const {
    for (std::size_t row = 0; row < rows_; ++row) {
      for (std::size_t column = columns_; column < kernels::padded(columns_); ++column) {
        if ((*this)(row, column) != 0) return false;
      }
    }
    return true;
  }

  bool unchanged_since(const GuardedMatrix& before) const {
    return same_bits(memory_.memory(), before.memory_.memory());
  }
  /// Whether no bit has changed since `before` except in the rows and whole blocks of `part`, a part of this.
  bool unchanged_outside(kernels::ConstBlockedView<float> part, const GuardedMatrix& before) const {
    const auto now = memory_.memory();
    std::vector<float> expected(before.memory_.memory().begin(), before.memory_.memory().end());
    for (std::size_t block = 0; block < part.blocks(); ++block) {
      std::copy_n(part.block(block), part.rows() * kernels::kBlock,
                  expected.data() + (part.block(block) - now.data()));
    }
    return same_bits(now, expected);
  }

 private:
  std::size_t rows_;
  std::size_t columns_;
  std::size_t block_stride_;
  Guarded memory_;
};

}  // namespace mlp::test
