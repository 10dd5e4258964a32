// See forward.h.
#include "engine/cpu/forward.h"

#include <array>
#include <utility>

#include "engine/cpu/dropout.h"
#include "engine/cpu/input_parts.h"
#include "engine/cpu/product.h"

namespace mlp::engine {

using kernels::BlockedView;
using kernels::ConstBlockedView;
using kernels::Epilogue;

namespace {

/// Z = XW (+ b, with `bias`), k as in epilogue.depth, of this member's part of the first layer, then
/// `epilogue`.
void multiply_inputs(const Plan& plan, Workspace& workspace, const Chunk& chunk, const Part& part,
                     const float* bias, const Epilogue& epilogue, Gathered& gathered, BlockedView<float> Z) {
  const LayerPlan& layer = plan.layers().front();
  const auto W = layer.weights.view(std::as_const(workspace.parameters).data() + layer.weight_offset)
                     .blocks(part.blocks.begin, part.blocks.end);
  const auto X = input_of(plan, workspace, 0, chunk).rows(part.rows.begin, Z.rows());
  if (gathered.codes.values) {
    const kernels::CodedView own{gathered.codes.codes.rows(part.rows.begin, Z.rows()), gathered.codes.values};
    plan.kernels().sparse_affine_coded(own, gathered.non_zeros, W, bias, epilogue, Z, gathered.prefetch);
  } else if (gathered.non_zeros.bits) {
    plan.kernels().sparse_affine(X, gathered.non_zeros, W, bias, epilogue, Z, gathered.prefetch);
  } else {
    plan.kernels().affine(X, W, bias, epilogue, Z, gathered.prefetch);
  }
}

/// Z = XW + b of the first layer from its parts, of which each thread has summed some for all rows.
void add_input_parts(const Plan& plan, Workspace& workspace, const Chunk& chunk, const Part& part,
                     const Epilogue& epilogue, BlockedView<float> Z) {
  const std::size_t fan_out = plan.layers().front().layer.fan_out;
  std::array<ConstBlockedView<float>, kInputParts> sums;
  for (std::size_t p = 0; p < kInputParts; ++p)
    sums[p] = part_view(plan, std::as_const(workspace.input_sums[p]), chunk, fan_out, part);
  plan.kernels().add_parts(sums, epilogue, Z);
}

/// This member's parts of the first layer's sums, for all rows.
void sum_input_parts(const Plan& plan, Workspace& workspace, const Chunk& chunk, Gathered& gathered) {
  const LayerPlan& layer = plan.layers().front();
  const Part all{{0, chunk.rows.size()}, {0, kernels::blocks_of(layer.layer.fan_out)}};
  for (std::size_t p = 0; p < kInputParts; ++p) {
    if (!plan.is_part_of(p, chunk.member)) continue;
    const Epilogue sums{.depth = input_part(layer.layer.fan_in, p)};
    const float* bias = p == 0 ? workspace.parameters.data() + layer.bias_offset : nullptr;
    multiply_inputs(plan, workspace, chunk, all, bias, sums, gathered,
                    part_view(plan, workspace.input_sums[p], chunk, layer.layer.fan_out, all));
  }
}

/// Z = XW + b of this member's part of layer `index`, then `epilogue`.
void multiply(const Plan& plan, Workspace& workspace, const Chunk& chunk, std::size_t index, const Part& part,
              const Epilogue& epilogue, Gathered& gathered, bool training, BlockedView<float> Z) {
  const LayerPlan& layer = plan.layers()[index];
  const auto W = layer.weights.view(std::as_const(workspace.parameters).data() + layer.weight_offset)
                     .blocks(part.blocks.begin, part.blocks.end);
  const auto X = input_of(plan, workspace, index, chunk).rows(part.rows.begin, Z.rows());
  const float* bias = workspace.parameters.data() + layer.bias_offset + part.blocks.begin * kernels::kBlock;
  if (training && layer.bfloat16) {  // predictions are always in float32
    plan.bfloat16()->affine(X, W, bias, epilogue, Z, workspace.bfloat16_scratch(chunk.member));
  } else if (index == 0 && training && plan.first_layer() == FirstLayer::kPartsOfInputs) {
    add_input_parts(plan, workspace, chunk, part, epilogue, Z);
  } else if (index == 0 && (input_parts(layer.layer.fan_in) > 1 || gathered.non_zeros.bits)) {
    const std::size_t parts = input_parts(layer.layer.fan_in);
    for (std::size_t p = 0; p < parts; ++p) {
      Epilogue of_part = p + 1 < parts ? Epilogue{} : epilogue;
      of_part.depth = input_part(layer.layer.fan_in, p);
      of_part.adds = p > 0;
      multiply_inputs(plan, workspace, chunk, part, p == 0 ? bias : nullptr, of_part, gathered, Z);
    }
  } else {
    for_each_depth(layer.layer.fan_in, epilogue,
                   [&](std::size_t first, std::size_t count, const Epilogue& of_part) {
                     plan.kernels().affine(columns_of(X, first, count), W.rows(first, count), bias, of_part,
                                           Z, gathered.prefetch);
                   });
  }
}

void copy(ConstBlockedView<float> from, BlockedView<float> to) {
  for (std::size_t block = 0; block < from.blocks(); ++block) {
    std::copy_n(from.block(block), from.rows() * kernels::kBlock, to.block(block));
  }
}

/// A = f(Z) in place, unless the product has done that (`epilogue`). `derivative`: where to keep what the
/// backward pass needs, if anything; laid out as A.
void activate(const Plan& plan, const LayerPlan& layer, const Epilogue& epilogue, BlockedView<float> A,
              std::optional<BlockedView<float>> derivative) {
  if (layer.derivative == Derivative::kSoftmax) {
    plan.kernels().softmax(A);
    if (derivative) copy(A, *derivative);
  } else if (epilogue.kind == Epilogue::Kind::kNone &&
             !(layer.derivative == Derivative::kOfOutput && layer.slope == 1)) {
    plan.kernels().activate(layer.layer.activation, A, derivative ? derivative->data() : nullptr);
  }
}

}  // namespace

void forward(const Plan& plan, Workspace& workspace, const Chunk& chunk, Gathered& gathered,
             const StepSettings* settings) {
  if (settings && plan.first_layer() == FirstLayer::kPartsOfInputs) {
    sum_input_parts(plan, workspace, chunk, gathered);
    chunk.team.barrier();
  }
  for (std::size_t index = 0; index < plan.layers().size(); ++index) {
    const LayerPlan& layer = plan.layers()[index];
    if (index > 0 && (layer.share_outputs || plan.layers()[index - 1].share_outputs)) chunk.team.barrier();
    LayerBuffers& buffers = workspace.layers[index];
    const Part part = part_of(plan, chunk, layer.layer.fan_out, layer.share_outputs);
    const auto part_in = [&](AlignedVector<float>& buffer) {
      return part_view(plan, buffer, chunk, layer.layer.fan_out, part);
    };
    const BlockedView<float> A = part_in(buffers.outputs);
    if (A.rows() == 0) continue;

    const bool last = index + 1 == plan.layers().size();
    const Epilogue epilogue = last ? Epilogue{} : slope_of(layer);
    multiply(plan, workspace, chunk, index, part, epilogue, gathered, settings != nullptr, A);
    if (last) copy(A, part_in(workspace.logits));  // losses are exact from the logits

    std::optional<BlockedView<float>> derivative;
    if (settings && layer.derivative != Derivative::kOfOutput) derivative = part_in(buffers.derivative);
    activate(plan, layer, epilogue, A, derivative);
    if (settings && layer.layer.dropout > 0.0) {
      apply_dropout(plan, index, *settings, chunk, part, A);
      if (layer.derivative == Derivative::kStored) {
        apply_dropout(plan, index, *settings, chunk, part, *derivative);
      }
    }
  }
}

}  // namespace mlp::engine
