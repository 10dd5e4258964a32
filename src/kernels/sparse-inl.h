// The products of a first layer whose inputs are mostly zeros.
//
// The tiles of products-inl.h, but k runs over a list: only where one of the tile's R elements of X is not
// zero. Groups of 4 rows (forward) or of 4 neighbouring inputs (weight gradient) keep the registers as busy
// as in the dense tile; of MNIST's pixels 19% are not zero, 39% are so in one of 4 random images, and 28% of
// the groups of 4 neighbours. (Lists for single rows, with dW gathered in memory, came to 1.1 times the dense
// speed on one thread instead of 1.5: they wait for the second-level cache.)
//
// X is floats or, from 8-bit inputs, codes: such a tile multiplies so few vectors by an element that looking
// its value up costs nothing, while converting it beforehand does.
#if defined(MLP_KERNELS_SPARSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MLP_KERNELS_SPARSE_INL_H_
#undef MLP_KERNELS_SPARSE_INL_H_
#else
#define MLP_KERNELS_SPARSE_INL_H_
#endif

#include "kernels/products-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// How many rows a list is for. A tile one vector wide needs 8 chains of multiply-adds to hide their latency.
template <std::size_t V>
inline constexpr std::size_t kSparseRows = V == 1 ? 8 : 4;

/// Appends `first` + c for each of 16 lanes c where (words[c] & mask) != 0; returns the new length. 16
/// entries behind it may be written.
HWY_INLINE std::size_t AppendNonZero(const std::uint16_t* words, std::uint32_t mask, std::uint32_t first,
                                     std::uint32_t* list, std::size_t length) {
  const hn::Rebind<std::uint32_t, FloatTag> d;
  const hn::Rebind<std::uint16_t, FloatTag> halves;
  for (std::size_t lane = 0; lane < kBlock; lane += kLanes) {
    const auto word = hn::PromoteTo(d, hn::LoadU(halves, words + lane));
    const auto found = hn::Ne(hn::And(word, hn::Set(d, mask)), hn::Zero(d));
    const auto index = hn::Add(hn::Iota(d, lane), hn::Set(d, first));
    hn::StoreU(hn::Compress(index, found), d, list + length);
    length += hn::CountTrue(d, found);
  }
  return length;
}

/// The same for lanes c with bit c of `bits`.
HWY_INLINE std::size_t AppendBits(std::uint32_t bits, std::uint32_t first, std::uint32_t* list,
                                  std::size_t length) {
  const hn::Rebind<std::uint32_t, FloatTag> d;
  for (std::size_t lane = 0; lane < kBlock; lane += kLanes) {
    const std::uint8_t bytes[8] = {static_cast<std::uint8_t>(bits >> lane),
                                   static_cast<std::uint8_t>(bits >> lane >> 8)};
    const auto found = hn::LoadMaskBits(d, bytes);
    const auto index = hn::Add(hn::Iota(d, lane), hn::Set(d, first));
    hn::StoreU(hn::Compress(index, found), d, list + length);
    length += hn::CountTrue(d, found);
  }
  return length;
}

/// The k of `depth` where one of rows [row, row + R) of X is not zero, in order.
template <std::size_t R>
HWY_INLINE std::size_t ListColumns(const NonZeros& non_zeros, const Depth& depth, std::size_t blocks,
                                   std::size_t row) {
  std::size_t length = 0;
  ForDepth(depth, 0, blocks, [&](std::size_t block) HWY_ATTR {
    const std::uint16_t* bits = non_zeros.bits + block * non_zeros.stride + row;
    std::uint32_t any = 0;
    for (std::size_t r = 0; r < R; ++r) any |= bits[r];
    length = AppendBits(any, static_cast<std::uint32_t>(block * kBlock), non_zeros.list, length);
  });
  return length;
}

