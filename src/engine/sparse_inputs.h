// A data set's inputs as lists of what is not zero in each row, for a first layer that skips the zeros.
//
// 81% of MNIST's pixels are zero, and 95% and more of a one-hot table. An element counts as zero if it is so
// after scaling: (x - shift) * scale = 0, that is x = shift.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "core/thread_team.h"
#include "kernels/kernels.h"
#include "mlp/dataset.h"

namespace mlp::engine {

/// The share of elements that are not zero once scaled, from some thousand rows spread over the data set.
double density(const Inputs& inputs, const kernels::GatherScaling& scaling);

/// Whether lists can hold rows of so many features.
constexpr bool fits_sparse_inputs(std::size_t features) { return features <= 65536; }

class SparseInputs {
 public:
  /// Lists every row of `inputs`, on all members of `team`; the lists take 2 bytes and a value's size for each
  /// element that is not zero.
  SparseInputs(const Inputs& inputs, const kernels::GatherScaling& scaling, ThreadTeam& team);

  /// The most elements of a row.
  std::size_t longest() const { return longest_; }

  /// Rows by index, converted and scaled.
  void gather(const kernels::Kernels& kernels, std::span<const std::uint32_t> index,
              const kernels::GatherScaling& scaling, const kernels::SparseRows& out) const;

 private:
  std::vector<std::size_t> starts_;
  AlignedVector<std::uint16_t> columns_;
  std::variant<AlignedVector<std::uint8_t>, AlignedVector<float>> values_;
  std::size_t longest_ = 0;
};

}  // namespace mlp::engine
