// Matrix products with operands rounded to bfloat16 (8 bits of exponent, 7 of mantissa), summed in float32,
// for CPUs with bfloat16 instructions, which do several times as many multiply-adds as float32 ones.
//
//   affine             Z  = bf16(X) bf16(W) + bias, then an epilogue
//   affine_transposed  dX = bf16(dZ) bf16(W)^T, then an epilogue
//   weight_step        dW = bf16(X)^T bf16(dZ), then an update rule
//
// Matrices stay blocked float32 (blocked.h); a product rounds its operands on the way into tiles. Rounding is
// to the nearest, ties to even; denormals are zero. Each output element is one chain of sums in the order of
// k, in groups that start at multiples of 32: the same bits however rows and columns are shared among
// threads, and for a weight gradient continued from chunk to chunk as long as chunks have a multiple of 32
// rows. The two sets of instructions round their sums differently.
//
// Sources: Intel's Architecture Instruction Set Extensions Programming Reference (TDPBF16PS, VDPBF16PS).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "kernels/kernels.h"

namespace mlp::kernels {

inline constexpr std::size_t kBFloat16Depth = 32;  ///< products summed in one instruction's tile
inline constexpr std::size_t kBFloat16Panel = 32;  ///< rows of Z, or columns, packed together

/// How many rows of a left operand are processed at a time: packed, they take 1 MiB and stay in the
/// second-level cache while all of the right operand streams past.
inline constexpr std::size_t bfloat16_left_rows(std::size_t depth) {
  constexpr std::size_t kNumbers = std::size_t{1} << 19;
  const std::size_t panel = kBFloat16Panel * ((depth + kBFloat16Depth - 1) / kBFloat16Depth * kBFloat16Depth);
  return kBFloat16Panel * std::max<std::size_t>(1, kNumbers / std::max<std::size_t>(1, panel));
}

/// The number of values in a packed operand of `width` rows (or columns) and `depth` products.
inline constexpr std::size_t bfloat16_packed_size(std::size_t width, std::size_t depth) {
  return (width + kBFloat16Panel - 1) / kBFloat16Panel * kBFloat16Panel *
         ((depth + kBFloat16Depth - 1) / kBFloat16Depth * kBFloat16Depth);
}

/// One thread's scratch memory for packed operands, aligned to 64 bytes.
struct BFloat16Scratch {
  std::uint16_t* left = nullptr;   ///< bfloat16_packed_size(min(rows of the result, left rows), depth)
  std::uint16_t* right = nullptr;  ///< bfloat16_packed_size(kBFloat16Panel, depth)
};

struct BFloat16Kernels {
  std::string_view name;  ///< "amx", "avx512_bf16"

  /// Z[n, :] = bias + sum_k X[n, k] W[k, :], then `epilogue`; X [N, K], W [K, O], bias [padded(O)] or null
  /// (zero), Z [N, O].
  void (*affine)(ConstBlockedView<float> X, ConstBlockedView<float> W, const float* bias,
                 const Epilogue& epilogue, BlockedView<float> Z, const BFloat16Scratch& scratch);

  /// dX[n, i] = sum_o dZ[n, o] W[i, o], then `epilogue`; dZ [N, O], W [I, O], dX [N, I].
  void (*affine_transposed)(ConstBlockedView<float> dZ, ConstBlockedView<float> W, const Epilogue& epilogue,
                            BlockedView<float> dX, const BFloat16Scratch& scratch);

  /// dW[i, :] = sum_n X[n, i] dZ[n, :], then `rule` by kernels.update, square by square; X [N, I], dZ [N, O].
  /// Buffers are blocked as W [I, O] with blocks `block_stride` floats apart, padding rows included.
  void (*weight_step)(const Kernels& kernels, ConstBlockedView<float> X, ConstBlockedView<float> dZ,
                      const UpdateRule& rule, const UpdateBuffers& buffers, std::size_t block_stride,
                      const BFloat16Scratch& scratch);
};

/// The tables this CPU and system can run, best first; the first call asks the system for permission to use
/// AMX.
std::vector<const BFloat16Kernels*> available_bfloat16_kernels();

/// The best table to use beside `kernels`. Throws UsageError, saying what is missing, where there is none.
const BFloat16Kernels& bfloat16_kernels_for(const Kernels& kernels);

}  // namespace mlp::kernels
