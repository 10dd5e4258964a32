// Softmax and the cross-entropy behind it, with its gradient, against a computation in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/cases.h"

namespace mlp::kernels {
namespace {

using test::Guarded;
using test::GuardedMatrix;
using test::kColumns;
using test::Numbers;
using test::targets;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::string described(const Kernels& kernels, std::size_t columns) {
  return std::string(kernels.name) + ", " + std::to_string(columns) + " columns";
}

/// log sum_c exp(z_c) - max z, and max z, of a row.
struct LogSum {
  double largest, log_sum;
};
LogSum log_sum_of(const GuardedMatrix& z, std::size_t row) {
  double largest = -INFINITY, sum = 0;
  for (std::size_t c = 0; c < z.columns(); ++c) largest = std::max<double>(largest, z(row, c));
  for (std::size_t c = 0; c < z.columns(); ++c) sum += std::exp(z(row, c) - largest);
  return {largest, std::log(sum)};
}

TEST(Softmax, IsItsFormulaForAnyNumberOfColumnsAndPaddingIsZero) {
  for (const Kernels* kernels : targets()) {
    for (std::size_t columns = 1; columns <= 130; ++columns) {
      for (const float shift : {0.0f, 1e4f, -1e30f}) {
        SCOPED_TRACE(described(*kernels, columns) + ", shift " + std::to_string(shift));
        Numbers numbers(columns);
        GuardedMatrix values(6, columns, 1);
        values.fill([&] { return 4 * numbers.normal() + shift; });
        values.fill_padding(std::nanf(""));
        const GuardedMatrix z = values;
        const auto part = values.view().rows(2, 3);
        kernels->softmax(part);
        EXPECT_TRUE(values.unchanged_outside(part, z));
        for (std::size_t n = 2; n < 5; ++n) {
          const auto [largest, log_sum] = log_sum_of(z, n);
          for (std::size_t c = 0; c < columns; ++c) {
            const double expected = std::exp(z(n, c) - largest - log_sum);
            ASSERT_NEAR(values(n, c), expected, 4e-6 * expected) << n << ", " << c;
          }
          for (std::size_t c = columns; c < padded(columns); ++c)
            ASSERT_EQ(values(n, c), 0) << "padding " << c;
        }
      }
    }
  }
}

TEST(Softmax, ARowWithANaNOrAnInfinityBecomesNaNTheOthersDoNot) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t columns : {5u, 16u, 37u}) {
      for (const float bad : {std::nanf(""), kInfinity}) {
        for (std::size_t place = 0; place < columns; ++place) {
          GuardedMatrix rows(3, columns);
          rows.fill([] { return 1.0f; });
          rows(1, place) = bad;
          kernels->softmax(rows.view());
          for (std::size_t c = 0; c < columns; ++c) {
            ASSERT_TRUE(std::isnan(rows(1, c))) << described(*kernels, columns) << ", " << place << ", " << c;
            ASSERT_NEAR(rows(0, c), 1.0 / static_cast<double>(columns), 1e-7);
            ASSERT_EQ(rows(0, c), rows(2, c));
          }
        }
      }
    }
  }
}

TEST(Softmax, MinusInfinityHasNoProbability) {
  for (const Kernels* kernels : targets()) {
    for (std::size_t place = 0; place < 20; ++place) {
      GuardedMatrix row(1, 20);
      row.fill([] { return 1.0f; });
      row(0, place) = -kInfinity;
      kernels->softmax(row.view());
      for (std::size_t c = 0; c < 20; ++c) {
        if (c == place) {
          EXPECT_EQ(row(0, c), 0) << kernels->name;
        } else {
          EXPECT_NEAR(row(0, c), 1.0 / 19, 1e-7) << kernels->name;
        }
      }
    }
  }
}

// --- Cross-entropy -----------------------------------------------------------------------------------------

/// Logits, their softmax, and targets of `rows` rows, each laid out in its own way.
struct CrossEntropyCase {
  GuardedMatrix z, p, y;

