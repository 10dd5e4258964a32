// The sums of weight gradients over a batch's rows, in parts.
//
// Above the first layer, dW = ((s_0 + s_1) + s_2) + s_3, each s_p being the sum over a quarter of the rows
// (of every kPartedRows of them). Threads can then share the rows: each sums its own, right after its
// backward pass, so that neither activations nor gradients by them leave its core. Only the sums move, as
// large as the weights whatever the batch. The parts are the same for any number of threads, and so are the
// bits.
#pragma once

#include "engine/cpu/member.h"

namespace mlp::engine {

/// The end of the chunk that begins at row `first` of a batch of `batch_rows` rows: where members sum their
/// own rows, the rows of each are whole parts.
std::size_t end_of_chunk(const Plan& plan, std::size_t first, std::size_t batch_rows);

/// Where members sum their own rows: adds the contribution of this member's rows to the parts' sums, for all
/// weights of the layers above the first.
void sum_own_rows(const Member& member, kernels::Prefetch& prefetch);

/// For `task`'s weights, above the first layer: sums the gradients over the chunk's rows that have not been
/// summed, and in the last chunk applies `rule`.
void row_part_steps(const Member& member, const WeightTask& task, const kernels::UpdateRule& rule,
                    kernels::Prefetch& prefetch);

}  // namespace mlp::engine
