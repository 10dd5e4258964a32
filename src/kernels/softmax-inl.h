// Softmax and the cross-entropy behind it, row by row.
//
// Sums over a row go over its blocks lane by lane, then over the 16 lanes by halves: the same order for every
// vector length.
#if defined(MLP_KERNELS_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MLP_KERNELS_SOFTMAX_INL_H_
#undef MLP_KERNELS_SOFTMAX_INL_H_
#else
#define MLP_KERNELS_SOFTMAX_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>

#include <algorithm>
#include <limits>

#include "kernels/kernels.h"
#include "kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// One number for each of a block's 16 columns.
struct BlockLanes {
  // Not defaulted: the implicit one would lack the target's attribute.
  HWY_INLINE BlockLanes() {}  // NOLINT(modernize-use-equals-default)
  static constexpr std::size_t kVectors = kBlock / kLanes;
  FloatVec v[kVectors];
};

HWY_INLINE BlockLanes Fill(float x) {
  BlockLanes lanes;
  for (auto& v : lanes.v) v = hn::Set(FloatTag(), x);
  return lanes;
}
/// Loads the block at `from`; columns from `columns` on become `padding`.
HWY_INLINE BlockLanes LoadBlock(const float* from, std::size_t columns, float padding) {
  const FloatTag d;
  BlockLanes lanes;
  for (std::size_t i = 0; i < BlockLanes::kVectors; ++i) {
    lanes.v[i] = hn::LoadU(d, from + i * kLanes);
    if (columns < (i + 1) * kLanes) {
      const std::size_t valid = columns > i * kLanes ? columns - i * kLanes : 0;
      lanes.v[i] = hn::IfThenElse(hn::FirstN(d, valid), lanes.v[i], hn::Set(d, padding));
    }
  }
  return lanes;
}
HWY_INLINE void StoreBlock(const BlockLanes& lanes, float* to) {
  for (std::size_t i = 0; i < BlockLanes::kVectors; ++i) hn::StoreU(lanes.v[i], FloatTag(), to + i * kLanes);
}
template <class Op>
HWY_INLINE BlockLanes Map(const Op& op, const BlockLanes& a, const BlockLanes& b) {
  BlockLanes lanes;
  for (std::size_t i = 0; i < BlockLanes::kVectors; ++i) lanes.v[i] = op(a.v[i], b.v[i]);
  return lanes;
}

/// Reduces the 16 lanes by `op`, by halves.
template <class Op>
HWY_INLINE float Reduce(const Op& op, const BlockLanes& lanes) {
  alignas(64) float x[kBlock];
  StoreBlock(lanes, x);
  for (std::size_t half = kBlock / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) x[i] = op(x[i], x[i + half]);
  }
  return x[0];
}

void SoftmaxRows(BlockedView<float> values) {
  const FloatTag d;
  const auto columns_of = [&](std::size_t block) { return values.columns() - block * kBlock; };
  const auto add = [](FloatVec a, FloatVec b) HWY_ATTR { return hn::Add(a, b); };
  for (std::size_t n = 0; n < values.rows(); ++n) {
    const BlockedView<float> row = values.rows(n, 1);
    BlockLanes top = Fill(-std::numeric_limits<float>::infinity()), nans = Fill(0);
    for (std::size_t block = 0; block < row.blocks(); ++block) {
      const BlockLanes z =
          LoadBlock(row.block(block), columns_of(block), -std::numeric_limits<float>::infinity());
      top = Map([](FloatVec a, FloatVec b) HWY_ATTR { return hn::Max(a, b); }, top, z);
      nans = Map([](FloatVec a, FloatVec b) HWY_ATTR { return hn::IfThenElse(hn::Eq(b, b), a, b); }, nans, z);
    }
    const float largest = Reduce([](float a, float b) { return std::max(a, b); }, top);
    // A NaN anywhere makes the whole row NaN; Highway's exp would turn it into a zero.
    BlockLanes sums = nans;
    for (std::size_t block = 0; block < row.blocks(); ++block) {
      const BlockLanes z =
          LoadBlock(row.block(block), columns_of(block), -std::numeric_limits<float>::infinity());
      BlockLanes e;
      for (std::size_t i = 0; i < BlockLanes::kVectors; ++i) {
        e.v[i] = hn::Exp(d, hn::Sub(z.v[i], hn::Set(d, largest)));
      }
      StoreBlock(e, row.block(block));
      sums = Map(add, sums, LoadBlock(row.block(block), columns_of(block), 0));
    }
    const float sum = Reduce([](float a, float b) { return a + b; }, sums);
    for (std::size_t block = 0; block < row.blocks(); ++block) {
      BlockLanes p = LoadBlock(row.block(block), columns_of(block), 0);
      for (auto& v : p.v) v = hn::Div(v, hn::Set(d, sum));
      StoreBlock(p, row.block(block));
    }
  }
}