  CrossEntropyCase(std::size_t rows, std::size_t columns)
      : z(rows, columns, 1), p(rows, columns, 3, 48), y(rows, columns, 5, 64) {}

  /// Padding must not matter to the losses: it is NaN in the logits and targets.
  void finish(const Kernels& kernels) {
    z.fill_padding(std::nanf(""));
    y.fill_padding(std::nanf(""));
    for (std::size_t n = 0; n < z.rows(); ++n) {
      for (std::size_t c = 0; c < z.columns(); ++c) p(n, c) = z(n, c);
    }
    kernels.softmax(p.view());
  }
};

/// One-hot rows and others, whose sum is not one.
void fill_targets(GuardedMatrix& y, Numbers& numbers) {
  for (std::size_t n = 0; n < y.rows(); ++n) {
    for (std::size_t c = 0; c < y.columns(); ++c) {
      y(n, c) = n % 2 == 0 ? (c == (n * 5 + 3) % y.columns() ? 1.0f : 0.0f) : numbers.positive();
    }
  }
}

struct Expected {
  double loss = 0, loss_size = 0;
  std::vector<double> gradient, gradient_size;  ///< and the terms' size, which the rounding depends on
};

/// The formulas of kernels.h, in double.
Expected expected_of(const CrossEntropyCase& c, std::size_t n, const Smoothing& smoothing, double weight,
                     double mean) {
  const auto [largest, log_sum] = log_sum_of(c.z, n);
  Expected expected;
  double target_sum = 0;
  const auto target = [&](std::size_t column) {
    return static_cast<double>(smoothing.keep) * c.y(n, column) + smoothing.add;
  };
  for (std::size_t column = 0; column < c.z.columns(); ++column) {
    expected.loss += weight * target(column) * (largest - c.z(n, column) + log_sum);
    target_sum += target(column);
  }
  expected.loss_size = std::abs(expected.loss) + weight * target_sum;
  for (std::size_t column = 0; column < c.z.columns(); ++column) {
    const double p = std::exp(c.z(n, column) - largest - log_sum);
    expected.gradient.push_back((p * target_sum - target(column)) * weight * mean);
    expected.gradient_size.push_back((p * target_sum + target(column)) * weight * mean);
  }
  return expected;
}

TEST(CrossEntropy, LossesAndGradientsAreTheirFormulas) {
  const std::size_t rows = 7, first = 2, count = 4;  // rows 2 to 5 of 7
  for (const Kernels* kernels : targets()) {
    for (std::size_t columns = 1; columns <= 130; ++columns) {
      for (const float shift : {0.0f, 1e4f}) {
        for (const bool smooth : {false, true}) {
          for (const bool weighted : {false, true}) {
            SCOPED_TRACE(described(*kernels, columns) + ", shift " + std::to_string(shift) +
                         (smooth ? ", smoothed" : "") + (weighted ? ", weighted" : ""));
            Numbers numbers(columns);
            CrossEntropyCase c(rows, columns);
            c.z.fill([&] { return 3 * numbers.normal() + shift; });
            fill_targets(c.y, numbers);
            c.finish(*kernels);
            const Smoothing smoothing =
                smooth ? Smoothing{.keep = 0.9f, .add = 0.1f / static_cast<float>(columns)} : Smoothing{};
            const float mean = 0.125f;
            Guarded weights(count, 7), losses(count, 9), losses_alone(count, 11);
            for (float& w : weights.values()) w = numbers.positive();
            GuardedMatrix gradient(rows, columns, 2);  // its blocks as far apart as those of z
            const GuardedMatrix before = gradient, z_before = c.z, p_before = c.p, y_before = c.y;

            const auto part = [&](const GuardedMatrix& matrix) { return matrix.view().rows(first, count); };
            const auto gradient_part = gradient.view().rows(first, count);
            const float* const w = weighted ? weights.data() : nullptr;
            kernels->cross_entropy(part(c.z), part(c.p), part(c.y), smoothing, w, mean, losses.data(),
                                   gradient_part.data());
            kernels->cross_entropy(part(c.z), part(c.p), part(c.y), smoothing, w, mean, losses_alone.data(),
                                   nullptr);

            EXPECT_TRUE(test::same_bits(losses.values(), losses_alone.values()));
            EXPECT_TRUE(losses.guards_intact() && losses_alone.guards_intact());
            EXPECT_TRUE(gradient.unchanged_outside(gradient_part, before));
            EXPECT_TRUE(c.z.unchanged_since(z_before) && c.p.unchanged_since(p_before) &&
                        c.y.unchanged_since(y_before));
            for (std::size_t n = 0; n < count; ++n) {
              const Expected expected =
                  expected_of(c, first + n, smoothing, weighted ? weights[n] : 1.0f, mean);
              ASSERT_NEAR(losses[n], expected.loss, 3e-6 * expected.loss_size) << "row " << n;
              for (std::size_t column = 0; column < columns; ++column) {
                ASSERT_NEAR(gradient_part(n, column), expected.gradient[column],
                            5e-6 * expected.gradient_size[column])
                    << n << ", " << column;
              }
              for (std::size_t column = columns; column < padded(columns); ++column) {
                ASSERT_EQ(gradient_part(n, column), 0) << n << ", padding " << column;
              }
            }
          }
        }
      }
    }
  }
}

