// Rows in memory as if they lay in a mapped file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "mlp/dataset.h"

namespace mlp::testing_support {

/// All rows of a file.
template <class T>
MappedRows<T> mapped(const Matrix<T>& rows) {
  const auto file = std::make_shared<const Matrix<T>>(rows);
  return {file, file->view()};
}

/// Some rows of a larger file: there backwards, each behind a row of others that have no part in it.
template <class T>
MappedRows<T> selected_from_mapped(const Matrix<T>& rows) {
  Matrix<T> file(2 * rows.rows(), rows.columns());
  std::vector<std::uint32_t> numbers(rows.rows());
  std::ranges::fill(file.values(), T{101});
  for (std::size_t n = 0; n < rows.rows(); ++n) {
    numbers[n] = static_cast<std::uint32_t>(2 * (rows.rows() - n) - 1);
    std::ranges::copy(rows.row(n), file.row(numbers[n]).begin());
  }
  return mapped(file).select(numbers);
}

/// `dataset` with its inputs, in memory, mapped by one of these.
inline Dataset with_all_mapped(Dataset dataset) {
  if (auto* floats = std::get_if<Matrix<float>>(&dataset.inputs))
    dataset.inputs = mapped(*floats);
  else
    dataset.inputs = mapped(std::get<Matrix<std::uint8_t>>(dataset.inputs));
  return dataset;
}
inline Dataset with_selected_mapped(Dataset dataset) {
  if (auto* floats = std::get_if<Matrix<float>>(&dataset.inputs))
    dataset.inputs = selected_from_mapped(*floats);
  else
    dataset.inputs = selected_from_mapped(std::get<Matrix<std::uint8_t>>(dataset.inputs));
  return dataset;
}

}  // namespace mlp::testing_support
