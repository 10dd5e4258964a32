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
inline constexpr std::size_t kVectorsPerBlock = kBlock / kLanes;
/// The most accumulators a tile may hold, so that they, a row of operands and a broadcast stay in registers.
inline constexpr std::size_t kAccumulators =
    HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86 ? 24 : (HWY_ARCH_ARM ? 24 : 12);
/// How many blocks wide a tile is, where there are enough rows: four where a vector is a block, else one
/// (with 16 registers of 8 lanes, two vectors by six rows are fastest).
inline constexpr std::size_t kBlocksPerTile = kLanes == kBlock ? 4 : 1;
/// With fewer than 4 lanes a tile is narrower than a block.
inline constexpr bool kNarrow = kLanes < 4;
inline constexpr std::size_t kVectorsPerTile = kNarrow ? 4 : kBlocksPerTile * kVectorsPerBlock;

/// Whether a matrix may end in the middle of a block: its last tile is then three vectors wide, and the other
/// half of the last block is not multiplied, 8% of the products at 87 columns. Both products take 0.87 to
/// 0.95 of the time there.
inline constexpr bool kHalfBlocks = kVectorsPerBlock == 2 && kBlocksPerTile == 1;

/// The most rows of a tile that is V vectors wide.
template <std::size_t V>
inline constexpr std::size_t kMaxRows = V == 1 ? 16 : kAccumulators / V;

/// The offset of vector v of a tile's row from the first, in blocks `block_stride` floats apart.
inline constexpr std::size_t VectorOffset(std::size_t v, std::size_t block_stride) {
  return v / kVectorsPerBlock * block_stride + v % kVectorsPerBlock * kLanes;
}

/// Elements of a left matrix from some position on: floats, or codes that stand for floats.
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

/// sum += x * y. Where a tile fills the 16 registers of AVX2, GCC must not choose which of the three operands
/// to overwrite: it would move sums between registers and memory. 784-64-87-72-10 takes 2 to 3% less time.
HWY_INLINE void Accumulate(FloatVec x, FloatVec y, FloatVec& sum) {
#if HWY_TARGET == HWY_AVX2 && HWY_COMPILER_GCC_ACTUAL
  auto raw = sum.raw;  // a copy: otherwise the array that holds the sum would be kept in memory
  asm("vfmadd231ps %2, %1, %0" : "+x"(raw) : "x"(x.raw), "x"(y.raw));
  sum.raw = raw;
#else
  sum = hn::MulAdd(x, y, sum);
#endif
}

/// acc[r][v] += a[r * kRowStep] * b[vector v].
template <std::size_t kRowStep, class Elements, std::size_t R, std::size_t V>
HWY_INLINE void MultiplyAccumulateOnce(Elements a, const float* HWY_RESTRICT b, std::size_t block_stride,
                                       FloatVec (&acc)[R][V]) {
  const FloatTag d;
  if constexpr (V > R) {  // keep the fewer of the two operands in registers
    FloatVec x[R];
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) x[r] = hn::Set(d, a[r * kRowStep]);
#pragma GCC unroll 16
    for (std::size_t v = 0; v < V; ++v) {
      const FloatVec bv = hn::LoadU(d, b + VectorOffset(v, block_stride));
#pragma GCC unroll 16
      for (std::size_t r = 0; r < R; ++r) Accumulate(x[r], bv, acc[r][v]);
    }
  } else {
    FloatVec bv[V];
#pragma GCC unroll 8
    for (std::size_t v = 0; v < V; ++v) bv[v] = hn::LoadU(d, b + VectorOffset(v, block_stride));
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) {
      const FloatVec x = hn::Set(d, a[r * kRowStep]);
#pragma GCC unroll 8
      for (std::size_t v = 0; v < V; ++v) Accumulate(x, bv[v], acc[r][v]);
    }
  }
}

// Whether the loop over a block of k is unrolled completely. With 8 lanes and a large tile only loads and
// multiply-adds are left then; with 16 lanes a step lasts long enough to hide the loop.
template <std::size_t kAccumulatorsUsed>
inline constexpr bool kUnrolled = kLanes == 8 && kAccumulatorsUsed >= 10;

/// acc[r][v] += sum_k a[r * kRowStep + k * kKStep] * b[k * 16 + vector v], k = 0, 1, ..., 15.
template <std::size_t kRowStep, std::size_t kKStep, class Elements, std::size_t R, std::size_t V>
HWY_INLINE void MultiplyAccumulateBlock(Elements a, const float* HWY_RESTRICT b, std::size_t block_stride,
                                        FloatVec (&acc)[R][V]) {
  if constexpr (kUnrolled<R * V>) {
#pragma GCC unroll 16
    for (std::size_t k = 0; k < kBlock; ++k) {
      MultiplyAccumulateOnce<kRowStep>(a + k * kKStep, b + k * kBlock, block_stride, acc);
    }
  } else {
    for (std::size_t k = 0; k < kBlock; ++k) {
      MultiplyAccumulateOnce<kRowStep>(a + k * kKStep, b + k * kBlock, block_stride, acc);
    }
  }
}

