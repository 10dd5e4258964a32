// Element-wise activations on vectors: value f(z) and derivative f'(z), by the formulas of
// network/activation_math.h, which the tests compare them with. A NaN may come out as a number (Highway's exp
// gives 0, minimum and maximum drop it): the loop that calls Apply restores it.
#if defined(MLP_KERNELS_ACTIVATION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MLP_KERNELS_ACTIVATION_INL_H_
#undef MLP_KERNELS_ACTIVATION_INL_H_
#else
#define MLP_KERNELS_ACTIVATION_INL_H_
#endif

#include "kernels/math-inl.h"
#include "mlp/activation.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// One vector of f(z) and f'(z). Loops over a whole buffer use only one of them where they can; the compiler
/// drops the other.
template <class V>
struct ValueAndDerivative {
  V value;
  V derivative;
};

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> Apply(D d, const Linear&, V z) {
  return {z, hn::Set(d, 1.0f)};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> Apply(D d, const ReLU&, V z) {
  const auto positive = hn::Gt(z, hn::Zero(d));
  return {hn::IfThenElseZero(positive, z), hn::IfThenElseZero(positive, hn::Set(d, 1.0f))};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> Apply(D d, const LeakyReLU& f, V z) {
  const V slope = hn::Set(d, static_cast<float>(f.slope));
  const auto positive = hn::Gt(z, hn::Zero(d));
  return {hn::IfThenElse(positive, z, hn::Mul(slope, z)), hn::IfThenElse(positive, hn::Set(d, 1.0f), slope)};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> Apply(D d, const Tanh&, V z) {
  const V one = hn::Set(d, 1.0f);
  const V a = BoundedTanh(d, z);
  return {a, hn::Mul(hn::Sub(one, a), hn::Add(one, a))};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> Apply(D d, const Sigmoid&, V z) {
  const V a = Logistic(d, z);
  return {a, hn::Mul(a, Logistic(d, hn::Neg(z)))};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> Apply(D d, const Softplus&, V z) {
  return {hn::Add(hn::Max(z, hn::Zero(d)), hn::Log1p(d, ExpOfMinusAbs(d, z))), Logistic(d, z)};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> Apply(D d, const Mish&, V z) {
  const V one = hn::Set(d, 1.0f), two = hn::Set(d, 2.0f);
  const V e = ExpOfMinusAbs(d, z);
  const auto positive = hn::Ge(z, hn::Zero(d));
  const V e2 = hn::Mul(e, e);
  const V denominator =
      hn::IfThenElse(positive, hn::MulAdd(two, hn::Add(e, e2), one), hn::MulAdd(two, e, hn::Add(two, e2)));
  const V tanh_softplus =
      hn::Div(hn::IfThenElse(positive, hn::MulAdd(two, e, one), hn::MulAdd(two, e, e2)), denominator);
  const V rest = hn::Div(hn::IfThenElse(positive, hn::Mul(two, e2), two), denominator);  // 1 - tanh_softplus
  const V slope = hn::Mul(hn::Mul(rest, hn::Add(one, tanh_softplus)), Logistic(d, z));
  return {hn::Mul(z, tanh_softplus), hn::MulAdd(z, slope, tanh_softplus)};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> Apply(D d, const GELU& f, V z) {
  const V one = hn::Set(d, 1.0f), half = hn::Set(d, 0.5f);
  const V bounded = hn::Min(hn::Max(z, hn::Set(d, -20.0f)), hn::Set(d, 20.0f));
  if (!f.tanh_form) {
    const V cdf = NormalCdf(d, z);
    const V density =
        hn::Mul(hn::Exp(d, hn::Mul(hn::Neg(half), hn::Mul(bounded, bounded))), hn::Set(d, 0.3989422804f));
    return {hn::Mul(z, cdf), hn::MulAdd(bounded, density, cdf)};
  }
  // (1 + tanh u) / 2 = sigmoid(2u), without the cancellation of 1 and a tanh near -1
  const V twice_root = hn::Set(d, 2 * 0.7978845608f), cubic = hn::Set(d, 0.044715f);
  const V square = hn::Mul(bounded, bounded);
  const V twice_u = hn::Mul(twice_root, hn::MulAdd(hn::Mul(cubic, square), bounded, bounded));
  const V slope = hn::Mul(twice_root, hn::MulAdd(hn::Mul(hn::Set(d, 3.0f), cubic), square, one));
  const V gate = Logistic(d, twice_u);
  const V gate_slope = hn::Mul(gate, hn::Mul(Logistic(d, hn::Neg(twice_u)), slope));
  return {hn::Mul(z, gate), hn::MulAdd(bounded, gate_slope, gate)};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> Apply(D d, const SiLU&, V z) {
  const V gate = Logistic(d, z);
  return {hn::Mul(z, gate), hn::Mul(gate, hn::MulAdd(z, Logistic(d, hn::Neg(z)), hn::Set(d, 1.0f)))};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> ScaledElu(D d, float scale, float scaled_alpha, V z) {
  const auto positive = hn::Gt(z, hn::Zero(d));
  const V s = hn::Set(d, scale), sa = hn::Set(d, scaled_alpha);
  const V negative = hn::Min(z, hn::Zero(d));  // exp of the other branch must not overflow
  return {hn::IfThenElse(positive, hn::Mul(s, z), hn::Mul(sa, hn::Expm1(d, negative))),
          hn::IfThenElse(positive, s, hn::Mul(sa, hn::Exp(d, negative)))};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> Apply(D d, const ELU& f, V z) {
  return ScaledElu(d, 1.0f, static_cast<float>(f.alpha), z);
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueAndDerivative<V> Apply(D d, const SELU&, V z) {
  return ScaledElu(d, static_cast<float>(SELU::kScale), static_cast<float>(SELU::kScale * SELU::kAlpha), z);
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#endif
