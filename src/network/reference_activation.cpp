// A = f(Z) and its backward, dZ = J^T dA, for whole rows. See mlp/reference.h.

#include <algorithm>
#include <cmath>

#include "mlp/reference.h"
#include "network/activation_math.h"

namespace mlp::reference {

namespace {

/// p_j = exp(z_j - max z) / sum_k exp(z_k - max z): the shift changes nothing but keeps exp from overflowing.
template <class T>
void softmax(std::span<const T> z, std::span<T> p) {
  const T largest = *std::max_element(z.begin(), z.end());
  T sum = 0;
  for (std::size_t j = 0; j < z.size(); ++j) sum += p[j] = std::exp(z[j] - largest);
  for (T& probability : p) probability /= sum;
}

}  // namespace

template <class T>
Matrix<T> activate(const Activation& activation, const Matrix<T>& Z) {
  Matrix<T> A(Z.rows(), Z.columns());
  if (std::holds_alternative<Softmax>(activation)) {
    for (std::size_t n = 0; n < Z.rows(); ++n) softmax(Z.row(n), A.row(n));
    return A;
  }
  std::visit(
      [&]<class F>(const F& f) {
        if constexpr (!std::is_same_v<F, Softmax>) {
          for (std::size_t i = 0; i < Z.values().size(); ++i) A.values()[i] = value(f, Z.values()[i]);
        }
      },
      activation);
  return A;
}

template <class T>
Matrix<T> activation_backward(const Activation& activation, const Matrix<T>& Z, const Matrix<T>& dA) {
  require(Z.rows() == dA.rows() && Z.columns() == dA.columns(),
          "activation_backward: Z and dA differ in shape");
  Matrix<T> dZ(Z.rows(), Z.columns());
  std::visit(
      [&]<class F>(const F& f) {
        if constexpr (std::is_same_v<F, Softmax>) {
          // a = softmax(z), da_i/dz_j = p_i (delta_ij - p_j): dz_j = sum_i dA_i p_i (delta_ij - p_j)
          const Matrix<T> P = activate(activation, Z);
          for (std::size_t n = 0; n < Z.rows(); ++n) {
            T inner = 0;
            for (std::size_t i = 0; i < Z.columns(); ++i) inner += dA(n, i) * P(n, i);
            for (std::size_t j = 0; j < Z.columns(); ++j) dZ(n, j) = P(n, j) * (dA(n, j) - inner);
          }
        } else {
          // a = f(z)
          for (std::size_t i = 0; i < Z.values().size(); ++i) {
            dZ.values()[i] = derivative(f, Z.values()[i]) * dA.values()[i];
          }
        }
      },
      activation);
  return dZ;
}

template <class T>
Matrix<T> jacobian(const Activation& activation, std::span<const T> z) {
  Matrix<T> J(z.size(), z.size());
  std::visit(
      [&]<class F>(const F& f) {
        if constexpr (std::is_same_v<F, Softmax>) {
          std::vector<T> p(z.size());
          softmax(z, std::span<T>(p));
          for (std::size_t i = 0; i < z.size(); ++i) {
            for (std::size_t j = 0; j < z.size(); ++j) J(i, j) = p[i] * ((i == j ? T{1} : T{0}) - p[j]);
          }
        } else {
          for (std::size_t i = 0; i < z.size(); ++i) J(i, i) = derivative(f, z[i]);
        }
      },
      activation);
  return J;
}

#define MLP_INSTANTIATE(T)                                                                       \
  template Matrix<T> activate(const Activation&, const Matrix<T>&);                              \
  template Matrix<T> activation_backward(const Activation&, const Matrix<T>&, const Matrix<T>&); \
  template Matrix<T> jacobian(const Activation&, std::span<const T>);
MLP_INSTANTIATE(float)
MLP_INSTANTIATE(double)
#undef MLP_INSTANTIATE

}  // namespace mlp::reference
