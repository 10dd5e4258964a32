// The inner loops of training and prediction, written once (Highway), compiled per CPU target, chosen at run
// time.
//
// Each output element is one chain of multiply-adds in a fixed order, however rows and columns are cut into
// tiles or shared among threads: for a matrix product over k, or some blocks of k; for a weight gradient over
// the batch's rows, or parts of them. So results do not depend on tile, thread count or vector length;
// targets with fused multiply-add agree bit for bit. Matrices are blocked (kernels/blocked.h); a kernel works
// on whole blocks. Padding columns of weights, biases and gradients hold zeros; those of a product are set to
// zero, computed or not (tile-inl.h: kHalfBlocks).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/blocked.h"
#include "kernels/prefetch.h"
#include "mlp/activation.h"
#include "mlp/matrix.h"

namespace mlp::kernels {

/// A gradient's sum over the rows in parts: ((s_0 + s_1) + s_2) + ..., s_p over rows [edges[p], edges[p +
/// 1]), starting from before[p], laid out as the parameters, unless that is null.
struct RowParts {
  static constexpr std::size_t kMost = 4;
  std::size_t count = 0;
  std::array<std::size_t, kMost + 1> edges = {};
  std::array<const float*, kMost> before = {};
};

/// How a gradient changes a parameter; one optimizer step's coefficients, see mlp/optimizer.h for the
/// formulas.
struct UpdateRule {
  enum class Kind { kStore, kSgd, kMomentum, kNesterov, kRmsProp, kAdam };
  Kind kind = Kind::kStore;         ///< kStore: the gradient goes to memory and nothing is updated
  bool continues = false;           ///< the sum starts from the stored gradient of earlier rows
  const RowParts* parts = nullptr;  ///< if given, the parts that weight_step and bias_step sum
  float learning_rate = 0;          ///< Adam: divided by 1 - beta1^t
  float keep = 1;                   ///< AdamW: 1 - learning rate * weight decay; weights only
  float l2 = 0;                     ///< added to the gradient: l2 * weight; weights only
  float beta1 = 0;                  ///< momentum, or Adam's beta1
  float beta2 = 0;                  ///< RMSProp's rho, or Adam's beta2
  float one_minus_beta1 = 0;
  float one_minus_beta2 = 0;
  float inverse_correction2 = 1;  ///< Adam: 1 / (1 - beta2^t)
  float epsilon = 0;
  float gradient_scale = 1;  ///< clipping: the stored gradient is multiplied by this first
};

/// A block of parameters and the buffers that belong to it; the same index means the same parameter in each.
struct UpdateBuffers {
  float* parameters = nullptr;
  float* moment1 = nullptr;
  float* moment2 = nullptr;
  float* gradients = nullptr;  ///< written by kStore, read by `update` and where a sum continues
};

/// Which blocks of k a product sums over: `size` of each `step` blocks, from block `first` on.
struct Depth {
  static constexpr std::size_t kAll = std::size_t{1} << 40;
  std::size_t first = 0;
  std::size_t size = kAll, step = kAll;
};

/// Where an affine map's sums start, what they run over, and what is done to a tile of them before it is
/// stored.
struct Epilogue {
  enum class Kind {
    kNone,
    kSlope,            ///< z > 0 ? z : slope * z, the activations Linear (1), ReLU (0) and LeakyReLU
    kTimesDerivative,  ///< times the derivative of kSlope, taken from `outputs`
  };
  Kind kind = Kind::kNone;
  float slope = 1;
  const float* outputs = nullptr;  ///< laid out as the result
  bool continues = false;  ///< the sums start from the values in the result, over an earlier part of k
  bool adds = false;       ///< the sums start from zero and are then added to the values in the result
  Depth depth = {};
};

/// 8-bit or float rows, gathered by index: out[n, i] = (rows[index[n], i] - shift[i]) * scale[i].
struct GatherScaling {
  const float* shift = nullptr;  ///< [I], or one value when `uniform`
  const float* scale = nullptr;
  bool uniform = true;
};

/// Which elements of X [N, K] are not zero, for a first layer that skips the others: bit c of
/// bits[b * stride + n] stands for X(n, 16 b + c).
struct NonZeros {
  std::uint16_t* bits = nullptr;
  std::size_t stride = 0;         ///< at least N, and a multiple of 16; bits beyond row N are zero
  std::uint32_t* list = nullptr;  ///< a thread's scratch for `list_size` numbers
  std::size_t list_size = 0;      ///< at least least_list_size(N, K); kMostLists times that is best

