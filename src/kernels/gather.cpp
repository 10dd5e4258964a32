// Gathers rows of a data set by index, converted and scaled, or as they are stored, and marks their elements
// that are not zero.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gather.cpp"
#include "kernels/targets.h"
// foreach_target.h must precede the code that is compiled for each target.
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>

#include <algorithm>

#include "kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE FloatVec LoadFloats(FloatTag d, const float* from) { return hn::LoadU(d, from); }
HWY_INLINE FloatVec LoadFloats(FloatTag d, const std::uint8_t* from) {
  const hn::Rebind<std::uint8_t, FloatTag> bytes;
  const hn::Rebind<std::int32_t, FloatTag> words;
  return hn::ConvertTo(d, hn::PromoteTo(words, hn::LoadU(bytes, from)));
}

// Rows are drawn at random from a data set that no cache holds. Rows that no Prefetch has fetched are fetched
// this many rows ahead, or an epoch would spend a fifth of its time waiting for memory.
constexpr std::size_t kRowsAhead = 8;

template <class T>
HWY_INLINE void PrefetchRow(const T* row, std::size_t columns) {
  for (std::size_t i = 0; i < columns; i += 64 / sizeof(T)) hwy::Prefetch(row + i);
}

/// Sets bits [lane, lane + kLanes) of a block's 16: those of x that are not zero, NaN among them.
HWY_INLINE void StoreNonZeros(FloatVec x, std::size_t lane, std::uint16_t* bits) {
  const FloatTag d;
  const auto mask = hn::Not(hn::Eq(x, hn::Zero(d)));
  if constexpr (kLanes >= 8) {
    hn::StoreMaskBits(d, mask, reinterpret_cast<std::uint8_t*>(bits) + lane / 8);
  } else {
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(d, mask, bytes);
    *bits = static_cast<std::uint16_t>((lane == 0 ? 0 : *bits) | bytes[0] << lane);
  }
}

template <bool kUniform, bool kBits, class T>
void GatherRows(ConstMatrixView<T> rows, std::span<const std::uint32_t> index, const GatherScaling& scaling,
                BlockedView<float> out, const NonZeros& non_zeros) {
  const FloatTag d;
  const std::size_t columns = rows.columns();
  const std::size_t whole = columns / kBlock * kBlock;
  for (std::size_t n = 0; n < std::min(kRowsAhead, index.size()); ++n) {
    PrefetchRow(rows.row(index[n]).data(), columns);
  }
  const float* const shift = scaling.shift;
  const float* const scale = scaling.scale;
  const FloatVec one_shift = hn::Set(d, *shift), one_scale = hn::Set(d, *scale);
  const std::size_t bits_stride = non_zeros.stride;
  for (std::size_t n = 0; n < index.size(); ++n) {
    if (n + kRowsAhead < index.size()) PrefetchRow(rows.row(index[n + kRowsAhead]).data(), columns);
    const T* HWY_RESTRICT from = rows.row(index[n]).data();
    float* HWY_RESTRICT to = &out(n, 0);
    std::uint16_t* HWY_RESTRICT bits = kBits ? non_zeros.bits + n : nullptr;
    for (std::size_t i = 0; i < whole; i += kBlock, to += out.block_stride()) {
#pragma GCC unroll 4
      for (std::size_t v = 0; v < kBlock; v += kLanes) {
        const FloatVec a = kUniform ? one_shift : hn::LoadU(d, shift + i + v);
        const FloatVec b = kUniform ? one_scale : hn::LoadU(d, scale + i + v);
        const FloatVec x = hn::Mul(hn::Sub(LoadFloats(d, from + i + v), a), b);
        hn::StoreU(x, d, to + v);
        if (kBits) StoreNonZeros(x, v, bits);
      }
      if (kBits) bits += bits_stride;
    }
    if (whole < columns) std::fill(to, to + kBlock, 0.0f);
    for (std::size_t i = whole; i < columns; ++i) {
      const std::size_t s = kUniform ? 0 : i;
      to[i - whole] = (static_cast<float>(from[i]) - shift[s]) * scale[s];
    }
    for (std::size_t v = 0; kBits && whole < columns && v < kBlock; v += kLanes) {
      StoreNonZeros(hn::LoadU(d, to + v), v, bits);
    }
  }
}

