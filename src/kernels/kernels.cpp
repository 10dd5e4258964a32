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
#include <hwy/highway.h>

#include <algorithm>
#include <limits>
#include <variant>

#include "kernels/activation-inl.h"
#include "kernels/kernels.h"
#include "kernels/tile-inl.h"
#include "kernels/update-inl.h"
#include "mlp/suggest.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <std::size_t R, std::size_t V>
HWY_INLINE void StartTile(const float* start, FloatVec (&acc)[R][V]) {
  const FloatTag d;
#pragma GCC unroll 16
  for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < V; ++v) acc[r][v] = start ? hn::LoadU(d, start + v * kLanes) : hn::Zero(d);
  }
}

void Affine(ConstMatrixView<float> X, const float* W, const PackedShape& shape, const float* bias,
            MatrixView<float> Z) {
  const FloatTag d;
  for (std::size_t panel = 0; panel < shape.panels(); ++panel) {
    const std::size_t width = shape.width(panel);
    const std::size_t first = shape.first_column(panel);
    const float* panel_weights = W + shape.offset(panel);
    ForColumnTiles(width, [&]<std::size_t V>(std::size_t column) HWY_ATTR {
      ForRowTiles<V>(0, X.rows(), [&]<std::size_t R>(std::size_t row) HWY_ATTR {
        FloatVec acc[R][V];
        StartTile<R, V>(bias ? bias + first + column : nullptr, acc);
        MultiplyAccumulate<R, V, false>(&X(row, 0), X.stride(), panel_weights + column, width, shape.rows(),
                                        acc);
#pragma GCC unroll 16
        for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 8
          for (std::size_t v = 0; v < V; ++v)
            hn::StoreU(acc[r][v], d, &Z(row + r, first + column + v * kLanes));
        }
      });
    });
  }
}

template <UpdateRule::Kind kKind, std::size_t R, std::size_t V>
HWY_INLINE void UpdateTile(const UpdateRule& rule, const UpdateBuffers& buffers, std::size_t index,
                           std::size_t width, const FloatVec (&gradient)[R][V]) {
  const FloatTag d;
#pragma GCC unroll 16
  for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < V; ++v) {
      UpdateVector<kKind, true>(d, rule, buffers, index + r * width + v * kLanes, gradient[r][v]);
    }
  }
}

void WeightStep(ConstMatrixView<float> X, ConstMatrixView<float> dZ, const PackedShape& shape,
                std::size_t panel, std::size_t begin, std::size_t end, const UpdateRule& rule,
                const UpdateBuffers& buffers) {
  const FloatTag d;
  const std::size_t width = shape.width(panel);
  const auto index_of = [&](std::size_t row, std::size_t column) {
    return shape.offset(panel) + row * width + column;
  };
  ForColumnTiles(width, [&]<std::size_t V>(std::size_t column) HWY_ATTR {
    const std::size_t last = begin + (end - begin) / kMaxRows<V> * kMaxRows<V>;
    const float* gradient_of_outputs = &dZ(0, shape.first_column(panel) + column);
    // Whole tiles: the update is applied to the accumulators themselves.
    WithKind(rule.kind, [&]<UpdateRule::Kind kKind>() HWY_ATTR {
      constexpr std::size_t R = kMaxRows<V>;
      for (std::size_t row = begin; row < last; row += R) {
        FloatVec acc[R][V];
        StartTile<R, V>(nullptr, acc);
        MultiplyAccumulate<R, V, true>(&X(0, row), X.stride(), gradient_of_outputs, dZ.stride(), dZ.rows(),
                                       acc);
        UpdateTile<kKind, R, V>(rule, buffers, index_of(row, column), width, acc);
      }
    });
    // The rest: by way of a buffer, or every height times every optimizer would be compiled.
    ForRowTiles<V>(last, end, [&]<std::size_t R>(std::size_t row) HWY_ATTR {
      FloatVec acc[R][V];
      StartTile<R, V>(nullptr, acc);
      MultiplyAccumulate<R, V, true>(&X(0, row), X.stride(), gradient_of_outputs, dZ.stride(), dZ.rows(),
                                     acc);
      alignas(64) float gradient[R * V * kLanes];
      for (std::size_t r = 0; r < R; ++r) {
        for (std::size_t v = 0; v < V; ++v) hn::Store(acc[r][v], d, gradient + (r * V + v) * kLanes);
      }
      WithKind(rule.kind, [&]<UpdateRule::Kind kKind>() HWY_ATTR {
        for (std::size_t r = 0; r < R; ++r) {
          for (std::size_t v = 0; v < V; ++v) {
            UpdateVector<kKind, true>(d, rule, buffers, index_of(row + r, column + v * kLanes),
                                      hn::Load(d, gradient + (r * V + v) * kLanes));
          }
        }
      });
    });
  });
}

