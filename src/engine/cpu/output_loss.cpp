#include "engine/cpu/output_loss.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace mlp::engine {

namespace {

using kernels::Smoothing;

/// One of the rows; element c is (0, c).
struct OutputRow {
  kernels::ConstBlockedView<float> logits, outputs, targets;
};

Smoothing smoothing_of(const CrossEntropy& loss, std::size_t classes) {
  return {static_cast<float>(1 - loss.label_smoothing),
          static_cast<float>(loss.label_smoothing / static_cast<double>(classes))};
}

float softplus(float z) { return std::max(z, 0.0f) + std::log1p(std::exp(-std::abs(z))); }

float smoothed(const BinaryCrossEntropy& loss, float y) {
  return static_cast<float>(1 - loss.label_smoothing) * y + static_cast<float>(loss.label_smoothing / 2);
}

/// Sums over the outputs. `on_logits`: they are sigmoids, from whose logits the loss is computed without
/// cancellation.
float row_loss(const BinaryCrossEntropy& loss, bool on_logits, const OutputRow& row) {
  const auto z = row.logits, a = row.outputs;
  const auto bounded_log = [](float p) { return std::max(std::log(p), -100.0f); };
  float sum = 0;
  for (std::size_t c = 0; c < a.columns(); ++c) {
    const float y = smoothed(loss, row.targets(0, c));
    sum += on_logits ? y * softplus(-z(0, c)) + (1 - y) * softplus(z(0, c))
                     : -(y * bounded_log(a(0, c)) + (1 - y) * bounded_log(1 - a(0, c)));
  }
  return sum;
}

/// `over`: what the row's sum is divided by.
void row_gradient(const BinaryCrossEntropy& loss, bool on_logits, const OutputRow& row, float over,
                  float factor, kernels::BlockedView<float> gradient) {
  const auto a = row.outputs;
  for (std::size_t c = 0; c < a.columns(); ++c) {
    const float residual = a(0, c) - smoothed(loss, row.targets(0, c));
    const float slope = on_logits ? 1.0f : std::max(a(0, c) * (1 - a(0, c)), 1e-12f);
    gradient(0, c) = residual / slope / over * factor;
  }
}

// The losses that depend on the residuals r = a - y alone: an output's share, and its derivative.

float loss_of(const SquaredError&, float r) { return r * r / 2; }
float slope_of(const SquaredError&, float r) { return r; }

float loss_of(const MeanSquaredError&, float r) { return r * r; }
float slope_of(const MeanSquaredError&, float r) { return 2 * r; }

float loss_of(const MeanAbsoluteError&, float r) { return std::abs(r); }
float slope_of(const MeanAbsoluteError&, float r) { return static_cast<float>((r > 0) - (r < 0)); }

float loss_of(const Huber& loss, float r) {
  const float delta = static_cast<float>(loss.delta), size = std::abs(r);
  return size <= delta ? r * r / 2 : delta * (size - delta / 2);
}
float slope_of(const Huber& loss, float r) {
  const float delta = static_cast<float>(loss.delta);
  return std::clamp(r, -delta, delta);
}

template <class L>
float row_loss(const L& loss, bool, const OutputRow& row) {
  float sum = 0;
  for (std::size_t c = 0; c < row.outputs.columns(); ++c) {
    sum += loss_of(loss, row.outputs(0, c) - row.targets(0, c));
  }
  return sum;
}

template <class L>
void row_gradient(const L& loss, bool, const OutputRow& row, float over, float factor,
                  kernels::BlockedView<float> gradient) {
  for (std::size_t c = 0; c < row.outputs.columns(); ++c) {
    gradient(0, c) = slope_of(loss, row.outputs(0, c) - row.targets(0, c)) / over * factor;
  }
}

}  // namespace

void row_losses(const kernels::Kernels& kernels, const Loss& loss, LossForm form, const OutputRows& rows,
                float* losses, float* gradient) {
  const kernels::BlockedView<float> gradients(gradient, rows.outputs.rows(), rows.outputs.columns(),
                                              rows.outputs.block_stride());
  const float over = form.averages ? static_cast<float>(rows.outputs.columns()) : 1.0f;
  std::visit(
      [&]<class L>(const L& of) {
        if constexpr (std::is_same_v<L, CrossEntropy>) {  // on Softmax, the only activation it is defined on
          kernels.cross_entropy(rows.logits, rows.outputs, rows.targets,
                                smoothing_of(of, rows.targets.columns()), rows.weights, rows.mean, losses,
                                gradient);
        } else {
          for (std::size_t n = 0; n < rows.outputs.rows(); ++n) {
            const OutputRow row{rows.logits.rows(n, 1), rows.outputs.rows(n, 1), rows.targets.rows(n, 1)};
            const float weight = rows.weights ? rows.weights[n] : 1.0f;
            losses[n] = weight * (row_loss(of, form.fused, row) / over);
            if (gradient) row_gradient(of, form.fused, row, over, weight * rows.mean, gradients.rows(n, 1));
          }
        }
      },
      loss);
}

}  // namespace mlp::engine
