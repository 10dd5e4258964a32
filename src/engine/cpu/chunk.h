// Part of a batch: the rows that go through the network at a time. The same for every thread.
#pragma once

#include <cstdint>
#include <span>

#include "engine/batch.h"

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

  bool is_last() const { return first + rows.size() == batch_rows; }
};

}  // namespace mlp::engine
