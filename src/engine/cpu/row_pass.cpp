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
std::size_t first_non_finite_layer(const Plan& plan, const Workspace& workspace, const Chunk& chunk,
                                   std::size_t n) {
  const std::size_t count = plan.layers().size();
  for (std::size_t index = 0; index < count; ++index) {
    const auto& buffer = index + 1 == count ? workspace.logits : workspace.layers[index].outputs;
    const auto A = chunk_view(plan, buffer, chunk.rows.size(), plan.layers()[index].layer.fan_out);
    for (std::size_t c = 0; c < A.columns(); ++c) {
      if (!std::isfinite(A(n, c))) return index;
    }
  }
  return count;
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
void output_losses(const Plan& plan, Workspace& workspace, const Chunk& chunk, bool backward) {
  const Layer& last = plan.layers().back().layer;
  const Share share = chunk.share(plan);
  const std::size_t count = share.end - share.begin;
  const auto rows_of = [&](auto& buffer) {
    return chunk_view(plan, buffer, chunk.rows.size(), last.fan_out).rows(share.begin, count);
  };
  float* losses = workspace.row_losses.data() + chunk.first + share.begin;
  float* weights = nullptr;
  if (const Examples& examples = chunk.examples; !examples.weights.empty()) {
    weights = workspace.row_weights.data() + share.begin;
    for (std::size_t n = 0; n < count; ++n) {
      const auto weight = static_cast<double>(examples.weights[chunk.rows[share.begin + n]]);
      weights[n] = static_cast<float>(weight / examples.weight_unit);
    }
  }
  LayerBuffers& buffers = workspace.layers.back();
  const OutputRows outputs{.logits = rows_of(std::as_const(workspace.logits)),
                           .outputs = rows_of(std::as_const(buffers.outputs)),
                           .targets = rows_of(std::as_const(workspace.targets)),
                           .weights = weights,
                           .mean = 1.0f / static_cast<float>(chunk.whole_rows)};
  float* gradient = backward ? rows_of(buffers.gradient).data() : nullptr;
  if (chunk.own_loss) {
    own_row_losses(chunk, outputs, losses, gradient);
  } else {
    row_losses(plan.kernels(), plan.loss(), plan.fused(), outputs, losses, gradient);
  }
  for (std::size_t n = 0; n < count; ++n) {
    if (std::isfinite(losses[n])) continue;
    auto& layer = workspace.non_finite_layers[static_cast<std::size_t>(chunk.member)];
    layer = std::min(layer, first_non_finite_layer(plan, workspace, chunk, share.begin + n));
  }
}

}  // namespace

void prediction_pass(const Plan& plan, Workspace& workspace, const Chunk& chunk) {
  Gathered gathered = gather_for_prediction(plan, workspace, chunk);
  forward(plan, workspace, chunk, gathered, nullptr);
}

void evaluation_pass(const Plan& plan, Workspace& workspace, const Chunk& chunk) {
  gather_targets(plan, workspace, chunk);
  prediction_pass(plan, workspace, chunk);
  output_losses(plan, workspace, chunk, false);
}

Gathered training_pass(const Plan& plan, Workspace& workspace, const Chunk& chunk,
                       const StepSettings& settings) {
  Gathered gathered = gather_for_training(plan, workspace, chunk);
  gather_targets(plan, workspace, chunk);
  forward(plan, workspace, chunk, gathered, &settings);
  output_losses(plan, workspace, chunk, true);
  backward(plan, workspace, chunk, settings, gathered.prefetch);
  if (plan.row_sums() == RowSums::kOwnRows) sum_own_rows(plan, workspace, chunk, gathered.prefetch);
  return gathered;
}

}  // namespace mlp::engine
