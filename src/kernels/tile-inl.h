// The register tile: R rows x V vectors of accumulators, fed by k in one sequential chain of multiply-adds
// each.
//
// Both matrix products of training are this one loop. Forward (and dX = dZ W^T, on the transpose): rows are
// batch rows, k runs over fan_in. Weight gradient dW = X^T dZ: rows are inputs i, k runs over the batch's
// rows. Matrices are blocked (kernels/blocked.h).
#if defined(MLP_KERNELS_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MLP_KERNELS_TILE_INL_H_
#undef MLP_KERNELS_TILE_INL_H_
#else
#define MLP_KERNELS_TILE_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

#include "kernels/blocked.h"
#include "kernels/kernels.h"

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
/// How many vectors wide a tile is, at most: four blocks where a vector is a block, else one block (with 16
/// registers of 8 lanes, two vectors by six rows do best) or, with fewer lanes than 4, a part of one.
inline constexpr std::size_t kVectorsPerTile =
    kLanes == kBlock ? 4 : HWY_MIN(std::size_t{4}, kBlock / kLanes);

/// The most rows of a tile that is V vectors wide.
template <std::size_t V>
inline constexpr std::size_t kMaxRows = V == 1 ? 16 : kAccumulators / V;

/// Where vector v of a tile's row lies from the first on, in blocks `block_stride` floats apart.
inline std::size_t VectorOffset(std::size_t v, std::size_t block_stride) {
  return kLanes == kBlock ? v * block_stride : v * kLanes;
}

/// Elements of a left matrix from some place on: floats, or codes that stand for floats.
struct FloatElements {
  const float* HWY_RESTRICT at;
  HWY_INLINE float operator[](std::size_t i) const { return at[i]; }
  HWY_INLINE FloatElements operator+(std::size_t i) const { return {at + i}; }
};
struct CodedElements {
  const std::uint8_t* HWY_RESTRICT at;
  const float* HWY_RESTRICT values;
  HWY_INLINE float operator[](std::size_t i) const { return values[at[i]]; }
  HWY_INLINE CodedElements operator+(std::size_t i) const { return {at + i, values}; }
};

/// acc[r][v] += sum_k a[r * kRowStep + k * kKStep] * b[k * 16 + vector v], k = 0, 1, ...
template <std::size_t kRowStep, std::size_t kKStep, class Elements, std::size_t R, std::size_t V>
HWY_INLINE void MultiplyAccumulate(Elements a, const float* HWY_RESTRICT b, std::size_t block_stride,
                                   std::size_t count, FloatVec (&acc)[R][V]) {
  const FloatTag d;
  for (std::size_t k = 0; k < count; ++k) {
    FloatVec bv[V];
#pragma GCC unroll 8
    for (std::size_t v = 0; v < V; ++v) bv[v] = hn::LoadU(d, b + VectorOffset(v, block_stride));
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) {
      const FloatVec x = hn::Set(d, a[r * kRowStep]);
#pragma GCC unroll 8
      for (std::size_t v = 0; v < V; ++v) acc[r][v] = hn::MulAdd(x, bv[v], acc[r][v]);
    }
    a = a + kKStep;
    b += kBlock;
  }
}

/// Calls body(block) for the blocks of `depth` among blocks [begin, end), in order.
template <class Body>
HWY_INLINE void ForDepth(const Depth& depth, std::size_t begin, std::size_t end, const Body& body) {
  for (std::size_t from = depth.first; from < end; from += depth.step) {
    const std::size_t to = HWY_MIN(end, from + depth.size);
    for (std::size_t block = HWY_MAX(from, begin); block < to; ++block) body(block);
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
HWY_INLINE void ForRowTiles(std::size_t count, const Body& body) {
  const std::size_t tiles = (count + kMaxRows<V> - 1) / kMaxRows<V>;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t first = count * tile / tiles, last = count * (tile + 1) / tiles;
    CallWithHeight<V>(last - first, first, body);
  }
}

/// Calls body.template operator()<R>(row) over the 16 rows of a block in tiles of nearly equal height; tiles
/// from `rows` on are left out.
template <std::size_t V, std::size_t kTile = 0, class Body>
HWY_INLINE void ForBlockTiles(std::size_t rows, const Body& body) {
  constexpr std::size_t kTiles = (kBlock + kMaxRows<V> - 1) / kMaxRows<V>;
  if constexpr (kTile < kTiles) {
    constexpr std::size_t kFirst = kBlock * kTile / kTiles, kLast = kBlock * (kTile + 1) / kTiles;
    if (kFirst >= rows) return;
    body.template operator()<kLast - kFirst>(kFirst);
    ForBlockTiles<V, kTile + 1>(rows, body);
  }
}

/// Calls body.template operator()<V>(column) over the columns of `blocks` blocks, in tiles of nearly equal
/// width (5 blocks are 2 + 3, not 4 + 1: a narrow tile loads more than it multiplies).
template <class Body>
HWY_INLINE void ForColumnTiles(std::size_t blocks, const Body& body) {
  if constexpr (kLanes < kBlock) {
    for (std::size_t column = 0; column < blocks * kBlock; column += kVectorsPerTile * kLanes) {
      body.template operator()<kVectorsPerTile>(column);
    }
  } else {
    const std::size_t tiles = (blocks + kVectorsPerTile - 1) / kVectorsPerTile;
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      const std::size_t first = blocks * tile / tiles;
      switch (blocks * (tile + 1) / tiles - first) {
        case 1:
          body.template operator()<1>(first * kBlock);
          break;
        case 2:
          body.template operator()<2>(first * kBlock);
          break;
        case 3:
          body.template operator()<3>(first * kBlock);
          break;
        default:
          body.template operator()<4>(first * kBlock);
          break;
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#endif
