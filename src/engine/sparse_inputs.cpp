#include "engine/sparse_inputs.h"

#include <algorithm>
#include <numeric>
#include <type_traits>

namespace mlp::engine {

namespace {

/// Calls body(column) for the elements of a row that are not zero once scaled.
template <class T, class Body>
void for_each_element(std::span<const T> row, const kernels::GatherScaling& scaling, const Body& body) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (static_cast<float>(row[i]) != scaling.shift[scaling.uniform ? 0 : i]) body(i);
  }
}

}  // namespace

double density(const Inputs& inputs, const kernels::GatherScaling& scaling) {
  constexpr std::size_t kSample = 1024;
  return std::visit(
      [&]<class T>(const Matrix<T>& matrix) {
        const std::size_t step = std::max<std::size_t>(1, matrix.rows() / kSample);
        std::size_t elements = 0, found = 0;
        for (std::size_t row = 0; row < matrix.rows(); row += step) {
          for_each_element(matrix.row(row), scaling, [&](std::size_t) { ++found; });
          elements += matrix.columns();
        }
        return static_cast<double>(found) / static_cast<double>(std::max<std::size_t>(1, elements));
      },
      inputs);
}

SparseInputs::SparseInputs(const Inputs& inputs, const kernels::GatherScaling& scaling, ThreadTeam& team)
    : starts_(row_count(inputs) + 1) {
  require(fits_sparse_inputs(column_count(inputs)), "SparseInputs: too many features");
  std::visit(
      [&]<class T>(const Matrix<T>& matrix) {
        const auto rows_of = [&](int member) { return share_of(matrix.rows(), member, team.size()); };
        team.run([&](int member) {
          for (std::size_t row = rows_of(member).begin; row < rows_of(member).end; ++row) {
            for_each_element(matrix.row(row), scaling, [&](std::size_t) { ++starts_[row + 1]; });
          }
        });
        longest_ = *std::ranges::max_element(starts_);
        std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
        auto& values = values_.emplace<AlignedVector<T>>(starts_.back());
        columns_.resize(starts_.back());
        team.run([&](int member) {
          for (std::size_t row = rows_of(member).begin; row < rows_of(member).end; ++row) {
            std::size_t at = starts_[row];
            for_each_element(matrix.row(row), scaling, [&](std::size_t i) {
              columns_[at] = static_cast<std::uint16_t>(i);
              values[at++] = matrix(row, i);
            });
          }
        });
      },
      inputs);
}

void SparseInputs::gather(const kernels::Kernels& kernels, std::span<const std::uint32_t> index,
                          const kernels::GatherScaling& scaling, const kernels::SparseRows& out) const {
  std::visit(
      [&]<class T>(const AlignedVector<T>& values) {
        const kernels::SparseMatrixView<T> matrix{columns_.data(), values.data(), starts_.data()};
        if constexpr (std::is_same_v<T, float>) {
          kernels.gather_sparse_floats(matrix, index, scaling, out);
        } else {
          kernels.gather_sparse_bytes(matrix, index, scaling, out);
        }
      },
      values_);
}

}  // namespace mlp::engine
