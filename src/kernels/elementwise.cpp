// Operations on single activations or on rows: activations, their derivatives, softmax and cross-entropy.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/elementwise.cpp"
#include "kernels/targets.h"
// foreach_target.h must precede the code that is compiled for each target.
#include <hwy/foreach_target.h>

#include <algorithm>
#include <variant>

#include "kernels/activation-inl.h"
#include "kernels/softmax-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mlp::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

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

void MultiplyByDerivativeOfOutput(float slope, ConstBlockedView<float> outputs, BlockedView<float> gradient) {
  if (slope == 1) return;
  const FloatTag d;
  const FloatVec zero = hn::Zero(d), one = hn::Set(d, 1.0f), below = hn::Set(d, slope);
  ForEachVector(gradient, [&](std::size_t i) HWY_ATTR {
    const FloatVec f_prime = hn::IfThenElse(hn::Gt(hn::LoadU(d, outputs.data() + i), zero), one, below);
    hn::StoreU(hn::Mul(hn::LoadU(d, gradient.data() + i), f_prime), d, gradient.data() + i);
  });
}

void Multiply(BlockedView<float> a, ConstBlockedView<float> b) {
  const FloatTag d;
  ForEachVector(a, [&](std::size_t i) HWY_ATTR {
    hn::StoreU(hn::Mul(hn::LoadU(d, a.data() + i), hn::LoadU(d, b.data() + i)), d, a.data() + i);
  });
}

void AddElementwise(Kernels& kernels) {
  kernels.activate = &Activate;
  kernels.multiply_by_derivative_of_output = &MultiplyByDerivativeOfOutput;
  kernels.multiply = &Multiply;
  kernels.softmax = &SoftmaxRows;
  kernels.cross_entropy = &CrossEntropyRows;
}

}  // namespace HWY_NAMESPACE
}  // namespace mlp::kernels
HWY_AFTER_NAMESPACE();
