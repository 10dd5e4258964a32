// How a register tile's sums start, and how they are finished before they are stored.
#if defined(MLP_KERNELS_EPILOGUE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MLP_KERNELS_EPILOGUE_INL_H_
#undef MLP_KERNELS_EPILOGUE_INL_H_
#else
#define MLP_KERNELS_EPILOGUE_INL_H_
#endif

#include "kernels/kernels.h"
#include "kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Calls body(r, v) for the R x V vectors of a tile.
template <std::size_t R, std::size_t V, class Body>
HWY_INLINE void ForTile(const Body& body) {
#pragma GCC unroll 16
  for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 16
    for (std::size_t v = 0; v < V; ++v) body(r, v);
  }
}

/// acc[r][:] = the row of vectors at start + r * row_step, or zero.
template <std::size_t R, std::size_t V>
HWY_INLINE void StartTile(const float* start, std::size_t row_step, std::size_t block_stride,
                          FloatVec (&acc)[R][V]) {
  const FloatTag d;
  if (start) {
    ForTile<R, V>([&](std::size_t r, std::size_t v) HWY_ATTR {
      acc[r][v] = hn::LoadU(d, start + r * row_step + VectorOffset(v, block_stride));
    });
  } else {
    ForTile<R, V>([&](std::size_t r, std::size_t v) HWY_ATTR { acc[r][v] = hn::Zero(d); });
  }
}

/// Zeros the second half of a tile's last block where the tile leaves it out (kHalfBlocks), from `data` on.
template <std::size_t R, std::size_t V>
HWY_INLINE void ClearHalfBlock(float* data, std::size_t block_stride) {
  if constexpr (kHalfBlocks && V % 2 == 1) {
    const FloatTag d;
    for (std::size_t r = 0; r < R; ++r) {
      hn::StoreU(hn::Zero(d), d, data + r * kBlock + VectorOffset(V, block_stride));
    }
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
      if (epilogue.slope == 0) {  // not a product: minus infinity must become zero
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

/// acc = the start of the sums of a tile at Z[row, column]: the values in Z, the bias or zero.
template <std::size_t R, std::size_t V>
HWY_INLINE void StartSums(const Epilogue& epilogue, const float* bias, BlockedView<float> Z, std::size_t row,
                          std::size_t column, FloatVec (&acc)[R][V]) {
  if (epilogue.continues) {
    StartTile<R, V>(&Z(row, column), kBlock, Z.block_stride(), acc);
  } else {
    StartTile<R, V>(bias ? bias + column : nullptr, 0, kBlock, acc);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#endif
