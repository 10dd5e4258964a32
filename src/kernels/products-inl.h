// The matrix products of training over whole blocked matrices: affine maps, weight gradients followed at once
// by the optimizer's update, bias gradients, and the transposition of weights.
#if defined(MLP_KERNELS_PRODUCTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MLP_KERNELS_PRODUCTS_INL_H_
#undef MLP_KERNELS_PRODUCTS_INL_H_
#else
#define MLP_KERNELS_PRODUCTS_INL_H_
#endif

#include <algorithm>

#include "kernels/kernels.h"
#include "kernels/tile-inl.h"
#include "kernels/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// acc[r][:] = the row of vectors at start + r * row_step, or zero.
template <std::size_t R, std::size_t V>
HWY_INLINE void StartTile(const float* start, std::size_t row_step, std::size_t block_stride,
                          FloatVec (&acc)[R][V]) {
  const FloatTag d;
#pragma GCC unroll 16
  for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < V; ++v) {
      acc[r][v] = start ? hn::LoadU(d, start + r * row_step + VectorOffset(v, block_stride)) : hn::Zero(d);
    }
  }
}

/// Calls body(r, v) for the R x V vectors of a tile.
template <std::size_t R, std::size_t V, class Body>
HWY_INLINE void ForTile(const Body& body) {
#pragma GCC unroll 16
  for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < V; ++v) body(r, v);
  }
}

/// Stores a tile's results from Z[row, column] on.
template <std::size_t R, std::size_t V>
HWY_INLINE void StoreTile(const Epilogue& epilogue, BlockedView<float> Z, std::size_t row, std::size_t column,
                          FloatVec (&acc)[R][V]) {
  const FloatTag d;
  const FloatVec zero = hn::Zero(d), slope = hn::Set(d, epilogue.slope);
  float* const data = &Z(row, column);
  const auto place = [&](std::size_t r, std::size_t v)
                         HWY_ATTR { return r * kBlock + VectorOffset(v, Z.block_stride()); };
  if (epilogue.adds) {
    ForTile<R, V>([&](std::size_t r, std::size_t v)
                      HWY_ATTR { acc[r][v] = hn::Add(hn::LoadU(d, data + place(r, v)), acc[r][v]); });
  }
  switch (epilogue.kind) {
    case Epilogue::Kind::kNone:
      return ForTile<R, V>([&](std::size_t r, std::size_t v)
                               HWY_ATTR { hn::StoreU(acc[r][v], d, data + place(r, v)); });
    case Epilogue::Kind::kSlope:
      if (epilogue.slope == 0) {  // not a product: minus infinity becomes zero
        return ForTile<R, V>([&](std::size_t r, std::size_t v) HWY_ATTR {
          const FloatVec z = acc[r][v];
          hn::StoreU(hn::IfThenZeroElse(hn::Le(z, zero), z), d, data + place(r, v));
        });
      }
      return ForTile<R, V>([&](std::size_t r, std::size_t v) HWY_ATTR {
        const FloatVec z = acc[r][v];
        hn::StoreU(hn::IfThenElse(hn::Gt(z, zero), z, hn::Mul(slope, z)), d, data + place(r, v));
      });
    case Epilogue::Kind::kTimesDerivative: {
      const float* const outputs = epilogue.outputs + (data - Z.data());
      return ForTile<R, V>([&](std::size_t r, std::size_t v) HWY_ATTR {
        const FloatVec z = acc[r][v], a = hn::LoadU(d, outputs + place(r, v));
        hn::StoreU(hn::IfThenElse(hn::Gt(a, zero), z, hn::Mul(slope, z)), d, data + place(r, v));
      });
    }
  }
}

/// acc = where the sums of a tile from Z[row, column] on begin: at what Z holds, the bias or zero.
template <std::size_t R, std::size_t V>
HWY_INLINE void StartSums(const Epilogue& epilogue, const float* bias, BlockedView<float> Z, std::size_t row,
                          std::size_t column, FloatVec (&acc)[R][V]) {
  if (epilogue.continues) {
    StartTile<R, V>(&Z(row, column), kBlock, Z.block_stride(), acc);
  } else {
    StartTile<R, V>(bias ? bias + column : nullptr, 0, kBlock, acc);
  }
}

/// A tile of Z, rows and columns from (row, column) on, over blocks [begin, end) of k.
template <std::size_t R, std::size_t V>
HWY_INLINE void AffineTile(ConstBlockedView<float> X, ConstBlockedView<float> W, const float* bias,
                           const Epilogue& epilogue, std::size_t begin, std::size_t end, BlockedView<float> Z,
                           std::size_t row, std::size_t column, Prefetch& soon) {
  FloatVec acc[R][V];
  StartSums<R, V>(epilogue, bias, Z, row, column, acc);
  const float* w = &W(0, column);
  ForDepth(epilogue.depth, begin, end, [&](std::size_t block) HWY_ATTR {
    const std::size_t k = block * kBlock;
    MultiplyAccumulate<kBlock, 1>(FloatElements{&X(row, k)}, w + k * kBlock, W.block_stride(),
                                  std::min(kBlock, X.columns() - k), acc);
    soon.after(kBlock);
  });
  StoreTile<R, V>(epilogue, Z, row, column, acc);
}

// All rows take their turn at so many blocks of k before the next: what these read of W, 32 KB for a tile 64
// columns wide, stays in the first-level cache. 784-2048-2048-10 takes 3 to 5% less time, a deep product
// alone 20%.
constexpr std::size_t kSliceBlocks = 8;

