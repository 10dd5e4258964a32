// The reference: what every formula of mlp means, in plain loops that read like the formulas.
//
// Pure functions of values, for float and double; the specification the engine is tested against, and the
// teaching text. Never optimised. Notation: N batch rows, I fan_in, O fan_out; X [N, I], W [I, O], b [O]; Z =
// XW + b; A = f(Z); dQ is the derivative of the batch's Loss by Q and has Q's shape.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mlp/activation.h"
#include "mlp/export.h"
#include "mlp/loss.h"
#include "mlp/matrix.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/optimizer.h"
#include "mlp/parameters.h"

// MLP_EXPORT here does not export templates, so each of them has it as well.
namespace MLP_EXPORT mlp {  // NOLINT(modernize-concat-nested-namespaces): an attribute takes one name
namespace reference {

// --- Activations: A = f(Z) ---------------------------------------------------------------------------------

/// A = f(Z), row by row; no finite Z overflows or turns into a NaN.
template <class T>
MLP_EXPORT Matrix<T> activate(const Activation& activation, const Matrix<T>& Z);

/// dZ = J^T dA, J the Jacobian of one row: f'(z) dA for element-wise activations, p (dA - <dA, p>) for
/// Softmax.
template <class T>
MLP_EXPORT Matrix<T> activation_backward(const Activation& activation, const Matrix<T>& Z,
                                         const Matrix<T>& dA);

/// The full Jacobian [O, O] of one row z [O]: J[i, j] = d a_i / d z_j. Diagonal for all but Softmax, whose
/// Jacobian is diag(p) - p p^T. Tests hold activation_backward against it.
template <class T>
MLP_EXPORT Matrix<T> jacobian(const Activation& activation, std::span<const T> z);

// --- Losses, per row: see mlp/loss.h -----------------------------------------------------------------------

/// loss_n [N] for targets Y [N, O] (classes as one-hot rows), from the last layer's pre-activations Z [N, O].
template <class T>
MLP_EXPORT std::vector<T> loss_per_row(const Loss& loss, const Activation& output_activation,
                                       const Matrix<T>& Z, const Matrix<T>& Y);

/// The same from outputs A [N, O] that have no pre-activations, such as the averages of an ensemble.
/// Logarithms of probabilities are taken as they are, and bounded below by -100.
template <class T>
MLP_EXPORT std::vector<T> loss_per_row_by_outputs(const Loss& loss, const Matrix<T>& A, const Matrix<T>& Y);

/// d loss_n / dA [N, O], by the outputs A = f(Z): the path through the activation's Jacobian, open to every
/// loss.
template <class T>
MLP_EXPORT Matrix<T> loss_gradient_by_outputs(const Loss& loss, const Matrix<T>& A, const Matrix<T>& Y);

/// d loss_n / dZ [N, O]: fused where that is exact and stable (CrossEntropy on Softmax: p sum(y) - y;
/// BinaryCrossEntropy on Sigmoid: (p - y) / C), else activation_backward of loss_gradient_by_outputs.
template <class T>
MLP_EXPORT Matrix<T> loss_gradient_by_logits(const Loss& loss, const Activation& output_activation,
                                             const Matrix<T>& Z, const Matrix<T>& Y);

// --- The network -------------------------------------------------------------------------------------------

/// Z = XW + b.
template <class T>
MLP_EXPORT Matrix<T> affine(const Matrix<T>& X, ConstMatrixView<T> W, std::span<const T> b);

/// The network's output for X [N, fan_in]: a fold over its layers. No dropout: this is prediction.
template <class T>
MLP_EXPORT Matrix<T> forward(const MultilayerPerceptron& network, const BasicParameters<T>& parameters,
                             const Matrix<T>& X);

/// Which dropout masks a training step uses: they are a pure function of (seed, step, layer, row, column).
struct DropoutMasks {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
};

/// The factor dropout multiplies activation (row, column) of a layer by: 0 or 1 / (1 - dropout).
double dropout_factor(const Layer& layer, std::size_t layer_index, const DropoutMasks& masks, std::size_t row,
                      std::size_t column);

template <class T>
struct LossAndGradients {
  T loss = 0;                    ///< 1/N sum_n w_n loss_n + l2/2 sum W^2
  BasicParameters<T> gradients;  ///< of that, by every parameter
};

/// One batch, forward and backward. `weights` [N] or empty (all 1); `masks` absent: no dropout.
/// Throws std::invalid_argument when shapes do not fit or loss and output activation are not compatible.
template <class T>
MLP_EXPORT LossAndGradients<T> loss_and_gradients(const MultilayerPerceptron& network,
                                                  const BasicParameters<T>& parameters, const Loss& loss,
                                                  const Matrix<T>& X, const Matrix<T>& Y,
                                                  std::span<const T> weights = {},
                                                  std::optional<DropoutMasks> masks = {}, double l2 = 0.0);

// --- Optimizers: see mlp/optimizer.h -----------------------------------------------------------------------

template <class T>
struct OptimizerState {
  BasicParameters<T> parameters;
  std::vector<BasicParameters<T>> moments;  ///< moment_count(optimizer) of them, zero at the start
  std::uint64_t step = 0;                   ///< updates made
};

template <class T>
MLP_EXPORT OptimizerState<T> start(const Optimizer& optimizer, BasicParameters<T> parameters);

/// The state after one update with `gradients`; the learning rate is the optimizer's times `rate_factor`.
template <class T>
MLP_EXPORT OptimizerState<T> update(const Optimizer& optimizer, OptimizerState<T> state,
                                    const BasicParameters<T>& gradients, double rate_factor = 1.0);

/// Gradients scaled down to length `clip_norm` where their Euclidean norm over all parameters exceeds it
/// (Pascanu, Mikolov and Bengio, 2013).
template <class T>
MLP_EXPORT BasicParameters<T> clip_by_norm(BasicParameters<T> gradients, double clip_norm);

}  // namespace reference
}  // namespace mlp
