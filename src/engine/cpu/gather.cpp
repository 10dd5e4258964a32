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
void gather_columns(const Member& member, std::span<const std::uint32_t> index, std::size_t first,
                    const BlockedView<float>& X, const NonZeros& non_zeros) {
  kernels::GatherScaling scaling = member.plan.input_scaling();
  if (!scaling.uniform) {
    scaling.shift += first;
    scaling.scale += first;
  }
  std::visit(
      [&]<class T>(const MatrixView<T>& stored) {
        const MatrixView<T> columns(stored.data() + first, stored.rows(), X.columns(), stored.stride());
        if constexpr (std::is_same_v<T, const std::uint8_t>) {
          member.kernels().gather_bytes(columns, index, scaling, X, non_zeros);
        } else {
          member.kernels().gather_floats(columns, index, scaling, X, non_zeros);
        }
      },
      member.chunk.examples.inputs);
}

/// The bits in which this member notes which inputs of `rows` rows are not zero.
NonZeros scratch_for_non_zeros(const Member& member, std::size_t rows) {
  std::vector<std::uint32_t>& list = member.workspace.lists[member.index];
  return {.bits = member.workspace.non_zeros[member.index].data(),
          .stride = non_zeros_stride(rows),
          .list = list.data(),
          .list_size = list.size()};
}

