// The register tile: R rows x V vectors of accumulators, fed by k in one sequential chain of multiply-adds
// each.
//
// Both matrix products of training are this one loop. Forward (and dX = dZ W^T, on the packed transpose):
// rows are batch rows, k runs over fan_in. Weight gradient dW = X^T dZ: rows are inputs i, k runs over the
// batch's rows.
#if defined(MLP_KERNELS_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MLP_KERNELS_TILE_INL_H_
#undef MLP_KERNELS_TILE_INL_H_
#else
#define MLP_KERNELS_TILE_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>

#include "kernels/packing.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_EMU128
using FloatTag = hn::FixedTag<float, 4>;
#else
using FloatTag = hn::CappedTag<float, kBlock>;
#endif
using FloatVec = hn::Vec<FloatTag>;

inline constexpr std::size_t kLanes = HWY_MIN(kBlock, HWY_LANES(float));
/// The most accumulators a tile may hold, so that they, the V vectors of B and a broadcast stay in registers.
inline constexpr std::size_t kAccumulators =
    HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86 ? 24 : (HWY_ARCH_ARM ? 24 : 12);
/// How many vectors wide a tile is, at most: one block of columns (with 16 registers of 8 lanes, two vectors
/// by six rows do best), a whole panel where a vector is a block, a part of a block where it has fewer lanes
/// than 4.
inline constexpr std::size_t kVectorsPerTile =
    kLanes == kBlock ? kBlocksPerPanel : HWY_MIN(std::size_t{4}, kBlock / kLanes);

/// The most rows of a tile that is V vectors wide.
template <std::size_t V>
inline constexpr std::size_t kMaxRows = V == 1 ? 12 : kAccumulators / V;

/// acc[r][v] += sum_k a[r * row_step + k * k_step] * b[k * b_step + v], k = 0, 1, ...
/// kUnitRows / kUnitK: that step is 1, so that addresses are constants.
template <std::size_t R, std::size_t V, bool kUnitRows>
HWY_INLINE void MultiplyAccumulate(const float* HWY_RESTRICT a, std::size_t a_step,
                                   const float* HWY_RESTRICT b, std::size_t b_step, std::size_t count,
                                   FloatVec (&acc)[R][V]) {
  const FloatTag d;
  for (std::size_t k = 0; k < count; ++k) {
    FloatVec bv[V];
#pragma GCC unroll 8
    for (std::size_t v = 0; v < V; ++v) bv[v] = hn::LoadU(d, b + v * kLanes);
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) {
      const FloatVec x = hn::Set(d, kUnitRows ? a[r] : a[r * a_step]);
#pragma GCC unroll 8
      for (std::size_t v = 0; v < V; ++v) acc[r][v] = hn::MulAdd(x, bv[v], acc[r][v]);
    }
    a += kUnitRows ? a_step : 1;
    b += b_step;
  }
}

/// Calls body.template operator()<R>(row) over `count` rows in tiles of nearly equal height, at most
/// kMaxRows<V>.
template <std::size_t V, std::size_t R = kMaxRows<V>, class Body>
HWY_INLINE void CallWithHeight(std::size_t height, std::size_t row, const Body& body) {
  if constexpr (R > 0) {
    if (height == R) {
      body.template operator()<R>(row);
    } else {
      CallWithHeight<V, R - 1>(height, row, body);
    }
  }
}

template <std::size_t V, class Body>
HWY_INLINE void ForRowTiles(std::size_t begin, std::size_t end, const Body& body) {
  const std::size_t count = end - begin;
  const std::size_t tiles = (count + kMaxRows<V> - 1) / kMaxRows<V>;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t first = count * tile / tiles, last = count * (tile + 1) / tiles;
    CallWithHeight<V>(last - first, begin + first, body);
  }
}

/// Calls body.template operator()<V>(column) over the vectors of a panel `width` columns wide, as few tiles
/// wide as the registers allow.
template <class Body>
HWY_INLINE void ForColumnTiles(std::size_t width, const Body& body) {
  if constexpr (kLanes < kBlock) {
    for (std::size_t column = 0; column < width; column += kVectorsPerTile * kLanes) {
      body.template operator()<kVectorsPerTile>(column);
    }
  } else {
    switch (width / kBlock) {
      case 1:
        return body.template operator()<1>(0);
      case 2:
        return body.template operator()<2>(0);
      case 3:
        return body.template operator()<3>(0);
      default:
        return body.template operator()<4>(0);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#endif
