// Inputs with zeros for the kernels that skip them, and the bits that tell these kernels where zeros are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/cases.h"

namespace mlp::test {

using kernels::kBlock;

enum class Zeros { kNone, kScattered, kClusters, kWholeRows, kWholeColumns, kAll };
inline constexpr Zeros kEveryKind[] = {Zeros::kNone,      Zeros::kScattered,    Zeros::kClusters,
                                       Zeros::kWholeRows, Zeros::kWholeColumns, Zeros::kAll};

/// Makes zeros in X, and nowhere else: an integer that happens to be 0 becomes 1.
inline void make_zeros(GuardedMatrix& X, Zeros kind, Numbers& numbers) {
  const auto often = [&] { return numbers.positive() > 0.5f; };  // about 7 in 10
  std::vector<bool> rows(X.rows()), columns(X.columns());
  for (std::size_t n = 0; n < X.rows(); ++n) rows[n] = often();
  for (std::size_t i = 0; i < X.columns(); ++i) columns[i] = often();
  for (std::size_t n = 0; n < X.rows(); ++n) {
    bool cluster = often();
    for (std::size_t i = 0; i < X.columns(); ++i) {
      if (i % 7 == 0) cluster = often();
      const bool zero = (kind == Zeros::kScattered && often()) || (kind == Zeros::kClusters && cluster) ||
                        (kind == Zeros::kWholeRows && rows[n]) ||
                        (kind == Zeros::kWholeColumns && columns[i]) || kind == Zeros::kAll;
      X(n, i) = zero ? 0.0f : (X(n, i) == 0 ? 1.0f : X(n, i));
    }
  }
}

/// Where X is not zero, told between guard zones; with room for more rows than X has.
class Bits {
 public:
  explicit Bits(const GuardedMatrix& X)
      : rows_(X.rows()),
        blocks_(kernels::blocks_of(X.columns())),
        stride_(kernels::padded(X.rows()) + kBlock),
        bits_(kGuard + blocks_ * stride_ + kGuard, kPattern),
        list_(kGuard + lists_of(X) * kernels::least_list_size(X.rows(), X.columns()) + kGuard, kPattern) {
    std::fill(bits_.begin() + kGuard, bits_.end() - kGuard, std::uint16_t{0});
    for (std::size_t n = 0; n < X.rows(); ++n) {
      for (std::size_t i = 0; i < X.columns(); ++i) {
        if (X(n, i) != 0) at(i / kBlock, n) |= static_cast<std::uint16_t>(1u << i % kBlock);
      }
    }
  }

  kernels::NonZeros from(std::size_t row, std::size_t block) {
    return {.bits = &at(block, row),
            .stride = stride_,
            .list = list_.data() + kGuard,
            .list_size = list_.size() - 2 * kGuard};
  }
  std::uint16_t& at(std::size_t block, std::size_t row) { return bits_[kGuard + block * stride_ + row]; }
  std::size_t stride() const { return stride_; }

  void forget() { std::fill(bits_.begin(), bits_.end(), kPattern); }
  bool guards_intact() const {
    const auto intact = [](const auto& memory) {
      const auto untouched = [](auto word) { return word == kPattern; };
      return std::all_of(memory.begin(), memory.begin() + kGuard, untouched) &&
             std::all_of(memory.end() - kGuard, memory.end(), untouched);
    };
    return intact(bits_) && intact(list_);
  }
  static bool is_untouched(std::uint16_t word) { return word == kPattern; }

 private:
  /// Room for one list, for a few, for more than are ever used together: by X's size.
  static std::size_t lists_of(const GuardedMatrix& X) {
    constexpr std::size_t kLists[] = {1, 2, 3, 5, kernels::kMostLists, kernels::kMostLists + 1};
    return kLists[(X.rows() + X.columns()) % std::size(kLists)];
  }

  static constexpr std::ptrdiff_t kGuard = 64;
  static constexpr std::uint16_t kPattern = 0xbeef;

  std::size_t rows_, blocks_, stride_;
  std::vector<std::uint16_t> bits_;
  std::vector<std::uint32_t> list_;
};
/// What codes stand for: 7 is zero, the others are any numbers.
inline std::vector<float> some_values(Numbers& numbers) {
  std::vector<float> values(256);
  for (float& value : values) value = numbers.normal();
  values[7] = 0;
  return values;
}

/// X in codes, and in the floats they stand for.
struct CodedCase {
  std::vector<float> values;
  GuardedMatrix X;
  std::size_t stride;  ///< of the codes' blocks
  std::vector<std::uint8_t> codes;

  CodedCase(std::size_t rows, std::size_t columns, Zeros zeros, Numbers& numbers)
      : values(some_values(numbers)),
        X(numbers.integers(rows, columns, 1)),
        stride(rows * kBlock + 5),
        codes(kernels::blocks_of(columns) * stride, 7) {
    make_zeros(X, zeros, numbers);
    X.fill_padding(0);
    for (std::size_t n = 0; n < rows; ++n) {
      for (std::size_t i = 0; i < columns; ++i) {
        const auto code = static_cast<std::uint8_t>(X(n, i) == 0 ? 7 : 8 + (n * 37 + i * 11) % 248);
        codes[i / kBlock * stride + n * kBlock + i % kBlock] = code;
        X(n, i) = values[code];
      }
    }
  }
  kernels::CodedView view() const { return {{codes.data(), X.rows(), X.columns(), stride}, values.data()}; }
};
}  // namespace mlp::test
