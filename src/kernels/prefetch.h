// Memory prefetched before it is read. Rows are drawn at random from a data set that no cache holds; the code
// that knows which come next hands them to a long computation, which prefetches them line by line as it goes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mlp::kernels {

/// Rows of a data set that will be read soon. Long computations prefetch them line by line as they go, so
/// that they are in the core's cache when their turn comes, without crowding out the computation's own loads.
class Prefetch {
 public:
  /// The same pieces of some rows of a matrix, by index: bytes [first + i * step, first + i * step + size) as
  /// far as they lie in the row.
  struct Rows {
    const void* data = nullptr;
    std::size_t row_stride = 0;  ///< bytes from one row to the next
    std::size_t row_bytes = 0;
    std::span<const std::uint32_t> index = {};
    std::size_t first = 0;
    std::size_t step = 64;
    std::size_t size = 64;
  };

  Prefetch() = default;
  /// Spreads `sooner`, then `later`, over so many steps of a tile.
  Prefetch(const Rows& sooner, const Rows& later, std::size_t steps)
      : rows_{sooner, later},
        set_(0),
        at_(sooner.first),
        interval_(
            std::max<std::size_t>(1, steps / std::max<std::size_t>(1, pieces(sooner) + pieces(later)))) {
    skip_empty();
  }

  /// To be called after a tile has made so many steps.
  void after(std::size_t steps) {
    if (set_ == 2) return;
    for (due_ += steps; due_ >= interval_; due_ -= interval_) next();
  }

 private:
  static std::size_t pieces(const Rows& rows) {
    return rows.row_bytes <= rows.first
               ? 0
               : rows.index.size() * ((rows.row_bytes - rows.first - 1) / rows.step + 1);
  }
  void skip_empty() {
    while (set_ < 2 && pieces(rows_[set_]) == 0) {
      if (++set_ < 2) at_ = rows_[set_].first;
    }
  }
  void next() {
    if (set_ == 2) return;
    const Rows& rows = rows_[set_];
    const char* piece = static_cast<const char*>(rows.data) + rows.index[row_] * rows.row_stride + at_;
    __builtin_prefetch(piece, 0, 2);
    __builtin_prefetch(piece + rows.size - 1, 0, 2);  // a piece may lie across two lines
    at_ += rows.step;
    if (at_ < rows.row_bytes) return;
    at_ = rows.first;
    if (++row_ < rows.index.size()) return;
    row_ = 0;
    if (++set_ < 2) at_ = rows_[set_].first;
    skip_empty();
  }

  Rows rows_[2];
  std::size_t set_ = 2;  ///< whose pieces come next; 2: none
  std::size_t row_ = 0, at_ = 0;
  std::size_t interval_ = 1, due_ = 0;
};

}  // namespace mlp::kernels
