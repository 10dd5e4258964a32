// Rows of numbers that lie in a file and are never read into memory whole: the file is mapped, and the system
// reads a page when one of its rows is accessed, and drops it again when memory is short.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "mlp/error.h"
#include "mlp/export.h"
#include "mlp/matrix.h"

namespace MLP_EXPORT mlp {

/// All rows of a mapped file, or some of them by number. Immutable: copies share the mapping, and a selection
/// costs four bytes a row. Reads as a Matrix does, row by row. The file must keep its length while any copy
/// lives (docs/formats.md says what happens otherwise).
template <class T>
class MappedRows {
 public:
  MappedRows() = default;
  /// `stored`: all rows [N, I] of the file, in memory that stays as long as `mapping` does.
  MappedRows(std::shared_ptr<const void> mapping, ConstMatrixView<T> stored)
      : mapping_(std::move(mapping)), stored_(stored), rows_(stored.rows()) {}

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return stored_.columns(); }
  bool empty() const { return rows_ == 0 || columns() == 0; }
  std::span<const T> row(std::size_t index) const {
    return stored_.row(numbers_ ? (*numbers_)[index] : index);
  }
  const T& operator()(std::size_t row, std::size_t column) const { return this->row(row)[column]; }

  /// All rows of the file.
  ConstMatrixView<T> stored() const { return stored_; }
  /// [rows()]: for each row its number in the file; empty: all rows of the file in order.
  std::span<const std::uint32_t> numbers() const {
    return numbers_ ? std::span<const std::uint32_t>(*numbers_) : std::span<const std::uint32_t>();
  }

  /// These rows, in this order. Throws std::invalid_argument for one that is not there.
  MappedRows select(std::span<const std::uint32_t> rows) const {
    std::vector<std::uint32_t> numbers(rows.begin(), rows.end());
    for (std::uint32_t& number : numbers) {
      require(number < rows_, "MappedRows: a row that is not there");
      if (numbers_) number = (*numbers_)[number];
    }
    MappedRows selected = *this;
    selected.rows_ = numbers.size();
    selected.numbers_ = std::make_shared<const std::vector<std::uint32_t>>(std::move(numbers));
    return selected;
  }

  /// Whether their values are the same, wherever they are stored.
  friend bool operator==(const MappedRows& a, const MappedRows& b) {
    if (a.rows() != b.rows() || a.columns() != b.columns()) return false;
    for (std::size_t n = 0; n < a.rows(); ++n)
      if (!std::ranges::equal(a.row(n), b.row(n))) return false;
    return true;
  }

 private:
  std::shared_ptr<const void> mapping_;
  ConstMatrixView<T> stored_;
  std::size_t rows_ = 0;
  std::shared_ptr<const std::vector<std::uint32_t>> numbers_;  ///< null: all rows
};

}  // namespace mlp