  /// The bits of the columns from this block on.
  NonZeros from_block(std::size_t block) const { return {bits + block * stride, stride, list, list_size}; }
};

/// How many lists a product makes at a time, where there is room for them.
inline constexpr std::size_t kMostLists = 16;

/// For a list of the rows or the columns of X [N, K]: two numbers per entry, and room for one more block.
inline std::size_t least_list_size(std::size_t rows, std::size_t columns) {
  return 2 * (padded(std::max(rows, columns)) + kBlock);
}

/// 8-bit inputs X [N, K] as they are stored, and the float that each of the 256 codes stands for.
struct CodedView {
  ConstBlockedView<std::uint8_t> codes;  ///< padding columns hold a code that stands for zero
  const float* values = nullptr;         ///< [256]

  std::size_t rows() const { return codes.rows(); }
  std::size_t columns() const { return codes.columns(); }
  std::size_t blocks() const { return codes.blocks(); }
  std::size_t block_stride() const { return codes.block_stride(); }
};

/// Label smoothing: a target y becomes keep * y + add.
struct Smoothing {
  float keep = 1;
  float add = 0;
};

struct Kernels {
  std::string_view name;  ///< "avx512", "avx2", "neon", "baseline"
  std::size_t step_products =
      1;  ///< multiply-adds per step of k in a dense product's tile: the unit in which Prefetch counts

  /// A second thread pays off where each has at least so many floating-point operations per layer of a step.
  double least_flops = 0;

  /// Skipping zeros takes less time than multiplying them where at most this share of X's groups of 4
  /// elements - neighbours in a row or in a column - are not all zero; the second value applies where the
  /// other matrix is one block wide.
  double most_density = 0, most_density_of_one_block = 0;

  /// Z[n, :] = bias + sum_k X[n, k] W[k, :], k as in epilogue.depth, then `epilogue`; X [N, K], W [K, O],
  /// bias [padded(O)] or null (zero), Z [N, O]. Advances `prefetch` on the way.
  void (*affine)(ConstBlockedView<float> X, ConstBlockedView<float> W, const float* bias,
                 const Epilogue& epilogue, BlockedView<float> Z, Prefetch& prefetch);

  /// dW[i, :] = sum_n X[n, i] dZ[n, :], then `rule`, before the tile leaves the registers; X [N, I], dZ
  /// [N, O]. Buffers are blocked as W [I, O] with blocks `block_stride` floats apart.
  void (*weight_step)(ConstBlockedView<float> X, ConstBlockedView<float> dZ, const UpdateRule& rule,
                      const UpdateBuffers& buffers, std::size_t block_stride, Prefetch& prefetch);

  /// The same for an X with many zeros: a product is left out where X is zero for a whole group of a tile's
  /// rows (in weight_step, of its inputs). No bit of a finite sum changes, except for the sign of a zero: a
  /// sum that is -0 so far, from a bias of -0 say, stays -0 where a product of +0 is left out.
  void (*sparse_affine)(ConstBlockedView<float> X, const NonZeros& non_zeros, ConstBlockedView<float> W,
                        const float* bias, const Epilogue& epilogue, BlockedView<float> Z,
                        Prefetch& prefetch);
  void (*sparse_weight_step)(ConstBlockedView<float> X, const NonZeros& non_zeros, ConstBlockedView<float> dZ,
                             const UpdateRule& rule, const UpdateBuffers& buffers, std::size_t block_stride,
                             Prefetch& prefetch);

  /// The same for inputs stored as codes.
  void (*sparse_affine_coded)(CodedView X, const NonZeros& non_zeros, ConstBlockedView<float> W,
                              const float* bias, const Epilogue& epilogue, BlockedView<float> Z,
                              Prefetch& prefetch);
  void (*sparse_weight_step_coded)(CodedView X, const NonZeros& non_zeros, ConstBlockedView<float> dZ,
                                   const UpdateRule& rule, const UpdateBuffers& buffers,
                                   std::size_t block_stride, Prefetch& prefetch);

