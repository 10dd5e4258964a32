// Losses per row and their gradients by outputs and by logits. Formulas in mlp/loss.h.

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "mlp/reference.h"
#include "network/activation_math.h"
#include "network/validate.h"

namespace mlp::reference {

namespace {

/// -log softmax(z)_c = log sum_k exp(z_k - max z) + (max z - z_c). The shift keeps exp from overflowing, and
/// taken from z_c as well, rather than added to the logarithm, it costs no digits where all logits are large.
template <class T>
std::vector<T> negative_log_softmax(std::span<const T> z) {
  const T largest = *std::max_element(z.begin(), z.end());
  T sum = 0;
  for (const T value : z) sum += std::exp(value - largest);
  std::vector<T> result;
  for (const T value : z) result.push_back(std::log(sum) + (largest - value));
  return result;
}

/// The targets the loss really sees: smoothed towards 1/C (CrossEntropy) or 1/2 (BinaryCrossEntropy).
template <class T>
Matrix<T> smoothed(const Loss& loss, const Matrix<T>& Y) {
  double smoothing = 0, towards = 0;
  if (const auto* cross_entropy = std::get_if<CrossEntropy>(&loss)) {
    smoothing = cross_entropy->label_smoothing;
    towards = 1.0 / static_cast<double>(Y.columns());
  } else if (const auto* binary = std::get_if<BinaryCrossEntropy>(&loss)) {
    smoothing = binary->label_smoothing;
    towards = 0.5;
  }
  Matrix<T> result = Y;
  for (T& y : result.values()) y = static_cast<T>((1 - smoothing) * y + smoothing * towards);
  return result;
}

template <class T>
T huber(T residual, T delta) {
  const T size = std::abs(residual);
  return size <= delta ? residual * residual / 2 : delta * (size - delta / 2);
}

/// log p, bounded below so that a probability that underflowed to zero costs much but not infinitely much.
template <class T>
T bounded_log(T p) {
  return std::max(std::log(p), T{-100});
}

/// One row's loss from its outputs a (and logits z, where a loss needs them to be exact).
template <class T>
T row_loss(const Loss& loss, bool from_logits, std::span<const T> z, std::span<const T> a,
           std::span<const T> y) {
  const T count = static_cast<T>(y.size());
  T sum = 0;
  return std::visit(
      [&]<class L>(const L& l) -> T {
        if constexpr (std::is_same_v<L, CrossEntropy>) {
          const std::vector<T> surprise = from_logits ? negative_log_softmax(z) : std::vector<T>{};
          for (std::size_t c = 0; c < y.size(); ++c) {
            // 0 log p is 0, whatever p
            if (y[c] != 0) sum += y[c] * (from_logits ? surprise[c] : -bounded_log(a[c]));
          }
          return sum;
        } else if constexpr (std::is_same_v<L, BinaryCrossEntropy>) {
          for (std::size_t c = 0; c < y.size(); ++c) {
            // With p = sigmoid(z), -log p = softplus(-z) and -log(1 - p) = softplus(z); their weighted sum is
            // softplus(z) - y z, without its cancellation.
            sum += from_logits ? y[c] * softplus(-z[c]) + (1 - y[c]) * softplus(z[c])
                               : -(y[c] * bounded_log(a[c]) + (1 - y[c]) * bounded_log(1 - a[c]));
          }
          return sum / count;
        } else {
          for (std::size_t c = 0; c < y.size(); ++c) {
            const T residual = a[c] - y[c];
            if constexpr (std::is_same_v<L, SquaredError>) sum += residual * residual / 2;
            if constexpr (std::is_same_v<L, MeanSquaredError>) sum += residual * residual / count;
            if constexpr (std::is_same_v<L, MeanAbsoluteError>) sum += std::abs(residual) / count;
            if constexpr (std::is_same_v<L, Huber>) sum += huber(residual, static_cast<T>(l.delta)) / count;
          }
          return sum;
        }
      },
      loss);
}

bool fused_with(const Loss& loss, const Activation& activation) {
  return (std::holds_alternative<CrossEntropy>(loss) && std::holds_alternative<Softmax>(activation)) ||
         (std::holds_alternative<BinaryCrossEntropy>(loss) && std::holds_alternative<Sigmoid>(activation));
}

}  // namespace

template <class T>
std::vector<T> loss_per_row(const Loss& loss, const Activation& output_activation, const Matrix<T>& Z,
                            const Matrix<T>& Y) {
  require(Z.rows() == Y.rows() && Z.columns() == Y.columns(),
          "loss_per_row: outputs and targets differ in shape");
  require_compatible(loss, output_activation);
  const Matrix<T> A = activate(output_activation, Z);
  const Matrix<T> targets = smoothed(loss, Y);
  std::vector<T> losses(Z.rows());
  for (std::size_t n = 0; n < Z.rows(); ++n) {
    losses[n] = row_loss<T>(loss, fused_with(loss, output_activation), Z.row(n), A.row(n), targets.row(n));
  }
  return losses;
}

template <class T>
std::vector<T> loss_per_row_by_outputs(const Loss& loss, const Matrix<T>& A, const Matrix<T>& Y) {
  require(A.rows() == Y.rows() && A.columns() == Y.columns(),
          "loss_per_row_by_outputs: outputs and targets differ in shape");
  const Matrix<T> targets = smoothed(loss, Y);
  std::vector<T> losses(A.rows());
  for (std::size_t n = 0; n < A.rows(); ++n)
    losses[n] = row_loss<T>(loss, false, {}, A.row(n), targets.row(n));
  return losses;
}

template <class T>
Matrix<T> loss_gradient_by_outputs(const Loss& loss, const Matrix<T>& A, const Matrix<T>& Y) {
  require(A.rows() == Y.rows() && A.columns() == Y.columns(),
          "loss_gradient_by_outputs: outputs and targets differ in shape");
  const Matrix<T> targets = smoothed(loss, Y);
  const T count = static_cast<T>(A.columns());
  const auto sign = [](T x) { return static_cast<T>((x > 0) - (x < 0)); };
  const auto gradient = [&](T a, T y) {
    return std::visit(
        [&]<class L>(const L& l) -> T {
          const T residual = a - y;
          if constexpr (std::is_same_v<L, SquaredError>) return residual;
          if constexpr (std::is_same_v<L, MeanSquaredError>) return 2 * residual / count;
          if constexpr (std::is_same_v<L, MeanAbsoluteError>) return sign(residual) / count;
          if constexpr (std::is_same_v<L, Huber>) {
            const T delta = static_cast<T>(l.delta);
            return std::clamp(residual, -delta, delta) / count;
          }
          if constexpr (std::is_same_v<L, CrossEntropy>) return -y / std::max(a, T{1e-30});
          if constexpr (std::is_same_v<L, BinaryCrossEntropy>) {
            return residual / std::max(a * (1 - a), T{1e-12}) / count;
          }
        },
        loss);
  };
  Matrix<T> dA(A.rows(), A.columns());
  for (std::size_t i = 0; i < dA.values().size(); ++i) {
    dA.values()[i] = gradient(A.values()[i], targets.values()[i]);
  }
  return dA;
}

template <class T>
Matrix<T> loss_gradient_by_logits(const Loss& loss, const Activation& output_activation, const Matrix<T>& Z,
                                  const Matrix<T>& Y) {
  require(Z.rows() == Y.rows() && Z.columns() == Y.columns(),
          "loss_gradient_by_logits: outputs and targets differ in shape");
  require_compatible(loss, output_activation);
  const Matrix<T> A = activate(output_activation, Z);
  if (!fused_with(loss, output_activation)) {
    return activation_backward(output_activation, Z, loss_gradient_by_outputs(loss, A, Y));
  }
  const Matrix<T> targets = smoothed(loss, Y);
  const bool cross_entropy = std::holds_alternative<CrossEntropy>(loss);
  Matrix<T> dZ(Z.rows(), Z.columns());
  for (std::size_t n = 0; n < Z.rows(); ++n) {
    T target_sum = 0;
    for (const T y : targets.row(n)) target_sum += y;
    for (std::size_t c = 0; c < Z.columns(); ++c) {
      dZ(n, c) = cross_entropy ? A(n, c) * target_sum - targets(n, c)
                               : (A(n, c) - targets(n, c)) / static_cast<T>(Z.columns());
    }
  }
  return dZ;
}

#define MLP_INSTANTIATE(T)                                                                                  \
  template std::vector<T> loss_per_row(const Loss&, const Activation&, const Matrix<T>&, const Matrix<T>&); \
  template std::vector<T> loss_per_row_by_outputs(const Loss&, const Matrix<T>&, const Matrix<T>&);         \
  template Matrix<T> loss_gradient_by_outputs(const Loss&, const Matrix<T>&, const Matrix<T>&);             \
  template Matrix<T> loss_gradient_by_logits(const Loss&, const Activation&, const Matrix<T>&,              \
                                             const Matrix<T>&);
MLP_INSTANTIATE(float)
MLP_INSTANTIATE(double)
#undef MLP_INSTANTIATE

}  // namespace mlp::reference
