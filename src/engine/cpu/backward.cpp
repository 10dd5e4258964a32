// See backward.h.
#include "engine/cpu/backward.h"

#include <algorithm>

#include "engine/cpu/dropout.h"
#include "engine/cpu/product.h"

namespace mlp::engine {

using kernels::BlockedView;
using kernels::Epilogue;

namespace {

/// dA to dZ in place for this member's part of layer `i`.
void backward_through_activation(const Member& member, std::size_t i, const Part& part,
                                 const StepSettings& settings) {
  const LayerPlan& layer = member.layer(i);
  const BlockedView<float> gradient = part.of(member.dA(i));
  switch (layer.derivative) {
    case Derivative::kOfOutput:
      member.kernels().multiply_by_derivative_of_output(layer.slope, part.of(member.A(i)), gradient);
      return;
    case Derivative::kStored:
      member.kernels().multiply(gradient, part.of(member.derivative(i)));
      return;
    case Derivative::kSoftmax:
      if (layer.layer.dropout > 0.0) apply_dropout(member, i, settings, part, gradient);
      const BlockedView<float> P = part.of(member.derivative(i));
      for (std::size_t n = 0; n < gradient.rows(); ++n) {
        float inner = 0;
        for (std::size_t j = 0; j < gradient.columns(); ++j) inner += gradient(n, j) * P(n, j);
        for (std::size_t j = 0; j < gradient.columns(); ++j)
          gradient(n, j) = P(n, j) * (gradient(n, j) - inner);
      }
      return;
  }
}

/// This member's part of dA = dZ W^T below layer `i`, `epilogue` included. W is transposed on the way, a few
/// blocks of columns of W^T at a time, which stay in the core's first caches: a transpose kept beside W would
/// have to be fetched from the caches of the cores that updated it.
void backward_through_weights(const Member& member, std::size_t i, const Part& part, const Epilogue& epilogue,
                              kernels::Prefetch& prefetch) {
  const LayerPlan& layer = member.layer(i);
  const auto W = member.W(i);
  const kernels::ConstBlockedView<float> dZ = rows_of(member.dZ(i), part.rows);
  const BlockedView<float> dA = part.of(member.dA(i - 1));
  if (layer.bfloat16) {
    member.plan.bfloat16()->affine_transposed(dZ, W.rows(part.blocks.begin * kernels::kBlock, dA.columns()),
                                              epilogue, dA, member.workspace.bfloat16_scratch(member.index));
    return;
  }
  float* scratch = member.workspace.transposed[member.index].data();
  for_each_depth(layer.layer.fan_out, epilogue, [&](std::size_t first, std::size_t count, Epilogue of_part) {
    const float* outputs = of_part.outputs;
    for (std::size_t block = 0; block < dA.blocks(); block += kTransposedBlocks) {
      const std::size_t end = std::min(block + kTransposedBlocks, dA.blocks());
      const std::size_t columns = (end - block) * kernels::kBlock;
      const auto Wt = kernels::BlockedShape{count, columns}.view(scratch);
      member.kernels().transpose(
          columns_of(W, first, count).rows((part.blocks.begin + block) * kernels::kBlock, columns), Wt);
      if (outputs) of_part.outputs = outputs + block * member.plan.block_stride();
      member.kernels().affine(columns_of(dZ, first, count), Wt, nullptr, of_part, dA.blocks(block, end),
                              prefetch);
    }
  });
}

}  // namespace

void backward(const Member& member, const StepSettings& settings, kernels::Prefetch& prefetch) {
  const std::size_t last = member.depth() - 1;
  if (!member.plan.fused()) {
    const Part part = member.part_of(member.layer(last).layer.fan_out, false);
    backward_through_activation(member, last, part, settings);
  }
  bool columns_before = false;
  for (std::size_t i = last; i > 0; --i) {
    const LayerPlan& layer = member.layer(i);
    const LayerPlan& below = member.layer(i - 1);
    if (layer.share_inputs || columns_before) member.barrier();
    columns_before = layer.share_inputs;
    const Part part = member.part_of(layer.layer.fan_in, layer.share_inputs);
    if (part.rows.begin == part.rows.end) continue;
    Epilogue epilogue = slope_of(below);
    if (epilogue.kind == Epilogue::Kind::kSlope) {
      epilogue.kind = Epilogue::Kind::kTimesDerivative;
      epilogue.outputs = part.of(member.A(i - 1)).data();
    }
    backward_through_weights(member, i, part, epilogue, prefetch);
    if (below.derivative != Derivative::kOfOutput) backward_through_activation(member, i - 1, part, settings);
  }
}

}  // namespace mlp::engine
