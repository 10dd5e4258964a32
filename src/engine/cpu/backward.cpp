// See backward.h.
#include "engine/cpu/backward.h"

#include <algorithm>
#include <utility>

#include "engine/cpu/dropout.h"
#include "engine/cpu/product.h"

namespace mlp::engine {

using kernels::BlockedView;
using kernels::Epilogue;

namespace {

/// dA to dZ in place for this member's part of a layer.
void backward_through_activation(const Plan& plan, Workspace& workspace, std::size_t index,
                                 const Chunk& chunk, const Part& part, const StepSettings& settings) {
  const kernels::Kernels& k = plan.kernels();
  const LayerPlan& layer = plan.layers()[index];
  LayerBuffers& buffers = workspace.layers[index];
  const auto part_in = [&](AlignedVector<float>& buffer) {
    return part_view(plan, buffer, chunk, layer.layer.fan_out, part);
  };
  const BlockedView<float> gradient = part_in(buffers.gradient);
  switch (layer.derivative) {
    case Derivative::kOfOutput:
      k.multiply_by_derivative_of_output(layer.slope, part_in(buffers.outputs), gradient);
      return;
    case Derivative::kStored:
      k.multiply(gradient, part_in(buffers.derivative));
      return;
    case Derivative::kSoftmax:
      if (layer.layer.dropout > 0.0) apply_dropout(plan, index, settings, chunk, part, gradient);
      const BlockedView<float> P = part_in(buffers.derivative);
      for (std::size_t n = 0; n < gradient.rows(); ++n) {
        float inner = 0;
        for (std::size_t j = 0; j < gradient.columns(); ++j) inner += gradient(n, j) * P(n, j);
        for (std::size_t j = 0; j < gradient.columns(); ++j)
          gradient(n, j) = P(n, j) * (gradient(n, j) - inner);
      }
      return;
  }
}

/// This member's part of dA = dZ W^T below layer `index`, `epilogue` included. W is transposed on the way, a
/// few blocks of columns of W^T at a time, which stay in the core's first caches: a transpose kept beside W
/// would have to be fetched from the caches of the cores that updated it.
void backward_through_weights(const Plan& plan, Workspace& workspace, std::size_t index, const Chunk& chunk,
                              const Part& part, const Epilogue& epilogue, kernels::Prefetch& prefetch,
                              BlockedView<float> dA) {
  const LayerPlan& layer = plan.layers()[index];
  const auto W = layer.weights.view(std::as_const(workspace.parameters).data() + layer.weight_offset);
  const auto dZ = chunk_view(plan, std::as_const(workspace.layers[index].gradient), chunk.rows.size(),
                             layer.layer.fan_out)
                      .rows(part.rows.begin, dA.rows());
  if (layer.bfloat16) {
    plan.bfloat16()->affine_transposed(dZ, W.rows(part.blocks.begin * kernels::kBlock, dA.columns()),
                                       epilogue, dA, workspace.bfloat16_scratch(chunk.member));
    return;
  }
  float* scratch = workspace.transposed[static_cast<std::size_t>(chunk.member)].data();
  for_each_depth(layer.layer.fan_out, epilogue, [&](std::size_t first, std::size_t count, Epilogue of_part) {
    const float* outputs = of_part.outputs;
    for (std::size_t block = 0; block < dA.blocks(); block += kTransposedBlocks) {
      const std::size_t end = std::min(block + kTransposedBlocks, dA.blocks());
      const std::size_t columns = (end - block) * kernels::kBlock;
      const auto Wt = kernels::BlockedShape{count, columns}.view(scratch);
      plan.kernels().transpose(
          columns_of(W, first, count).rows((part.blocks.begin + block) * kernels::kBlock, columns), Wt);
      if (outputs) of_part.outputs = outputs + block * plan.block_stride();
      plan.kernels().affine(columns_of(dZ, first, count), Wt, nullptr, of_part, dA.blocks(block, end),
                            prefetch);
    }
  });
}

}  // namespace

void backward(const Plan& plan, Workspace& workspace, const Chunk& chunk, const StepSettings& settings,
              kernels::Prefetch& prefetch) {
  const std::size_t last = plan.layers().size() - 1;
  if (!plan.fused()) {
    const Part part = part_of(plan, chunk, plan.network().fan_out(), false);
    backward_through_activation(plan, workspace, last, chunk, part, settings);
  }
  bool columns_before = false;
  for (std::size_t index = last; index > 0; --index) {
    const LayerPlan& layer = plan.layers()[index];
    const LayerPlan& below = plan.layers()[index - 1];
    if (layer.share_inputs || columns_before) chunk.team.barrier();
    columns_before = layer.share_inputs;
    const Part part = part_of(plan, chunk, layer.layer.fan_in, layer.share_inputs);
    const auto part_in = [&](AlignedVector<float>& buffer) {
      return part_view(plan, buffer, chunk, layer.layer.fan_in, part);
    };
    const BlockedView<float> dA = part_in(workspace.layers[index - 1].gradient);
    if (dA.rows() == 0) continue;
    Epilogue epilogue = slope_of(below);
    if (epilogue.kind == Epilogue::Kind::kSlope) {
      epilogue.kind = Epilogue::Kind::kTimesDerivative;
      epilogue.outputs = part_in(workspace.layers[index - 1].outputs).data();
    }
    backward_through_weights(plan, workspace, index, chunk, part, epilogue, prefetch, dA);
    if (below.derivative != Derivative::kOfOutput) {
      backward_through_activation(plan, workspace, index - 1, chunk, part, settings);
    }
  }
}

}  // namespace mlp::engine
