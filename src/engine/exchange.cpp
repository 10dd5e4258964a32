#include "engine/exchange.h"

#include "mlp/error.h"

namespace mlp::engine {

void add_shards(std::span<const ShardSum* const> shards, ShardSum& sum) {
  require(!shards.empty(), "add_shards: no shards");
  sum = *shards.front();
  for (const ShardSum* shard : shards.subspan(1)) {
    require(shard->gradients.size() == sum.gradients.size(), "add_shards: shards of different networks");
    for (std::size_t i = 0; i < sum.gradients.size(); ++i) sum.gradients[i] += shard->gradients[i];
    sum.loss += shard->loss;
  }
}

}  // namespace mlp::engine
