// The mutable state of a Plan's execution: parameters and moments in the engine's form, and the buffers of
// one chunk of a batch. Owned by the caller; after construction no step allocates.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/cpu/plan.h"
#include "mlp/matrix.h"

namespace mlp::engine {

/// How many blocks of columns of a transpose the backward pass makes at a time: as many as a tile is wide.
inline constexpr std::size_t kTransposedBlocks = 4;

/// From one block's bits of so many rows to the next one's, in kernels::NonZeros: an odd number of cache
/// lines, so that the blocks of a row do not all compete for a few places in the first-level cache (a quarter
/// of the time of gathering 512 rows).
std::size_t non_zeros_stride(std::size_t rows);

/// One layer's buffers for a chunk, blocked [chunk_rows, fan_out] each; empty where not needed.
struct LayerBuffers {
  AlignedVector<float> outputs;     ///< A, after dropout
  AlignedVector<float> derivative;  ///< see Derivative
  AlignedVector<float> gradient;    ///< dA, then dZ
};

class Workspace {
 public:
  explicit Workspace(const Plan& plan);

  /// Loads parameters and moments (moments: as many as the plan's optimizer has).
  void load(const Plan& plan, const Parameters& parameters, const std::vector<Parameters>& moments = {});

  /// The buffers for the packed parameters from `offset` on.
  kernels::UpdateBuffers buffers_at(std::size_t offset);

  /// A thread's scratch, where there are layers in bfloat16.
  kernels::BFloat16Scratch bfloat16_scratch(std::size_t member);

  /// X of a chunk, as this thread sees it.
  AlignedVector<float>& inputs_of(std::size_t member) { return inputs[std::min(inputs.size() - 1, member)]; }

  // The steps of step.cpp work on these directly.
  AlignedVector<float> parameters;  ///< packed
  std::vector<AlignedVector<float>> moments;
  AlignedVector<float> gradients;  ///< packed; empty until clipping, or a batch of several chunks, needs it
  /// X of a chunk, blocked [chunk_rows, fan_in]: one, or one for each thread where threads share the first
  /// layer's columns (each needs all of X, and converting it again is faster than fetching it from another
  /// core's cache).
  std::vector<AlignedVector<float>> inputs;
  /// With FirstLayer::kPartsOfInputs: the parts of the first layer's sums, blocked [chunk_rows, fan_out]
  /// each.
  std::vector<AlignedVector<float>> input_sums;
  /// Unless RowSums::kWhole: the parts of the gradients, as the packed parameters from
  /// plan.row_sums_offset() on.
  std::vector<AlignedVector<float>> row_sums;
  // For each thread: kernels::NonZeros of what it has gathered last, and a list.
  std::vector<std::vector<std::uint16_t>> non_zeros;
  std::vector<std::vector<std::uint32_t>> lists;
  std::vector<AlignedVector<float>> transposed;  ///< for each thread: kTransposedBlocks blocks of a W^T
  /// For each thread, where plan.gathers_again(): one block of X of all the chunk's rows.
  std::vector<AlignedVector<float>> input_blocks;
  /// With FirstLayer::kCodes: X of a chunk in codes, and for each thread some blocks of all its rows.
  AlignedVector<std::uint8_t> codes;
  std::vector<AlignedVector<std::uint8_t>> code_blocks;
  /// With layers in bfloat16, else empty: for each thread, packed operands of one product.
  std::vector<AlignedVector<std::uint16_t>> bfloat16_left, bfloat16_right;
  AlignedVector<float> targets;  ///< Y, blocked [chunk_rows, fan_out], scaled; labels as one-hot rows
  AlignedVector<float> logits;   ///< Z of the last layer, blocked [chunk_rows, fan_out]
  std::vector<LayerBuffers> layers;
  /// For examples with Examples::input_rows: the rows of the inputs of a batch, and of those that the next
  /// one begins with.
  std::vector<std::uint32_t> input_rows;
  std::vector<float> row_losses;   ///< [max_batch], weighted
  std::vector<float> row_weights;  ///< [chunk_rows]
  /// For each thread: the first layer whose activations, in one of its rows of the last step, were not
  /// finite.
  std::vector<std::size_t> non_finite_layers;
  std::vector<double> square_sums;  ///< partial sums of the gradient norm

 private:
  void allocate_non_zeros(const Plan& plan);
  void allocate_bfloat16(const Plan& plan);
};

}  // namespace mlp::engine
