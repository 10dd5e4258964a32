// The packed form of a weight matrix, as the kernels read it.
//
// A matrix [rows, columns] is cut into panels of up to 64 columns; a panel is stored whole, row after row, so
// that a tile's loads run through memory in one stream whatever the matrix's width. Columns are padded with
// zeros to a multiple of 16 (one AVX-512 vector); panels differ in width by at most 16, so that no narrow
// rest remains to run at a fraction of the speed (96 columns are 48 + 48, not 64 + 32). The same on every CPU
// target.
#pragma once

#include <cstddef>

namespace mlp::kernels {

inline constexpr std::size_t kBlock = 16;          ///< columns are padded to a multiple of this
inline constexpr std::size_t kBlocksPerPanel = 4;  ///< the most a panel holds

inline constexpr std::size_t padded(std::size_t columns) { return (columns + kBlock - 1) / kBlock * kBlock; }

class PackedShape {
 public:
  PackedShape() = default;
  PackedShape(std::size_t rows, std::size_t columns) : rows_(rows), columns_(columns) {}

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  std::size_t padded_columns() const { return padded(columns_); }
  std::size_t size() const { return rows_ * padded_columns(); }

  std::size_t panels() const { return (blocks() + kBlocksPerPanel - 1) / kBlocksPerPanel; }
  std::size_t first_column(std::size_t panel) const { return blocks() * panel / panels() * kBlock; }
  std::size_t width(std::size_t panel) const { return first_column(panel + 1) - first_column(panel); }
  /// Where element (0, first_column(panel)) lies; row r follows at r * width(panel).
  std::size_t offset(std::size_t panel) const { return first_column(panel) * rows_; }
  std::size_t panel_of(std::size_t column) const {
    std::size_t panel = column / kBlock * panels() / blocks();
    while (first_column(panel + 1) <= column) ++panel;
    while (first_column(panel) > column) --panel;
    return panel;
  }
  /// Where element (row, column) lies.
  std::size_t index(std::size_t row, std::size_t column) const {
    const std::size_t panel = panel_of(column);
    return offset(panel) + row * width(panel) + column - first_column(panel);
  }

 private:
  std::size_t blocks() const { return padded_columns() / kBlock; }

  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace mlp::kernels
