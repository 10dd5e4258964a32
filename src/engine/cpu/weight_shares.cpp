// See weight_shares.h.
#include "engine/cpu/weight_shares.h"

#include <algorithm>
#include <numeric>

namespace mlp::engine {

namespace {

using Shares = std::vector<std::vector<WeightTask>>;

std::size_t row_blocks(const LayerPlan& layer) { return kernels::blocks_of(layer.layer.fan_in); }
std::size_t column_blocks(const LayerPlan& layer) { return kernels::blocks_of(layer.layer.fan_out); }

bool is_shared_by_columns(const LayerPlan& layer) { return layer.share_outputs || layer.bfloat16; }

/// Gives each member its columns of layer `index`, with their biases.
void share_by_columns(const LayerPlan& layer, std::size_t index, Shares& shares) {
  const int members = static_cast<int>(shares.size());
  for (int member = 0; member < members; ++member) {
    const Share columns = share_of(column_blocks(layer), member, members);
    if (columns.begin == columns.end) continue;
    auto& share = shares[static_cast<std::size_t>(member)];
    share.push_back({.layer = index, .rows = {0, row_blocks(layer)}, .columns = columns});
    share.push_back({.layer = index, .columns = columns, .bias = true});
  }
}

/// Shares out the first layer's weights in turns; returns what they cost each member.
std::vector<std::size_t> share_in_turns(const LayerPlan& first, std::size_t step, double first_cost,
                                        Shares& shares) {
  std::vector<std::size_t> costs(shares.size());
  const std::size_t rows = row_blocks(first), columns = column_blocks(first);
  for (std::size_t row = 0; row < rows; row += step) {
    const std::size_t member = row / step % shares.size(), end = std::min(row + step, rows);
    shares[member].push_back({.layer = 0, .rows = {row, end}, .columns = {0, columns}});
    costs[member] +=
        static_cast<std::size_t>(first_cost * static_cast<double>((end - row) * kernels::kBlock * columns));
  }
  return costs;
}

struct Tile {
  WeightTask task;
  std::size_t cost = 0;
};

/// The tiles of layer `index` (of the first, whose weights are shared in turns, none), and its bias.
void append_tiles(const LayerPlan& layer, std::size_t index, std::vector<Tile>& tiles) {
  const std::size_t blocks = column_blocks(layer);
  const std::size_t groups = index == 0 ? 0 : (blocks + 3) / 4;
  for (std::size_t group = 0; group < groups; ++group) {
    const Share columns{blocks * group / groups, blocks * (group + 1) / groups};
    for (std::size_t row = 0; row < row_blocks(layer); ++row) {
      const std::size_t rows = std::min(kernels::kBlock, layer.layer.fan_in - row * kernels::kBlock);
      tiles.push_back({{.layer = index, .rows = {row, row + 1}, .columns = columns},
                       rows * (columns.end - columns.begin)});
    }
  }
  tiles.push_back({{.layer = index, .columns = {0, blocks}, .bias = true}, blocks});
}

/// Where each member's part of `rest` ends, so that total costs, `taken` included, are equal as far as
/// possible.
std::vector<double> ends_of_shares(const std::vector<std::size_t>& taken, std::size_t rest) {
  const double fair = static_cast<double>(std::accumulate(taken.begin(), taken.end(), rest)) /
                      static_cast<double>(taken.size());
  std::vector<double> ends;
  for (const std::size_t cost : taken) {
    ends.push_back((ends.empty() ? 0 : ends.back()) + std::max(0.0, fair - static_cast<double>(cost)));
  }
  const double scale = static_cast<double>(rest) / std::max(ends.back(), 1e-9);
  for (double& end : ends) end *= scale;
  return ends;
}

/// Whether `next` continues `task` down the same columns.
bool continues(const WeightTask& task, const WeightTask& next) {
  return !task.bias && !next.bias && task.layer == next.layer && task.columns.begin == next.columns.begin &&
         task.rows.end == next.rows.begin;
}

/// Deals out the tiles in order, to each member up to its end; neighbours become one task.
void deal(const std::vector<Tile>& tiles, const std::vector<double>& ends, Shares& shares) {
  std::size_t member = 0;
  double done = 0;
  for (const auto& [task, cost] : tiles) {
    const double middle = done + static_cast<double>(cost) / 2;
    while (member + 1 < shares.size() && middle >= ends[member]) ++member;
    done += static_cast<double>(cost);
    auto& share = shares[member];
    if (!share.empty() && continues(share.back(), task)) {
      share.back().rows.end = task.rows.end;
    } else {
      share.push_back(task);
    }
  }
}

}  // namespace

std::size_t offset_of(const LayerPlan& layer, const WeightTask& task) {
  const std::size_t row = task.rows.begin * kernels::kBlock, column = task.columns.begin * kernels::kBlock;
  return task.bias ? layer.bias_offset + column : layer.weight_offset + layer.weights.index(row, column);
}

std::size_t gather_blocks(std::size_t fan_in, int members) {
  return std::clamp<std::size_t>(kernels::blocks_of(fan_in) / (3 * static_cast<std::size_t>(members)), 1,
                                 kGatherBlocks);
}

Shares share_weights(const std::vector<LayerPlan>& layers, int members, std::size_t turn, double first_cost) {
  Shares shares(static_cast<std::size_t>(members));
  std::vector<std::size_t> taken(shares.size());  // the cost of the first layer
  std::vector<Tile> rest;
  for (std::size_t index = 0; index < layers.size(); ++index) {
    if (is_shared_by_columns(layers[index])) {
      share_by_columns(layers[index], index, shares);
      continue;
    }
    if (index == 0) taken = share_in_turns(layers[index], turn, first_cost, shares);
    append_tiles(layers[index], index, rest);
  }
  const std::size_t total =
      std::accumulate(rest.begin(), rest.end(), std::size_t{0},
                      [](std::size_t sum, const Tile& tile) { return sum + tile.cost; });
  deal(rest, ends_of_shares(taken, total), shares);
  return shares;
}

}  // namespace mlp::engine
