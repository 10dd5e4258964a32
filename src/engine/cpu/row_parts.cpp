// See row_parts.h.
#include "engine/cpu/row_parts.h"

#include <algorithm>

namespace mlp::engine {

using kernels::RowParts;
using kernels::UpdateBuffers;
using kernels::UpdateRule;

namespace {

/// Up to kPartedRows rows of a batch, of which each part has a quarter.
struct Turn {
  std::size_t first = 0;
  std::size_t rows = 0;

  Share part(std::size_t p) const {
    const Share share = share_of(rows, static_cast<int>(p), static_cast<int>(kRowParts));
    return {first + share.begin, first + share.end};
  }
};

/// The turn of row `row`.
Turn turn_of(std::size_t row, std::size_t batch_rows) {
  const std::size_t first = row / kPartedRows * kPartedRows;
  return {first, std::min(kPartedRows, batch_rows - first)};
}

/// Some of a chunk's rows, counted from its first, all in one turn.
struct Rows {
  Turn turn;
  Share rows;
};

/// The rows of one part among them.
struct PartRows {
  Share rows;
  bool continues = false;  ///< the part has had rows before
};

PartRows part_rows(const Chunk& chunk, const Rows& of, std::size_t p) {
  const Share part = of.turn.part(p);
  const auto within = [&](std::size_t row) {
    return std::clamp(row, chunk.first + of.rows.begin, chunk.first + of.rows.end) - chunk.first;
  };
  const Share own{within(part.begin), within(part.end)};
  return {own, of.turn.first > 0 || (part.begin < part.end && part.begin < chunk.first + own.begin)};
}

/// The sum of part `p`, from `offset` of the packed parameters on.
float* sums_at(const Member& member, std::size_t p, std::size_t offset) {
  return member.workspace.row_sums[p].data() + (offset - member.plan.row_sums_offset());
}

/// The gradients of `task`'s weights over some of the chunk's rows, then `rule`.
void step(const Member& member, const WeightTask& task, const Share& rows, const UpdateRule& rule,
          const UpdateBuffers& buffers, kernels::Prefetch& prefetch) {
  const Part outputs{rows, task.columns}, inputs{rows, task.rows};
  const auto dZ = outputs.of(member.dZ(task.layer));
  if (task.bias) return member.kernels().bias_step(dZ, rule, buffers);
  member.kernels().weight_step(inputs.of(member.X(task.layer)), dZ, rule, buffers,
                               member.layer(task.layer).weights.block_stride(), prefetch);
}

/// Adds the contribution of `rows` to the parts' sums of `task`'s weights.
void sum(const Member& member, const WeightTask& task, const Rows& rows, kernels::Prefetch& prefetch) {
  const std::size_t offset = offset_of(member.layer(task.layer), task);
  for (std::size_t p = 0; p < kRowParts; ++p) {
    const PartRows part = part_rows(member.chunk, rows, p);
    if (part.rows.begin == part.rows.end) continue;
    const UpdateBuffers buffers{.parameters = member.workspace.parameters.data() + offset,
                                .gradients = sums_at(member, p, offset)};
    step(member, task, part.rows, {.continues = part.continues}, buffers, prefetch);
  }
}

/// `rule` with the gradients of `task`'s weights: the parts' sums plus the contribution of rows `last` of the
/// batch.
void update(const Member& member, const WeightTask& task, const Rows& last, UpdateRule rule,
            kernels::Prefetch& prefetch) {
  const std::size_t offset = offset_of(member.layer(task.layer), task);
  RowParts parts{.count = kRowParts};
  for (std::size_t p = 0; p < kRowParts; ++p) {
    const PartRows part = part_rows(member.chunk, last, p);
    if (part.continues) parts.before[p] = sums_at(member, p, offset);
    parts.edges[p] = part.rows.begin - last.rows.begin;
    parts.edges[p + 1] = part.rows.end - last.rows.begin;
  }
  rule.parts = &parts;
  step(member, task, last.rows, rule, member.workspace.buffers_at(offset), prefetch);
}

}  // namespace

std::size_t end_of_chunk(const Plan& plan, std::size_t first, std::size_t batch_rows) {
  const std::size_t most = first + plan.chunk_rows();
  if (plan.row_sums() != RowSums::kOwnRows) return std::min(most, batch_rows);
  const Turn turn = turn_of(first, batch_rows);
  const std::size_t end = turn.first + turn.rows;
  if (most >= end) return end;
  const std::size_t half = turn.part(kRowParts / 2).begin;
  return first < half ? half : end;
}

void sum_own_rows(const Member& member, kernels::Prefetch& prefetch) {
  const Rows rows{turn_of(member.chunk.first, member.chunk.batch_rows), member.own_rows()};
  for (std::size_t i = member.depth() - 1; i > 0; --i) {
    const Layer& layer = member.layer(i).layer;
    const Share inputs{0, kernels::blocks_of(layer.fan_in)}, outputs{0, kernels::blocks_of(layer.fan_out)};
    sum(member, {.layer = i, .rows = inputs, .columns = outputs}, rows, prefetch);
    sum(member, {.layer = i, .columns = outputs, .bias = true}, rows, prefetch);
  }
}

void row_part_steps(const Member& member, const WeightTask& task, const UpdateRule& rule,
                    kernels::Prefetch& prefetch) {
  const Chunk& chunk = member.chunk;
  const std::size_t end = chunk.rows.size();
  std::size_t begin = member.plan.row_sums() == RowSums::kOwnRows ? end : 0;
  // Only the batch's last turn is left for the update.
  Turn turn = turn_of(chunk.first + std::min(begin, end - 1), chunk.batch_rows);
  while (turn.first + turn.rows < chunk.first + end) {
    const std::size_t next = turn.first + turn.rows - chunk.first;
    sum(member, task, {turn, {begin, next}}, prefetch);
    begin = next;
    turn = turn_of(chunk.first + begin, chunk.batch_rows);
  }
  const Rows rest{turn, {begin, end}};
  if (chunk.is_last()) {
    update(member, task, rest, rule, prefetch);
  } else {
    sum(member, task, rest, prefetch);
  }
}

}  // namespace mlp::engine
