// See chunk.h.
#include "engine/cpu/chunk.h"

namespace mlp::engine {

Part part_of(const Plan& plan, const Chunk& chunk, std::size_t columns, bool share_columns) {
  const std::size_t blocks = kernels::blocks_of(columns);
  if (!share_columns) return {chunk.share(plan), {0, blocks}};
  return {{0, chunk.rows.size()}, share_of(blocks, chunk.member, plan.threads())};
}

kernels::ConstBlockedView<float> input_of(const Plan& plan, const Workspace& workspace, std::size_t index,
                                          const Chunk& chunk) {
  const auto& buffer = index == 0 ? workspace.inputs_of(chunk.member) : workspace.layers[index - 1].outputs;
  return chunk_view(plan, buffer, chunk.rows.size(), plan.layers()[index].layer.fan_in);
}

}  // namespace mlp::engine