void BiasStep(ConstMatrixView<float> dZ, const UpdateRule& rule, const UpdateBuffers& buffers) {
  const FloatTag d;
  WithKind(rule.kind, [&]<UpdateRule::Kind kKind>() HWY_ATTR {
    for (std::size_t column = 0; column < dZ.columns(); column += kLanes) {
      FloatVec sum = hn::Zero(d);
      for (std::size_t n = 0; n < dZ.rows(); ++n) sum = hn::Add(sum, hn::LoadU(d, &dZ(n, column)));
      UpdateVector<kKind, false>(d, rule, buffers, column, sum);
    }
  });
}

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

void Activate(const Activation& activation, float* values, float* derivative, std::size_t count) {
  const FloatTag d;
  // A NaN stays a NaN: a diverged network must not look healthy again.
  const auto or_nan = [](FloatVec z, FloatVec result)
                          HWY_ATTR { return hn::IfThenElse(hn::Eq(z, z), result, z); };
  std::visit(
      [&]<class F>(const F& f) HWY_ATTR {
        if constexpr (!std::is_same_v<F, Softmax>) {
          for (std::size_t i = 0; i < count; i += kLanes) {
            const FloatVec z = hn::LoadU(d, values + i);
            const auto result = Apply(d, f, z);
            hn::StoreU(or_nan(z, result.value), d, values + i);
            if (derivative != nullptr) hn::StoreU(or_nan(z, result.derivative), d, derivative + i);
          }
        }
      },
      activation);
}

void MultiplyByDerivativeOfOutput(const Activation& activation, const float* outputs, float* gradient,
                                  std::size_t count) {
  const FloatTag d;
  std::visit(
      [&]<class F>(const F& f) HWY_ATTR {
        if constexpr (std::is_same_v<F, ReLU> || std::is_same_v<F, LeakyReLU>) {
          // a > 0 exactly where z > 0
          for (std::size_t i = 0; i < count; i += kLanes) {
            const FloatVec slope = Apply(d, f, hn::LoadU(d, outputs + i)).derivative;
            hn::StoreU(hn::Mul(hn::LoadU(d, gradient + i), slope), d, gradient + i);
          }
        }
      },
      activation);
}

