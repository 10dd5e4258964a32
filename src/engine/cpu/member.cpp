// See member.h.
#include "engine/cpu/member.h"

namespace mlp::engine {

Part Member::part_of(std::size_t columns, bool share_columns) const {
  const std::size_t blocks = kernels::blocks_of(columns);
  if (!share_columns) return {own_rows(), {0, blocks}};
  return {{0, chunk.rows.size()}, share(blocks)};
}

}  // namespace mlp::engine
