// Part of a batch, as one member of the team sees it: which rows these are, and which part of a matrix is the
// member's to compute.
#pragma once

#include <span>

#include "core/thread_team.h"
#include "engine/batch.h"
#include "engine/cpu/plan.h"
#include "engine/cpu/workspace.h"

namespace mlp::engine {

struct Chunk {
  std::span<const std::uint32_t> rows;      ///< of the examples; at most plan.chunk_rows()
  std::span<const std::uint32_t> inputs;    ///< the rows of examples.inputs that these have
  std::size_t first = 0;                    ///< index of the first row in the batch
  std::size_t batch_rows = 0;               ///< rows of the whole batch, or shard
  std::size_t first_of_whole = 0;           ///< index of the first row in the batch that dropout masks count
  std::size_t whole_rows = 0;               ///< rows of that batch
  std::span<const std::uint32_t> upcoming;  ///< rows of examples.inputs of the chunk after this one
  const Examples& examples;
  const OwnLoss* own_loss;  ///< or null
  ThreadTeam& team;
  int member = 0;

  bool is_last() const { return first + rows.size() == batch_rows; }

  /// This member's rows, counted from the chunk's first.
  Share share(const Plan& plan) const { return share_of(rows.size(), member, plan.threads()); }
};

/// A chunk's buffer of `columns` columns as a matrix of `rows` rows.
template <class Buffer>
auto chunk_view(const Plan& plan, Buffer& buffer, std::size_t rows, std::size_t columns) {
  return kernels::BlockedView(buffer.data(), rows, columns, plan.block_stride());
}

/// A part of a chunk's matrix: some rows of some columns, in blocks.
struct Part {
  Share rows;
  Share blocks;
};

/// What this member computes of a matrix of `columns` columns: its rows, or, where the threads share columns,
/// its columns of all rows.
Part part_of(const Plan& plan, const Chunk& chunk, std::size_t columns, bool share_columns);

/// That part of a chunk's buffer of `columns` columns.
template <class Buffer>
auto part_view(const Plan& plan, Buffer& buffer, const Chunk& chunk, std::size_t columns, const Part& part) {
  return chunk_view(plan, buffer, chunk.rows.size(), columns)
      .rows(part.rows.begin, part.rows.end - part.rows.begin)
      .blocks(part.blocks.begin, part.blocks.end);
}

/// The input of layer `index` for all the chunk's rows: X as this member has it, or A of the layer below.
kernels::ConstBlockedView<float> input_of(const Plan& plan, const Workspace& workspace, std::size_t index,
                                          const Chunk& chunk);

}  // namespace mlp::engine