template <class T>
HWY_INLINE void Gather(ConstMatrixView<T> rows, std::span<const std::uint32_t> index,
                       const GatherScaling& scaling, BlockedView<float> out, const NonZeros& non_zeros) {
  const bool bits = non_zeros.bits != nullptr;
  const auto gather = scaling.uniform ? (bits ? &GatherRows<true, true, T> : &GatherRows<true, false, T>)
                                      : (bits ? &GatherRows<false, true, T> : &GatherRows<false, false, T>);
  gather(rows, index, scaling, out, non_zeros);
}

void GatherBytes(ConstMatrixView<std::uint8_t> rows, std::span<const std::uint32_t> index,
                 const GatherScaling& scaling, BlockedView<float> out, const NonZeros& non_zeros) {
  Gather(rows, index, scaling, out, non_zeros);
}

void GatherFloats(ConstMatrixView<float> rows, std::span<const std::uint32_t> index,
                  const GatherScaling& scaling, BlockedView<float> out, const NonZeros& non_zeros) {
  Gather(rows, index, scaling, out, non_zeros);
}

/// Copies a block of 16 codes, and marks those that are not `zero`.
HWY_INLINE void CopyCodes(const std::uint8_t* HWY_RESTRICT from, std::uint8_t zero,
                          std::uint8_t* HWY_RESTRICT to, std::uint16_t* bits) {
#if HWY_TARGET == HWY_SCALAR
  std::uint16_t found = 0;
  for (std::size_t c = 0; c < kBlock; ++c) {
    to[c] = from[c];
    found |= static_cast<std::uint16_t>((from[c] != zero) << c);
  }
  *bits = found;
#else
  const hn::FixedTag<std::uint8_t, kBlock> d;
  const auto codes = hn::LoadU(d, from);
  hn::StoreU(codes, d, to);
  hn::StoreMaskBits(d, hn::Ne(codes, hn::Set(d, zero)), reinterpret_cast<std::uint8_t*>(bits));
#endif
}

void GatherCodes(ConstMatrixView<std::uint8_t> rows, std::span<const std::uint32_t> index, std::uint8_t zero,
                 BlockedView<std::uint8_t> out, const NonZeros& non_zeros) {
  const std::size_t columns = rows.columns(), whole = columns / kBlock * kBlock;
  for (std::size_t n = 0; n < std::min(kRowsAhead, index.size()); ++n) {
    PrefetchRow(rows.row(index[n]).data(), columns);
  }
  for (std::size_t n = 0; n < index.size(); ++n) {
    if (n + kRowsAhead < index.size()) PrefetchRow(rows.row(index[n + kRowsAhead]).data(), columns);
    const std::uint8_t* HWY_RESTRICT from = rows.row(index[n]).data();
    std::uint8_t* HWY_RESTRICT to = &out(n, 0);
    std::uint16_t* HWY_RESTRICT bits = non_zeros.bits + n;
    for (std::size_t i = 0; i < whole; i += kBlock, to += out.block_stride(), bits += non_zeros.stride) {
      CopyCodes(from + i, zero, to, bits);
    }
    if (whole < columns) {
      std::uint8_t rest[kBlock];
      std::fill_n(rest, kBlock, zero);
      std::copy(from + whole, from + columns, rest);
      CopyCodes(rest, zero, to, bits);
    }
  }
}

void AddGather(Kernels& kernels) {
  kernels.gather_bytes = &GatherBytes;
  kernels.gather_floats = &GatherFloats;
  kernels.gather_codes = &GatherCodes;
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();