void Multiply(float* a, const float* b, std::size_t count) {
  const FloatTag d;
  for (std::size_t i = 0; i < count; i += kLanes) {
    hn::StoreU(hn::Mul(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, a + i);
  }
}

void SoftmaxRows(MatrixView<float> values, std::size_t columns) {
  const FloatTag d;
  for (std::size_t n = 0; n < values.rows(); ++n) {
    float* row = values.row(n).data();
    const float largest = *std::max_element(row, row + columns);
    const bool has_nan = std::any_of(row, row + columns, [](float z) { return z != z; });
    for (std::size_t i = 0; i < columns; i += kLanes) {
      hn::StoreU(hn::Exp(d, hn::Sub(hn::LoadU(d, row + i), hn::Set(d, largest))), d, row + i);
    }
    float sum = 0;  // in column order: the same for every vector length
    if (has_nan) sum = std::numeric_limits<float>::quiet_NaN();  // Highway's exp makes it a zero
    for (std::size_t i = 0; i < columns; ++i) sum += row[i];
    for (std::size_t i = 0; i < columns; i += kLanes) {
      hn::StoreU(hn::Div(hn::LoadU(d, row + i), hn::Set(d, sum)), d, row + i);
    }
    std::fill(row + columns, row + values.columns(), 0.0f);
  }
}

HWY_INLINE FloatVec LoadFloats(FloatTag d, const float* from) { return hn::LoadU(d, from); }
HWY_INLINE FloatVec LoadFloats(FloatTag d, const std::uint8_t* from) {
  const hn::Rebind<std::uint8_t, FloatTag> bytes;
  const hn::Rebind<std::int32_t, FloatTag> words;
  return hn::ConvertTo(d, hn::PromoteTo(words, hn::LoadU(bytes, from)));
}

template <class T>
HWY_INLINE void Gather(ConstMatrixView<T> rows, std::span<const std::uint32_t> index,
                       const GatherScaling& scaling, MatrixView<float> out) {
  const FloatTag d;
  const std::size_t columns = rows.columns();
  const std::size_t whole = columns / kLanes * kLanes;
  for (std::size_t n = 0; n < index.size(); ++n) {
    const T* from = rows.row(index[n]).data();
    float* to = out.row(n).data();
    if (scaling.uniform) {
      const FloatVec shift = hn::Set(d, *scaling.shift), scale = hn::Set(d, *scaling.scale);
      for (std::size_t i = 0; i < whole; i += kLanes) {
        hn::StoreU(hn::Mul(hn::Sub(LoadFloats(d, from + i), shift), scale), d, to + i);
      }
    } else {
      for (std::size_t i = 0; i < whole; i += kLanes) {
        const FloatVec shift = hn::LoadU(d, scaling.shift + i), scale = hn::LoadU(d, scaling.scale + i);
        hn::StoreU(hn::Mul(hn::Sub(LoadFloats(d, from + i), shift), scale), d, to + i);
      }
    }
    for (std::size_t i = whole; i < columns; ++i) {
      const std::size_t s = scaling.uniform ? 0 : i;
      to[i] = (static_cast<float>(from[i]) - scaling.shift[s]) * scaling.scale[s];
    }
  }
}

void GatherBytes(ConstMatrixView<std::uint8_t> rows, std::span<const std::uint32_t> index,
                 const GatherScaling& scaling, MatrixView<float> out) {
  Gather(rows, index, scaling, out);
}

void GatherFloats(ConstMatrixView<float> rows, std::span<const std::uint32_t> index,
                  const GatherScaling& scaling, MatrixView<float> out) {
  Gather(rows, index, scaling, out);
}

double Peak(std::size_t repeats) {
  constexpr std::size_t kV = kVectorsPerTile, kR = kMaxRows<kV>, kDepth = 128;
  alignas(64) float a[kR * kDepth], b[kV * kLanes * kDepth];
  std::fill(std::begin(a), std::end(a), 1e-3f);
  std::fill(std::begin(b), std::end(b), 1e-3f);
  FloatVec acc[kR][kV];
  StartTile<kR, kV>(nullptr, acc);
  for (std::size_t i = 0; i < repeats; ++i) {
    MultiplyAccumulate<kR, kV, true>(a, kR, b, kV * kLanes, kDepth, acc);
  }
  const FloatTag d;
  volatile float sink = 0;
  for (auto& row : acc) {
    for (auto& vector : row) sink = sink + hn::GetLane(hn::SumOfLanes(d, vector));
  }
  return 2.0 * static_cast<double>(kR * kV * kLanes * kDepth) * static_cast<double>(repeats);
}

const Kernels& Table() {
  static constexpr Kernels kTable = {
      .name = HWY_TARGET == HWY_AVX3   ? "avx512"
              : HWY_TARGET == HWY_AVX2 ? "avx2"
              : HWY_TARGET == HWY_NEON ? "neon"
                                       : "baseline",
      .affine = &Affine,
      .weight_step = &WeightStep,
      .bias_step = &BiasStep,
      .update = &Update,
      .activate = &Activate,
      .multiply_by_derivative_of_output = &MultiplyByDerivativeOfOutput,
      .multiply = &Multiply,
      .softmax = &SoftmaxRows,
      .gather_bytes = &GatherBytes,
      .gather_floats = &GatherFloats,
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
