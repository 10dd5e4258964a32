// See row_pass.h.
#include "engine/cpu/row_pass.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/cpu/backward.h"
#include "engine/cpu/forward.h"
#include "engine/cpu/output_loss.h"
#include "engine/cpu/row_parts.h"

namespace mlp::engine {

namespace {

/// The first layer whose activations in row n of the chunk are not finite; their number, if none.
std::size_t first_non_finite_layer(const Member& member, std::size_t n) {
  for (std::size_t i = 0; i < member.depth(); ++i) {
    const auto A = i + 1 == member.depth() ? member.logits() : member.A(i);
    for (std::size_t c = 0; c < A.columns(); ++c) {
      if (!std::isfinite(A(n, c))) return i;
    }
  }
  return member.depth();
}

/// row_losses() by a loss of the caller's: its numbers row by row, then weighted.
void own_row_losses(const Chunk& chunk, const OutputRows& outputs, float* losses, float* gradient) {
  const auto& A = outputs.outputs;
  Matrix<float> row_major(A.rows(), A.columns()), gradients(A.rows(), A.columns());
  for (std::size_t n = 0; n < A.rows(); ++n) {
    for (std::size_t c = 0; c < A.columns(); ++c) row_major(n, c) = A(n, c);
  }
  (*chunk.own_loss)(chunk.rows, row_major, {losses, A.rows()}, gradients);
  const kernels::BlockedView<float> dA(gradient, A.rows(), A.columns(), A.block_stride());
  for (std::size_t n = 0; n < A.rows(); ++n) {
    const float weight = outputs.weights ? outputs.weights[n] : 1.0f;
    losses[n] *= weight;
    for (std::size_t c = 0; c < A.columns() && gradient; ++c)
      dA(n, c) = gradients(n, c) * (weight * outputs.mean);
  }
}

/// This member's rows' weighted losses, and with `backward` dA of the last layer, or at once dZ where loss
/// and activation are fused.
void output_losses(const Member& member, bool backward) {
  const Plan& plan = member.plan;
  Workspace& workspace = member.workspace;
  const Chunk& chunk = member.chunk;
  const Share share = member.own_rows();
  const std::size_t count = share.end - share.begin, last = member.depth() - 1;
  float* losses = workspace.row_losses.data() + chunk.first + share.begin;
  float* weights = nullptr;
  if (const Examples& examples = chunk.examples; !examples.weights.empty()) {
    weights = workspace.row_weights.data() + share.begin;
    for (std::size_t n = 0; n < count; ++n) {
      const auto weight = static_cast<double>(examples.weights[chunk.rows[share.begin + n]]);
      weights[n] = static_cast<float>(weight / examples.weight_unit);
    }
  }
  const OutputRows outputs{.logits = rows_of(member.logits(), share),
                           .outputs = rows_of(member.A(last), share),
                           .targets = rows_of(member.Y(), share),
                           .weights = weights,
                           .mean = 1.0f / static_cast<float>(chunk.whole_rows)};
  float* gradient = backward ? rows_of(member.dA(last), share).data() : nullptr;
  if (chunk.own_loss) {
    own_row_losses(chunk, outputs, losses, gradient);
  } else {
    const LossForm form{.fused = plan.fused(), .averages = plan.averages_outputs()};
    row_losses(plan.kernels(), plan.loss(), form, outputs, losses, gradient);
  }
  for (std::size_t n = 0; n < count; ++n) {
    if (std::isfinite(losses[n])) continue;
    std::size_t& layer = workspace.non_finite_layers[member.index];
    layer = std::min(layer, first_non_finite_layer(member, share.begin + n));
  }
}

}  // namespace

Gathered prediction_pass(const Member& member) {
  Gathered gathered = gather_for_prediction(member);
  forward(member, gathered, nullptr);
  return gathered;
}

void evaluation_pass(const Member& member) {
  gather_targets(member);
  prediction_pass(member);
  output_losses(member, false);
}

Gathered training_pass(const Member& member, const StepSettings& settings) {
  Gathered gathered = gather_for_training(member);
  gather_targets(member);
  forward(member, gathered, &settings);
  output_losses(member, true);
  backward(member, settings, gathered.prefetch);
  if (member.plan.row_sums() == RowSums::kOwnRows) sum_own_rows(member, gathered.prefetch);
  return gathered;
}

}  // namespace mlp::engine
