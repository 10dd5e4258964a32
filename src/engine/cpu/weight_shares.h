// Who owns which weights: the second phase of a step (weight_pass.h) is shared among threads by weights, in
// shares of nearly equal cost. A share keeps its place from step to step, so that its weights stay in its
// core's caches.
#pragma once

#include <cstddef>
#include <vector>

#include "core/thread_team.h"
#include "engine/cpu/layer_plan.h"

namespace mlp::engine {

/// A thread's share of one layer's weights: of rows and columns of W in blocks of 16, or of the bias.
struct WeightTask {
  std::size_t layer = 0;
  Share rows = {};     ///< blocks of 16 inputs; empty for a bias
  Share columns = {};  ///< blocks of 16 outputs
  bool bias = false;
};

/// The offset in the packed parameters of the first one of `task`, of layer `layer`.
std::size_t offset_of(const LayerPlan& layer, const WeightTask& task);

/// Where threads gather inputs again for the first layer's weights, they take so many blocks of inputs in
/// turn, or fewer where there are many threads: a cache line of 8-bit inputs. In turns, so that zeros, which
/// come in clusters, are shared evenly.
inline constexpr std::size_t kGatherBlocks = 4;
std::size_t gather_blocks(std::size_t fan_in, int members);

/// All weights in `members` shares. Where threads share a layer's columns forward, each updates the weights
/// it will read; the same holds in bfloat16, whose operands are packed once for many columns. The first
/// layer's inputs are taken in turns, and the rest is cut into tiles of 16 inputs by up to 4 blocks of
/// outputs.
std::vector<std::vector<WeightTask>> share_weights(const std::vector<LayerPlan>& layers, int members,
                                                   std::size_t turn, double first_cost);

}  // namespace mlp::engine
