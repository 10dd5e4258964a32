// See row_pass.h.
#include "engine/row_pass.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "engine/output_loss.h"
#include "network/dropout.h"

namespace mlp::engine {

ConstMatrixView<float> input_of(const Plan& plan, const Workspace& workspace, std::size_t index,
                                Share share) {
  const std::size_t fan_in = plan.layers()[index].layer.fan_in;
  const auto& buffer = index == 0 ? workspace.inputs : workspace.layers[index - 1].outputs;
  const auto padded = rows_of(buffer, kernels::padded(fan_in), share);
  return {padded.data(), padded.rows(), fan_in, padded.stride()};
}

namespace {

/// X of the share's rows: gathered, converted, scaled.
void gather(const Plan& plan, Workspace& workspace, const Inputs& inputs, std::span<const std::uint32_t> rows,
            Share share) {
  const MatrixView<float> X = rows_of(workspace.inputs, kernels::padded(plan.network().fan_in()), share);
  const auto index = rows.subspan(share.begin, share.end - share.begin);
  std::visit(
      [&]<class T>(const Matrix<T>& stored) {
        if constexpr (std::is_same_v<T, std::uint8_t>) {
          plan.kernels().gather_bytes(stored, index, plan.input_scaling(), X);
        } else {
          plan.kernels().gather_floats(stored, index, plan.input_scaling(), X);
        }
      },
      inputs);
}

/// Multiplies the share's rows of `values` by their dropout factors.
void apply_dropout(const LayerPlan& layer, std::size_t index, const StepSettings& settings, Share share,
                   MatrixView<float> values) {
  const RandomStream stream = dropout_stream(settings.seed, index, settings.step);
  const std::uint32_t threshold = dropout_threshold(layer.layer.dropout);
  const float scale = static_cast<float>(1.0 / (1.0 - layer.layer.dropout));
  for (std::size_t n = 0; n < values.rows(); ++n) {
    const std::uint64_t first = dropout_index(share.begin + n, 0, layer.layer.fan_out);
    for (std::size_t column = 0; column < values.columns(); column += 4) {
      const auto words = stream.block((first + column) / 4);
      for (std::size_t lane = 0; lane < 4; ++lane)
        values(n, column + lane) *= words[lane] < threshold ? 0.0f : scale;
    }
  }
}

/// A = f(XW + b) of every layer for the share's rows. `settings`: a training step, which drops activations
/// and keeps what the backward pass needs.
void forward(const Plan& plan, Workspace& workspace, Share share, const StepSettings* settings) {
  const kernels::Kernels& k = plan.kernels();
  for (std::size_t index = 0; index < plan.layers().size(); ++index) {
    const LayerPlan& layer = plan.layers()[index];
    LayerBuffers& buffers = workspace.layers[index];
    const std::size_t width = layer.weights.padded_columns();
    const MatrixView<float> A = rows_of(buffers.outputs, width, share);
    const std::size_t count = A.rows() * width;
    k.affine(input_of(plan, workspace, index, share), workspace.parameters.data() + layer.weight_offset,
             layer.weights, workspace.parameters.data() + layer.bias_offset, A);
    if (index + 1 == plan.layers().size()) {
      std::copy_n(A.data(), count, workspace.logits.data() + share.begin * width);
    }
    const bool keep = settings && layer.derivative != Derivative::kOfOutput;
    float* derivative = keep ? rows_of(buffers.derivative, width, share).data() : nullptr;
    if (layer.derivative == Derivative::kSoftmax) {
      k.softmax(A, layer.layer.fan_out);
      if (keep) std::copy_n(A.data(), count, derivative);
    } else {
      k.activate(layer.layer.activation, A.data(), derivative, count);
    }
    if (settings && layer.layer.dropout > 0.0) {
      apply_dropout(layer, index, *settings, share, A);
      if (layer.derivative == Derivative::kStored) {
        apply_dropout(layer, index, *settings, share, rows_of(buffers.derivative, width, share));
      }
    }
  }
}

/// Y of the share's rows: one-hot labels, or scaled targets.
void gather_targets(const Plan& plan, Workspace& workspace, const Batch& batch, Share share) {
  const std::size_t outputs = plan.network().fan_out();
  const MatrixView<float> Y = rows_of(workspace.targets, kernels::padded(outputs), share);
  const bool labels = batch.dataset.task() == Task::kClassification;
  for (std::size_t n = 0; n < Y.rows(); ++n) {
    const std::uint32_t row = batch.rows[share.begin + n];
    for (std::size_t c = 0; c < outputs; ++c) {
      Y(n, c) = labels ? static_cast<float>(batch.dataset.labels[row] == static_cast<std::int32_t>(c))
                       : plan.target_scaling().apply(batch.dataset.targets(row, c), c);
    }
  }
}

/// The rows' weighted losses, and with `backward` dA of the last layer, or at once dZ where loss and
/// activation are fused.
void output_losses(const Plan& plan, Workspace& workspace, const Batch& batch, Share share, bool backward) {
  const LayerPlan& last = plan.layers().back();
  LayerBuffers& buffers = workspace.layers.back();
  const std::size_t outputs = last.layer.fan_out, width = last.weights.padded_columns();
  const auto& weights = batch.dataset.sample_weights;
  const float mean = 1.0f / static_cast<float>(batch.rows.size());
  for (std::size_t n = share.begin; n < share.end; ++n) {
    const auto row_of = [&](auto& buffer) { return std::span(buffer).subspan(n * width, outputs); };
    const OutputRow row{row_of(std::as_const(workspace.logits)), row_of(std::as_const(buffers.outputs)),
                        row_of(std::as_const(workspace.targets))};
    const float weight = weights.empty() ? 1.0f : weights[batch.rows[n]];
    workspace.row_losses[n] = weight * row_loss(plan.loss(), last.layer.activation, row);
    if (!backward) continue;
    row_gradient(plan.loss(), last.layer.activation, row, weight * mean, row_of(buffers.gradient));
    std::fill_n(buffers.gradient.begin() + static_cast<std::ptrdiff_t>(n * width + outputs), width - outputs,
                0.0f);
  }
}

/// dA to dZ in place for a layer's rows.
void backward_through_activation(const Plan& plan, Workspace& workspace, std::size_t index, Share share,
                                 const StepSettings& settings) {
  const kernels::Kernels& k = plan.kernels();
  const LayerPlan& layer = plan.layers()[index];
  LayerBuffers& buffers = workspace.layers[index];
  const std::size_t width = layer.weights.padded_columns();
  const MatrixView<float> gradient = rows_of(buffers.gradient, width, share);
  const std::size_t count = gradient.rows() * width;
  switch (layer.derivative) {
    case Derivative::kOfOutput:
      k.multiply_by_derivative_of_output(
          layer.layer.activation, rows_of(buffers.outputs, width, share).data(), gradient.data(), count);
      return;
    case Derivative::kStored:
      k.multiply(gradient.data(), rows_of(buffers.derivative, width, share).data(), count);
      return;
    case Derivative::kSoftmax:
      if (layer.layer.dropout > 0.0) apply_dropout(layer, index, settings, share, gradient);
      const MatrixView<float> P = rows_of(buffers.derivative, width, share);
      for (std::size_t n = 0; n < gradient.rows(); ++n) {
        float inner = 0;
        for (std::size_t j = 0; j < layer.layer.fan_out; ++j) inner += gradient(n, j) * P(n, j);
        for (std::size_t j = 0; j < width; ++j) gradient(n, j) = P(n, j) * (gradient(n, j) - inner);
      }
      return;
  }
}

/// dZ of every layer: the last from its outputs' gradient, then dA = dZ W^T of the layer above, through the
/// activation.
void backward(const Plan& plan, Workspace& workspace, Share share, const StepSettings& settings) {
  const std::size_t last = plan.layers().size() - 1;
  if (!fused(plan.loss(), plan.layers()[last].layer.activation)) {
    backward_through_activation(plan, workspace, last, share, settings);
  }
  for (std::size_t index = last; index > 0; --index) {
    const LayerPlan& layer = plan.layers()[index];
    const auto dZ =
        rows_of(std::as_const(workspace.layers[index].gradient), layer.weights.padded_columns(), share);
    const auto dA = rows_of(workspace.layers[index - 1].gradient, layer.transposed.padded_columns(), share);
    plan.kernels().affine({dZ.data(), dZ.rows(), layer.layer.fan_out, dZ.stride()},
                          workspace.transposed.data() + layer.transposed_offset, layer.transposed, nullptr,
                          dA);
    backward_through_activation(plan, workspace, index - 1, share, settings);
  }
}

}  // namespace

void predict_rows(const Plan& plan, Workspace& workspace, const Inputs& inputs,
                  std::span<const std::uint32_t> rows, Share share) {
  gather(plan, workspace, inputs, rows, share);
  forward(plan, workspace, share, nullptr);
}

void evaluate_rows(const Plan& plan, Workspace& workspace, const Batch& batch, Share share) {
  gather_targets(plan, workspace, batch, share);
  predict_rows(plan, workspace, batch.dataset.inputs, batch.rows, share);
  output_losses(plan, workspace, batch, share, false);
}

void train_rows(const Plan& plan, Workspace& workspace, const Batch& batch, Share share,
                const StepSettings& settings) {
  gather(plan, workspace, batch.dataset.inputs, batch.rows, share);
  gather_targets(plan, workspace, batch, share);
  forward(plan, workspace, share, &settings);
  output_losses(plan, workspace, batch, share, true);
  backward(plan, workspace, share, settings);
}

}  // namespace mlp::engine
