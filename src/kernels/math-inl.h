// Vector mathematics that the activations need beyond Highway's own. The include guard is unusual because
// this is compiled once per CPU target, see Highway's foreach_target.h.
#if defined(MLP_KERNELS_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MLP_KERNELS_MATH_INL_H_
#undef MLP_KERNELS_MATH_INL_H_
#else
#define MLP_KERNELS_MATH_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// exp(-|z|): never overflows.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V ExpOfMinusAbs(D d, V z) {
  return hn::Exp(d, hn::Neg(hn::Abs(z)));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V Logistic(D d, V z) {
  const V one = hn::Set(d, 1.0f);
  const V e = ExpOfMinusAbs(d, z);
  return hn::Div(hn::IfThenElse(hn::Ge(z, hn::Zero(d)), one, e), hn::Add(one, e));
}

/// erfc(x) for x >= 0 as exp(-x^2) t P(t), t = 1 / (1 + x/2): P, of degree 10, was fitted by weighted least
/// squares on [0, 10] (relative error 4e-9, 2e-7 in float); beyond, exp(-x^2) is zero in float anyway.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V ErfcOfNonNegative(D d, V x) {
  constexpr float kCoefficients[] = {0.035706840455532074f, -0.1906619369983673f,   0.38040515780448914f,
                                     -0.2879781723022461f,  -0.023611899465322495f, 0.036538559943437576f,
                                     0.054352954030036926f, 0.18575657904148102f,   0.2451476901769638f,
                                     0.2822558879852295f,   0.28208836913108826f};
  const V one = hn::Set(d, 1.0f);
  const V t = hn::Div(one, hn::MulAdd(x, hn::Set(d, 0.5f), one));
  V p = hn::Set(d, kCoefficients[0]);
  for (std::size_t i = 1; i < sizeof(kCoefficients) / sizeof(float); ++i)
    p = hn::MulAdd(p, t, hn::Set(d, kCoefficients[i]));
  const V bounded = hn::Min(x, hn::Set(d, 20.0f));  // x^2 must not overflow on its way to exp(-x^2) = 0
  return hn::Mul(hn::Mul(t, p), hn::Exp(d, hn::Neg(hn::Mul(bounded, bounded))));
}

/// Phi(z) = erfc(-z / sqrt 2) / 2.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V NormalCdf(D d, V z) {
  const V half_tail =
      hn::Mul(hn::Set(d, 0.5f), ErfcOfNonNegative(d, hn::Mul(hn::Abs(z), hn::Set(d, 0.70710678118f))));
  return hn::IfThenElse(hn::Ge(z, hn::Zero(d)), hn::Sub(hn::Set(d, 1.0f), half_tail), half_tail);
}

/// tanh, bounded first: beyond +-10 it is +-1 in float, and no intermediate may overflow.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V BoundedTanh(D d, V z) {
  return hn::Tanh(d, hn::Min(hn::Max(z, hn::Set(d, -10.0f)), hn::Set(d, 10.0f)));
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#endif
