#include "engine/step.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <type_traits>
#include <utility>

#include "engine/output_loss.h"
#include "network/dropout.h"

namespace mlp::engine {

namespace {

using kernels::UpdateBuffers;
using kernels::UpdateRule;

// The partial sums of a gradient norm each cover this many floats, whatever the number of threads.
constexpr std::size_t kNormChunk = 4096;

MatrixView<float> rows_of(AlignedVector<float>& buffer, std::size_t stride, Share share) {
  return {buffer.data() + share.begin * stride, share.end - share.begin, stride};
}
ConstMatrixView<float> rows_of(const AlignedVector<float>& buffer, std::size_t stride, Share share) {
  return {buffer.data() + share.begin * stride, share.end - share.begin, stride};
}

// --- Phase 1: one thread's rows, forward, loss and backward
// -------------------------------------------------

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

/// Where layer `index` reads its input rows.
ConstMatrixView<float> input_of(const Plan& plan, const Workspace& workspace, std::size_t index,
                                Share share) {
  const std::size_t fan_in = plan.layers()[index].layer.fan_in;
  const auto& buffer = index == 0 ? workspace.inputs : workspace.layers[index - 1].outputs;
  const auto padded = rows_of(buffer, kernels::padded(fan_in), share);
  return {padded.data(), padded.rows(), fan_in, padded.stride()};
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

float target_value(const Plan& plan, float value, std::size_t column) {
  return plan.target_scaling().apply(value, column);
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
                       : target_value(plan, batch.dataset.targets(row, c), c);
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

// --- Phase 2: one thread's weights, gradient and update
// -----------------------------------------------------

UpdateRule rule_of(const Optimizer& optimizer, const StepSettings& settings) {
  UpdateRule rule;
  const double rate = learning_rate(optimizer) * settings.rate_factor;
  const double t = static_cast<double>(settings.step + 1);
  rule.learning_rate = static_cast<float>(rate);
  rule.l2 = static_cast<float>(settings.l2);
  std::visit(
      [&]<class O>(const O& o) {
        if constexpr (std::is_same_v<O, SGD>) {
          rule.kind = UpdateRule::Kind::kSgd;
        } else if constexpr (std::is_same_v<O, Momentum> || std::is_same_v<O, Nesterov>) {
          rule.kind = std::is_same_v<O, Momentum> ? UpdateRule::Kind::kMomentum : UpdateRule::Kind::kNesterov;
          rule.beta1 = static_cast<float>(o.momentum);
        } else if constexpr (std::is_same_v<O, RMSProp>) {
          rule.kind = UpdateRule::Kind::kRmsProp;
          rule.beta2 = static_cast<float>(o.rho);
          rule.one_minus_beta2 = static_cast<float>(1 - o.rho);
          rule.epsilon = static_cast<float>(o.epsilon);
        } else {
          rule.kind = UpdateRule::Kind::kAdam;
          rule.learning_rate = static_cast<float>(rate / (1 - std::pow(o.beta1, t)));
          rule.beta1 = static_cast<float>(o.beta1);
          rule.beta2 = static_cast<float>(o.beta2);
          rule.one_minus_beta1 = static_cast<float>(1 - o.beta1);
          rule.one_minus_beta2 = static_cast<float>(1 - o.beta2);
          rule.inverse_correction2 = static_cast<float>(1 / (1 - std::pow(o.beta2, t)));
          rule.epsilon = static_cast<float>(o.epsilon);
          if constexpr (std::is_same_v<O, AdamW>) rule.keep = static_cast<float>(1 - rate * o.weight_decay);
        }
      },
      optimizer);
  return rule;
}

UpdateBuffers buffers_at(Workspace& workspace, std::size_t offset) {
  const auto at = [&](AlignedVector<float>& buffer) {
    return buffer.empty() ? nullptr : buffer.data() + offset;
  };
  return {.parameters = workspace.parameters.data() + offset,
          .moment1 = workspace.moments.empty() ? nullptr : at(workspace.moments[0]),
          .moment2 = workspace.moments.size() < 2 ? nullptr : at(workspace.moments[1]),
          .gradients = at(workspace.gradients)};
}

/// The gradients of one thread's weights over the whole batch, each followed at once by `rule`.
void weight_steps(const Plan& plan, Workspace& workspace, const std::vector<WeightTask>& tasks,
                  std::size_t rows, const UpdateRule& rule) {
  const bool updates = rule.kind != UpdateRule::Kind::kStore;
  for (const WeightTask& task : tasks) {
    const LayerPlan& layer = plan.layers()[task.layer];
    const auto dZ = rows_of(std::as_const(workspace.layers[task.layer].gradient),
                            layer.weights.padded_columns(), {0, rows});
    if (task.bias) {
      plan.kernels().bias_step(dZ, rule, buffers_at(workspace, layer.bias_offset));
      continue;
    }
    plan.kernels().weight_step(input_of(plan, workspace, task.layer, {0, rows}), dZ, layer.weights,
                               task.panel, task.begin, task.end, rule,
                               buffers_at(workspace, layer.weight_offset));
    if (updates) plan.transpose(task, workspace.parameters.data(), workspace.transposed.data());
  }
}

/// The update from stored gradients, for one thread's weights.
void stored_updates(const Plan& plan, Workspace& workspace, const std::vector<WeightTask>& tasks,
                    const UpdateRule& rule) {
  for (const WeightTask& task : tasks) {
    const LayerPlan& layer = plan.layers()[task.layer];
    const std::size_t width = layer.weights.width(task.panel);
    const std::size_t offset =
        task.bias ? layer.bias_offset
                  : layer.weight_offset + layer.weights.offset(task.panel) + task.begin * width;
    const std::size_t count = task.bias ? layer.weights.padded_columns() : (task.end - task.begin) * width;
    plan.kernels().update(rule, !task.bias, buffers_at(workspace, offset), count);
    plan.transpose(task, workspace.parameters.data(), workspace.transposed.data());
  }
}

/// Partial sums of the squared gradient norm, one per chunk of the packed buffer, for one thread's share of
/// the chunks.
void sum_squares(Workspace& workspace, Share chunks) {
  for (std::size_t chunk = chunks.begin; chunk < chunks.end; ++chunk) {
    const std::size_t end = std::min(workspace.gradients.size(), (chunk + 1) * kNormChunk);
    double sum = 0;
    for (std::size_t i = chunk * kNormChunk; i < end; ++i) {
      sum += static_cast<double>(workspace.gradients[i]) * static_cast<double>(workspace.gradients[i]);
    }
    workspace.square_sums[chunk] = sum;
  }
}

float clipping_scale(const Workspace& workspace, double clip_norm) {
  const double norm =
      std::sqrt(std::accumulate(workspace.square_sums.begin(), workspace.square_sums.end(), 0.0));
  return norm > clip_norm ? static_cast<float>(clip_norm / norm) : 1.0f;
}

void prepare_gradients(Workspace& workspace) {
  if (!workspace.gradients.empty()) return;
  workspace.gradients.resize(workspace.parameters.size());
  workspace.square_sums.resize((workspace.gradients.size() + kNormChunk - 1) / kNormChunk);
}

double sum_of_losses(const Workspace& workspace, std::size_t rows) {
  double sum = 0;  // in row order: the same for any number of threads
  for (std::size_t n = 0; n < rows; ++n) sum += static_cast<double>(workspace.row_losses[n]);
  return sum;
}

void check_batch(const Plan& plan, const ThreadTeam& team, const Batch& batch) {
  require(team.size() >= plan.threads(), "the thread team is smaller than the plan's number of threads");
  require(!batch.rows.empty() && batch.rows.size() <= plan.max_batch(),
          "a batch must have 1 to max_batch rows");
  require(batch.dataset.features() == plan.network().fan_in() &&
              batch.dataset.outputs() == plan.network().fan_out(),
          "the data set does not fit the network");
}

/// Phase 1 of a training step for one thread.
void rows_phase(const Plan& plan, Workspace& workspace, const Batch& batch, Share share,
                const StepSettings& settings) {
  gather(plan, workspace, batch.dataset.inputs, batch.rows, share);
  gather_targets(plan, workspace, batch, share);
  forward(plan, workspace, share, &settings);
  output_losses(plan, workspace, batch, share, true);
  backward(plan, workspace, share, settings);
}

}  // namespace

double train_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                  const StepSettings& settings) {
  check_batch(plan, team, batch);
  require(plan.optimizer().has_value(), "train_step: the plan was made for prediction");
  const bool clips = settings.clip_norm > 0;
  if (clips) prepare_gradients(workspace);
  const UpdateRule update = rule_of(*plan.optimizer(), settings);
  UpdateRule first = update;
  if (clips) first.kind = UpdateRule::Kind::kStore;
  const int members = plan.threads();

  team.run(
      [&](int member) {
        const auto& tasks = plan.weight_tasks()[static_cast<std::size_t>(member)];
        rows_phase(plan, workspace, batch, share_of(batch.rows.size(), member, members), settings);
        team.barrier();
        weight_steps(plan, workspace, tasks, batch.rows.size(), first);
        if (!clips) return;
        team.barrier();
        sum_squares(workspace, share_of(workspace.square_sums.size(), member, members));
        team.barrier();
        UpdateRule scaled = update;
        scaled.gradient_scale = clipping_scale(workspace, settings.clip_norm);
        stored_updates(plan, workspace, tasks, scaled);
      },
      members);
  return sum_of_losses(workspace, batch.rows.size());
}

double evaluate_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch) {
  check_batch(plan, team, batch);
  const int members = plan.threads();
  team.run(
      [&](int member) {
        const Share share = share_of(batch.rows.size(), member, members);
        gather(plan, workspace, batch.dataset.inputs, batch.rows, share);
        gather_targets(plan, workspace, batch, share);
        forward(plan, workspace, share, nullptr);
        output_losses(plan, workspace, batch, share, false);
      },
      members);
  return sum_of_losses(workspace, batch.rows.size());
}

void predict_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Inputs& inputs,
                  std::span<const std::uint32_t> rows, MatrixView<float> outputs) {
  require(rows.size() <= plan.max_batch() && outputs.rows() == rows.size() &&
              outputs.columns() == plan.network().fan_out() &&
              column_count(inputs) == plan.network().fan_in(),
          "predict_step: inputs or outputs do not fit the network");
  const int members = plan.threads();
  team.run(
      [&](int member) {
        const Share share = share_of(rows.size(), member, members);
        gather(plan, workspace, inputs, rows, share);
        forward(plan, workspace, share, nullptr);
      },
      members);
  const auto results = output_of(plan, workspace, rows.size());
  for (std::size_t n = 0; n < rows.size(); ++n)
    std::copy_n(results.row(n).data(), outputs.columns(), outputs.row(n).data());
}