HWY_INLINE FloatElements ElementsFrom(ConstBlockedView<float> X, std::size_t row, std::size_t column) {
  return {&X(row, column)};
}
HWY_INLINE CodedElements ElementsFrom(const CodedView& X, std::size_t row, std::size_t column) {
  return {&X.codes(row, column), X.values};
}

template <std::size_t R, std::size_t V, class Elements>
HWY_INLINE void SparseAffineTile(Elements x, std::size_t x_block_stride, std::span<const std::uint32_t> list,
                                 ConstBlockedView<float> W, const float* bias, const Epilogue& epilogue,
                                 BlockedView<float> Z, std::size_t row, std::size_t column) {
  FloatVec acc[R][V];
  StartSums<R, V>(epilogue, bias, Z, row, column, acc);
  const float* w = &W(0, column);
  for (const std::uint32_t k : list) {
    MultiplyAccumulate<kBlock, 1>(x + (k / kBlock * x_block_stride + k % kBlock), w + k * kBlock,
                                  W.block_stride(), 1, acc);
  }
  StoreTile<R, V>(epilogue, Z, row, column, acc);
}

template <class Matrix>
void SparseAffine(Matrix X, const NonZeros& non_zeros, ConstBlockedView<float> W, const float* bias,
                  const Epilogue& epilogue, BlockedView<float> Z, Prefetch& soon) {
  ForColumnTiles(W.blocks(), [&]<std::size_t V>(std::size_t column) HWY_ATTR {
    for (std::size_t row = 0; row < X.rows(); row += kSparseRows<V>) {
      const std::size_t height = std::min(kSparseRows<V>, X.rows() - row);
      CallWithHeight<V, kSparseRows<V>>(height, row, [&]<std::size_t R>(std::size_t first) HWY_ATTR {
        const std::size_t length = ListColumns<R>(non_zeros, epilogue.depth, X.blocks(), first);
        SparseAffineTile<R, V>(ElementsFrom(X, first, 0), X.block_stride(), {non_zeros.list, length}, W, bias,
                               epilogue, Z, first, column);
        soon.after(length);
      });
    }
  });
}

template <class Matrix>
void SparseWeightStep(Matrix X, const NonZeros& non_zeros, ConstBlockedView<float> dZ, const UpdateRule& rule,
                      const UpdateBuffers& buffers, std::size_t block_stride, Prefetch& soon) {
  const FloatTag d;
  ForColumnTiles(dZ.blocks(), [&]<std::size_t V>(std::size_t column) HWY_ATTR {
    WithKind(rule.kind, [&]<UpdateRule::Kind kKind>() HWY_ATTR {
      constexpr std::size_t R = kSparseRows<V>;
      for (std::size_t i = 0; i < X.columns(); i += R) {
        const std::uint32_t mask = ((1u << R) - 1) << i % kBlock;
        const std::uint16_t* bits = non_zeros.bits + i / kBlock * non_zeros.stride;
        std::size_t length = 0;
        for (std::size_t n = 0; n < X.rows(); n += kBlock) {
          length = AppendNonZero(bits + n, mask, static_cast<std::uint32_t>(n), non_zeros.list, length);
        }
        const std::size_t at = column / kBlock * block_stride + i * kBlock + column % kBlock;
        FloatVec acc[R][V];
        StartTile<R, V>(rule.continues ? buffers.gradients + at : nullptr, kBlock, block_stride, acc);
        const auto x = ElementsFrom(X, 0, i);
        const float* g = &dZ(0, column);
        for (std::size_t j = 0; j < length; ++j) {
          const std::size_t n = non_zeros.list[j];
          MultiplyAccumulate<1, kBlock>(x + n * kBlock, g + n * kBlock, dZ.block_stride(), 1, acc);
        }
        soon.after(length);
        ForTile<R, V>([&](std::size_t r, std::size_t v) HWY_ATTR {
          UpdateVector<kKind, true>(d, rule, buffers, at + r * kBlock + VectorOffset(v, block_stride),
                                    acc[r][v]);
        });
      }
    });
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#endif
