// A first layer on rows given as lists of their non-zero elements.
//
// The same chains of multiply-adds as in products-inl.h, in the same order, without the links that add zero.
#if defined(MLP_KERNELS_SPARSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MLP_KERNELS_SPARSE_INL_H_
#undef MLP_KERNELS_SPARSE_INL_H_
#else
#define MLP_KERNELS_SPARSE_INL_H_
#endif

#include <hwy/cache_control.h>

#include <algorithm>

#include "kernels/kernels.h"
#include "kernels/products-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
HWY_INLINE void GatherSparse(const SparseMatrixView<T>& matrix, std::span<const std::uint32_t> index,
                             const GatherScaling& scaling, const SparseRows& out) {
  constexpr std::size_t kRowsAhead = 8;
  const float shift = *scaling.shift, scale = *scaling.scale;
  for (std::size_t group = 0; group < index.size(); group += SparseRows::kGroup) {
    std::size_t longest = 0;
    for (std::size_t n = group; n < group + SparseRows::kGroup; ++n) {
      if (n + kRowsAhead < index.size()) {
        const std::size_t begin = matrix.starts[index[n + kRowsAhead]];
        const std::size_t end = matrix.starts[index[n + kRowsAhead] + 1];
        for (std::size_t j = begin; j < end; j += 32) hwy::Prefetch(matrix.columns + j);
        for (std::size_t j = begin; j < end; j += 64 / sizeof(T)) hwy::Prefetch(matrix.values + j);
      }
      const std::size_t begin = n < index.size() ? matrix.starts[index[n]] : 0;
      const std::size_t count = n < index.size() ? matrix.starts[index[n] + 1] - begin : 0;
      const std::uint16_t* HWY_RESTRICT columns = matrix.columns + begin;
      const T* HWY_RESTRICT values = matrix.values + begin;
      std::uint32_t* HWY_RESTRICT to_offsets = out.offsets + n * out.capacity;
      float* HWY_RESTRICT to_values = out.values + n * out.capacity;
      for (std::size_t j = 0; j < count; ++j) to_offsets[j] = columns[j] * static_cast<std::uint32_t>(kBlock);
      if (scaling.uniform) {
        for (std::size_t j = 0; j < count; ++j) to_values[j] = (static_cast<float>(values[j]) - shift) * scale;
      } else {
        for (std::size_t j = 0; j < count; ++j) {
          to_values[j] =
              (static_cast<float>(values[j]) - scaling.shift[columns[j]]) * scaling.scale[columns[j]];
        }
      }
      out.counts[n] = static_cast<std::uint32_t>(count);
      longest = std::max(longest, count);
    }
    for (std::size_t n = group; n < group + SparseRows::kGroup; ++n) {
      std::fill(out.offsets + n * out.capacity + out.counts[n], out.offsets + n * out.capacity + longest, 0u);
      std::fill(out.values + n * out.capacity + out.counts[n], out.values + n * out.capacity + longest, 0.0f);
    }
  }
}

void GatherSparseBytes(const SparseMatrixView<std::uint8_t>& matrix, std::span<const std::uint32_t> index,
                       const GatherScaling& scaling, const SparseRows& out) {
  GatherSparse(matrix, index, scaling, out);
}

void GatherSparseFloats(const SparseMatrixView<float>& matrix, std::span<const std::uint32_t> index,
                        const GatherScaling& scaling, const SparseRows& out) {
  GatherSparse(matrix, index, scaling, out);
}

/// Rows walked side by side, so that a chain's latency is hidden behind the others'.
template <std::size_t V>
inline constexpr std::size_t kSparseRows = V > 2 ? 2 : SparseRows::kGroup;

template <std::size_t R, std::size_t V>
HWY_INLINE void SparseTile(const SparseRows& X, std::size_t row, std::size_t length, ConstBlockedView<float> W,
                           std::size_t column, const float* bias, const Epilogue& epilogue,
                           BlockedView<float> Z) {
  const FloatTag d;
  FloatVec acc[R][V];
  StartTile<R, V>(bias ? bias + column : nullptr, 0, kBlock, acc);
  const float* HWY_RESTRICT w = &W(0, column);
  const std::uint32_t* HWY_RESTRICT offsets = X.offsets + row * X.capacity;
  const float* HWY_RESTRICT values = X.values + row * X.capacity;
  for (std::size_t j = 0; j < length; ++j) {
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) {
      const float* from = w + offsets[r * X.capacity + j];
      const FloatVec x = hn::Set(d, values[r * X.capacity + j]);
#pragma GCC unroll 4
      for (std::size_t v = 0; v < V; ++v) {
        acc[r][v] = hn::MulAdd(x, hn::LoadU(d, from + VectorOffset(v, W.block_stride())), acc[r][v]);
      }
    }
  }
  StoreTile<R, V>(epilogue, Z, row, column, acc);
}

void SparseAffine(const SparseRows& X, ConstBlockedView<float> W, const float* bias, const Epilogue& epilogue,
                  BlockedView<float> Z) {
  ForColumnTiles(W.blocks(), [&]<std::size_t V>(std::size_t column) HWY_ATTR {
    for (std::size_t group = 0; group < X.rows; group += SparseRows::kGroup) {
      const std::size_t length =
          *std::max_element(X.counts + group, X.counts + group + SparseRows::kGroup);
      constexpr std::size_t R = kSparseRows<V>;
      const std::size_t end = std::min(group + SparseRows::kGroup, X.rows);
      std::size_t row = group;
      for (; row + R <= end; row += R) SparseTile<R, V>(X, row, length, W, column, bias, epilogue, Z);
      for (; row < end; ++row) SparseTile<1, V>(X, row, X.counts[row], W, column, bias, epilogue, Z);
    }
  });
}

void SparseGradient(const SparseRows& X, ConstBlockedView<float> dZ, BlockedView<float> dW) {
  const FloatTag d;
  // One block of columns at a time: its 64 bytes for each input fit the first-level cache for up to some
  // hundred inputs that are ever set.
  constexpr std::size_t V = kLanes == kBlock ? 1 : kVectorsPerTile;
  for (std::size_t column = 0; column < dZ.blocks() * kBlock; column += V * kLanes) {
    float* HWY_RESTRICT to = &dW(0, column);
    for (std::size_t n = 0; n < X.rows; ++n) {
      FloatVec gradient[V];
      for (std::size_t v = 0; v < V; ++v) gradient[v] = hn::LoadU(d, &dZ(n, column) + v * kLanes);
      const std::uint32_t* HWY_RESTRICT offsets = X.offsets + n * X.capacity;
      const float* HWY_RESTRICT values = X.values + n * X.capacity;
      for (std::size_t j = 0; j < X.counts[n]; ++j) {
        const FloatVec x = hn::Set(d, values[j]);
#pragma GCC unroll 4
        for (std::size_t v = 0; v < V; ++v) {
          float* at = to + offsets[j] + v * kLanes;
          hn::StoreU(hn::MulAdd(x, gradient[v], hn::LoadU(d, at)), d, at);
        }
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#endif