/// The same for `blocks` of columns, without bits after the last row up to a whole group of 16, as weight
/// gradients need.
NonZeros cleared_non_zeros(const Member& member, std::size_t blocks, std::size_t rows) {
  const NonZeros non_zeros = scratch_for_non_zeros(member, rows);
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
MemberRows member_rows(const Member& member) {
  const Share rows = member.layer(0).share_outputs ? Share{0, member.chunk.rows.size()} : member.own_rows();
  return {member.chunk.inputs.subspan(rows.begin, rows.end - rows.begin), rows_of(member.inputs(), rows)};
}

/// X of this member's rows, for training.
NonZeros gather(const Member& member) {
  const auto [index, X] = member_rows(member);
  const NonZeros non_zeros =
      member.plan.sparse_inputs() ? cleared_non_zeros(member, X.blocks(), index.size()) : NonZeros{};
  gather_columns(member, index, 0, X, non_zeros);
  return non_zeros;
}

/// X of all rows, this member's inputs of the first layer.
NonZeros gather_own_inputs(const Member& member) {
  const Plan& plan = member.plan;
  const BlockedView<float> X = member.inputs();
  const NonZeros non_zeros =
      plan.sparse_inputs() ? cleared_non_zeros(member, X.blocks(), X.rows()) : NonZeros{};
  const std::size_t turn = plan.gather_blocks();
  for (std::size_t block = member.index * turn; block < X.blocks();
       block += static_cast<std::size_t>(plan.threads()) * turn) {
    const NonZeros of_turn = plan.sparse_inputs() ? non_zeros.from_block(block) : non_zeros;
    gather_columns(member, member.chunk.inputs, block * kernels::kBlock,
                   X.blocks(block, std::min(block + turn, X.blocks())), of_turn);
  }
  return non_zeros;
}

using StoredCodes = MatrixView<const std::uint8_t>;

/// Columns [first, first + X.columns()) of the rows of `index`, as they are stored.
void gather_codes(const Member& member, std::span<const std::uint32_t> index, std::size_t first,
                  const BlockedView<std::uint8_t>& X, const NonZeros& non_zeros) {
  const auto& stored = std::get<StoredCodes>(member.chunk.examples.inputs);
  const StoredCodes columns(stored.data() + first, stored.rows(), X.columns(), stored.stride());
  member.kernels().gather_codes(columns, index, member.plan.zero_code(), X, non_zeros);
}

/// X in codes, this member's rows.
Gathered gather_own_codes(const Member& member) {
  const Share rows = member.own_rows();
  const auto index = member.chunk.inputs.subspan(rows.begin, rows.end - rows.begin);
  const auto X = member.matrix(member.workspace.codes, member.plan.network().fan_in());
  const NonZeros non_zeros = cleared_non_zeros(member, X.blocks(), index.size());
  gather_codes(member, index, 0, rows_of(X, rows), non_zeros);
  return {.non_zeros = non_zeros, .codes = {X, member.plan.code_values().data()}, .prefetch = {}};
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
kernels::Prefetch prefetch_of(const Member& member, bool training) {
  const Plan& plan = member.plan;
  const Chunk& chunk = member.chunk;
  const bool again = training && plan.gathers_again();
  const Share share =
      member.layer(0).share_outputs ? Share{0, chunk.upcoming.size()} : member.share(chunk.upcoming.size());
  return std::visit(
      [&]<class T>(const MatrixView<T>& stored) {
        const std::size_t row_bytes = stored.columns() * sizeof(T);
        const std::size_t piece = plan.gather_blocks() * kernels::kBlock * sizeof(T);
        const auto own_columns = [&](std::span<const std::uint32_t> index) -> kernels::Prefetch::Rows {
          return {.data = stored.data(),
                  .row_stride = stored.stride() * sizeof(T),
                  .row_bytes = row_bytes,
                  .index = index,
                  .first = member.index * piece,
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

Gathered gather_for_training(const Member& member) {
  Gathered gathered;
  const FirstLayer first_layer = member.plan.first_layer();
  if (first_layer == FirstLayer::kCodes &&
      std::holds_alternative<StoredCodes>(member.chunk.examples.inputs)) {
    gathered = gather_own_codes(member);
  } else if (first_layer == FirstLayer::kPartsOfInputs) {
    gathered.non_zeros = gather_own_inputs(member);
  } else {
    gathered.non_zeros = gather(member);
  }
  gathered.prefetch = prefetch_of(member, true);
  return gathered;
}

Gathered gather_for_prediction(const Member& member) {
  const Plan& plan = member.plan;
  const auto [index, X] = member_rows(member);
  const NonZeros non_zeros = scratch_for_non_zeros(member, index.size());
  const auto gather_rows = [&, &index = index, &X = X](std::size_t first, std::size_t count, bool skips) {
    NonZeros of_rows = skips ? non_zeros : NonZeros{};
    if (skips) of_rows.bits += first;
    gather_columns(member, index.subspan(first, count), 0, X.rows(first, count), of_rows);
  };
  // Unless it is decided, the first rows decide: noting zeros without skipping them costs 6%.
  constexpr std::size_t kSample = 4;
  std::optional<bool> skips = plan.sparse_prediction();
  const std::size_t sample = skips ? 0 : std::min(kSample, index.size());
  gather_rows(0, sample, true);
  if (!skips) skips = plan.skips_at(density_of(plan, non_zeros, sample));
  gather_rows(sample, index.size() - sample, *skips);
  return {.non_zeros = *skips ? non_zeros : NonZeros{}, .codes = {}, .prefetch = prefetch_of(member, false)};
}

GatheredBlock gather_block(const Member& member, std::size_t block, bool sparse) {
  const std::size_t first = block * kernels::kBlock;
  const auto X = member.matrix(member.workspace.input_blocks[member.index],
                               std::min(kernels::kBlock, member.plan.network().fan_in() - first));
  const NonZeros non_zeros = sparse ? cleared_non_zeros(member, 1, X.rows()) : NonZeros{};
  gather_columns(member, member.chunk.inputs, first, X, non_zeros);
  return {X, non_zeros};
}

GatheredCodes gather_code_blocks(const Member& member, Share blocks) {
  const std::size_t first = blocks.begin * kernels::kBlock;
  const std::size_t last = std::min(member.plan.network().fan_in(), blocks.end * kernels::kBlock);
  const auto X = member.matrix(member.workspace.code_blocks[member.index], last - first);
  const NonZeros non_zeros = cleared_non_zeros(member, X.blocks(), X.rows());
  gather_codes(member, member.chunk.inputs, first, X, non_zeros);
  return {{X, member.plan.code_values().data()}, non_zeros};
}

void gather_targets(const Member& member) {
  const Chunk& chunk = member.chunk;
  const Examples& examples = chunk.examples;
  const BlockedView<float> Y = member.Y();
  const Share share = member.own_rows();
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
      Y(n, c) = member.plan.target_scaling().apply(examples.targets(chunk.rows[n], c), c);
    }
  }
}

}  // namespace mlp::engine
