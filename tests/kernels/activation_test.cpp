// The activations against the reference's formulas in double, and the element-wise products of the backward
// pass.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/activation_grid.h"
#include "kernels/cases.h"
#include "network/activation_math.h"
#include "network/facts.h"

namespace mlp::kernels {
namespace {

using test::Guarded;
using test::GuardedMatrix;
using test::kColumns;
using test::Numbers;
using test::targets;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Calls body(f, description) for each element-wise activation.
template <class Body>
void for_each_activation(const Kernels& kernels, const Body& body) {
  for (const Activation& activation : all_activations()) {
    std::visit(
        [&]<class F>(const F& f) {
          if constexpr (!std::is_same_v<F, Softmax>) {
            body(f, std::string(kernels.name) + ", " + to_string(activation));
          }
        },
        activation);
  }
}

TEST(Activate, ValuesAndDerivativesAreTheReferences) {
  const std::vector<float> z = test::activation_grid();
  for (const Kernels* kernels : targets()) {
    for_each_activation(*kernels, [&](const auto& f, const std::string& description) {
      Guarded values(z.size(), 3), derivative(z.size(), 5), alone(z.size(), 7);
      std::ranges::copy(z, values.data());
      std::ranges::copy(z, alone.data());
      const auto view = [&](Guarded& buffer) {
        return BlockedView<float>(buffer.data(), z.size() / kBlock, kBlock, z.size());
      };
      kernels->activate(f, view(values), derivative.data());
      kernels->activate(f, view(alone), nullptr);
      EXPECT_TRUE(values.guards_intact() && derivative.guards_intact() && alone.guards_intact());
      EXPECT_TRUE(test::same_bits(values.values(), alone.values()));
      for (std::size_t i = 0; i < z.size(); ++i) {
        SCOPED_TRACE(description + " at " + std::to_string(z[i]));
        const double x = z[i];
        const double a = reference::value(f, x), slope = reference::derivative(f, x);
        ASSERT_TRUE(std::isfinite(values[i]) && std::isfinite(derivative[i]));
        // Values keep their digits down to where float ends; derivatives pass through zero, where only the
        // absolute error is small.
        EXPECT_NEAR(values[i], a, 1e-5 * std::abs(a) + 1e-37);
        EXPECT_NEAR(derivative[i], slope, 1e-5 * std::abs(slope) + 2e-7);
      }
    });
  }
}

TEST(Activate, WorksOnEveryElementClearsPaddingAndTouchesNothingElse) {
  for (const Kernels* kernels : targets()) {
    for_each_activation(*kernels, [&](const auto& f, const std::string& description) {
      for (const std::size_t columns : kColumns) {
        for (const std::size_t rows : {0u, 1u, 2u, 5u}) {
          SCOPED_TRACE(description + ", " + std::to_string(rows) + " x " + std::to_string(columns));
          Numbers numbers(columns);
          // Some rows above and below, a block before.
          GuardedMatrix values = numbers.normals(rows + 3, kBlock + columns, 3);
          values.fill_padding(std::nanf(""));
          const GuardedMatrix before = values;
          GuardedMatrix derivative(values.rows(), values.columns(), 5), alone = before;
          const GuardedMatrix no_derivative = derivative;
          const auto part = [&](auto view) { return view.rows(2, rows).blocks(1, view.blocks()); };
          kernels->activate(f, part(values.view()), part(derivative.view()).data());
          kernels->activate(f, part(alone.view()), nullptr);
          EXPECT_TRUE(alone.unchanged_since(values));
          EXPECT_TRUE(values.unchanged_outside(part(values.view()), before));
          EXPECT_TRUE(derivative.unchanged_outside(part(derivative.view()), no_derivative));
          for (std::size_t n = 2; n < 2 + rows; ++n) {
            for (std::size_t c = kBlock; c < kBlock + columns; ++c) {
              const double x = before(n, c);
              ASSERT_NEAR(values(n, c), reference::value(f, x), 1e-5 * std::abs(x) + 1e-6) << n << ", " << c;
              ASSERT_NEAR(derivative(n, c), reference::derivative(f, x), 1e-5) << n << ", " << c;
            }
            for (std::size_t c = kBlock + columns; c < padded(kBlock + columns); ++c) {
              ASSERT_EQ(values(n, c), 0) << "padding, " << n << ", " << c;
            }
          }
        }
      }
    });
  }
}

TEST(Activate, ANaNStaysANaN) {
  for (const Kernels* kernels : targets()) {
    for_each_activation(*kernels, [&](const auto& f, const std::string& description) {
      for (std::size_t place = 0; place < 32; ++place) {
        std::vector<float> values(32, 0.5f), derivative(32);
        values[place] = std::nanf("");
        kernels->activate(f, {values.data(), 1, 32, 16}, derivative.data());
        for (std::size_t i = 0; i < 32; ++i) {
          EXPECT_EQ(std::isnan(values[i]), i == place) << description;
          EXPECT_EQ(std::isnan(derivative[i]), i == place) << description;
        }
      }
    });
  }
}

TEST(Activate, InfinitiesGiveTheLimitOrNothingFinite) {
  for (const Kernels* kernels : targets()) {
    for_each_activation(*kernels, [&](const auto& f, const std::string& description) {
      for (const float z : {kInfinity, -kInfinity}) {
        std::vector<float> values(16, z);
        kernels->activate(f, {values.data(), 1, 16, 16}, nullptr);
        const double limit = reference::value(f, static_cast<double>(std::copysign(1e30f, z)));
        for (const float a : values) {
          if (std::abs(limit) > 1e20) {
            EXPECT_EQ(a, std::copysign(kInfinity, static_cast<float>(limit))) << description << " at " << z;
          } else {
            EXPECT_TRUE(!std::isfinite(a) || std::abs(a - limit) <= 1e-6)
                << description << " at " << z << ": " << a;
          }
        }
      }
    });
  }
}

TEST(SlopeBelowZero, IsThatOfTheFormulas) {
  int activations = 0;
  for_each_activation(kernels_for(""), [&](const auto& f, const std::string& description) {
    const auto slope = slope_below_zero(f);
    if (!slope) return;
    ++activations;
    for (const double z : {-3.0, -0.125, 0.0, 0.5, 7.0}) {
      const double a = reference::value(f, z);
      EXPECT_NEAR(a, z > 0 ? z : *slope * z, 1e-6) << description << " at " << z;
      EXPECT_NEAR(reference::derivative(f, z), a > 0 ? 1 : *slope, 1e-6) << description << " at " << z;
    }
  });
  EXPECT_GE(activations, 3) << "Linear, ReLU and LeakyReLU";
}

TEST(MultiplyByDerivativeOfOutput, OnPartsOfAMatrix) {
  for (const Kernels* kernels : targets()) {
    for (const float slope : {1.0f, 0.0f, 0.25f}) {
      for (const std::size_t columns : kColumns) {
        Numbers numbers(columns);
        const GuardedMatrix outputs = numbers.integers(6, kBlock + columns, 1);
        GuardedMatrix gradient = numbers.integers(6, kBlock + columns, 3);
        const GuardedMatrix before = gradient;
        const auto part = [&](auto view) { return view.rows(2, 3).blocks(1, view.blocks()); };
        kernels->multiply_by_derivative_of_output(slope, part(outputs.view()), part(gradient.view()));
        EXPECT_TRUE(gradient.unchanged_outside(part(gradient.view()), before));
        for (std::size_t n = 2; n < 5; ++n) {
          for (std::size_t c = kBlock; c < kBlock + columns; ++c) {
            ASSERT_EQ(gradient(n, c), before(n, c) * (outputs(n, c) > 0 ? 1.0f : slope))
                << kernels->name << ", " << slope << ", " << n << ", " << c;
          }
        }
      }
    }
  }
}

TEST(MultiplyByDerivativeOfOutput, IsWhatTheEpilogueTimesDerivativeDoes) {
  for (const Kernels* kernels : targets()) {
    for (const float slope : {0.0f, 0.25f}) {
      Numbers numbers(5);
      const GuardedMatrix X = numbers.normals(9, 20), W = numbers.normals(20, 40),
                          outputs = numbers.integers(9, 40);
      GuardedMatrix at_once(9, 40), later(9, 40);
      Prefetch none;
      kernels->affine(
          X.view(), W.view(), nullptr,
          {.kind = Epilogue::Kind::kTimesDerivative, .slope = slope, .outputs = outputs.view().data()},
          at_once.view(), none);
      kernels->affine(X.view(), W.view(), nullptr, {}, later.view(), none);
      kernels->multiply_by_derivative_of_output(slope, outputs.view(), later.view());
      for (std::size_t n = 0; n < 9; ++n) {
        for (std::size_t c = 0; c < 40; ++c) ASSERT_EQ(at_once(n, c), later(n, c)) << kernels->name;
      }
    }
  }
}

TEST(Multiply, OnPartsOfAMatrix) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t columns : kColumns) {
      Numbers numbers(columns);
      GuardedMatrix a = numbers.normals(6, kBlock + columns, 1);
      const GuardedMatrix b = numbers.normals(6, kBlock + columns, 3), before = a;
      const auto part = [&](auto view) { return view.rows(1, 4).blocks(1, view.blocks()); };
      kernels->multiply(part(a.view()), part(b.view()));
      EXPECT_TRUE(a.unchanged_outside(part(a.view()), before));
      for (std::size_t n = 1; n < 5; ++n) {
        for (std::size_t c = kBlock; c < kBlock + columns; ++c) {
          ASSERT_EQ(a(n, c), before(n, c) * b(n, c)) << kernels->name << ", " << n << ", " << c;
        }
      }
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
