// One optimizer update of one vector of parameters, in registers, by the formulas in mlp/optimizer.h.
#if defined(MLP_KERNELS_UPDATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MLP_KERNELS_UPDATE_INL_H_
#undef MLP_KERNELS_UPDATE_INL_H_
#else
#define MLP_KERNELS_UPDATE_INL_H_
#endif

#include <hwy/highway.h>

#include "kernels/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Updates the parameters at `index` with gradient g. kWeights: these are weights, which decay; biases do
/// not.
template <UpdateRule::Kind kKind, bool kWeights, class D, class V = hn::Vec<D>>
HWY_INLINE void UpdateVector(D d, const UpdateRule& rule, const UpdateBuffers& to, std::size_t index, V g) {
  using Kind = UpdateRule::Kind;
  V p = hn::LoadU(d, to.parameters + index);
  if constexpr (kWeights) g = hn::MulAdd(hn::Set(d, rule.l2), p, g);
  if constexpr (kKind == Kind::kStore) {
    hn::StoreU(g, d, to.gradients + index);
    return;
  }
  const V lr = hn::Set(d, rule.learning_rate);
  if constexpr (kKind == Kind::kSgd) {
    p = hn::NegMulAdd(lr, g, p);
  } else if constexpr (kKind == Kind::kMomentum || kKind == Kind::kNesterov) {
    const V momentum = hn::Set(d, rule.beta1);
    const V v = hn::MulAdd(momentum, hn::LoadU(d, to.moment1 + index), g);
    hn::StoreU(v, d, to.moment1 + index);
    p = hn::NegMulAdd(lr, kKind == Kind::kMomentum ? v : hn::MulAdd(momentum, v, g), p);
  } else if constexpr (kKind == Kind::kRmsProp) {
    const V new_part = hn::Mul(hn::Set(d, rule.one_minus_beta2), hn::Mul(g, g));
    const V s = hn::MulAdd(hn::Set(d, rule.beta2), hn::LoadU(d, to.moment1 + index), new_part);
    hn::StoreU(s, d, to.moment1 + index);
    p = hn::Sub(p, hn::Div(hn::Mul(lr, g), hn::Add(hn::Sqrt(s), hn::Set(d, rule.epsilon))));
  } else if constexpr (kKind == Kind::kAdam) {
    if constexpr (kWeights) p = hn::Mul(p, hn::Set(d, rule.keep));
    const V m = hn::MulAdd(hn::Set(d, rule.beta1), hn::LoadU(d, to.moment1 + index),
                           hn::Mul(hn::Set(d, rule.one_minus_beta1), g));
    const V v = hn::MulAdd(hn::Set(d, rule.beta2), hn::LoadU(d, to.moment2 + index),
                           hn::Mul(hn::Set(d, rule.one_minus_beta2), hn::Mul(g, g)));
    hn::StoreU(m, d, to.moment1 + index);
    hn::StoreU(v, d, to.moment2 + index);
    const V root = hn::Sqrt(hn::Mul(v, hn::Set(d, rule.inverse_correction2)));
    p = hn::Sub(p, hn::Div(hn::Mul(lr, m), hn::Add(root, hn::Set(d, rule.epsilon))));
  }
  hn::StoreU(p, d, to.parameters + index);
}

/// Calls body.template operator()<kKind>() for the rule's kind.
template <class Body>
HWY_INLINE void WithKind(UpdateRule::Kind kind, const Body& body) {
  using Kind = UpdateRule::Kind;
  switch (kind) {
    case Kind::kStore:
      return body.template operator()<Kind::kStore>();
    case Kind::kSgd:
      return body.template operator()<Kind::kSgd>();
    case Kind::kMomentum:
      return body.template operator()<Kind::kMomentum>();
    case Kind::kNesterov:
      return body.template operator()<Kind::kNesterov>();
    case Kind::kRmsProp:
      return body.template operator()<Kind::kRmsProp>();
    case Kind::kAdam:
      return body.template operator()<Kind::kAdam>();
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();

#endif
