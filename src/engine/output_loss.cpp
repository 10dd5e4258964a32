#include "engine/output_loss.h"

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

float smoothed(const Smoothing& smoothing, float y) { return smoothing.keep * y + smoothing.add; }

Smoothing smoothing_of(const Loss& loss, std::size_t classes) {
  if (const auto* l = std::get_if<CrossEntropy>(&loss)) {
    return {static_cast<float>(1 - l->label_smoothing),
            static_cast<float>(l->label_smoothing / static_cast<double>(classes))};
  }
  if (const auto* l = std::get_if<BinaryCrossEntropy>(&loss)) {
    return {static_cast<float>(1 - l->label_smoothing), static_cast<float>(l->label_smoothing / 2)};
  }
  return {};
}

float softplus(float z) { return std::max(z, 0.0f) + std::log1p(std::exp(-std::abs(z))); }

float row_loss(const Loss& loss, const Activation& activation, const OutputRow& row) {
  const auto z = row.logits, a = row.outputs, y = row.targets;
  const std::size_t classes = y.columns();
  const float count = static_cast<float>(classes);
  const Smoothing smooth = smoothing_of(loss, classes);
  return std::visit(
      [&]<class L>(const L& l) -> float {
        float sum = 0;
        if constexpr (std::is_same_v<L, CrossEntropy>) {
          // logsumexp(z) - z_c = (max z - z_c) + log sum_k exp(z_k - max z), the sum being 1 / (the largest
          // probability): added up in this order, large logits do not swallow the logarithm.
          std::size_t top = 0;
          for (std::size_t c = 1; c < classes; ++c) {
            if (z(0, c) > z(0, top)) top = c;
          }
          const float log_sum = -std::log(a(0, top));
          for (std::size_t c = 0; c < classes; ++c) {
            const float target = smoothed(smooth, y(0, c));
            if (target != 0) sum += target * ((z(0, top) - z(0, c)) + log_sum);
          }
          return sum;
        } else if constexpr (std::is_same_v<L, BinaryCrossEntropy>) {
          const bool from_logits = std::holds_alternative<Sigmoid>(activation);
          const auto bounded_log = [](float p) { return std::max(std::log(p), -100.0f); };
          for (std::size_t c = 0; c < classes; ++c) {
            const float target = smoothed(smooth, y(0, c));
            sum += from_logits ? target * softplus(-z(0, c)) + (1 - target) * softplus(z(0, c))
                               : -(target * bounded_log(a(0, c)) + (1 - target) * bounded_log(1 - a(0, c)));
          }
          return sum / count;
        } else {
          for (std::size_t c = 0; c < classes; ++c) {
            const float residual = a(0, c) - y(0, c);
            const float size = std::abs(residual);
            if constexpr (std::is_same_v<L, SquaredError>) sum += residual * residual / 2;
            if constexpr (std::is_same_v<L, MeanSquaredError>) sum += residual * residual;
            if constexpr (std::is_same_v<L, MeanAbsoluteError>) sum += size;
            if constexpr (std::is_same_v<L, Huber>) {
              const float delta = static_cast<float>(l.delta);
              sum += size <= delta ? residual * residual / 2 : delta * (size - delta / 2);
            }
          }
          return std::is_same_v<L, SquaredError> ? sum : sum / count;
        }
      },
      loss);
}

void row_gradient(const Loss& loss, const Activation& activation, const OutputRow& row, float factor,
                  kernels::BlockedView<float> gradient) {
  const auto a = row.outputs, y = row.targets;
  const std::size_t classes = y.columns();
  const float count = static_cast<float>(classes);
  const Smoothing smooth = smoothing_of(loss, classes);

  if (fused(loss, activation)) {
    if (std::holds_alternative<CrossEntropy>(loss)) {
      float target_sum = 0;
      for (std::size_t c = 0; c < classes; ++c) target_sum += smoothed(smooth, y(0, c));
      for (std::size_t c = 0; c < classes; ++c) gradient(0, c) = (a(0, c) * target_sum - smoothed(smooth, y(0, c))) * factor;
    } else {
      for (std::size_t c = 0; c < classes; ++c) gradient(0, c) = (a(0, c) - smoothed(smooth, y(0, c))) / count * factor;
    }
    return;
  }

  // d loss / da
  std::visit(
      [&]<class L>(const L& l) {
        for (std::size_t c = 0; c < classes; ++c) {
          const float target = smoothed(smooth, y(0, c));
          const float residual = a(0, c) - target;
          float& g = gradient(0, c);
          if constexpr (std::is_same_v<L, SquaredError>) g = residual;
          if constexpr (std::is_same_v<L, MeanSquaredError>) g = 2 * residual / count;
          if constexpr (std::is_same_v<L, MeanAbsoluteError>) {
            g = static_cast<float>((residual > 0) - (residual < 0)) / count;
          }
          if constexpr (std::is_same_v<L, Huber>) {
            const float delta = static_cast<float>(l.delta);
            g = std::clamp(residual, -delta, delta) / count;
          }
          if constexpr (std::is_same_v<L, CrossEntropy>) g = -target / std::max(a(0, c), 1e-30f);
          if constexpr (std::is_same_v<L, BinaryCrossEntropy>) {
            g = residual / std::max(a(0, c) * (1 - a(0, c)), 1e-12f) / count;
          }
          g *= factor;
        }
      },
      loss);
}

}  // namespace

bool fused(const Loss& loss, const Activation& activation) {
  return (std::holds_alternative<CrossEntropy>(loss) && std::holds_alternative<Softmax>(activation)) ||
         (std::holds_alternative<BinaryCrossEntropy>(loss) && std::holds_alternative<Sigmoid>(activation));
}

void row_losses(const kernels::Kernels& kernels, const Loss& loss, const Activation& activation,
                const OutputRows& rows, float* losses, float* gradient) {
  if (std::holds_alternative<CrossEntropy>(loss) && std::holds_alternative<Softmax>(activation)) {
    kernels.cross_entropy(rows.logits, rows.outputs, rows.targets, smoothing_of(loss, rows.targets.columns()),
                          rows.weights, rows.mean, losses, gradient);
    return;
  }
  const kernels::BlockedView<float> gradients(gradient, rows.outputs.rows(), rows.outputs.columns(),
                                              rows.outputs.block_stride());
  for (std::size_t n = 0; n < rows.outputs.rows(); ++n) {
    const OutputRow row{rows.logits.rows(n, 1), rows.outputs.rows(n, 1), rows.targets.rows(n, 1)};
    const float weight = rows.weights ? rows.weights[n] : 1.0f;
    losses[n] = weight * row_loss(loss, activation, row);
    if (gradient) row_gradient(loss, activation, row, weight * rows.mean, gradients.rows(n, 1));
  }
}

}  // namespace mlp::engine
