// f and f' of every activation against textbook formulas in long double, numbers computed to 20 digits, the
// limits far out, and the rows of Softmax.

#include "network/activation_math.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <set>

#include "core/overloaded.h"
#include "core/random.h"
#include "mlp/reference.h"

namespace mlp {
namespace {

using reference::activate;
using reference::activation_backward;

struct Exact {
  long double value;
  long double derivative;
};

/// Textbook forms, not those of activation_math.h: with 64 bits of mantissa and exponents up to 10^4932
/// nothing overflows for |z| <= 30. A new activation does not compile until its form is added here.
Exact exact(const Activation& activation, long double z) {
  using L = long double;
  const L e = std::exp(z), pi = std::acos(L{-1});
  const auto elu = [&](L alpha) { return z > 0 ? Exact{z, 1} : Exact{alpha * std::expm1(z), alpha * e}; };
  return std::visit(
      Overloaded{
          [&](const Linear&) -> Exact {
            return {z, 1};
          },
          [&](const ReLU&) -> Exact {
            return {z > 0 ? z : 0, z > 0 ? 1.0L : 0.0L};
          },
          [&](const LeakyReLU& f) -> Exact {
            return {z > 0 ? z : f.slope * z, z > 0 ? 1.0L : f.slope};
          },
          [&](const Tanh&) -> Exact {
            return {std::sinh(z) / std::cosh(z), 1 / (std::cosh(z) * std::cosh(z))};
          },
          [&](const Sigmoid&) -> Exact {
            return {e / (e + 1), 1 / (2 + 2 * std::cosh(z))};
          },
          [&](const Softplus&) -> Exact {
            return {std::log1p(e), e / (e + 1)};
          },
          [&](const Mish&) -> Exact {
            // The derivative as Misra (2019) writes it: exp(z) omega / delta^2.
            const L omega = 4 * (z + 1) + 4 * e * e + e * e * e + e * (4 * z + 6), delta = 2 * e + e * e + 2;
            return {z * std::tanh(std::log1p(e)), e * omega / (delta * delta)};
          },
          [&](const GELU& f) -> Exact {
            if (f.tanh_form) {
              // 1 + tanh u = 2 / (1 + exp(-2u))
              const L u = std::sqrt(2 / pi) * (z + 0.044715L * z * z * z);
              const L slope = std::sqrt(2 / pi) * (1 + 3 * 0.044715L * z * z);
              return {z / (1 + std::exp(-2 * u)),
                      1 / (1 + std::exp(-2 * u)) + z * slope / (2 * std::cosh(u) * std::cosh(u))};
            }
            const L cdf = std::erfc(-z / std::sqrt(L{2})) / 2;
            return {z * cdf, cdf + z * std::exp(-z * z / 2) / std::sqrt(2 * pi)};
          },
          [&](const SiLU&) -> Exact {
            const L n = std::exp(-z);
            return {z / (1 + n), (1 + n + z * n) / ((1 + n) * (1 + n))};
          },
          [&](const ELU& f) -> Exact { return elu(f.alpha); },
          [&](const SELU&) -> Exact {
            const L alpha = 1.6732632423543772848170429916717L, scale = 1.0507009873554804934193349852946L;
            return {scale * elu(alpha).value, scale * elu(alpha).derivative};
          },
          [&](const Softmax&) -> Exact { throw std::logic_error("Softmax is no function of one z"); },
      },
      activation);
}

/// Every element-wise activation, and those with a parameter at another value too.
std::vector<Activation> elementwise() {
  std::vector<Activation> activations = all_activations();
  std::erase_if(activations, [](const Activation& f) { return std::holds_alternative<Softmax>(f); });
  activations.push_back(LeakyReLU{0.3});
  activations.push_back(ELU{0.4});
  return activations;
}

template <class T>
Matrix<T> row(const std::vector<T>& values) {
  return Matrix<T>(1, values.size(), values);
}

template <class T>
T value_at(const Activation& activation, T z) {
  return activate(activation, row<T>({z}))(0, 0);
}
template <class T>
T derivative_at(const Activation& activation, T z) {
  return activation_backward(activation, row<T>({z}), row<T>({1}))(0, 0);
}

TEST(AllActivations, HasEveryAlternativeAndBothFormsOfGELU) {
  std::set<std::size_t> indices;
  for (const Activation& activation : all_activations()) indices.insert(activation.index());
  EXPECT_EQ(indices.size(), std::variant_size_v<Activation>);
  const auto& all = all_activations();
  EXPECT_EQ(std::count(all.begin(), all.end(), Activation{GELU{.tanh_form = false}}), 1);
  EXPECT_EQ(std::count(all.begin(), all.end(), Activation{GELU{.tanh_form = true}}), 1);
}

template <class T>
class ActivationMath : public testing::Test {};
using Numbers = testing::Types<double, float>;
TYPED_TEST_SUITE(ActivationMath, Numbers);

TYPED_TEST(ActivationMath, ValueAndDerivativeOnAGrid) {
  using T = TypeParam;
  constexpr double epsilon = std::numeric_limits<T>::epsilon();
  for (const Activation& activation : elementwise()) {
    SCOPED_TRACE(to_string(activation));
    for (int i = -30 * 16; i <= 30 * 16; ++i) {
      const T z = static_cast<T>(i) / 16;  // exact in float
      const Exact expected = exact(activation, z);
      const double scale = std::max(1.0, std::abs(static_cast<double>(z)));
      EXPECT_NEAR(value_at(activation, z), static_cast<double>(expected.value), 4 * epsilon * scale) << z;
      EXPECT_NEAR(derivative_at(activation, z), static_cast<double>(expected.derivative), 8 * epsilon) << z;
    }
  }
}

/// Small results keep their digits where no formula of mlp/activation.h subtracts: relative error.
TYPED_TEST(ActivationMath, TailsKeepTheirDigits) {
  using T = TypeParam;
  const std::vector<Activation> activations{Sigmoid{}, Softplus{}, Mish{},
                                            SiLU{},    GELU{},     GELU{.tanh_form = true}};
  for (const Activation& activation : activations) {
    SCOPED_TRACE(to_string(activation));
    for (T z = -30; z < 0; z += T{0.25}) {
      const double expected = static_cast<double>(exact(activation, z).value);
      if (std::abs(expected) < static_cast<double>(std::numeric_limits<T>::min())) continue;
      // Rounding an exponent x changes exp(x) by a factor of 1 + x epsilon; GELU's are of the order of z^2
      // and, in its tanh form, |z|^3 / 14.
      const double size = std::abs(static_cast<double>(z));
      const double tolerance = (8 + size * size + size * size * size / 7) * std::numeric_limits<T>::epsilon();
      EXPECT_NEAR(value_at(activation, z) / expected, 1.0, tolerance) << z;
    }
  }
}

/// Computed with mpmath, 50 digits.
TEST(ActivationMathDouble, NumbersOfFiftyDigitArithmetic) {
  struct Point {
    Activation activation;
    double z, value, derivative;
  };
  const std::vector<Point> points{
      {Tanh{}, -17.5, -0.99999999999999873898, 2.5220467040587925739e-15},
      {Tanh{}, -4.25, -0.99959314604388958697, 0.00081354238207922337568},
      {Tanh{}, -0.75, -0.63514895238728731921, 0.59658580828133142601},
      {Tanh{}, 0.5, 0.4621171572600097585, 0.78644773296592741015},
      {Tanh{}, 3.125, 0.99614653067334504917, 0.0076920894274584310978},
      {Sigmoid{}, -17.5, 2.5109990926928157853e-8, 2.5109990296416513503e-8},
      {Sigmoid{}, -4.25, 0.014063627043245474244, 0.013865841437633968803},
      {Sigmoid{}, -0.75, 0.32082130082460702684, 0.21789499376181402948},
      {Sigmoid{}, 0.5, 0.62245933120185456464, 0.23500371220159448907},
      {Sigmoid{}, 3.125, 0.9579122720843811591, 0.040316351074519679438},
      {Softplus{}, -17.5, 2.5109991242183985306e-8, 2.5109990926928157853e-8},
      {Softplus{}, -4.25, 0.014163456931504975715, 0.014063627043245474244},
      {Softplus{}, -0.75, 0.38687100611489994367, 0.32082130082460702684},
      {Softplus{}, 0.5, 0.97407698418010668087, 0.62245933120185456464},
      {Softplus{}, 3.125, 3.1679990792290878171, 0.9579122720843811591},
      {Mish{}, -17.5, -4.3942484673821965049e-7, -4.1431484997905850534e-7},
      {Mish{}, -4.25, -0.060190667192973444556, -0.045595916454199645202},
      {Mish{}, -0.75, -0.27649471450546517952, 0.16074574049983868357},
      {Mish{}, 0.5, 0.37524521130489510482, 0.88642437535772725845},
      {Mish{}, 3.125, 3.11394847116536665, 1.0175988622926860905},
      {GELU{.tanh_form = false}, -17.5, -1.2536052840911312729e-67, -2.1937632112706037654e-66},
      {GELU{.tanh_form = false}, -4.25, -0.000045426234543471286994, -0.00019211567952518659765},
      {GELU{.tanh_form = false}, -0.75, -0.1699705142826511495, 0.00077427826076489562831},
      {GELU{.tanh_form = false}, 0.5, 0.34573123063700655182, 0.86749512465616284253},
      {GELU{.tanh_form = false}, 3.125, 3.1222217959402861498, 1.0085555310608876807},
      {GELU{.tanh_form = true}, -17.5, 0.0, 0.0},
      {GELU{.tanh_form = true}, -4.25, -0.000020142035844940148914, -0.000105282184152751713},
      {GELU{.tanh_form = true}, -0.75, -0.17003944483437969582, 0.0010617438625857023423},
      {GELU{.tanh_form = true}, 0.5, 0.34571400982514392204, 0.86736990353464231156},
      {GELU{.tanh_form = true}, 3.125, 3.1225841251022222113, 1.0081255354989586917},
      {SiLU{}, -17.5, -4.3942484122124276243e-7, -4.1431483926036082844e-7},
      {SiLU{}, -4.25, -0.059770414933793265536, -0.044866199066698893171},
      {SiLU{}, -0.75, -0.24061597561845527013, 0.15740005550324650473},
      {SiLU{}, 0.5, 0.31122966560092728232, 0.73996118730265180917},
      {SiLU{}, 3.125, 2.9934758502636911222, 1.0839008691922551573},
      {ELU{}, -17.5, -0.99999997489000844256, 2.5109991557439818035e-8},
      {ELU{}, -4.25, -0.98573576609100074473, 0.014264233908999255273},
      {ELU{}, -0.75, -0.52763344725898529286, 0.47236655274101470714},
      {ELU{}, 0.5, 0.5, 1.0},
      {ELU{}, 3.125, 3.125, 1.0},
      {SELU{}, -17.5, -1.7580992967015172541, 4.4145859605818141977e-8},
      {SELU{}, -4.25, -1.7330214006142724674, 0.025077940233104392496},
      {SELU{}, -0.75, -0.92763201583505122619, 0.83046732501232563375},
      {SELU{}, 0.5, 0.52535049367774024671, 1.0507009873554804934},
      {SELU{}, 3.125, 3.2834405854858765419, 1.0507009873554804934}};
  for (const auto& point : points) {
    SCOPED_TRACE(to_string(point.activation) + " at " + std::to_string(point.z));
    EXPECT_NEAR(value_at(point.activation, point.z), point.value, 1e-15 * std::max(1.0, std::abs(point.z)));
    EXPECT_NEAR(derivative_at(point.activation, point.z), point.derivative, 2e-15);
  }
}

TYPED_TEST(ActivationMath, AtTheKinkTheDerivativeIsTheLeftOne) {
  using T = TypeParam;
  EXPECT_EQ(derivative_at<T>(ReLU{}, 0), 0);
  EXPECT_EQ(derivative_at<T>(LeakyReLU{0.25}, 0), T{0.25});
  EXPECT_EQ(derivative_at<T>(ELU{0.5}, 0), T{0.5});
  EXPECT_EQ(derivative_at<T>(SELU{}, 0), static_cast<T>(SELU::kScale) * static_cast<T>(SELU::kAlpha));
}

/// A value and a derivative.
template <class T>
struct Far {
  T value, derivative;
};

/// The limits as z -> -infinity and z -> +infinity, at -z and z.
template <class T>
std::pair<Far<T>, Far<T>> far_out(const Activation& activation, T z) {
  const Far<T> nothing{0, 0}, identity_left{-z, 1}, identity_right{z, 1};
  const T scale = static_cast<T>(SELU::kScale);
  using Sides = std::pair<Far<T>, Far<T>>;
  return std::visit(
      Overloaded{
          [&](const Linear&) -> Sides {
            return {identity_left, identity_right};
          },
          [&](const ReLU&) -> Sides {
            return {nothing, identity_right};
          },
          [&](const LeakyReLU& f) -> Sides {
            return {{static_cast<T>(f.slope) * -z, static_cast<T>(f.slope)}, identity_right};
          },
          [&](const Tanh&) -> Sides {
            return {{-1, 0}, {1, 0}};
          },
          [&](const Sigmoid&) -> Sides {
            return {nothing, {1, 0}};
          },
          [&](const Softplus&) -> Sides {
            return {nothing, identity_right};
          },
          [&](const Mish&) -> Sides {
            return {nothing, identity_right};
          },
          [&](const GELU&) -> Sides {
            return {nothing, identity_right};
          },
          [&](const SiLU&) -> Sides {
            return {nothing, identity_right};
          },
          [&](const ELU& f) -> Sides {
            return {{-static_cast<T>(f.alpha), 0}, identity_right};
          },
          [&](const SELU&) -> Sides {
            return {{-scale * static_cast<T>(SELU::kAlpha), 0}, {scale * z, scale}};
          },
          [&](const Softmax&) -> Sides { throw std::logic_error("Softmax is no function of one z"); },
      },
      activation);
}

TYPED_TEST(ActivationMath, FarOutValuesAreTheLimits) {
  using T = TypeParam;
  std::vector<T> magnitudes{T{1e4}, T{1e30}, T{3e38}};
  if constexpr (std::is_same_v<T, double>) magnitudes.push_back(1e300);
  for (const Activation& activation : elementwise()) {
    SCOPED_TRACE(to_string(activation));
    for (const T z : magnitudes) {
      const auto [left, right] = far_out(activation, z);
      EXPECT_EQ(value_at(activation, -z), left.value) << -z;
      EXPECT_EQ(derivative_at(activation, -z), left.derivative) << -z;
      EXPECT_EQ(value_at(activation, z), right.value) << z;
      EXPECT_EQ(derivative_at(activation, z), right.derivative) << z;
    }
  }
}

/// A diverged network must not look healthy: no activation turns a NaN into a number.
TYPED_TEST(ActivationMath, NaNStaysNaN) {
  using T = TypeParam;
  for (const Activation& activation : all_activations()) {
    EXPECT_TRUE(std::isnan(value_at(activation, std::numeric_limits<T>::quiet_NaN())))
        << to_string(activation);
  }
}

TYPED_TEST(ActivationMath, SoftmaxByHand) {
  using T = TypeParam;
  // exp of 0, log 2 and log 5 is 1, 2 and 5.
  const Matrix<T> P = activate(Softmax{}, Matrix<T>(2, 3,
                                                    {0, std::log(T{2}), std::log(T{5}),  //
                                                     std::log(T{5}), 0, 0}));
  const std::vector<double> expected{1.0 / 8, 2.0 / 8, 5.0 / 8, 5.0 / 7, 1.0 / 7, 1.0 / 7};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(P.values()[i], expected[i], 2 * std::numeric_limits<T>::epsilon());
  }
}

TYPED_TEST(ActivationMath, SoftmaxRowsSumToOneAndIgnoreAShift) {
  using T = TypeParam;
  const RandomStream random(1, RandomPurpose::kTest);
  for (const std::size_t columns : {1, 2, 10, 100}) {
    Matrix<T> Z(4, columns), shifted(4, columns);
    for (std::size_t i = 0; i < Z.values().size(); ++i) {
      // Multiples of 1/8 up to a few units: adding 1024 is exact in float too.
      Z.values()[i] = static_cast<T>(std::round(random.normal(i) * 16)) / 8;
      shifted.values()[i] = Z.values()[i] + 1024;
    }
    const Matrix<T> P = activate(Softmax{}, Z);
    EXPECT_EQ(activate(Softmax{}, shifted), P);
    for (std::size_t n = 0; n < P.rows(); ++n) {
      double sum = 0;
      for (const T p : P.row(n)) {
        EXPECT_GT(p, 0);
        sum += p;
      }
      EXPECT_NEAR(sum, 1, 8 * std::numeric_limits<T>::epsilon());
    }
  }
}

TYPED_TEST(ActivationMath, SoftmaxOfExtremeLogits) {
  using T = TypeParam;
  std::vector<T> magnitudes{T{1e4}, T{1e30}, T{3e38}};
  if constexpr (std::is_same_v<T, double>) magnitudes.push_back(1e300);
  for (const T z : magnitudes) {
    EXPECT_EQ(activate(Softmax{}, row<T>({z, -z, 0})), row<T>({1, 0, 0})) << z;
    EXPECT_EQ(activate(Softmax{}, row<T>({-z, -z, -z, -z})), row<T>({0.25, 0.25, 0.25, 0.25})) << z;
    EXPECT_EQ(activate(Softmax{}, row<T>({z, z})), row<T>({0.5, 0.5})) << z;
    EXPECT_EQ(activation_backward(Softmax{}, row<T>({z, -z, 0}), row<T>({1, 2, 3})), row<T>({0, 0, 0})) << z;
  }
}

/// J of one row by 4th-order central differences of activate.
Matrix<double> numerical_jacobian(const Activation& activation, const std::vector<double>& z) {
  constexpr double step = 1e-3;
  Matrix<double> J(z.size(), z.size());
  for (std::size_t j = 0; j < z.size(); ++j) {
    const auto moved = [&](double by) {
      auto other = z;
      other[j] += by;
      return activate(activation, row(other));
    };
    const auto far_left = moved(-2 * step), left = moved(-step), right = moved(step),
               far_right = moved(2 * step);
    for (std::size_t i = 0; i < z.size(); ++i) {
      J(i, j) = (far_left(0, i) - 8 * left(0, i) + 8 * right(0, i) - far_right(0, i)) / (12 * step);
    }
  }
  return J;
}

TEST(Jacobian, IsTheDerivativeOfEveryOutputByEveryInput) {
  const std::vector<double> z{-1.5, -0.2, 0.3, 0.9,
                              2.5};  // clear of the kinks at 0 by far more than the step
  for (const Activation& activation : all_activations()) {
    const Matrix<double> J = reference::jacobian<double>(activation, z);
    const Matrix<double> expected = numerical_jacobian(activation, z);
    for (std::size_t i = 0; i < z.size(); ++i) {
      for (std::size_t j = 0; j < z.size(); ++j) {
        EXPECT_NEAR(J(i, j), expected(i, j), 1e-10) << to_string(activation) << " [" << i << ", " << j << "]";
      }
    }
  }
}

TYPED_TEST(ActivationMath, BackwardIsTheTransposedJacobianTimesTheGradient) {
  using T = TypeParam;
  const RandomStream random(2, RandomPurpose::kTest);
  Matrix<T> Z(3, 6), dA(3, 6);
  for (std::size_t i = 0; i < Z.values().size(); ++i) {
    Z.values()[i] = static_cast<T>(2 * random.normal(i));
    dA.values()[i] = static_cast<T>(random.normal(100 + i));
  }
  for (const Activation& activation : all_activations()) {
    const Matrix<T> dZ = activation_backward(activation, Z, dA);
    for (std::size_t n = 0; n < Z.rows(); ++n) {
      const Matrix<T> J = reference::jacobian<T>(activation, std::as_const(Z).row(n));
      for (std::size_t j = 0; j < Z.columns(); ++j) {
        double expected = 0;
        for (std::size_t i = 0; i < Z.columns(); ++i) {
          expected += static_cast<double>(J(i, j)) * static_cast<double>(dA(n, i));
        }
        EXPECT_NEAR(dZ(n, j), expected, 8 * std::numeric_limits<T>::epsilon()) << to_string(activation);
      }
    }
  }
}

TEST(ActivationBackward, RefusesGradientsOfAnotherShape) {
  EXPECT_THROW(activation_backward(ReLU{}, Matrix<double>(2, 3), Matrix<double>(3, 2)),
               std::invalid_argument);
}

}  // namespace
}  // namespace mlp