  /// db[o] = sum_n dZ[n, o] for all padded columns of dZ, then `rule` (without keep and l2).
  void (*bias_step)(ConstBlockedView<float> dZ, const UpdateRule& rule, const UpdateBuffers& buffers);

  /// Applies `rule` with gradients from memory; count is a multiple of 16. `weights`: whether keep applies.
  /// l2 is not added, since stored gradients include it; only kStore adds it.
  void (*update)(const UpdateRule& rule, bool weights, const UpdateBuffers& buffers, std::size_t count);

  /// Z = ((parts[0] + parts[1]) + parts[2]) + ..., then `epilogue`; all of one shape and block stride.
  void (*add_parts)(std::span<const ConstBlockedView<float>> parts, const Epilogue& epilogue,
                    BlockedView<float> Z);

  /// to[c, r] = from[r, c] for the 16 x 16 squares of `from`, padding included.
  void (*transpose)(ConstBlockedView<float> from, BlockedView<float> to);

  /// values = f(values), and, unless null, derivative = f'(values before), laid out as `values`, with the
  /// same block stride; element-wise activations only. Padding columns of `values` become zero.
  void (*activate)(const Activation& activation, BlockedView<float> values, float* derivative);

  /// gradient *= f'(z), f' from the output a = f(z), where f(z) = z > 0 ? z : slope * z. Both of one shape
  /// and block stride.
  void (*multiply_by_derivative_of_output)(float slope, ConstBlockedView<float> outputs,
                                           BlockedView<float> gradient);

  /// a *= b, both of one shape and block stride.
  void (*multiply)(BlockedView<float> a, ConstBlockedView<float> b);

  /// Each row: softmax in place. Padding becomes zero.
  void (*softmax)(BlockedView<float> values);

  /// losses[n] = weight_n * sum_c y_c (logsumexp(z_n) - z_c), and, unless null, gradient (laid out as z) =
  /// its derivative by z times `mean`; y = keep * target + add. `probabilities` are softmax(z); `weights`
  /// null: 1.
  void (*cross_entropy)(ConstBlockedView<float> logits, ConstBlockedView<float> probabilities,
                        ConstBlockedView<float> targets, const Smoothing& smoothing, const float* weights,
                        float mean, float* losses, float* gradient);

  /// Rows by index, converted and scaled. Padding becomes zero. Unless non_zeros.bits is null, also sets the
  /// bits of elements that are not zero.
  void (*gather_bytes)(ConstMatrixView<std::uint8_t> rows, std::span<const std::uint32_t> index,
                       const GatherScaling& scaling, BlockedView<float> out, const NonZeros& non_zeros);
  void (*gather_floats)(ConstMatrixView<float> rows, std::span<const std::uint32_t> index,
                        const GatherScaling& scaling, BlockedView<float> out, const NonZeros& non_zeros);

  /// Rows by index as they are; `zero` is the code that stands for zero, and padding gets it. non_zeros.bits
  /// must not be null.
  void (*gather_codes)(ConstMatrixView<std::uint8_t> rows, std::span<const std::uint32_t> index,
                       std::uint8_t zero, BlockedView<std::uint8_t> out, const NonZeros& non_zeros);

  /// `repeats` times a register tile of multiply-adds that touches no memory beyond the first-level cache;
  /// returns the floating-point operations done. It is the most this CPU could do: benchmarks divide by it.
  double (*peak)(std::size_t repeats);
};

/// Names of the targets this CPU can run, best first; "baseline" is always among them.
std::vector<std::string> available_targets();

/// The kernels of one target; empty: the best. Throws UsageError listing those available.
const Kernels& kernels_for(std::string_view target);

/// The same table with null for the functions that only training calls: weight_step, sparse_weight_step, its
/// coded form, bias_step and update. So the linker can drop them from a program that only predicts.
const Kernels& prediction_kernels_for(std::string_view target);

}  // namespace mlp::kernels
