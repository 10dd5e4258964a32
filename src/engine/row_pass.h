// The first phase of a chunk: from rows of the data set through gather, forward, loss and backward to dZ of
// every layer. Weights are only read. Every member of the team calls these together; inside, they meet
// wherever one needs what another has computed.
#pragma once

#include <span>

#include "core/thread_team.h"
#include "engine/plan.h"
#include "engine/step.h"
#include "engine/workspace.h"

namespace mlp::engine {

/// Part of a batch, and who works on it.
struct Chunk {
  std::span<const std::uint32_t> rows;      ///< of the data set; at most plan.chunk_rows()
  std::size_t first = 0;                    ///< where they begin in the batch
  std::size_t batch_rows = 0;               ///< rows of the whole batch
  std::span<const std::uint32_t> upcoming;  ///< rows of the chunk after this one
  const InputsView& inputs;                 ///< the data set's
  ThreadTeam& team;
  int member = 0;
  bool sparse = false;                  ///< the first layer skips zeros
  mutable kernels::Prefetch soon = {};  ///< the next chunk's inputs

  /// This member's rows, counted from the chunk's first.
  Share share(const Plan& plan) const { return share_of(rows.size(), member, plan.threads()); }
};

/// A chunk's buffer of `columns` columns as a matrix of `rows` rows.
template <class Buffer>
auto chunk_view(const Plan& plan, Buffer& buffer, std::size_t rows, std::size_t columns) {
  return kernels::BlockedView(buffer.data(), rows, columns, plan.block_stride());
}

/// X of one block of columns for all rows of the chunk, gathered into this member's input block; with its
/// non-zeros for a sparse chunk.
kernels::BlockedView<float> gather_block(const Plan& plan, Workspace& workspace, const Chunk& chunk,
                                         std::size_t block, kernels::NonZeros& non_zeros);

/// What layer `index` of this member reads: X, or A of the layer below.
kernels::ConstBlockedView<float> input_of(const Plan& plan, const Workspace& workspace, std::size_t index,
                                          const Chunk& chunk);

/// Which elements of what this member has gathered, from its first row and a block of columns on, are not
/// zero; for a sparse chunk.
kernels::NonZeros non_zeros_of(const Plan& plan, Workspace& workspace, const Chunk& chunk, std::size_t block);

/// X to A of the last layer, without dropout.
void predict_rows(const Plan& plan, Workspace& workspace, Chunk& chunk);

/// The same, then this member's rows' weighted losses.
void evaluate_rows(const Plan& plan, Workspace& workspace, const Dataset& dataset, Chunk& chunk);

/// Forward with dropout, losses, and dZ of every layer.
void train_rows(const Plan& plan, Workspace& workspace, const Dataset& dataset, Chunk& chunk,
                const StepSettings& settings);

}  // namespace mlp::engine
