// See row_pass.h.
#include "engine/row_pass.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>
#include <utility>

#include "engine/output_loss.h"
#include "network/dropout.h"

namespace mlp::engine {

using kernels::BlockedView;
using kernels::ConstBlockedView;
using kernels::Epilogue;

namespace {

/// This member's buffer, or the one they share.
template <class Buffers>
auto& copy_of(Buffers& buffers, const Chunk& chunk) {
  return buffers[std::min(buffers.size() - 1, static_cast<std::size_t>(chunk.member))];
}

/// A part of a chunk's matrix: some rows of some columns, in blocks.
struct Part {
  Share rows;
  Share blocks;
};

/// What this member computes of a matrix of `columns` columns.
Part part_of(const Plan& plan, const Chunk& chunk, std::size_t columns, bool share_columns) {
  const std::size_t blocks = kernels::blocks_of(columns);
  if (!share_columns) return {chunk.share(plan), {0, blocks}};
  return {{0, chunk.rows.size()}, share_of(blocks, chunk.member, plan.threads())};
}

template <class T>
BlockedView<T> cut(BlockedView<T> view, const Part& part) {
  return view.rows(part.rows.begin, part.rows.end - part.rows.begin)
      .blocks(part.blocks.begin, part.blocks.end);
}

/// Columns [first, first + X.columns()) of the rows of `index`: gathered, converted, scaled.
void gather_columns(const Plan& plan, const InputsView& inputs, std::span<const std::uint32_t> index,
                    std::size_t first, const BlockedView<float>& X, const kernels::NonZeros& non_zeros) {
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

/// The kernels want no bits behind the last row, up to a whole group of 16.
void clear_behind(const kernels::NonZeros& non_zeros, std::size_t blocks, std::size_t rows) {
  for (std::size_t block = 0; block < blocks; ++block) {
    std::uint16_t* bits = non_zeros.bits + block * non_zeros.stride;
    std::fill(bits + rows, bits + kernels::padded(rows), std::uint16_t{0});
  }
}

/// X: all the chunk's rows where this member needs them, else its own.
void gather(const Plan& plan, Workspace& workspace, const Chunk& chunk) {
  const bool all = plan.layers().front().share_outputs;
  const Share share = all ? Share{0, chunk.rows.size()} : chunk.share(plan);
  const auto index = chunk.rows.subspan(share.begin, share.end - share.begin);
  auto& buffer = copy_of(workspace.inputs, chunk);
  const auto X =
      chunk_view(plan, buffer, chunk.rows.size(), plan.network().fan_in()).rows(share.begin, index.size());
  kernels::NonZeros non_zeros;
  if (chunk.sparse) {
    non_zeros = non_zeros_of(plan, workspace, chunk, 0);
    clear_behind(non_zeros, X.blocks(), index.size());
  }
  gather_columns(plan, chunk.inputs, index, 0, X, non_zeros);
}

/// Multiplies `values`, the part of a layer's matrix, by its dropout factors.
void apply_dropout(const LayerPlan& layer, std::size_t index, const StepSettings& settings,
                   const Chunk& chunk, const Part& part, BlockedView<float> values) {
  const RandomStream stream = dropout_stream(settings.seed, index, settings.step);
  const std::uint32_t threshold = dropout_threshold(layer.layer.dropout);
  const float scale = static_cast<float>(1.0 / (1.0 - layer.layer.dropout));
  for (std::size_t n = 0; n < values.rows(); ++n) {
    const std::uint64_t first = dropout_index(chunk.first + part.rows.begin + n,
                                              part.blocks.begin * kernels::kBlock, layer.layer.fan_out);
    for (std::size_t column = 0; column < values.columns(); column += 4) {
      const auto words = stream.block((first + column) / 4);
      for (std::size_t lane = 0; lane < 4; ++lane)
        values(n, column + lane) *= words[lane] < threshold ? 0.0f : scale;
    }
  }
}

/// What a layer's product may do at once: its activation, if that is one slope below zero.
Epilogue slope_of(const LayerPlan& layer) {
  const Activation& activation = layer.layer.activation;
  if (layer.derivative != Derivative::kOfOutput || std::holds_alternative<Linear>(activation)) return {};
  const auto* leaky = std::get_if<LeakyReLU>(&activation);
  return {.kind = Epilogue::Kind::kSlope, .slope = leaky ? static_cast<float>(leaky->slope) : 0.0f};
}

/// What this member will gather next, spread over the work of this chunk: the columns of its weights, and its
/// rows of the next chunk.
kernels::Prefetch rows_soon(const Plan& plan, const Chunk& chunk) {
  const Share share = plan.layers().front().share_outputs
                          ? Share{0, chunk.upcoming.size()}
                          : share_of(chunk.upcoming.size(), chunk.member, plan.threads());
  return std::visit(
      [&]<class T>(const MatrixView<T>& stored) {
        const std::size_t row_bytes = stored.columns() * sizeof(T);
        kernels::Prefetch::Rows again;
        if (plan.gathers_again() && plan.optimizer()) {
          const std::size_t piece = plan.gather_blocks() * kernels::kBlock * sizeof(T);
          again = {.data = stored.data(),
                   .row_stride = stored.stride() * sizeof(T),
                   .row_bytes = row_bytes,
                   .index = chunk.rows,
                   .first = static_cast<std::size_t>(chunk.member) * piece,
                   .step = static_cast<std::size_t>(plan.threads()) * piece,
                   .size = piece};
        }
        const kernels::Prefetch::Rows next{
            .data = stored.data(),
            .row_stride = stored.stride() * sizeof(T),
            .row_bytes = row_bytes,
            .index = chunk.upcoming.subspan(share.begin, share.end - share.begin)};
        return kernels::Prefetch(again, next, plan.first_layer_steps(chunk.rows.size()));
      },
      chunk.inputs);
}

/// Calls body(first, count, epilogue) for parts of a product's depth, so that what a part reads of the left
/// matrix stays in the second-level cache for all columns of the right one. The last part has the epilogue.
template <class Body>
void for_each_depth(std::size_t depth, const Epilogue& epilogue, const Body& body) {
  constexpr std::size_t kDeep = 1024, kPart = 512;
  const std::size_t part = depth > kDeep ? kPart : depth;
  for (std::size_t first = 0; first < depth; first += part) {
    Epilogue of_part = first + part < depth ? Epilogue{} : epilogue;
    of_part.continues = first > 0;
    body(first, std::min(part, depth - first), of_part);
  }
}

/// Columns [first, first + count) of a matrix, first being a multiple of 16.
ConstBlockedView<float> columns_of(const ConstBlockedView<float>& X, std::size_t first, std::size_t count) {
  return {X.block(first / kernels::kBlock), X.rows(), count, X.block_stride()};
}

/// A = f(XW + b) of every layer. `settings`: a training step, which drops activations and keeps what the
/// backward pass needs.
void forward(const Plan& plan, Workspace& workspace, Chunk& chunk, const StepSettings* settings) {
  const kernels::Kernels& k = plan.kernels();
  for (std::size_t index = 0; index < plan.layers().size(); ++index) {
    const LayerPlan& layer = plan.layers()[index];
    if (index > 0 && (layer.share_outputs || plan.layers()[index - 1].share_outputs)) chunk.team.barrier();
    LayerBuffers& buffers = workspace.layers[index];
    const Part part = part_of(plan, chunk, layer.layer.fan_out, layer.share_outputs);
    const auto part_in = [&](AlignedVector<float>& buffer) {
      return cut(chunk_view(plan, buffer, chunk.rows.size(), layer.layer.fan_out), part);
    };
    const bool last = index + 1 == plan.layers().size();
    const Epilogue epilogue = last ? Epilogue{} : slope_of(layer);
    const BlockedView<float> A = part_in(buffers.outputs);
    if (A.rows() == 0) continue;
    const auto W = layer.weights.view(std::as_const(workspace.parameters).data() + layer.weight_offset);
    const auto X = input_of(plan, workspace, index, chunk).rows(part.rows.begin, A.rows());
    const float* bias = workspace.parameters.data() + layer.bias_offset + part.blocks.begin * kernels::kBlock;
    if (settings && layer.bfloat16) {  // predictions are float32's
      plan.bfloat16()->affine(X, W.blocks(part.blocks.begin, part.blocks.end), bias, epilogue, A,
                              workspace.bfloat16_scratch(chunk.member));
    } else if (index == 0 && chunk.sparse) {
      k.sparse_affine(X, non_zeros_of(plan, workspace, chunk, 0),
                      W.blocks(part.blocks.begin, part.blocks.end), bias, epilogue, A, chunk.soon);
    } else {
      for_each_depth(layer.layer.fan_in, epilogue,
                     [&](std::size_t first, std::size_t count, const Epilogue& of_part) {
                       k.affine(columns_of(X, first, count),
                                W.blocks(part.blocks.begin, part.blocks.end).rows(first, count), bias,
                                of_part, A, chunk.soon);
                     });
    }
    if (last) {  // the loss is best told from the logits
      const auto logits = part_in(workspace.logits);
      for (std::size_t block = 0; block < A.blocks(); ++block) {
        std::copy_n(A.block(block), A.rows() * kernels::kBlock, logits.block(block));
      }
    }
    const bool keep = settings && layer.derivative != Derivative::kOfOutput;
    if (layer.derivative == Derivative::kSoftmax) {
      k.softmax(A);
      if (keep) {
        const auto P = part_in(buffers.derivative);
        for (std::size_t block = 0; block < A.blocks(); ++block) {
          std::copy_n(A.block(block), A.rows() * kernels::kBlock, P.block(block));
        }
      }
    } else if (epilogue.kind == Epilogue::Kind::kNone &&
               !(layer.derivative == Derivative::kOfOutput &&
                 std::holds_alternative<Linear>(layer.layer.activation))) {
      k.activate(layer.layer.activation, A, keep ? part_in(buffers.derivative).data() : nullptr);
    }
    if (settings && layer.layer.dropout > 0.0) {
      apply_dropout(layer, index, *settings, chunk, part, A);
      if (layer.derivative == Derivative::kStored) {
        apply_dropout(layer, index, *settings, chunk, part, part_in(buffers.derivative));
      }
    }
  }
}

/// Y of this member's rows: one-hot labels, or scaled targets.
void gather_targets(const Plan& plan, Workspace& workspace, const Dataset& dataset, const Chunk& chunk) {
  const std::size_t outputs = plan.network().fan_out();
  const auto Y = chunk_view(plan, workspace.targets, chunk.rows.size(), outputs);
  const Share share = chunk.share(plan);
  if (dataset.task() == Task::kClassification) {
    const std::size_t count = (share.end - share.begin) * kernels::kBlock;
    for (std::size_t block = 0; block < Y.blocks(); ++block) {
      std::fill_n(Y.block(block) + share.begin * kernels::kBlock, count, 0.0f);
    }
    for (std::size_t n = share.begin; n < share.end; ++n) {
      Y(n, static_cast<std::size_t>(dataset.labels[chunk.rows[n]])) = 1;
    }
    return;
  }
  for (std::size_t n = share.begin; n < share.end; ++n) {
    for (std::size_t c = 0; c < outputs; ++c) {
      Y(n, c) = plan.target_scaling().apply(dataset.targets(chunk.rows[n], c), c);
    }
  }
}

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

/// This member's rows' weighted losses, and with `backward` dA of the last layer, or at once dZ where loss
/// and activation are fused.
void output_losses(const Plan& plan, Workspace& workspace, const Dataset& dataset, const Chunk& chunk,
                   bool backward) {
  const Layer& last = plan.layers().back().layer;
  const Share share = chunk.share(plan);
  const std::size_t count = share.end - share.begin;
  const auto rows_of = [&](auto& buffer) {
    return chunk_view(plan, buffer, chunk.rows.size(), last.fan_out).rows(share.begin, count);
  };
  float* losses = workspace.row_losses.data() + chunk.first + share.begin;
  float* weights = nullptr;
  if (!dataset.sample_weights.empty()) {
    weights = workspace.row_weights.data() + share.begin;
    for (std::size_t n = 0; n < count; ++n) weights[n] = dataset.sample_weights[chunk.rows[share.begin + n]];
  }
  LayerBuffers& buffers = workspace.layers.back();
  const OutputRows outputs{.logits = rows_of(std::as_const(workspace.logits)),
                           .outputs = rows_of(std::as_const(buffers.outputs)),
                           .targets = rows_of(std::as_const(workspace.targets)),
                           .weights = weights,
                           .mean = 1.0f / static_cast<float>(chunk.batch_rows)};
  float* gradient = backward ? rows_of(buffers.gradient).data() : nullptr;
  row_losses(plan.kernels(), plan.loss(), last.activation, outputs, losses, gradient);
  for (std::size_t n = 0; n < count; ++n) {
    if (std::isfinite(losses[n])) continue;
    auto& layer = workspace.non_finite_layers[static_cast<std::size_t>(chunk.member)];
    layer = std::min(layer, first_non_finite_layer(plan, workspace, chunk, share.begin + n));
  }
}

/// dA to dZ in place for this member's part of a layer.
void backward_through_activation(const Plan& plan, Workspace& workspace, std::size_t index,
                                 const Chunk& chunk, const Part& part, const StepSettings& settings) {
  const kernels::Kernels& k = plan.kernels();
  const LayerPlan& layer = plan.layers()[index];
  LayerBuffers& buffers = workspace.layers[index];
  const auto part_in = [&](AlignedVector<float>& buffer) {
    return cut(chunk_view(plan, buffer, chunk.rows.size(), layer.layer.fan_out), part);
  };
  const BlockedView<float> gradient = part_in(buffers.gradient);
  switch (layer.derivative) {
    case Derivative::kOfOutput:
      k.multiply_by_derivative_of_output(layer.layer.activation, part_in(buffers.outputs), gradient);
      return;
    case Derivative::kStored:
      k.multiply(gradient, part_in(buffers.derivative));
      return;
    case Derivative::kSoftmax:
      if (layer.layer.dropout > 0.0) apply_dropout(layer, index, settings, chunk, part, gradient);
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
/// would have to be fetched from the caches of those who updated it.
void backward_through_weights(const Plan& plan, Workspace& workspace, std::size_t index, const Chunk& chunk,
                              const Part& part, Epilogue epilogue, BlockedView<float> dA) {
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
                            chunk.soon);
    }
  });
}

/// dZ of every layer: the last from its outputs' gradient, then dA = dZ W^T of the layer above, through the
/// activation.
void backward(const Plan& plan, Workspace& workspace, const Chunk& chunk, const StepSettings& settings) {
  const std::size_t last = plan.layers().size() - 1;
  if (!fused(plan.loss(), plan.layers()[last].layer.activation)) {
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
    const auto part_in = [&](auto& buffer) {
      return cut(chunk_view(plan, buffer, chunk.rows.size(), layer.layer.fan_in), part);
    };
    const auto dA = part_in(workspace.layers[index - 1].gradient);
    if (dA.rows() == 0) continue;
    Epilogue epilogue = slope_of(below);
    if (epilogue.kind == Epilogue::Kind::kSlope) {
      epilogue.kind = Epilogue::Kind::kTimesDerivative;
      epilogue.outputs = part_in(workspace.layers[index - 1].outputs).data();
    }
    backward_through_weights(plan, workspace, index, chunk, part, epilogue, dA);
    if (below.derivative != Derivative::kOfOutput) {
      backward_through_activation(plan, workspace, index - 1, chunk, part, settings);
    }
  }
}

}  // namespace

