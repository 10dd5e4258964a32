// The kernel table of every CPU target; this file is compiled once per target by Highway.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/kernels.cpp"
// SSSE3 and SSE4 without AVX2 are CPUs from before 2013: they run the baseline. SVE vectors have no size at
// compile time and cannot be held in the tile's array of accumulators; every SVE machine has NEON.
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#endif
#include <hwy/foreach_target.h>
// The per-target parts come after foreach_target.h.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <limits>
#include <variant>

#include "kernels/activation-inl.h"
#include "kernels/kernels.h"
#include "kernels/products-inl.h"
#include "kernels/softmax-inl.h"
#include "kernels/sparse-inl.h"
#include "mlp/suggest.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void Update(const UpdateRule& rule, bool weights, const UpdateBuffers& buffers, std::size_t count) {
  const FloatTag d;
  UpdateRule without_l2 = rule;
  without_l2.l2 = 0;  // the stored gradient has it already
  WithKind(rule.kind, [&]<UpdateRule::Kind kKind>() HWY_ATTR {
    for (std::size_t i = 0; i < count; i += kLanes) {
      const FloatVec g = hn::Mul(hn::LoadU(d, buffers.gradients + i), hn::Set(d, rule.gradient_scale));
      if (weights) {
        UpdateVector<kKind, true>(d, without_l2, buffers, i, g);
      } else {
        UpdateVector<kKind, false>(d, without_l2, buffers, i, g);
      }
    }
  });
}

/// Calls body(offset) for every vector of a blocked matrix.
template <class T, class Body>
HWY_INLINE void ForEachVector(BlockedView<T> values, const Body& body) {
  for (std::size_t block = 0; block < values.blocks(); ++block) {
    const std::size_t begin = block * values.block_stride();
    for (std::size_t i = begin; i < begin + values.rows() * kBlock; i += kLanes) body(i);
  }
}

void ClearPadding(BlockedView<float> values) {
  if (values.columns() % kBlock == 0) return;
  for (std::size_t n = 0; n < values.rows(); ++n) {
    float* row = &values(n, (values.blocks() - 1) * kBlock);
    std::fill(row + values.columns() % kBlock, row + kBlock, 0.0f);
  }
}

void Activate(const Activation& activation, BlockedView<float> values, float* derivative) {
  const FloatTag d;
  // A NaN stays a NaN: a diverged network must not look healthy again.
  const auto or_nan = [](FloatVec z, FloatVec result)
                          HWY_ATTR { return hn::IfThenElse(hn::Eq(z, z), result, z); };
  std::visit(
      [&]<class F>(const F& f) HWY_ATTR {
        if constexpr (!std::is_same_v<F, Softmax>) {
          ForEachVector(values, [&](std::size_t i) HWY_ATTR {
            const FloatVec z = hn::LoadU(d, values.data() + i);
            const auto result = Apply(d, f, z);
            hn::StoreU(or_nan(z, result.value), d, values.data() + i);
            if (derivative != nullptr) hn::StoreU(or_nan(z, result.derivative), d, derivative + i);
          });
        }
      },
      activation);
  ClearPadding(values);
}

void MultiplyByDerivativeOfOutput(const Activation& activation, ConstBlockedView<float> outputs,
                                  BlockedView<float> gradient) {
  const FloatTag d;
  std::visit(
      [&]<class F>(const F& f) HWY_ATTR {
        if constexpr (std::is_same_v<F, ReLU> || std::is_same_v<F, LeakyReLU>) {
          // a > 0 exactly where z > 0
          ForEachVector(gradient, [&](std::size_t i) HWY_ATTR {
            const FloatVec slope = Apply(d, f, hn::LoadU(d, outputs.data() + i)).derivative;
            hn::StoreU(hn::Mul(hn::LoadU(d, gradient.data() + i), slope), d, gradient.data() + i);
          });
        }
      },
      activation);
}

void Multiply(BlockedView<float> a, ConstBlockedView<float> b) {
  const FloatTag d;
  ForEachVector(a, [&](std::size_t i) HWY_ATTR {
    hn::StoreU(hn::Mul(hn::LoadU(d, a.data() + i), hn::LoadU(d, b.data() + i)), d, a.data() + i);
  });
}

HWY_INLINE FloatVec LoadFloats(FloatTag d, const float* from) { return hn::LoadU(d, from); }
HWY_INLINE FloatVec LoadFloats(FloatTag d, const std::uint8_t* from) {
  const hn::Rebind<std::uint8_t, FloatTag> bytes;
  const hn::Rebind<std::int32_t, FloatTag> words;
  return hn::ConvertTo(d, hn::PromoteTo(words, hn::LoadU(bytes, from)));
}

// Rows are drawn at random from a data set that no cache holds. Those nobody asked for before (Prefetch)
// are asked for this many rows ahead, or an epoch would wait for memory a fifth of its time.
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

/// A block of 16 codes, and the bits of those that are not `zero`.
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

const Kernels& Table() {
  static constexpr Kernels kTable = {
      .name = HWY_TARGET == HWY_AVX3   ? "avx512"
              : HWY_TARGET == HWY_AVX2 ? "avx2"
              : HWY_TARGET == HWY_NEON ? "neon"
                                       : "baseline",
      .affine = &Affine,
      .weight_step = &WeightStep,
      .sparse_affine = &SparseAffine<ConstBlockedView<float>>,
      .sparse_weight_step = &SparseWeightStep<ConstBlockedView<float>>,
      .sparse_affine_coded = &SparseAffine<CodedView>,
      .sparse_weight_step_coded = &SparseWeightStep<CodedView>,
      .bias_step = &BiasStep,
      .update = &Update,
      .add_parts = &AddParts,
      .transpose = &Transpose,
      .activate = &Activate,
      .multiply_by_derivative_of_output = &MultiplyByDerivativeOfOutput,
      .multiply = &Multiply,
      .softmax = &SoftmaxRows,
      .cross_entropy = &CrossEntropyRows,
      .gather_bytes = &GatherBytes,
      .gather_floats = &GatherFloats,
      .gather_codes = &GatherCodes,
      .peak = &Peak,
  };
  return kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mlp::kernels {

namespace {

/// The tables this CPU can run, best first.
std::vector<const Kernels*> runnable() {
  const std::int64_t supported = hwy::SupportedTargets();
  std::vector<const Kernels*> tables;
#if HWY_TARGETS & HWY_AVX3
  if (supported & HWY_AVX3) tables.push_back(&N_AVX3::Table());
#endif
#if HWY_TARGETS & HWY_AVX2
  if (supported & HWY_AVX2) tables.push_back(&N_AVX2::Table());
#endif
  (void)supported;
  tables.push_back(&HWY_STATIC_DISPATCH(Table)());
  return tables;
}

}  // namespace

std::vector<std::string> available_targets() {
  std::vector<std::string> names;
  for (const Kernels* table : runnable()) names.emplace_back(table->name);
  return names;
}

const Kernels& kernels_for(std::string_view target) {
  const auto tables = runnable();
  if (target.empty()) return *tables.front();
  for (const Kernels* table : tables) {
    if (table->name == target) return *table;
  }
  throw UsageError("unknown or unsupported CPU target '" + std::string(target) + "'",
                   suggest(target, available_targets()));
}

}  // namespace mlp::kernels
#endif
