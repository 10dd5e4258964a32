// See gather.h.
#include "engine/cpu/gather.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <type_traits>
#include <utility>

namespace mlp::engine {

using kernels::BlockedView;
using kernels::NonZeros;

namespace {

/// Columns [first, first + X.columns()) of the rows of `index`: gathered, converted, scaled.
void gather_columns(const Plan& plan, const InputsView& inputs, std::span<const std::uint32_t> index,
                    std::size_t first, const BlockedView<float>& X, const NonZeros& non_zeros) {
  kernels::GatherScaling scaling = plan.input_scaling();
  if (!scaling.uniform) {
    scaling.shift += first;
    scaling.scale += first;
  }
  std::visit(
      [&]<class T>(const MatrixView<T>& stored) {
        const MatrixView<T> columns(stored.data() + first, stored.rows(), X.columns(), stored.stride());
        if constexpr (std::is_same_v<T, const std::uint8_t>) {
          plan.kernels().gather_bytes(columns, index, scaling, X, non_zeros);
        } else {
          plan.kernels().gather_floats(columns, index, scaling, X, non_zeros);
        }
      },
      inputs);
}

/// The bits in which this member notes which inputs of `rows` rows are not zero.
NonZeros scratch_for_non_zeros(Workspace& workspace, const Chunk& chunk, std::size_t rows) {
  const auto member = static_cast<std::size_t>(chunk.member);
  return {.bits = workspace.non_zeros[member].data(),
          .stride = non_zeros_stride(rows),
          .list = workspace.lists[member].data(),
          .list_size = workspace.lists[member].size()};
}

/// The same for `blocks` of columns, without bits after the last row up to a whole group of 16, as weight
/// gradients need.
NonZeros cleared_non_zeros(Workspace& workspace, const Chunk& chunk, std::size_t blocks, std::size_t rows) {
  const NonZeros non_zeros = scratch_for_non_zeros(workspace, chunk, rows);
  for (std::size_t block = 0; block < blocks; ++block) {
    std::uint16_t* bits = non_zeros.bits + block * non_zeros.stride;
    std::fill(bits + rows, bits + kernels::padded(rows), std::uint16_t{0});
  }
  return non_zeros;
}

/// The rows that this member gathers, and X of them: all of the chunk's where it needs them, else its own.
struct MemberRows {
  std::span<const std::uint32_t> index;
  BlockedView<float> X;
};
MemberRows member_rows(const Plan& plan, Workspace& workspace, const Chunk& chunk) {
  const bool all = plan.layers().front().share_outputs;
  const Share share = all ? Share{0, chunk.rows.size()} : chunk.share(plan);
  const auto X =
      chunk_view(plan, workspace.inputs_of(chunk.member), chunk.rows.size(), plan.network().fan_in());
  const std::size_t count = share.end - share.begin;
  return {chunk.inputs.subspan(share.begin, count), X.rows(share.begin, count)};
}

/// X of this member's rows, for training.
NonZeros gather(const Plan& plan, Workspace& workspace, const Chunk& chunk) {
  const auto [index, X] = member_rows(plan, workspace, chunk);
  const NonZeros non_zeros =
      plan.sparse_inputs() ? cleared_non_zeros(workspace, chunk, X.blocks(), index.size()) : NonZeros{};
  gather_columns(plan, chunk.examples.inputs, index, 0, X, non_zeros);
  return non_zeros;
}

/// X of all rows, this member's inputs of the first layer.
NonZeros gather_own_inputs(const Plan& plan, Workspace& workspace, const Chunk& chunk) {
  const auto X =
      chunk_view(plan, workspace.inputs_of(chunk.member), chunk.rows.size(), plan.network().fan_in());
  const NonZeros non_zeros =
      plan.sparse_inputs() ? cleared_non_zeros(workspace, chunk, X.blocks(), chunk.rows.size()) : NonZeros{};
  const std::size_t turn = plan.gather_blocks();
  for (std::size_t block = static_cast<std::size_t>(chunk.member) * turn; block < X.blocks();
       block += static_cast<std::size_t>(plan.threads()) * turn) {
    const NonZeros of_turn = plan.sparse_inputs() ? non_zeros.from_block(block) : non_zeros;
    gather_columns(plan, chunk.examples.inputs, chunk.inputs, block * kernels::kBlock,
                   X.blocks(block, std::min(block + turn, X.blocks())), of_turn);
  }
  return non_zeros;
}

using StoredCodes = MatrixView<const std::uint8_t>;

/// Columns [first, first + X.columns()) of the rows of `index`, as they are stored.
void gather_codes(const Plan& plan, const Chunk& chunk, std::span<const std::uint32_t> index,
                  std::size_t first, const BlockedView<std::uint8_t>& X, const NonZeros& non_zeros) {
  const auto& stored = std::get<StoredCodes>(chunk.examples.inputs);
  const StoredCodes columns(stored.data() + first, stored.rows(), X.columns(), stored.stride());
  plan.kernels().gather_codes(columns, index, plan.zero_code(), X, non_zeros);
}

/// X in codes, this member's rows.
Gathered gather_own_codes(const Plan& plan, Workspace& workspace, const Chunk& chunk) {
  const Share share = chunk.share(plan);
  const auto index = chunk.inputs.subspan(share.begin, share.end - share.begin);
  const auto X = chunk_view(plan, workspace.codes, chunk.rows.size(), plan.network().fan_in());
  const NonZeros non_zeros = cleared_non_zeros(workspace, chunk, X.blocks(), index.size());
  gather_codes(plan, chunk, index, 0, X.rows(share.begin, index.size()), non_zeros);
  return {.non_zeros = non_zeros, .codes = {X, plan.code_values().data()}, .prefetch = {}};
}

/// The share of the first `rows` rows' groups, each of these rows' elements of one column, that are not all
/// zero.
double density_of(const Plan& plan, const NonZeros& non_zeros, std::size_t rows) {
  std::size_t found = 0;
  std::uint64_t words =
      0;  // of four blocks: counting bits is a call where the compiler may not assume popcnt
  const std::size_t blocks = kernels::blocks_of(plan.network().fan_in());
  for (std::size_t block = 0; block < blocks; ++block) {
    std::uint64_t any = 0;
    for (std::size_t n = 0; n < rows; ++n) any |= non_zeros.bits[block * non_zeros.stride + n];
    words = words << 16 | any;
    if (block % 4 == 3 || block + 1 == blocks)
      found += static_cast<std::size_t>(std::popcount(std::exchange(words, 0)));
  }
  return static_cast<double>(found) / static_cast<double>(plan.network().fan_in());
}

/// What this member will gather next, spread over the work of this chunk: if the weights' gradients follow
/// (`again`), the columns of its weights; and its rows of the next chunk.
kernels::Prefetch prefetch_of(const Plan& plan, const Chunk& chunk, bool training) {
  const bool again = training && plan.gathers_again();
  const Share share = plan.layers().front().share_outputs
                          ? Share{0, chunk.upcoming.size()}
                          : share_of(chunk.upcoming.size(), chunk.member, plan.threads());
  return std::visit(
      [&]<class T>(const MatrixView<T>& stored) {
        const std::size_t row_bytes = stored.columns() * sizeof(T);
        const std::size_t piece = plan.gather_blocks() * kernels::kBlock * sizeof(T);
        const auto own_columns = [&](std::span<const std::uint32_t> index) -> kernels::Prefetch::Rows {
          return {.data = stored.data(),
                  .row_stride = stored.stride() * sizeof(T),
                  .row_bytes = row_bytes,
                  .index = index,
                  .first = static_cast<std::size_t>(chunk.member) * piece,
                  .step = static_cast<std::size_t>(plan.threads()) * piece,
                  .size = piece};
        };
        const kernels::Prefetch::Rows columns = again ? own_columns(chunk.inputs) : kernels::Prefetch::Rows{};
        kernels::Prefetch::Rows next{.data = stored.data(),
                                     .row_stride = stored.stride() * sizeof(T),
                                     .row_bytes = row_bytes,
                                     .index = chunk.upcoming.subspan(share.begin, share.end - share.begin)};
        if (training && plan.first_layer() == FirstLayer::kPartsOfInputs) next = own_columns(chunk.upcoming);
        return kernels::Prefetch(columns, next, plan.first_layer_steps(chunk.rows.size()));
      },
      chunk.examples.inputs);
}

}  // namespace

Gathered gather_for_training(const Plan& plan, Workspace& workspace, const Chunk& chunk) {
  Gathered gathered;
  if (plan.first_layer() == FirstLayer::kCodes &&
      std::holds_alternative<StoredCodes>(chunk.examples.inputs)) {
    gathered = gather_own_codes(plan, workspace, chunk);
  } else if (plan.first_layer() == FirstLayer::kPartsOfInputs) {
    gathered.non_zeros = gather_own_inputs(plan, workspace, chunk);
  } else {
    gathered.non_zeros = gather(plan, workspace, chunk);
  }
  gathered.prefetch = prefetch_of(plan, chunk, true);
  return gathered;
}

Gathered gather_for_prediction(const Plan& plan, Workspace& workspace, const Chunk& chunk) {
  const auto [index, X] = member_rows(plan, workspace, chunk);
  const NonZeros non_zeros = scratch_for_non_zeros(workspace, chunk, index.size());
  const auto gather_rows = [&, &index = index, &X = X](std::size_t first, std::size_t count, bool skips) {
    NonZeros of_rows = skips ? non_zeros : NonZeros{};
    if (skips) of_rows.bits += first;
    gather_columns(plan, chunk.examples.inputs, index.subspan(first, count), 0, X.rows(first, count),
                   of_rows);
  };
  // Unless it is decided, the first rows decide: noting zeros without skipping them costs 6%.
  constexpr std::size_t kSample = 4;
  std::optional<bool> skips = plan.sparse_prediction();
  const std::size_t sample = skips ? 0 : std::min(kSample, index.size());
  gather_rows(0, sample, true);
  if (!skips) skips = plan.skips_at(density_of(plan, non_zeros, sample));
  gather_rows(sample, index.size() - sample, *skips);
  return {
      .non_zeros = *skips ? non_zeros : NonZeros{}, .codes = {}, .prefetch = prefetch_of(plan, chunk, false)};
}

GatheredBlock gather_block(const Plan& plan, Workspace& workspace, const Chunk& chunk, std::size_t block,
                           bool sparse) {
  const std::size_t first = block * kernels::kBlock;
  const auto X = chunk_view(plan, workspace.input_blocks[static_cast<std::size_t>(chunk.member)],
                            chunk.rows.size(), std::min(kernels::kBlock, plan.network().fan_in() - first));
  const NonZeros non_zeros = sparse ? cleared_non_zeros(workspace, chunk, 1, chunk.rows.size()) : NonZeros{};
  gather_columns(plan, chunk.examples.inputs, chunk.inputs, first, X, non_zeros);
  return {X, non_zeros};
}

GatheredCodes gather_code_blocks(const Plan& plan, Workspace& workspace, const Chunk& chunk, Share blocks) {
  const std::size_t first = blocks.begin * kernels::kBlock;
  const std::size_t last = std::min(plan.network().fan_in(), blocks.end * kernels::kBlock);
  const auto X = chunk_view(plan, workspace.code_blocks[static_cast<std::size_t>(chunk.member)],
                            chunk.rows.size(), last - first);
  const NonZeros non_zeros = cleared_non_zeros(workspace, chunk, X.blocks(), chunk.rows.size());
  gather_codes(plan, chunk, chunk.inputs, first, X, non_zeros);
  return {{X, plan.code_values().data()}, non_zeros};
}

void gather_targets(const Plan& plan, Workspace& workspace, const Chunk& chunk) {
  const Examples& examples = chunk.examples;
  const auto Y = chunk_view(plan, workspace.targets, chunk.rows.size(), examples.outputs);
  const Share share = chunk.share(plan);
  if (!examples.labels.empty()) {
    const std::size_t count = (share.end - share.begin) * kernels::kBlock;
    for (std::size_t block = 0; block < Y.blocks(); ++block) {
      std::fill_n(Y.block(block) + share.begin * kernels::kBlock, count, 0.0f);
    }
    for (std::size_t n = share.begin; n < share.end; ++n) {
      Y(n, static_cast<std::size_t>(examples.labels[chunk.rows[n]])) = 1;
    }
    return;
  }
  for (std::size_t n = share.begin; n < share.end; ++n) {
    for (std::size_t c = 0; c < examples.outputs; ++c) {
      Y(n, c) = plan.target_scaling().apply(examples.targets(chunk.rows[n], c), c);
    }
  }
}

}  // namespace mlp::engine
