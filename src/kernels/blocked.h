// The one memory layout of the engine: matrices cut into blocks of 16 columns, each block stored whole.
//
// Element (r, c) of a matrix lies at data[c / 16 * block_stride + r * 16 + c % 16]: a block is one cache line
// wide, and walking down it is one stream through memory. Activations, weights and their transposes are all
// stored like this. A tile that reads a row's next 16 values, a column block's next row or a 16 x 16 square
// to be transposed finds them side by side, and no access strides over pages. (Row-major, the weight gradient
// of 2048 x 2048 weights over 1024 rows ran at 19% of the limit, for want of TLB entries.) The same on every
// CPU target.
//
// Columns are padded to a multiple of 16, and the rows of weights too, so that squares are whole. Padding
// rows and columns hold zeros wherever they are read.
#pragma once

#include <cstddef>

namespace mlp::kernels {

inline constexpr std::size_t kBlock = 16;  ///< columns to a block: one AVX-512 vector, one cache line

inline constexpr std::size_t blocks_of(std::size_t columns) { return (columns + kBlock - 1) / kBlock; }
inline constexpr std::size_t padded(std::size_t columns) { return blocks_of(columns) * kBlock; }

/// A view of a blocked matrix in someone else's memory. T may be const.
template <class T>
class BlockedView {
 public:
  BlockedView() = default;
  /// `block_stride`: floats from one block to the next, at least 16 * rows.
  BlockedView(T* data, std::size_t rows, std::size_t columns, std::size_t block_stride)
      : data_(data), rows_(rows), columns_(columns), block_stride_(block_stride) {}

  /// A writable view reads as a const one.
  operator BlockedView<const T>() const { return {data_, rows_, columns_, block_stride_}; }

  T* data() const { return data_; }
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  std::size_t blocks() const { return blocks_of(columns_); }
  std::size_t block_stride() const { return block_stride_; }
  T* block(std::size_t index) const { return data_ + index * block_stride_; }
  T& operator()(std::size_t row, std::size_t column) const {
    return data_[column / kBlock * block_stride_ + row * kBlock + column % kBlock];
  }

  /// Rows [begin, begin + count).
  BlockedView rows(std::size_t begin, std::size_t count) const {
    return {data_ + begin * kBlock, count, columns_, block_stride_};
  }
  /// The columns of blocks [begin, end).
  BlockedView blocks(std::size_t begin, std::size_t end) const {
    const std::size_t first = begin * kBlock, last = end * kBlock < columns_ ? end * kBlock : columns_;
    return {block(begin), rows_, last > first ? last - first : 0, block_stride_};
  }

 private:
  T* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::size_t block_stride_ = 0;
};

template <class T>
using ConstBlockedView = BlockedView<const T>;

/// The blocked form of weights [rows, columns]: rows padded too.
struct BlockedShape {
  std::size_t rows = 0;
  std::size_t columns = 0;

  std::size_t block_stride() const { return padded(rows) * kBlock; }
  std::size_t size() const { return blocks_of(columns) * block_stride(); }
  std::size_t index(std::size_t row, std::size_t column) const {
    return column / kBlock * block_stride() + row * kBlock + column % kBlock;
  }
  template <class T>
  BlockedView<T> view(T* data) const {
    return {data, rows, columns, block_stride()};
  }
};

}  // namespace mlp::kernels
