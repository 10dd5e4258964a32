// The affine maps of training and prediction over whole blocked matrices, the transposition of weights, and
// the peak that products are compared with.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/affine.cpp"
#include "kernels/targets.h"
// foreach_target.h must precede the code that is compiled for each target.
#include <hwy/foreach_target.h>

#include <algorithm>

#include "kernels/epilogue-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Tiles of Z, R rows high and V vectors wide: rows [first, end), a multiple of R, and columns from `column`
/// on.
template <std::size_t R, std::size_t V>
HWY_INLINE void AffineTiles(ConstBlockedView<float> X, ConstBlockedView<float> W, const float* bias,
                            Epilogue epilogue, BlockedView<float> Z, std::size_t first, std::size_t end,
                            std::size_t column, Prefetch& prefetch) {
  const Depth depth = epilogue.depth;
  const std::size_t whole = X.columns() / kBlock, rest = Has(depth, whole) ? X.columns() % kBlock : 0;
  for (std::size_t row = first; row < end; row += R) {
    FloatVec acc[R][V];
    StartSums<R, V>(epilogue, bias, Z, row, column, acc);
    std::size_t steps = rest;
    ForDepth(depth, whole, [&](std::size_t begin, std::size_t last) HWY_ATTR {
      const float* x = &X(row, begin * kBlock);
      const float* w = &W(begin * kBlock, column);
      for (std::size_t block = begin; block < last; ++block) {
        MultiplyAccumulateBlock<kBlock, 1>(FloatElements{x}, w, W.block_stride(), acc);
        x += X.block_stride();
        w += kBlock * kBlock;
      }
      steps += (last - begin) * kBlock;
    });
    if (rest > 0) {
      MultiplyAccumulate<kBlock, 1>(FloatElements{&X(row, whole * kBlock)}, &W(whole * kBlock, column),
                                    W.block_stride(), rest, acc);
    }
    StoreTile<R, V>(epilogue, Z, row, column, acc);
    ClearHalfBlock<R, V>(&Z(row, column), Z.block_stride());
    prefetch.after(steps);  // not within each block, where an unpredictable branch per block costs a tenth
  }
}

// All rows use so many blocks of k before any uses the next ones: the part of W that they read, 32 KB for a
// tile 64 columns wide, stays in the first-level cache. 784-2048-2048-10 takes 3 to 5% less time, a deep
// product alone 20%. Tiles of 8 lanes are 16 columns wide, so slices of twice as many blocks take 16 KB: with
// them 784 x 64 runs at 100 GFLOP/s instead of 93 on AVX2.
constexpr std::size_t kSliceBlocks = kLanes == kBlock ? 8 : 16;

/// Calls body(epilogue) for the slices of X's blocks.
template <class Body>
HWY_INLINE void ForSlices(const Epilogue& epilogue, std::size_t blocks, const Body& body) {
  // A part of k is not large, and sums that are added only at the end cannot be kept in Z between slices.
  if (epilogue.depth.step != Depth::kAll || epilogue.adds || blocks <= kSliceBlocks) return body(epilogue);
  const std::size_t slices = (blocks + kSliceBlocks - 1) / kSliceBlocks;
  for (std::size_t slice = 0; slice < slices; ++slice) {
    Epilogue of_slice = slice + 1 < slices ? Epilogue{} : epilogue;
    of_slice.continues = epilogue.continues || slice > 0;
    const std::size_t begin = blocks * slice / slices, end = blocks * (slice + 1) / slices;
    of_slice.depth = {.first = begin, .size = end - begin};
    body(of_slice);
  }
}

/// Affine for R rows: one tile high, so all of k in one slice.
template <std::size_t R>
void AffineOfRows(ConstBlockedView<float> X, ConstBlockedView<float> W, const float* bias,
                  const Epilogue& epilogue, BlockedView<float> Z, Prefetch& prefetch) {
  ForColumnTiles<kBlocksPerTileOf<R>>(W.columns(), [&]<std::size_t V>(std::size_t column) HWY_ATTR {
    AffineTiles<R, V>(X, W, bias, epilogue, Z, 0, R, column, prefetch);
  });
}

