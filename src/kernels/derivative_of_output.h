// Activations whose derivative f'(z) follows from the output a = f(z), so that z need not be kept. All have a
// constant slope below zero, z > 0 ? z : slope * z, and a > 0 exactly where z > 0: products apply them at
// once (Epilogue::Kind::kSlope), and the backward pass multiplies by 1 or the slope.
#pragma once

#include <type_traits>

#include "mlp/activation.h"

namespace mlp::kernels {

/// An activation added here needs a slope_below_zero, without which the code that takes f' from the output
/// does not compile. An activation that has none, such as Tanh with f' = 1 - a^2, needs code of its own in
/// all of these places.
template <class F>
inline constexpr bool kDerivativeOfOutput =
    std::is_same_v<F, Linear> || std::is_same_v<F, ReLU> || std::is_same_v<F, LeakyReLU>;

inline float slope_below_zero(const Linear&) { return 1; }
inline float slope_below_zero(const ReLU&) { return 0; }
inline float slope_below_zero(const LeakyReLU& f) { return static_cast<float>(f.slope); }

}  // namespace mlp::kernels