TEST(CrossEntropy, ASureAndRightAnswerCostsNothingASureAndWrongOneItsDistance) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t columns : {2u, 17u, 40u}) {
      CrossEntropyCase c(2, columns);
      c.z.fill([] { return -500.0f; });
      c.y.fill([] { return 0.0f; });
      c.z(0, columns - 1) = c.z(1, columns - 1) = 500;
      c.y(0, columns - 1) = c.y(1, 0) = 1;
      c.finish(*kernels);
      std::vector<float> losses(2);
      kernels->cross_entropy(c.z.view(), c.p.view(), c.y.view(), {}, nullptr, 1, losses.data(), nullptr);
      EXPECT_EQ(losses[0], 0) << described(*kernels, columns);
      EXPECT_EQ(losses[1], 1000) << described(*kernels, columns);
    }
  }
}

/// The loss of the second of three rows whose logit at `place` is `bad`; the others' must stay finite.
float loss_with(const Kernels& kernels, std::size_t columns, std::size_t place, float bad, std::size_t target,
                const Smoothing& smoothing) {
  CrossEntropyCase c(3, columns);
  Numbers numbers(columns);
  c.z.fill([&] { return numbers.normal(); });
  c.y.fill([] { return 0.0f; });
  for (std::size_t n = 0; n < 3; ++n) c.y(n, target) = 1;
  c.z(1, place) = bad;
  c.finish(kernels);
  std::vector<float> losses(3);
  kernels.cross_entropy(c.z.view(), c.p.view(), c.y.view(), smoothing, nullptr, 1, losses.data(), nullptr);
  EXPECT_TRUE(std::isfinite(losses[0]) && std::isfinite(losses[2]));
  return losses[1];
}

TEST(CrossEntropy, NaNAndInfiniteLogitsGiveALossThatIsNotFinite) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t columns : {1u, 5u, 16u, 37u}) {
      for (const bool smooth : {false, true}) {
        const Smoothing smoothing = smooth ? Smoothing{.keep = 0.9f, .add = 0.01f} : Smoothing{};
        for (std::size_t place = 0; place < columns; ++place) {
          for (const std::size_t target : {std::size_t{0}, place, columns - 1}) {
            SCOPED_TRACE(described(*kernels, columns) + ", logit " + std::to_string(place) + ", target " +
                         std::to_string(target) + (smooth ? ", smoothed" : ""));
            const auto loss = [&](float bad) {
              return loss_with(*kernels, columns, place, bad, target, smoothing);
            };
            ASSERT_FALSE(std::isfinite(loss(std::nanf(""))));
            ASSERT_FALSE(std::isfinite(loss(kInfinity)));
            // Minus infinity is bad only where there is a target.
            ASSERT_EQ(std::isfinite(loss(-kInfinity)), !smooth && place != target);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
