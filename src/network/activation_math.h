// Value f(z) and derivative f'(z) of the element-wise activations, for one z; formulas in mlp/activation.h.
//
// Written so that no exponential overflows: exp is only ever taken of non-positive arguments.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mlp/activation.h"

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

/// The argument of the tanh in GELU's tanh form; |z| beyond 20 changes nothing but could overflow the cube.
template <class T>
T gelu_tanh_argument(T z) {
  const T bounded = std::clamp(z, T{-20}, T{20});
  return std::sqrt(2 / std::numbers::pi_v<T>) * (bounded + T{0.044715} * bounded * bounded * bounded);
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
  return z > 0 ? z : 0;
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
  return z / 2 * (1 + std::tanh(gelu_tanh_argument(z)));
}
template <class T>
T derivative(const GELU& f, T z) {
  if (!f.tanh_form) {
    const T density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi_v<T>);
    return normal_cdf(z) + z * density;
  }
  const T t = std::tanh(gelu_tanh_argument(z));
  const T bounded = std::clamp(z, T{-20}, T{20});
  const T slope = std::sqrt(2 / std::numbers::pi_v<T>) * (1 + 3 * T{0.044715} * bounded * bounded);
  return (1 + t) / 2 + bounded / 2 * (1 - t) * (1 + t) * slope;
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