void Affine(ConstBlockedView<float> X, ConstBlockedView<float> W, const float* bias, const Epilogue& epilogue,
            BlockedView<float> Z, Prefetch& soon) {
  // A part of k is not large, and a sum that is added in the end cannot stop in Z.
  const bool whole = epilogue.depth.step == Depth::kAll && !epilogue.adds;
  const std::size_t blocks = X.blocks();
  const std::size_t slices = whole ? std::max<std::size_t>(1, (blocks + kSliceBlocks - 1) / kSliceBlocks) : 1;
  ForColumnTiles(W.blocks(), [&]<std::size_t V>(std::size_t column) HWY_ATTR {
    for (std::size_t slice = 0; slice < slices; ++slice) {
      Epilogue of_slice = slice + 1 < slices ? Epilogue{} : epilogue;
      of_slice.continues = epilogue.continues || slice > 0;
      const std::size_t begin = blocks * slice / slices, end = blocks * (slice + 1) / slices;
      ForRowTiles<V>(X.rows(), [&]<std::size_t R>(std::size_t row) HWY_ATTR {
        AffineTile<R, V>(X, W, bias, of_slice, begin, end, Z, row, column, soon);
      });
    }
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

/// sum = the gradient at `at` of the parameters over `rows` rows, in parts if the rule says so;
/// add(first, count, acc) adds what rows [first, first + count) give.
template <std::size_t R, std::size_t V, class Add>
HWY_INLINE void SumParts(const UpdateRule& rule, const UpdateBuffers& buffers, std::size_t at,
                         std::size_t block_stride, std::size_t rows, FloatVec (&sum)[R][V], const Add& add) {
  const RowParts whole{.count = 1,
                       .edges = {0, rows},
                       .before = {rule.continues ? static_cast<const float*>(buffers.gradients) : nullptr}};
  const RowParts& parts = rule.parts ? *rule.parts : whole;
  FloatVec before[R][V];
  for (std::size_t p = 0;;) {
    const float* start = parts.before[p];
    StartTile<R, V>(start ? start + at : nullptr, kBlock, block_stride, sum);
    add(parts.edges[p], parts.edges[p + 1] - parts.edges[p], sum);
    if (p > 0) {
      ForTile<R, V>([&](std::size_t r, std::size_t v)
                        HWY_ATTR { sum[r][v] = hn::Add(before[r][v], sum[r][v]); });
    }
    if (++p >= parts.count) return;
    ForTile<R, V>([&](std::size_t r, std::size_t v) HWY_ATTR { before[r][v] = sum[r][v]; });
  }
}

void WeightStep(ConstBlockedView<float> X, ConstBlockedView<float> dZ, const UpdateRule& rule,
                const UpdateBuffers& buffers, std::size_t block_stride, Prefetch& soon) {
  const FloatTag d;
  ForColumnTiles(dZ.blocks(), [&]<std::size_t V>(std::size_t column) HWY_ATTR {
    WithKind(rule.kind, [&]<UpdateRule::Kind kKind>() HWY_ATTR {
      for (std::size_t i = 0; i < X.columns(); i += kBlock) {
        ForBlockTiles<V>(X.columns() - i, [&]<std::size_t R>(std::size_t row) HWY_ATTR {
          const std::size_t at = column / kBlock * block_stride + (i + row) * kBlock + column % kBlock;
          FloatVec acc[R][V];
          // In wide networks the weights come from memory: asked for now, they are there when the sums are.
          // 784-2048-2048-10 takes 2 to 7% less time.
          ForTile<R, V>([&](std::size_t r, std::size_t v) HWY_ATTR {
            __builtin_prefetch(buffers.parameters + at + r * kBlock + VectorOffset(v, block_stride), 1, 3);
          });
          SumParts<R, V>(rule, buffers, at, block_stride, dZ.rows(), acc,
                         [&](std::size_t first, std::size_t count, FloatVec(&sum)[R][V]) HWY_ATTR {
                           MultiplyAccumulate<1, kBlock>(FloatElements{&X(first, i + row)},
                                                         &dZ(first, column), dZ.block_stride(), count, sum);
                         });
          soon.after(dZ.rows());
          ForTile<R, V>([&](std::size_t r, std::size_t v) HWY_ATTR {
            UpdateVector<kKind, true>(d, rule, buffers, at + r * kBlock + VectorOffset(v, block_stride),
                                      acc[r][v]);
          });
        });
      }
    });
  });
}

void BiasStep(ConstBlockedView<float> dZ, const UpdateRule& rule, const UpdateBuffers& buffers) {
  const FloatTag d;
  WithKind(rule.kind, [&]<UpdateRule::Kind kKind>() HWY_ATTR {
    for (std::size_t column = 0; column < dZ.blocks() * kBlock; column += kLanes) {
      FloatVec sum[1][1];
      SumParts<1, 1>(rule, buffers, column, kBlock, dZ.rows(), sum,
                     [&](std::size_t first, std::size_t count, FloatVec(&acc)[1][1]) HWY_ATTR {
                       const float* g = &dZ(first, column);
                       for (std::size_t n = 0; n < count; ++n)
                         acc[0][0] = hn::Add(acc[0][0], hn::LoadU(d, g + n * kBlock));
                     });
      UpdateVector<kKind, false>(d, rule, buffers, column, sum[0][0]);
    }
  });
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

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#endif
