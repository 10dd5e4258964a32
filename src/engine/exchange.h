// Sums gradients between gradient and update, where several workers train one network together.
//
// A global batch is cut into shards, whose number does not depend on that of the workers, and each worker
// computes the gradients of some of them. They are raw, before the L2 penalty and before clipping, which need
// the sum. The sum is taken shard by shard in their order, so that one worker with all shards and four with a
// quarter each give the same bits.
//
// None, the default, costs nothing: gradients are then never seen outside the tile that computes them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/spread.h"

namespace mlp::engine {

/// The sums of one shard, or of all.
struct ShardSum {
  std::vector<float> gradients;  ///< for all parameters, in an order that all workers share
  double loss = 0.0;             ///< sum_n w_n loss_n
};

/// sum = the shards' sums, added in their order.
void add_shards(std::span<const ShardSum* const> shards, ShardSum& sum);

class Exchange {
 public:
  virtual ~Exchange() = default;

  virtual std::size_t shards() const = 0;  ///< of a global batch
  virtual std::size_t first() const = 0;   ///< this worker's first shard,
  virtual std::size_t count() const = 0;   ///< and how many it has

  /// `own`: count() sums. Waits for those of the other workers and stores the sum of all in `total`, the same
  /// for each worker.
  virtual void add_up(std::span<const ShardSum> own, ShardSum& total) = 0;
};

}  // namespace mlp::engine
