// See forward.h.
#include "engine/cpu/forward.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/cpu/dropout.h"
#include "engine/cpu/input_parts.h"
#include "engine/cpu/product.h"

namespace mlp::engine {

using kernels::BlockedView;
using kernels::ConstBlockedView;
using kernels::Epilogue;

namespace {

/// Z = XW (+ b, with `bias`), k as in epilogue.depth, of a part of the first layer, then `epilogue`.
void multiply_inputs(const Member& member, const Part& part, const float* bias, const Epilogue& epilogue,
                     Gathered& gathered, BlockedView<float> Z) {
  const auto W = member.W(0).blocks(part.blocks.begin, part.blocks.end);
  const auto X = rows_of(member.X(0), part.rows);
  if (gathered.codes.values) {
    const kernels::CodedView own{rows_of(gathered.codes.codes, part.rows), gathered.codes.values};
    member.kernels().sparse_affine_coded(own, gathered.non_zeros, W, bias, epilogue, Z, gathered.prefetch);
  } else if (gathered.non_zeros.bits) {
    member.kernels().sparse_affine(X, gathered.non_zeros, W, bias, epilogue, Z, gathered.prefetch);
  } else {
    member.kernels().affine(X, W, bias, epilogue, Z, gathered.prefetch);
  }
}

/// One part of the first layer's sums, [rows, fan_out].
BlockedView<float> input_sums(const Member& member, std::size_t p) {
  return member.matrix(member.workspace.input_sums[p], member.layer(0).layer.fan_out);
}

/// Z = XW + b of the first layer from its parts, of which each thread has summed some for all rows.
void add_input_parts(const Member& member, const Part& part, const Epilogue& epilogue, BlockedView<float> Z) {
  std::array<ConstBlockedView<float>, kInputParts> sums;
  for (std::size_t p = 0; p < kInputParts; ++p) sums[p] = part.of(input_sums(member, p));
  member.kernels().add_parts(sums, epilogue, Z);
}

/// This member's parts of the first layer's sums, for all rows.
void sum_input_parts(const Member& member, Gathered& gathered) {
  const Layer& layer = member.layer(0).layer;
  const Part all{{0, member.chunk.rows.size()}, {0, kernels::blocks_of(layer.fan_out)}};
  for (std::size_t p = 0; p < kInputParts; ++p) {
    if (!member.plan.is_part_of(p, member.index)) continue;
    const Epilogue sums{.depth = input_part(layer.fan_in, p)};
    multiply_inputs(member, all, p == 0 ? member.b(0) : nullptr, sums, gathered, input_sums(member, p));
  }
}

/// Z = XW + b, where A will be, of this member's part of layer `i`, then `epilogue`.
void multiply(const Member& member, std::size_t i, const Part& part, const Epilogue& epilogue,
              Gathered& gathered, bool training) {
  const LayerPlan& layer = member.layer(i);
  const std::size_t fan_in = layer.layer.fan_in;
  const auto W = member.W(i).blocks(part.blocks.begin, part.blocks.end);
  const auto X = rows_of(member.X(i), part.rows);
  const float* bias = member.b(i) + part.blocks.begin * kernels::kBlock;
  const BlockedView<float> Z = part.of(member.A(i));
  if (training && layer.bfloat16) {  // predictions are always in float32
    member.plan.bfloat16()->affine(X, W, bias, epilogue, Z, member.workspace.bfloat16_scratch(member.index));
  } else if (i == 0 && training && member.plan.first_layer() == FirstLayer::kPartsOfInputs) {
    add_input_parts(member, part, epilogue, Z);
  } else if (i == 0 && (input_parts(fan_in) > 1 || gathered.non_zeros.bits)) {
    const std::size_t parts = input_parts(fan_in);
    for (std::size_t p = 0; p < parts; ++p) {
      Epilogue of_part = p + 1 < parts ? Epilogue{} : epilogue;
      of_part.depth = input_part(fan_in, p);
      of_part.adds = p > 0;
      multiply_inputs(member, part, p == 0 ? bias : nullptr, of_part, gathered, Z);
    }
  } else {
    for_each_depth(fan_in, epilogue, [&](std::size_t first, std::size_t count, const Epilogue& of_part) {
      member.kernels().affine(columns_of(X, first, count), W.rows(first, count), bias, of_part, Z,
                              gathered.prefetch);
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
void activate(const kernels::Kernels& k, const LayerPlan& layer, const Epilogue& epilogue,
              BlockedView<float> A, std::optional<BlockedView<float>> derivative) {
  if (layer.derivative == Derivative::kSoftmax) {
    k.softmax(A);
    if (derivative) copy(A, *derivative);
  } else if (epilogue.kind == Epilogue::Kind::kNone &&
             !(layer.derivative == Derivative::kOfOutput && layer.slope == 1)) {
    k.activate(layer.layer.activation, A, derivative ? derivative->data() : nullptr);
  }
}

}  // namespace

void forward(const Member& member, Gathered& gathered, const StepSettings* settings) {
  if (settings && member.plan.first_layer() == FirstLayer::kPartsOfInputs) {
    sum_input_parts(member, gathered);
    member.barrier();
  }
  for (std::size_t i = 0; i < member.depth(); ++i) {
    const LayerPlan& layer = member.layer(i);
    if (i > 0 && (layer.share_outputs || member.layer(i - 1).share_outputs)) member.barrier();
    const Part part = member.part_of(layer.layer.fan_out, layer.share_outputs);
    const BlockedView<float> A = part.of(member.A(i));
    if (A.rows() == 0) continue;

    const bool last = i + 1 == member.depth();
    const Epilogue epilogue = last ? Epilogue{} : slope_of(layer);
    multiply(member, i, part, epilogue, gathered, settings != nullptr);
    if (last) copy(A, part.of(member.logits()));  // losses are exact from the logits

    std::optional<BlockedView<float>> derivative;
    if (settings && layer.derivative != Derivative::kOfOutput) derivative = part.of(member.derivative(i));
    activate(member.kernels(), layer, epilogue, A, derivative);
    if (settings && layer.layer.dropout > 0.0) {
      apply_dropout(member, i, *settings, part, A);
      if (layer.derivative == Derivative::kStored) apply_dropout(member, i, *settings, part, *derivative);
    }
  }
}

}  // namespace mlp::engine
