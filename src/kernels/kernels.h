// The inner loops of training and prediction, written once (Highway), compiled per CPU target, chosen at run
// time.
//
// Each output element is one chain of multiply-adds in a fixed order - over k for a matrix product, over the
// batch's rows for a weight gradient - however rows and columns are cut into tiles or shared among threads.
// So results do not depend on tile, thread count or vector length; targets with fused multiply-add agree bit
// for bit. Matrices of activations are [N, padded(columns)]; padding columns hold values no one reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/packing.h"
#include "mlp/activation.h"
#include "mlp/matrix.h"

namespace mlp::kernels {

/// How a gradient changes a parameter; one optimizer step's coefficients, see mlp/optimizer.h for the
/// formulas.
struct UpdateRule {
  enum class Kind { kStore, kSgd, kMomentum, kNesterov, kRmsProp, kAdam };
  Kind kind = Kind::kStore;  ///< kStore: the gradient goes to memory and nothing is updated
  float learning_rate = 0;   ///< Adam: divided by 1 - beta1^t
  float keep = 1;            ///< AdamW: 1 - learning rate * weight decay; weights only
  float l2 = 0;              ///< added to the gradient: l2 * weight; weights only
  float beta1 = 0;           ///< momentum, or Adam's beta1
  float beta2 = 0;           ///< RMSProp's rho, or Adam's beta2
  float one_minus_beta1 = 0;
  float one_minus_beta2 = 0;
  float inverse_correction2 = 1;  ///< Adam: 1 / (1 - beta2^t)
  float epsilon = 0;
  float gradient_scale = 1;  ///< clipping: the stored gradient is multiplied by this first
};

/// A block of parameters and what travels with it; the same index means the same parameter in each.
struct UpdateBuffers {
  float* parameters = nullptr;
  float* moment1 = nullptr;
  float* moment2 = nullptr;
  float* gradients = nullptr;  ///< written by kStore, read by `update`
};

/// 8-bit or float rows, gathered by index: out[n, i] = (rows[index[n], i] - shift[i]) * scale[i].
struct GatherScaling {
  const float* shift = nullptr;  ///< [I], or one value when `uniform`
  const float* scale = nullptr;
  bool uniform = true;
};

struct Kernels {
  std::string_view name;  ///< "avx512", "avx2", "neon", "baseline"

  /// Z[n, :] = bias + sum_k X[n, k] W[k, :]; W packed [K, O], bias [padded(O)] or null (zero), Z [N,
  /// padded(O)].
  void (*affine)(ConstMatrixView<float> X, const float* W, const PackedShape& shape, const float* bias,
                 MatrixView<float> Z);

  /// For rows i in [begin, end) of one panel of W [I, O]: dW[i, :] = sum_n X[n, i] dZ[n, :], then `rule`,
  /// before the tile leaves the registers. Buffers are packed as W.
  void (*weight_step)(ConstMatrixView<float> X, ConstMatrixView<float> dZ, const PackedShape& shape,
                      std::size_t panel, std::size_t begin, std::size_t end, const UpdateRule& rule,
                      const UpdateBuffers& buffers);

  /// db[o] = sum_n dZ[n, o] for all padded columns of dZ, then `rule` (without keep and l2).
  void (*bias_step)(ConstMatrixView<float> dZ, const UpdateRule& rule, const UpdateBuffers& buffers);

  /// `rule` with gradients from memory; count is a multiple of 16. `weights`: whether keep and l2 apply.
  void (*update)(const UpdateRule& rule, bool weights, const UpdateBuffers& buffers, std::size_t count);

  /// values = f(values), and, unless null, derivative = f'(values before); element-wise activations only;
  /// count is a multiple of 16.
  void (*activate)(const Activation& activation, float* values, float* derivative, std::size_t count);

  /// gradient *= f'(z), f' from the output a = f(z): for Linear, ReLU and LeakyReLU.
  void (*multiply_by_derivative_of_output)(const Activation& activation, const float* outputs,
                                           float* gradient, std::size_t count);

  /// a *= b; count is a multiple of 16.
  void (*multiply)(float* a, const float* b, std::size_t count);

  /// Each row of `values` [N, stride], first `columns`: softmax in place. Padding becomes zero.
  void (*softmax)(MatrixView<float> values, std::size_t columns);

  void (*gather_bytes)(ConstMatrixView<std::uint8_t> rows, std::span<const std::uint32_t> index,
                       const GatherScaling& scaling, MatrixView<float> out);
  void (*gather_floats)(ConstMatrixView<float> rows, std::span<const std::uint32_t> index,
                        const GatherScaling& scaling, MatrixView<float> out);

  /// A register-tile of multiply-adds that touches no memory beyond the first-level cache, `repeats` times;
  /// returns the floating-point operations done. What this CPU could do at most: benchmarks divide by it.
  double (*peak)(std::size_t repeats);
};

/// Names of the targets this CPU can run, best first; "baseline" is always among them.
std::vector<std::string> available_targets();

/// The kernels of one target; empty: the best. Throws UsageError listing those available.
const Kernels& kernels_for(std::string_view target);

}  // namespace mlp::kernels
