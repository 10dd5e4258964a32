// Losses per row and their gradients by outputs and by logits. Formulas in mlp/loss.h.

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "mlp/reference.h"
#include "network/activation_math.h"
#include "network/facts.h"
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

/// The smoothed targets: moved towards 1/C (CrossEntropy) or 1/2 (BinaryCrossEntropy).
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

// An output's share in the losses that depend on the residuals r = a - y alone, and of all losses the share's
// derivative by the output a. What averages over outputs (facts.h) divides both by their number. A new loss
// does not compile until it has its own.

template <class T>
T loss_of(const SquaredError&, T r) {
  return r * r / 2;
}
template <class T>
T derivative(const SquaredError&, T a, T y) {
  return a - y;
}

template <class T>
T loss_of(const MeanSquaredError&, T r) {
  return r * r;
}
template <class T>
T derivative(const MeanSquaredError&, T a, T y) {
  return 2 * (a - y);
}

template <class T>
T loss_of(const MeanAbsoluteError&, T r) {
  return std::abs(r);
}
template <class T>
T derivative(const MeanAbsoluteError&, T a, T y) {
  return static_cast<T>((a > y) - (a < y));
}

template <class T>
T loss_of(const Huber& loss, T r) {
  const T delta = static_cast<T>(loss.delta), size = std::abs(r);
  return size <= delta ? r * r / 2 : delta * (size - delta / 2);
}
template <class T>
T derivative(const Huber& loss, T a, T y) {
  const T delta = static_cast<T>(loss.delta);
  return std::clamp(a - y, -delta, delta);
}

template <class T>
T derivative(const CrossEntropy&, T a, T y) {
  return -y / std::max(a, T{1e-30});
}

template <class T>
T derivative(const BinaryCrossEntropy&, T a, T y) {
  return (a - y) / std::max(a * (1 - a), T{1e-12});
}

/// What a sum over `outputs` outputs is divided by.
template <class T>
T divisor(const Loss& loss, std::size_t outputs) {
  return averages_outputs(loss) ? static_cast<T>(outputs) : T{1};
}

/// log p, bounded below so that a probability that underflowed to zero costs much but not infinitely much.
template <class T>
T bounded_log(T p) {
  return std::max(std::log(p), T{-100});
}

/// One row's loss from its outputs a (and logits z, where a loss needs them to be exact). `over`: its
/// divisor.
template <class T>
T row_loss(const Loss& loss, T over, bool from_logits, std::span<const T> z, std::span<const T> a,
           std::span<const T> y) {
  T sum = 0;
  return std::visit(
      [&]<class L>(const L& l) -> T {
        if constexpr (std::is_same_v<L, CrossEntropy>) {
          const std::vector<T> surprise = from_logits ? negative_log_softmax(z) : std::vector<T>{};
          for (std::size_t c = 0; c < y.size(); ++c) {
            // 0 log p is 0, whatever p
            if (y[c] != 0) sum += y[c] * (from_logits ? surprise[c] : -bounded_log(a[c]));
          }
          return sum / over;
        } else if constexpr (std::is_same_v<L, BinaryCrossEntropy>) {
          for (std::size_t c = 0; c < y.size(); ++c) {
            // With p = sigmoid(z), -log p = softplus(-z) and -log(1 - p) = softplus(z); their weighted sum is
            // softplus(z) - y z, without its cancellation.
            sum += from_logits ? y[c] * softplus(-z[c]) + (1 - y[c]) * softplus(z[c])
                               : -(y[c] * bounded_log(a[c]) + (1 - y[c]) * bounded_log(1 - a[c]));
          }
          return sum / over;
        } else {
          for (std::size_t c = 0; c < y.size(); ++c) sum += loss_of(l, a[c] - y[c]) / over;
          return sum;
        }
      },
      loss);
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
  const T over = divisor<T>(loss, Y.columns());
  const bool from_logits = fused(loss, output_activation);
  std::vector<T> losses(Z.rows());
  for (std::size_t n = 0; n < Z.rows(); ++n) {
    losses[n] = row_loss<T>(loss, over, from_logits, Z.row(n), A.row(n), targets.row(n));
  }
  return losses;
}

template <class T>
std::vector<T> loss_per_row_by_outputs(const Loss& loss, const Matrix<T>& A, const Matrix<T>& Y) {
  require(A.rows() == Y.rows() && A.columns() == Y.columns(),
          "loss_per_row_by_outputs: outputs and targets differ in shape");
  const Matrix<T> targets = smoothed(loss, Y);
  const T over = divisor<T>(loss, Y.columns());
  std::vector<T> losses(A.rows());
  for (std::size_t n = 0; n < A.rows(); ++n)
    losses[n] = row_loss<T>(loss, over, false, {}, A.row(n), targets.row(n));
  return losses;
}

template <class T>
Matrix<T> loss_gradient_by_outputs(const Loss& loss, const Matrix<T>& A, const Matrix<T>& Y) {
  require(A.rows() == Y.rows() && A.columns() == Y.columns(),
          "loss_gradient_by_outputs: outputs and targets differ in shape");
  const Matrix<T> targets = smoothed(loss, Y);
  const T over = divisor<T>(loss, A.columns());
  Matrix<T> dA(A.rows(), A.columns());
  std::visit(
      [&](const auto& of) {
        for (std::size_t i = 0; i < dA.values().size(); ++i) {
          dA.values()[i] = derivative(of, A.values()[i], targets.values()[i]) / over;
        }
      },
      loss);
  return dA;
}

template <class T>
Matrix<T> loss_gradient_by_logits(const Loss& loss, const Activation& output_activation, const Matrix<T>& Z,
                                  const Matrix<T>& Y) {
  require(Z.rows() == Y.rows() && Z.columns() == Y.columns(),
          "loss_gradient_by_logits: outputs and targets differ in shape");
  require_compatible(loss, output_activation);
  const Matrix<T> A = activate(output_activation, Z);
  if (!fused(loss, output_activation)) {
    return activation_backward(output_activation, Z, loss_gradient_by_outputs(loss, A, Y));
  }
  const Matrix<T> targets = smoothed(loss, Y);
  const bool cross_entropy = std::holds_alternative<CrossEntropy>(loss);
  const T over = divisor<T>(loss, Z.columns());
  Matrix<T> dZ(Z.rows(), Z.columns());
  for (std::size_t n = 0; n < Z.rows(); ++n) {
    T target_sum = 0;
    for (const T y : targets.row(n)) target_sum += y;
    for (std::size_t c = 0; c < Z.columns(); ++c) {
      dZ(n, c) = (cross_entropy ? A(n, c) * target_sum - targets(n, c) : A(n, c) - targets(n, c)) / over;
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
