// Each activation: its facts (facts.h) and, except for Softmax, which acts on rows
// (reference_activation.cpp), value f(z) and derivative f'(z) for one z; formulas in mlp/activation.h.
//
// Written so that no exponential overflows: exp is only ever taken of non-positive arguments.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mlp/activation.h"
#include "mlp/initializer.h"
#include "network/facts.h"

namespace mlp {

inline ActivationFacts<Linear> facts(const Linear&) {
  return {.text = {"linear"}, .initializer = GlorotUniform{}, .slope_below_zero = 1.0};
}
inline ActivationFacts<ReLU> facts(const ReLU&) {
  return {.text = {"relu"}, .initializer = HeNormal{}, .slope_below_zero = 0.0};
}
inline ActivationFacts<LeakyReLU> facts(const LeakyReLU& f) {
  return {.text = {"leaky_relu", {{"slope", &LeakyReLU::slope, Range::right_open(0, 1)}}},
          .initializer = HeNormal{},
          .slope_below_zero = f.slope};
}
inline ActivationFacts<Tanh> facts(const Tanh&) { return {.text = {"tanh"}, .initializer = GlorotUniform{}}; }
inline ActivationFacts<Sigmoid> facts(const Sigmoid&) {
  return {.text = {"sigmoid"}, .initializer = GlorotUniform{}, .probabilities = true};
}
inline ActivationFacts<Softplus> facts(const Softplus&) {
  return {.text = {"softplus"}, .initializer = HeNormal{}};
}
inline ActivationFacts<Mish> facts(const Mish&) { return {.text = {"mish"}, .initializer = HeNormal{}}; }
inline ActivationFacts<GELU> facts(const GELU&) {
  return {.text = {"gelu", {}, {{"tanh", &GELU::tanh_form}}}, .initializer = HeNormal{}};
}
inline ActivationFacts<SiLU> facts(const SiLU&) { return {.text = {"silu"}, .initializer = HeNormal{}}; }
inline ActivationFacts<ELU> facts(const ELU&) {
  return {.text = {"elu", {{"alpha", &ELU::alpha, Range::positive_float()}}}, .initializer = HeNormal{}};
}
inline ActivationFacts<SELU> facts(const SELU&) { return {.text = {"selu"}, .initializer = LeCunNormal{}}; }
inline ActivationFacts<Softmax> facts(const Softmax&) {
  return {.text = {"softmax"}, .initializer = GlorotUniform{}, .probabilities = true};
}

}  // namespace mlp

namespace mlp::reference {

template <class T>
T sigmoid(T z) {
  const T e = std::exp(-std::abs(z));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

template <class T>
T softplus(T z) {
  return std::max(z, T{0}) + std::log1p(std::exp(-std::abs(z)));
}

/// 1 - tanh(softplus(z)), without cancellation: with e = exp(-|z|),
/// tanh(softplus(z)) = ((1 + exp z)^2 - 1) / ((1 + exp z)^2 + 1).
template <class T>
T one_minus_tanh_softplus(T z) {
  const T e = std::exp(-std::abs(z));
  return z >= 0 ? 2 * e * e / (1 + 2 * e + 2 * e * e) : 2 / (2 + 2 * e + e * e);
}

template <class T>
T tanh_softplus(T z) {
  const T e = std::exp(-std::abs(z));
  return z >= 0 ? (1 + 2 * e) / (1 + 2 * e + 2 * e * e) : (2 * e + e * e) / (2 + 2 * e + e * e);
}

/// Phi(z), the standard normal's cumulative distribution.
template <class T>
T normal_cdf(T z) {
  return std::erfc(-z / std::numbers::sqrt2_v<T>) / 2;
}

/// GELU's tanh form is z * sigmoid(2u), u the argument of its tanh, since (1 + tanh u) / 2 = sigmoid(2u); a
/// sum of 1 and a tanh near -1 would cancel. At |z| = 30 the sigmoid is 0 or 1 to the last bit: the bound
/// changes nothing but keeps the powers from overflowing.
template <class T>
T gelu_bounded(T z) {
  return std::clamp(z, T{-30}, T{30});
}
template <class T>
T gelu_twice_u(T z) {
  const T b = gelu_bounded(z);
  return 2 * std::sqrt(2 / std::numbers::pi_v<T>) * (b + T{0.044715} * b * b * b);
}
template <class T>
T gelu_twice_u_derivative(T z) {
  const T b = gelu_bounded(z);
  return 2 * std::sqrt(2 / std::numbers::pi_v<T>) * (1 + 3 * T{0.044715} * b * b);
}

template <class T>
T value(const Linear&, T z) {
  return z;
}
template <class T>
T derivative(const Linear&, T) {
  return 1;
}

template <class T>
T value(const ReLU&, T z) {
  return z < 0 ? 0 : z;  // not z > 0 ? z : 0, which would turn a NaN into a healthy zero
}
template <class T>
T derivative(const ReLU&, T z) {
  return z > 0 ? 1 : 0;
}

template <class T>
T value(const LeakyReLU& f, T z) {
  return z > 0 ? z : static_cast<T>(f.slope) * z;
}
template <class T>
T derivative(const LeakyReLU& f, T z) {
  return z > 0 ? 1 : static_cast<T>(f.slope);
}

template <class T>
T value(const Tanh&, T z) {
  return std::tanh(z);
}
template <class T>
T derivative(const Tanh&, T z) {
  const T a = std::tanh(z);
  return (1 - a) * (1 + a);
}

template <class T>
T value(const Sigmoid&, T z) {
  return sigmoid(z);
}
template <class T>
T derivative(const Sigmoid&, T z) {
  return sigmoid(z) * sigmoid(-z);  // 1 - sigmoid(z) = sigmoid(-z)
}

template <class T>
T value(const Softplus&, T z) {
  return softplus(z);
}
template <class T>
T derivative(const Softplus&, T z) {
  return sigmoid(z);
}

template <class T>
T value(const Mish&, T z) {
  return z * tanh_softplus(z);
}
template <class T>
T derivative(const Mish&, T z) {
  const T t = tanh_softplus(z);
  return t +
         z * one_minus_tanh_softplus(z) * (1 + t) * sigmoid(z);  // softplus' = sigmoid, tanh' = 1 - tanh^2
}

template <class T>
T value(const GELU& f, T z) {
  if (!f.tanh_form) return z * normal_cdf(z);
  return z * sigmoid(gelu_twice_u(z));
}
template <class T>
T derivative(const GELU& f, T z) {
  if (!f.tanh_form) {
    const T density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi_v<T>);
    return normal_cdf(z) + z * density;
  }
  const T u2 = gelu_twice_u(z);
  return sigmoid(u2) + gelu_bounded(z) * sigmoid(u2) * sigmoid(-u2) * gelu_twice_u_derivative(z);
}

template <class T>
T value(const SiLU&, T z) {
  return z * sigmoid(z);
}
template <class T>
T derivative(const SiLU&, T z) {
  return sigmoid(z) * (1 + z * sigmoid(-z));
}

template <class T>
T value(const ELU& f, T z) {
  return z > 0 ? z : static_cast<T>(f.alpha) * std::expm1(z);
}
template <class T>
T derivative(const ELU& f, T z) {
  return z > 0 ? 1 : static_cast<T>(f.alpha) * std::exp(z);
}

template <class T>
T value(const SELU&, T z) {
  return static_cast<T>(SELU::kScale) * value(ELU{SELU::kAlpha}, z);
}
template <class T>
T derivative(const SELU&, T z) {
  return static_cast<T>(SELU::kScale) * derivative(ELU{SELU::kAlpha}, z);
}

}  // namespace mlp::reference
