// Row-major matrices and the views and aligned buffers beneath them.
//
// A Matrix owns its values; a MatrixView / ConstMatrixView looks at rows someone else owns and must not
// outlive them. Element (r, c) lies at data[r * stride + c]; a Matrix has stride == columns.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "mlp/error.h"
#include "mlp/export.h"

namespace MLP_EXPORT mlp {

/// Memory aligned to a cache line (64 bytes), so that no SIMD load of an aligned block straddles two lines.
/// Large memory is aligned to 2 MiB and, on Linux, asked for in pages of that size: rows read at random from
/// small pages cost a walk through the page tables each. Throws std::bad_alloc.
void* allocate_aligned(std::size_t bytes);
void deallocate_aligned(void* memory, std::size_t bytes);

template <class T>
struct CacheAlignedAllocator {
  using value_type = T;

  CacheAlignedAllocator() = default;
  template <class U>
  CacheAlignedAllocator(const CacheAlignedAllocator<U>&) {}

  T* allocate(std::size_t count) {
    if (count > std::size_t(-1) / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(allocate_aligned(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) { deallocate_aligned(memory, count * sizeof(T)); }
  friend bool operator==(const CacheAlignedAllocator&, const CacheAlignedAllocator&) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, CacheAlignedAllocator<T>>;

/// A view of `rows` x `columns` values in someone else's memory. T may be const.
template <class T>
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(T* data, std::size_t rows, std::size_t columns, std::size_t stride)
      : data_(data), rows_(rows), columns_(columns), stride_(stride) {}
  MatrixView(T* data, std::size_t rows, std::size_t columns) : MatrixView(data, rows, columns, columns) {}

  /// A writable view reads as a const one.
  operator MatrixView<const T>() const { return {data_, rows_, columns_, stride_}; }

  T* data() const { return data_; }
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  std::size_t stride() const { return stride_; }
  T& operator()(std::size_t row, std::size_t column) const { return data_[row * stride_ + column]; }
  std::span<T> row(std::size_t index) const { return {data_ + index * stride_, columns_}; }
  /// Rows [begin, begin + count).
  MatrixView rows(std::size_t begin, std::size_t count) const {
    return {data_ + begin * stride_, count, columns_, stride_};
  }

 private:
  T* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::size_t stride_ = 0;
};

template <class T>
using ConstMatrixView = MatrixView<const T>;

/// A matrix that owns its values, zero-initialised, 64-byte aligned.
template <class T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns) : rows_(rows), columns_(columns), values_(rows * columns) {}
  /// `values` in row-major order; throws std::invalid_argument unless there are rows * columns of them.
  Matrix(std::size_t rows, std::size_t columns, const std::vector<T>& values)
      : rows_(rows), columns_(columns), values_(values.begin(), values.end()) {
    require(values.size() == rows * columns, "Matrix: the number of values is not rows x columns");
  }
  /// Takes `values` over without copying them; the same requirement.
  static Matrix adopt(std::size_t rows, std::size_t columns, AlignedVector<T> values) {
    require(values.size() == rows * columns, "Matrix: the number of values is not rows x columns");
    Matrix matrix;
    matrix.rows_ = rows;
    matrix.columns_ = columns;
    matrix.values_ = std::move(values);
    return matrix;
  }

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  bool empty() const { return values_.empty(); }
  T* data() { return values_.data(); }
  const T* data() const { return values_.data(); }
  T& operator()(std::size_t row, std::size_t column) { return values_[row * columns_ + column]; }
  const T& operator()(std::size_t row, std::size_t column) const { return values_[row * columns_ + column]; }
  std::span<T> row(std::size_t index) { return {data() + index * columns_, columns_}; }
  std::span<const T> row(std::size_t index) const { return {data() + index * columns_, columns_}; }
  std::span<T> values() { return values_; }
  std::span<const T> values() const { return values_; }

  MatrixView<T> view() { return {data(), rows_, columns_}; }
  ConstMatrixView<T> view() const { return {data(), rows_, columns_}; }
  operator MatrixView<T>() { return view(); }
  operator ConstMatrixView<T>() const { return view(); }

  friend bool operator==(const Matrix&, const Matrix&) = default;

 private:
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  AlignedVector<T> values_;
};

}  // namespace mlp