void CrossEntropyRows(ConstBlockedView<float> logits, ConstBlockedView<float> probabilities,
                      ConstBlockedView<float> targets, const Smoothing& smoothing, const float* weights,
                      float mean, float* losses, float* gradient) {
  const FloatTag d;
  const FloatVec keep = hn::Set(d, smoothing.keep), smooth = hn::Set(d, smoothing.add);
  const auto add = [](float a, float b) { return a + b; };
  const auto larger = [](float a, float b) { return std::max(a, b); };
  for (std::size_t n = 0; n < logits.rows(); ++n) {
    const auto z = logits.rows(n, 1), p = probabilities.rows(n, 1), y = targets.rows(n, 1);
    const auto columns_of = [&](std::size_t block) { return logits.columns() - block * kBlock; };
    const auto smoothed = [&](std::size_t block) HWY_ATTR {
      BlockLanes t = LoadBlock(y.block(block), columns_of(block), 0);
      for (FloatVec& v : t.v) v = hn::MulAdd(keep, v, smooth);
      alignas(64) float lanes[kBlock];
      StoreBlock(t, lanes);
      return LoadBlock(lanes, columns_of(block), 0);
    };
    BlockLanes top_z = Fill(-std::numeric_limits<float>::infinity()), top_p = Fill(0);
    const auto max = [](FloatVec a, FloatVec b) HWY_ATTR { return hn::Max(a, b); };
    for (std::size_t block = 0; block < z.blocks(); ++block) {
      top_z = Map(max, top_z,
                  LoadBlock(z.block(block), columns_of(block), -std::numeric_limits<float>::infinity()));
      top_p = Map(max, top_p, LoadBlock(p.block(block), columns_of(block), 0));
    }
    // logsumexp(z) - z_c = (max z - z_c) + log sum_k exp(z_k - max z), the sum being 1 / (the largest
    // probability): added up in this order, large logits do not swallow the logarithm.
    const FloatVec largest = hn::Set(d, Reduce(larger, top_z));
    BlockLanes sums = Fill(0), target_sums = Fill(0);
    for (std::size_t block = 0; block < z.blocks(); ++block) {
      const BlockLanes zs = LoadBlock(z.block(block), columns_of(block), 0), ys = smoothed(block);
      for (std::size_t i = 0; i < BlockLanes::kVectors; ++i) {
        // Where the target is zero, so is the term, even if the logit is minus infinity.
        const FloatVec term = hn::Mul(ys.v[i], hn::Sub(largest, zs.v[i]));
        sums.v[i] = hn::Add(sums.v[i], hn::IfThenZeroElse(hn::Eq(ys.v[i], hn::Zero(d)), term));
        target_sums.v[i] = hn::Add(target_sums.v[i], ys.v[i]);
      }
    }
    const float target_sum = Reduce(add, target_sums);
    const float weight = weights ? weights[n] : 1.0f;
    const float log_sum = -hn::GetLane(hn::Log(d, hn::Set(d, Reduce(larger, top_p))));
    const float nan_or_zero = p(0, 0) - p(0, 0);  // vector maxima and logarithms may lose a NaN
    losses[n] = weight * (Reduce(add, sums) + target_sum * log_sum) + nan_or_zero;
    if (gradient == nullptr) continue;
    const FloatVec total = hn::Set(d, target_sum), factor = hn::Set(d, weight * mean);
    for (std::size_t block = 0; block < z.blocks(); ++block) {
      const BlockLanes ps = LoadBlock(p.block(block), columns_of(block), 0), ys = smoothed(block);
      BlockLanes g;
      for (std::size_t i = 0; i < BlockLanes::kVectors; ++i) {
        g.v[i] = hn::Mul(hn::Sub(hn::Mul(ps.v[i], total), ys.v[i]), factor);
      }
      StoreBlock(g, gradient + (z.block(block) - logits.data()));
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#endif