ConstMatrixView<float> output_of(const Plan& plan, const Workspace& workspace, std::size_t rows) {
  const LayerPlan& last = plan.layers().back();
  return {workspace.layers.back().outputs.data(), rows, last.layer.fan_out, last.weights.padded_columns()};
}

Parameters gradients_of(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                        const StepSettings& settings) {
  check_batch(plan, team, batch);
  prepare_gradients(workspace);
  UpdateRule store;
  store.l2 = static_cast<float>(settings.l2);
  const int members = plan.threads();
  team.run(
      [&](int member) {
        rows_phase(plan, workspace, batch, share_of(batch.rows.size(), member, members), settings);
        team.barrier();
        weight_steps(plan, workspace, plan.weight_tasks()[static_cast<std::size_t>(member)],
                     batch.rows.size(), store);
      },
      members);
  return plan.unpack(workspace.gradients.data());
}

std::size_t first_non_finite_layer(const Plan& plan, const Workspace& workspace, std::size_t rows) {
  const auto finite = [](float value) { return std::isfinite(value); };
  for (std::size_t index = 0; index < plan.layers().size(); ++index) {
    const auto& layer = plan.layers()[index];
    const bool last = index + 1 == plan.layers().size();
    const auto& buffer = last ? workspace.logits : workspace.layers[index].outputs;
    for (std::size_t n = 0; n < rows; ++n) {
      const auto begin = buffer.begin() + static_cast<std::ptrdiff_t>(n * layer.weights.padded_columns());
      if (!std::all_of(begin, begin + static_cast<std::ptrdiff_t>(layer.layer.fan_out), finite)) return index;
    }
  }
  return plan.layers().size();
}

}  // namespace mlp::engine