/// The same, k = 0, 1, ..., count - 1.
template <std::size_t kRowStep, std::size_t kKStep, class Elements, std::size_t R, std::size_t V>
HWY_INLINE void MultiplyAccumulate(Elements a, const float* HWY_RESTRICT b, std::size_t block_stride,
                                   std::size_t count, FloatVec (&acc)[R][V]) {
  if constexpr (kUnrolled<R * V>) {
    for (; count >= kBlock; count -= kBlock) {
      MultiplyAccumulateBlock<kRowStep, kKStep>(a, b, block_stride, acc);
      a = a + kBlock * kKStep;
      b += kBlock * kBlock;
    }
  }
#pragma GCC unroll 1
  for (std::size_t k = 0; k < count; ++k) {
    MultiplyAccumulateOnce<kRowStep>(a, b, block_stride, acc);
    a = a + kKStep;
    b += kBlock;
  }
}

/// Calls body(first, last) for the runs [first, last) of blocks of `depth` among the first `blocks`, in
/// order.
template <class Body>
HWY_INLINE void ForDepth(const Depth& depth, std::size_t blocks, const Body& body) {
  for (std::size_t first = depth.first; first < blocks; first += depth.step) {
    body(first, HWY_MIN(first + depth.size, blocks));
  }
}

/// Whether `depth` includes `block`.
HWY_INLINE bool Has(const Depth& depth, std::size_t block) {
  return block >= depth.first && (block - depth.first) % depth.step < depth.size;
}

/// Calls body.template operator()<height>(row), kLeast <= height <= R.
template <std::size_t R, std::size_t kLeast = 1, class Body>
HWY_INLINE void CallWithHeight(std::size_t height, std::size_t row, const Body& body) {
  if constexpr (R >= kLeast) {
    if (height == R) {
      body.template operator()<R>(row);
    } else {
      CallWithHeight<R - 1, kLeast>(height, row, body);
    }
  }
}

/// Calls body.template operator()<R>(first, end) for the runs of rows [first, end) that are cut into tiles of
/// R rows, over `count` rows, at least 4, in tiles of nearly equal height, at most kMaxRows<V>.
template <std::size_t V, class Body>
HWY_INLINE void ForRowTiles(std::size_t count, const Body& body) {
  const std::size_t tiles = (count + kMaxRows<V> - 1) / kMaxRows<V>;
  // The higher tiles first, each height in a loop of its own, so that no tile needs a branch.
  const std::size_t low = count / tiles, high_tiles = count % tiles;
  const auto repeat = [&](std::size_t height, std::size_t first, std::size_t end) HWY_ATTR {
    if (first == end) return;
    // With one row more than fits into a tile there are two tiles of half the height.
    constexpr std::size_t kLeast = HWY_MIN(std::size_t{4}, (kMaxRows<V> + 1) / 2);
    CallWithHeight<kMaxRows<V>, kLeast>(
        height, first, [&]<std::size_t R>(std::size_t) HWY_ATTR { body.template operator()<R>(first, end); });
  };
  const std::size_t edge = high_tiles * (low + 1);
  repeat(low + 1, 0, edge);
  repeat(low, edge, count);
}

/// Calls body.template operator()<R>(row) over the 16 rows of a block in tiles of nearly equal height; leaves
/// out tiles from `rows` on.
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

/// The widest a tile of R rows should be, in blocks. Tiles of few rows should be wide: a tile needs 8 chains
/// of multiply-adds to hide their latency.
template <std::size_t R>
inline constexpr std::size_t kBlocksPerTileOf = kNarrow                               ? kBlocksPerTile
                                                : kBlocksPerTile == 4                 ? (R == 1 ? 8 : 4)
                                                : R <= kMaxRows<4 * kVectorsPerBlock> ? 4
                                                : R <= kMaxRows<2 * kVectorsPerBlock> ? 2
                                                                                      : 1;

template <std::size_t kVectors, std::size_t kStep, class Body>
HWY_INLINE void CallWithWidth(std::size_t vectors, std::size_t column, const Body& body) {
  if (vectors == kVectors) {
    body.template operator()<kVectors>(column);
  } else if constexpr (kVectors > kStep) {
    CallWithWidth<kVectors - kStep, kStep>(vectors, column, body);
  }
}

/// Calls body.template operator()<V>(column) over `columns` columns and their padding, in tiles of nearly
/// equal width, at most kMost blocks (5 blocks are 2 + 3, not 4 + 1: a narrow tile loads more than it
/// multiplies). Tiles of one block may leave out the second half of the last one (kHalfBlocks).
template <std::size_t kMost = kBlocksPerTile, class Body>
HWY_INLINE void ForColumnTiles(std::size_t columns, const Body& body) {
  const std::size_t blocks = blocks_of(columns);
  if constexpr (kNarrow) {
    for (std::size_t column = 0; column < blocks * kBlock; column += kVectorsPerTile * kLanes) {
      body.template operator()<kVectorsPerTile>(column);
    }
  } else if constexpr (kHalfBlocks && kMost == 1) {
    const std::size_t vectors = (columns + kLanes - 1) / kLanes;
    const bool half = vectors % 2 == 1 && blocks > 1;  // a single block is multiplied whole
    const std::size_t alone = half ? blocks - 2 : blocks;
    for (std::size_t block = 0; block < alone; ++block) body.template operator()<2>(block * kBlock);
    if (half) body.template operator()<3>(alone * kBlock);
  } else {
    const std::size_t tiles = (blocks + kMost - 1) / kMost;
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      const std::size_t first = blocks * tile / tiles, last = blocks * (tile + 1) / tiles;
      CallWithWidth<kMost * kVectorsPerBlock, kVectorsPerBlock>((last - first) * kVectorsPerBlock,
                                                                first * kBlock, body);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#endif