void Affine(ConstBlockedView<float> X, ConstBlockedView<float> W, const float* bias, const Epilogue& epilogue,
            BlockedView<float> Z, Prefetch& prefetch) {
  if (X.rows() == 0) return;
  if (X.rows() == 1) return AffineOfRows<1>(X, W, bias, epilogue, Z, prefetch);
  if (X.rows() == 2) return AffineOfRows<2>(X, W, bias, epilogue, Z, prefetch);
  if (X.rows() == 3) return AffineOfRows<3>(X, W, bias, epilogue, Z, prefetch);
  ForColumnTiles(W.columns(), [&]<std::size_t V>(std::size_t column) HWY_ATTR {
    ForSlices(epilogue, X.blocks(), [&](const Epilogue& of_slice) HWY_ATTR {
      ForRowTiles<V>(X.rows(), [&]<std::size_t R>(std::size_t first, std::size_t end) HWY_ATTR {
        AffineTiles<R, V>(X, W, bias, of_slice, Z, first, end, column, prefetch);
      });
    });
  });
}

void AddParts(std::span<const ConstBlockedView<float>> parts, const Epilogue& epilogue,
              BlockedView<float> Z) {
  const FloatTag d;
  for (std::size_t column = 0; column < Z.blocks() * kBlock; column += kLanes) {
    for (std::size_t row = 0; row < Z.rows(); ++row) {
      FloatVec sum[1][1] = {{hn::LoadU(d, &parts[0](row, column))}};
      for (const auto& part : parts.subspan(1))
        sum[0][0] = hn::Add(sum[0][0], hn::LoadU(d, &part(row, column)));
      StoreTile<1, 1>(epilogue, Z, row, column, sum);
    }
  }
}

/// to[c, r] = from[r, c] for a 4 x 4 square in rows 16 floats apart.
HWY_INLINE void TransposeSquare(const float* HWY_RESTRICT from, float* HWY_RESTRICT to) {
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t r = 0; r < 4; ++r) {
    for (std::size_t c = 0; c < 4; ++c) to[c * kBlock + r] = from[r * kBlock + c];
  }
#else
  const hn::FixedTag<float, 4> d;
  const hn::Repartition<double, decltype(d)> pairs;
  const auto row0 = hn::LoadU(d, from), row1 = hn::LoadU(d, from + kBlock),
             row2 = hn::LoadU(d, from + 2 * kBlock), row3 = hn::LoadU(d, from + 3 * kBlock);
  const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, row0, row1));
  const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(d, row2, row3));
  const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(d, row0, row1));
  const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(d, row2, row3));
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, low01, low23)), d, to);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, low01, low23)), d, to + kBlock);
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, high01, high23)), d, to + 2 * kBlock);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, high01, high23)), d, to + 3 * kBlock);
#endif
}

void Transpose(ConstBlockedView<float> from, BlockedView<float> to) {
  for (std::size_t column = 0; column < from.blocks() * kBlock; column += 4) {
    for (std::size_t row = 0; row < padded(from.rows()); row += 4) {
      TransposeSquare(&from(row, column), &to(column, row));
    }
  }
}

double Peak(std::size_t repeats) {
  constexpr std::size_t kV = kVectorsPerTile, kR = kMaxRows<kV>, kSteps = 128;
  alignas(64) float a[kR * kSteps], b[HWY_MAX(kV * kLanes, kBlock) * kSteps];
  std::fill(std::begin(a), std::end(a), 1e-3f);
  std::fill(std::begin(b), std::end(b), 1e-3f);
  FloatVec acc[kR][kV];
  StartTile<kR, kV>(nullptr, 0, 0, acc);
  for (std::size_t i = 0; i < repeats; ++i) {
    MultiplyAccumulate<1, kR>(FloatElements{a}, b, kBlock * kSteps, kSteps, acc);
  }
  const FloatTag d;
  volatile float sink = 0;
  for (auto& row : acc) {
    for (auto& vector : row) sink = sink + hn::GetLane(hn::SumOfLanes(d, vector));
  }
  return 2.0 * static_cast<double>(kR * kV * kLanes * kSteps) * static_cast<double>(repeats);
}

void AddAffine(Kernels& kernels) {
  kernels.step_products = kMaxRows<kVectorsPerTile> * kVectorsPerTile * kLanes;
  // How many times as fast as one thread two are, by bench/choices on two cores of an Intel Xeon. AVX2: the
  // report's network (4 layers, MNIST's zeros skipped) 0.9 at batch 8, 1.12 at 16, 1.18 at 32, and predicting
  // 16 rows 1.23; 7-64-64-1 0.8 at 32, 1.1 at 128; 784-10 1.3 at 64. AVX-512: 1.0 at 32, 1.1 at 128, 1.2 at
  // 64. Without vectors a step takes many times as long.
  kernels.least_flops = HWY_TARGET == HWY_AVX3 ? 0.4e6 : kLanes >= 4 ? 0.25e6 : 0.05e6;
  kernels.affine = &Affine;
  kernels.add_parts = &AddParts;
  kernels.transpose = &Transpose;
  kernels.peak = &Peak;
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();