ConstBlockedView<float> input_of(const Plan& plan, const Workspace& workspace, std::size_t index,
                                 const Chunk& chunk) {
  const auto& buffer = index == 0 ? copy_of(workspace.inputs, chunk) : workspace.layers[index - 1].outputs;
  return chunk_view(plan, buffer, chunk.rows.size(), plan.layers()[index].layer.fan_in);
}

kernels::NonZeros non_zeros_of(const Plan& plan, Workspace& workspace, const Chunk& chunk,
                               std::size_t block) {
  const std::size_t stride = kernels::padded(plan.chunk_rows());
  return {.bits = workspace.non_zeros[static_cast<std::size_t>(chunk.member)].data() + block * stride,
          .stride = stride,
          .list = workspace.lists[static_cast<std::size_t>(chunk.member)].data()};
}

namespace {

/// Whether skipping zeros saves time for the rows this member has gathered, from the first few. (In training
/// the plan decides.)
bool mostly_zeros(const Plan& plan, Workspace& workspace, const Chunk& chunk) {
  const kernels::NonZeros non_zeros = non_zeros_of(plan, workspace, chunk, 0);
  constexpr std::size_t kSample = 4;
  std::size_t found = 0;
  for (std::size_t block = 0; block < kernels::blocks_of(plan.network().fan_in()); ++block) {
    std::uint32_t any = 0;
    for (std::size_t n = 0; n < kSample; ++n) any |= non_zeros.bits[block * non_zeros.stride + n];
    found += static_cast<std::size_t>(std::popcount(any));
  }
  return static_cast<double>(found) <= kMostDensity * static_cast<double>(plan.network().fan_in());
}

}  // namespace

BlockedView<float> gather_block(const Plan& plan, Workspace& workspace, const Chunk& chunk, std::size_t block,
                                kernels::NonZeros& non_zeros) {
  const std::size_t first = block * kernels::kBlock;
  const auto X = chunk_view(plan, workspace.input_blocks[static_cast<std::size_t>(chunk.member)],
                            chunk.rows.size(), std::min(kernels::kBlock, plan.network().fan_in() - first));
  if (chunk.sparse) {
    non_zeros = non_zeros_of(plan, workspace, chunk, 0);
    clear_behind(non_zeros, 1, chunk.rows.size());
  }
  gather_columns(plan, chunk.inputs, chunk.rows, first, X, non_zeros);
  return X;
}

void predict_rows(const Plan& plan, Workspace& workspace, Chunk& chunk) {
  chunk.sparse = true;
  gather(plan, workspace, chunk);
  chunk.sparse = mostly_zeros(plan, workspace, chunk);
  chunk.soon = rows_soon(plan, chunk);
  forward(plan, workspace, chunk, nullptr);
}

void evaluate_rows(const Plan& plan, Workspace& workspace, const Dataset& dataset, Chunk& chunk) {
  gather_targets(plan, workspace, dataset, chunk);
  predict_rows(plan, workspace, chunk);
  output_losses(plan, workspace, dataset, chunk, false);
}

void train_rows(const Plan& plan, Workspace& workspace, const Dataset& dataset, Chunk& chunk,
                const StepSettings& settings) {
  chunk.sparse = plan.sparse_inputs();
  gather(plan, workspace, chunk);
  chunk.soon = rows_soon(plan, chunk);
  gather_targets(plan, workspace, dataset, chunk);
  forward(plan, workspace, chunk, &settings);
  output_losses(plan, workspace, dataset, chunk, true);
  backward(plan, workspace, chunk, settings);
}

}  // namespace mlp::engine
