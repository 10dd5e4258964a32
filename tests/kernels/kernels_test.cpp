// Every kernel of every CPU target this machine can run, on sizes around the edges of vectors, tiles and
// panels. Sums are taken over small integers, so that they must be exact; buffers lie between guard zones and
// off the alignment.
#include "kernels/kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <iostream>
#include <type_traits>

#include "core/random.h"
#include "kernels/guarded.h"
#include "network/activation_math.h"

namespace mlp::kernels {
namespace {

using test::Guarded;

const std::vector<std::size_t> kColumns = {1,  2,  7,  8,  15, 16, 17, 24, 31,  32,  33,  47,
                                           48, 49, 63, 64, 65, 87, 96, 97, 127, 128, 129, 130};

std::vector<const Kernels*> targets() {
  std::vector<const Kernels*> all;
  for (const std::string& name : available_targets()) all.push_back(&kernels_for(name));
  return all;
}

/// Integers -3 .. 3 and numbers of any size, drawn one after the other.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : stream_(seed, RandomPurpose::kTest) {}
  float small_integer() { return static_cast<float>(stream_.below(7, next_++)) - 3; }
  float normal() { return static_cast<float>(stream_.normal(next_++)); }
  Matrix<float> integers(std::size_t rows, std::size_t columns) {
    Matrix<float> matrix(rows, columns);
    for (float& x : matrix.values()) x = small_integer();
    return matrix;
  }
  Matrix<float> normals(std::size_t rows, std::size_t columns) {
    Matrix<float> matrix(rows, columns);
    for (float& x : matrix.values()) x = normal();
    return matrix;
  }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

std::size_t at(std::size_t row, std::size_t column, std::size_t stride) { return row * stride + column; }

TEST(Kernels, TheBestTargetComesFirstAndThePlainestLast) {
  const auto names = available_targets();
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(kernels_for("").name, names.front());
  for (const std::string& name : names) EXPECT_EQ(kernels_for(name).name, name);
#if defined(__aarch64__)
  EXPECT_EQ(names.back(), "neon") << "which every 64-bit ARM has";
#else
  EXPECT_EQ(names.back(), "baseline");
#endif
  EXPECT_THROW(kernels_for("avx1024"), UsageError);
}

// --- Matrix products ---------------------------------------------------------------------------------------

void expect_exact_affine(const Kernels& kernels, std::size_t rows, std::size_t depth, std::size_t columns,
                         bool with_bias) {
  SCOPED_TRACE(std::string(kernels.name) + ": " + std::to_string(rows) + " x " + std::to_string(depth) +
               " x " + std::to_string(columns));
  Numbers numbers(rows * 10007 + depth * 101 + columns);
  const PackedShape shape(depth, columns);
  // Odd strides and offsets: nothing may rely on alignment.
  const std::size_t x_stride = depth + 3, z_stride = shape.padded_columns() + 5;
  Guarded X(rows * x_stride, 1), W(shape.size(), 3), bias(shape.padded_columns(), 5), Z(rows * z_stride, 7);
  const Matrix<float> x = numbers.integers(rows, depth), w = numbers.integers(depth, columns);
  for (std::size_t n = 0; n < rows; ++n) std::ranges::copy(x.row(n), X.data() + n * x_stride);
  std::ranges::fill(W.values(), 0.0f);
  std::ranges::fill(bias.values(), 0.0f);
  for (std::size_t k = 0; k < depth; ++k) {
    for (std::size_t c = 0; c < columns; ++c) W[shape.index(k, c)] = w(k, c);
  }
  for (std::size_t c = 0; c < columns; ++c) bias[c] = numbers.small_integer();

  kernels.affine({X.data(), rows, depth, x_stride}, W.data(), shape, with_bias ? bias.data() : nullptr,
                 {Z.data(), rows, shape.padded_columns(), z_stride});

  EXPECT_TRUE(Z.guards_intact());
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t c = 0; c < columns; ++c) {
      float expected = with_bias ? bias[c] : 0;
      for (std::size_t k = 0; k < depth; ++k) expected += x(n, k) * w(k, c);
      ASSERT_EQ(Z[at(n, c, z_stride)], expected) << "row " << n << ", column " << c;
    }
    for (std::size_t c = shape.padded_columns(); c < z_stride; ++c) {
      ASSERT_TRUE(Guarded::is_untouched(Z[at(n, c, z_stride)])) << "behind row " << n;
    }
  }
}

TEST(Kernels, AffineIsExactOnIntegers) {
  for (const Kernels* kernels : targets()) {
    for (std::size_t rows = 1; rows <= 15; ++rows) {
      for (const std::size_t columns : kColumns) {
        for (const std::size_t depth : {1u, 3u, 16u, 40u})
          expect_exact_affine(*kernels, rows, depth, columns, true);
      }
    }
    for (std::size_t depth = 0; depth <= 40; ++depth) {
      expect_exact_affine(*kernels, 7, depth, 33, true);
      expect_exact_affine(*kernels, 25, depth, 87, false);
    }
    expect_exact_affine(*kernels, 0, 4, 20, true);
  }
}

/// What weight_step works on.
struct WeightCase {
  PackedShape shape;
  std::size_t batch, x_stride, z_stride;
  Guarded X, dZ, parameters, moment1, moment2, gradients;

  WeightCase(std::size_t batch_rows, std::size_t fan_in, std::size_t fan_out, Numbers& numbers)
      : shape(fan_in, fan_out),
        batch(batch_rows),
        x_stride(fan_in + 2),
        z_stride(shape.padded_columns() + 3),
        X(batch * x_stride, 1),
        dZ(batch * z_stride, 3),
        parameters(shape.size(), 5),
        moment1(shape.size(), 7),
        moment2(shape.size(), 9),
        gradients(shape.size(), 11) {
    for (float& x : X.values()) x = numbers.small_integer();
    for (std::size_t n = 0; n < batch; ++n) {
      for (std::size_t c = 0; c < shape.padded_columns(); ++c) {
        dZ[at(n, c, z_stride)] = c < fan_out ? numbers.small_integer() : 0;
      }
    }
    for (float& p : parameters.values()) p = numbers.small_integer();
    for (float& m : moment1.values()) m = std::abs(numbers.normal());
    for (float& v : moment2.values()) v = std::abs(numbers.normal());
  }

  ConstMatrixView<float> inputs() { return {X.data(), batch, shape.rows(), x_stride}; }
  ConstMatrixView<float> output_gradients() { return {dZ.data(), batch, shape.padded_columns(), z_stride}; }
  UpdateBuffers buffers() { return {parameters.data(), moment1.data(), moment2.data(), gradients.data()}; }
  /// dW[i, c], in integers and so exact.
  float gradient(std::size_t i, std::size_t c) {
    float sum = 0;
    for (std::size_t n = 0; n < batch; ++n) sum += X[at(n, i, x_stride)] * dZ[at(n, c, z_stride)];
    return sum;
  }
  bool guards_intact() const {
    return parameters.guards_intact() && moment1.guards_intact() && moment2.guards_intact() &&
           gradients.guards_intact();
  }
};

void expect_exact_gradient(const Kernels& kernels, std::size_t batch, std::size_t fan_in, std::size_t fan_out,
                           std::size_t begin, std::size_t end) {
  SCOPED_TRACE(std::string(kernels.name) + ": " + std::to_string(batch) + " rows, " + std::to_string(fan_in) +
               " x " + std::to_string(fan_out) + ", weights of rows " + std::to_string(begin) + " to " +
               std::to_string(end));
  Numbers numbers(batch * 10007 + fan_in * 101 + fan_out);
  for (std::size_t panel = 0; panel < PackedShape(fan_in, fan_out).panels(); ++panel) {
    WeightCase c(batch, fan_in, fan_out, numbers);
    const std::vector<float> before(c.parameters.values().begin(), c.parameters.values().end());
    const UpdateRule store{.kind = UpdateRule::Kind::kStore, .keep = 0.5f, .l2 = 2.0f};
    kernels.weight_step(c.inputs(), c.output_gradients(), c.shape, panel, begin, end, store, c.buffers());
    EXPECT_TRUE(c.guards_intact());
    EXPECT_TRUE(std::ranges::equal(before, c.parameters.values())) << "storing must not update";
    for (std::size_t i = 0; i < fan_in; ++i) {
      for (std::size_t o = 0; o < c.shape.padded_columns(); ++o) {
        const std::size_t index = c.shape.index(i, o);
        if (c.shape.panel_of(o) == panel && i >= begin && i < end) {
          ASSERT_EQ(c.gradients[index], c.gradient(i, o) + 2 * c.parameters[index]) << i << ", " << o;
        } else {
          ASSERT_TRUE(Guarded::is_untouched(c.gradients[index])) << i << ", " << o;
        }
      }
    }
  }
}

TEST(Kernels, WeightGradientsAreExactOnIntegersAndStayInTheirRows) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t fan_out : kColumns) {
      for (std::size_t fan_in = 1; fan_in <= 15; ++fan_in) {
        expect_exact_gradient(*kernels, 5, fan_in, fan_out, 0, fan_in);
      }
      expect_exact_gradient(*kernels, 1, 37, fan_out, 8, 37);
      expect_exact_gradient(*kernels, 33, 37, fan_out, 3, 4);
      expect_exact_gradient(*kernels, 2, 37, fan_out, 16, 16);
    }
    for (std::size_t begin = 0; begin < 30; begin += 7) {
      for (std::size_t end = begin; end <= 30; ++end) expect_exact_gradient(*kernels, 3, 30, 65, begin, end);
    }
  }
}

TEST(Kernels, BiasGradientsAreExactOnIntegers) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t fan_out : kColumns) {
      for (const std::size_t batch : {1u, 2u, 15u, 64u}) {
        SCOPED_TRACE(std::string(kernels->name) + ": " + std::to_string(batch) + " x " +
                     std::to_string(fan_out));
        Numbers numbers(batch * 1009 + fan_out);
        WeightCase c(batch, 1, fan_out, numbers);
        // Neither decay nor L2 is for biases.
        kernels->bias_step(c.output_gradients(), {.kind = UpdateRule::Kind::kStore, .keep = 0.5f, .l2 = 2.0f},
                           c.buffers());
        EXPECT_TRUE(c.guards_intact());
        for (std::size_t o = 0; o < c.shape.padded_columns(); ++o) {
          float expected = 0;
          for (std::size_t n = 0; n < batch; ++n) expected += c.dZ[at(n, o, c.z_stride)];
          ASSERT_EQ(c.gradients[o], expected) << "column " << o;
        }
      }
    }
  }
}

// --- Updates -----------------------------------------------------------------------------------------------

const std::vector<UpdateRule::Kind> kUpdateKinds = {UpdateRule::Kind::kSgd, UpdateRule::Kind::kMomentum,
                                                    UpdateRule::Kind::kNesterov, UpdateRule::Kind::kRmsProp,
                                                    UpdateRule::Kind::kAdam};

UpdateRule rule_of(UpdateRule::Kind kind) {
  return {.kind = kind,
          .learning_rate = 0.03f,
          .keep = 0.875f,
          .l2 = 0.25f,
          .beta1 = 0.75f,
          .beta2 = 0.9375f,
          .one_minus_beta1 = 0.25f,
          .one_minus_beta2 = 0.0625f,
          .inverse_correction2 = 1.5f,
          .epsilon = 0.001f,
          .gradient_scale = 1};
}

struct Updated {
  double parameter, moment1, moment2;
};

/// mlp/optimizer.h, for one parameter, in double. `g` has L2 in it already.
Updated formula(const UpdateRule& rule, bool weight, double p, double m, double v, double g) {
  const double lr = rule.learning_rate, b1 = rule.beta1, b2 = rule.beta2, epsilon = rule.epsilon;
  switch (rule.kind) {
    case UpdateRule::Kind::kStore:
      return {p, m, v};
    case UpdateRule::Kind::kSgd:
      return {p - lr * g, m, v};
    case UpdateRule::Kind::kMomentum:
      m = b1 * m + g;
      return {p - lr * m, m, v};
    case UpdateRule::Kind::kNesterov:
      m = b1 * m + g;
      return {p - lr * (g + b1 * m), m, v};
    case UpdateRule::Kind::kRmsProp:
      m = b2 * m + (1 - b2) * g * g;
      return {p - lr * g / (std::sqrt(m) + epsilon), m, v};
    case UpdateRule::Kind::kAdam:
      if (weight) p *= rule.keep;
      m = b1 * m + (1 - b1) * g;
      v = b2 * v + (1 - b2) * g * g;
      return {p - lr * m / (std::sqrt(v * rule.inverse_correction2) + epsilon), m, v};
  }
  return {};
}

void expect_near(double found, double expected) {
  ASSERT_NEAR(found, expected, 1e-6 * (1 + std::abs(expected)));
}

TEST(Kernels, UpdatesAreTheirFormulas) {
  for (const Kernels* kernels : targets()) {
    for (const UpdateRule::Kind kind : kUpdateKinds) {
      SCOPED_TRACE(std::string(kernels->name) + ", kind " + std::to_string(static_cast<int>(kind)));
      const UpdateRule rule = rule_of(kind);
      for (const bool weights : {true, false}) {
        Numbers numbers(static_cast<std::uint64_t>(kind));
        // 37 rows: whole tiles and a rest, whatever the tile's height.
        WeightCase c(4, weights ? 37 : 1, 50, numbers);
        const WeightCase before = c;
        if (weights) {
          kernels->weight_step(c.inputs(), c.output_gradients(), c.shape, 0, 0, 37, rule, c.buffers());
        } else {
          kernels->bias_step(c.output_gradients(), rule, c.buffers());
        }
        EXPECT_TRUE(c.guards_intact());
        WeightCase old = before;
        for (std::size_t i = 0; i < c.shape.rows(); ++i) {
          for (std::size_t o = 0; o < c.shape.padded_columns(); ++o) {
            const std::size_t index = c.shape.index(i, o);
            double g = 0;
            for (std::size_t n = 0; n < c.batch; ++n) {
              g += (weights ? c.X[at(n, i, c.x_stride)] : 1.0f) * c.dZ[at(n, o, c.z_stride)];
            }
            if (weights) g += static_cast<double>(rule.l2) * old.parameters[index];
            const Updated expected =
                formula(rule, weights, old.parameters[index], old.moment1[index], old.moment2[index], g);
            expect_near(c.parameters[index], expected.parameter);
            expect_near(c.moment1[index], expected.moment1);
            expect_near(c.moment2[index], expected.moment2);
            ASSERT_TRUE(Guarded::is_untouched(c.gradients[index]));
          }
        }
      }
    }
  }
}

TEST(Kernels, UpdatesFromMemoryScaleTheGradientAndAddNoSecondL2) {
  for (const Kernels* kernels : targets()) {
    for (const UpdateRule::Kind kind : kUpdateKinds) {
      for (const bool weights : {true, false}) {
        SCOPED_TRACE(std::string(kernels->name) + ", kind " + std::to_string(static_cast<int>(kind)));
        UpdateRule rule = rule_of(kind);
        rule.gradient_scale = 0.5f;
        constexpr std::size_t kCount = 48;
        Numbers numbers(3);
        Guarded p(kCount, 1), m(kCount, 2), v(kCount, 3), g(kCount, 5);
        for (Guarded* buffer : {&p, &m, &v, &g}) {
          for (float& x : buffer->values()) x = std::abs(numbers.normal());
        }
        const Guarded p0 = p, m0 = m, v0 = v;
        kernels->update(rule, weights, {p.data(), m.data(), v.data(), g.data()}, kCount);
        for (const Guarded* buffer : {&p, &m, &v, &g}) EXPECT_TRUE(buffer->guards_intact());
        Guarded p1 = p0, m1 = m0, v1 = v0;
        for (std::size_t i = 0; i < kCount; ++i) {
          const Updated expected = formula(rule, weights, p1[i], m1[i], v1[i], 0.5 * g[i]);
          expect_near(p[i], expected.parameter);
          expect_near(m[i], expected.moment1);
          expect_near(v[i], expected.moment2);
        }
      }
    }
  }
}

TEST(Kernels, TheUpdateInRegistersIsTheOneFromMemoryBitForBit) {
  for (const Kernels* kernels : targets()) {
    for (const UpdateRule::Kind kind : kUpdateKinds) {
      Numbers numbers(9);
      WeightCase direct(6, 29, 40, numbers);
      for (float& x : direct.X.values()) x = numbers.normal();
      WeightCase stored = direct;
      const UpdateRule rule = rule_of(kind);
      UpdateRule store = rule;
      store.kind = UpdateRule::Kind::kStore;
      kernels->weight_step(direct.inputs(), direct.output_gradients(), direct.shape, 0, 0, 29, rule,
                           direct.buffers());
      kernels->weight_step(stored.inputs(), stored.output_gradients(), stored.shape, 0, 0, 29, store,
                           stored.buffers());
      kernels->update(rule, true, stored.buffers(), stored.shape.size());
      EXPECT_EQ(std::memcmp(direct.parameters.data(), stored.parameters.data(), stored.shape.size() * 4), 0)
          << kernels->name << ", kind " << static_cast<int>(kind);
    }
  }
}

// --- Activations -------------------------------------------------------------------------------------------

/// -30 .. 30 in steps of 1/16, and far out.
std::vector<float> grid() {
  std::vector<float> z;
  for (int i = -480; i <= 480; ++i) z.push_back(static_cast<float>(i) / 16);
  for (const float far : {88.0f, 104.0f, 1e4f, 1e10f, 1e30f, 3e38f}) z.insert(z.end(), {far, -far});
  for (const float near : {1e-3f, 1e-6f, 1e-20f, 1e-38f}) z.insert(z.end(), {near, -near});
  while (z.size() % 16 != 0) z.push_back(0);
  return z;
}

TEST(Kernels, ActivationsAreTheReferences) {
  const std::vector<float> z = grid();
  for (const Kernels* kernels : targets()) {
    for (const Activation& activation : all_activations()) {
      if (std::holds_alternative<Softmax>(activation)) continue;
      Guarded values(z.size(), 3), derivative(z.size(), 5), alone(z.size(), 7);
      std::ranges::copy(z, values.data());
      std::ranges::copy(z, alone.data());
      kernels->activate(activation, values.data(), derivative.data(), z.size());
      kernels->activate(activation, alone.data(), nullptr, z.size());
      EXPECT_TRUE(values.guards_intact() && derivative.guards_intact() && alone.guards_intact());
      EXPECT_EQ(std::memcmp(values.data(), alone.data(), z.size() * 4), 0);
      std::visit(
          [&]<class F>(const F& f) {
            if constexpr (!std::is_same_v<F, Softmax>) {
              for (std::size_t i = 0; i < z.size(); ++i) {
                SCOPED_TRACE(std::string(kernels->name) + ", " + to_string(activation) + " at " +
                             std::to_string(z[i]));
                const double x = z[i];
                const double a = reference::value(f, x), slope = reference::derivative(f, x);
                ASSERT_TRUE(std::isfinite(values[i]) && std::isfinite(derivative[i]));
                // Values keep their digits down to where float ends; derivatives pass through zero, where
                // only the absolute error is small.
                EXPECT_NEAR(values[i], a, 1e-5 * std::abs(a) + 1e-37);
                EXPECT_NEAR(derivative[i], slope, 1e-5 * std::abs(slope) + 2e-7);
              }
            }
          },
          activation);
    }
  }
}

TEST(Kernels, ANaNStaysANaN) {
  for (const Kernels* kernels : targets()) {
    for (const Activation& activation : all_activations()) {
      if (std::holds_alternative<Softmax>(activation)) continue;
      for (std::size_t place = 0; place < 16; ++place) {
        std::vector<float> values(16, 0.5f), derivative(16);
        values[place] = std::nanf("");
        kernels->activate(activation, values.data(), derivative.data(), 16);
        for (std::size_t i = 0; i < 16; ++i) {
          EXPECT_EQ(std::isnan(values[i]), i == place) << kernels->name << ", " << to_string(activation);
        }
      }
    }
    for (std::size_t place = 0; place < 5; ++place) {
      Matrix<float> rows(2, 16);
      rows(0, place) = std::nanf("");
      kernels->softmax(rows, 5);
      EXPECT_TRUE(std::ranges::all_of(rows.row(0).first(5), [](float p) { return std::isnan(p); })) << place;
      EXPECT_TRUE(std::ranges::all_of(rows.row(1).first(5), [](float p) { return p == 0.2f; })) << place;
    }
  }
}

TEST(Kernels, DerivativesFromOutputs) {
  for (const Kernels* kernels : targets()) {
    for (const Activation& activation :
         {Activation(Linear{}), Activation(ReLU{}), Activation(LeakyReLU{0.25})}) {
      constexpr std::size_t kCount = 32;
      Guarded outputs(kCount, 1), gradient(kCount, 3);
      const double slope = activation.index() == 0 ? 1 : (activation.index() == 1 ? 0 : 0.25);
      for (std::size_t i = 0; i < kCount; ++i) {
        outputs[i] = static_cast<float>(i) - 16;
        gradient[i] = static_cast<float>(i) + 1;
      }
      kernels->multiply_by_derivative_of_output(activation, outputs.data(), gradient.data(), kCount);
      EXPECT_TRUE(gradient.guards_intact() && outputs.guards_intact());
      for (std::size_t i = 0; i < kCount; ++i) {
        EXPECT_EQ(gradient[i], static_cast<double>(i + 1) * (outputs[i] > 0 ? 1.0 : slope));
      }
    }
  }
}

TEST(Kernels, Multiply) {
  for (const Kernels* kernels : targets()) {
    Guarded a(48, 1), b(48, 3);
    for (std::size_t i = 0; i < 48; ++i) a[i] = static_cast<float>(i), b[i] = 3.0f - static_cast<float>(i);
    kernels->multiply(a.data(), b.data(), 48);
    EXPECT_TRUE(a.guards_intact());
    for (std::size_t i = 0; i < 48; ++i)
      EXPECT_EQ(a[i], static_cast<float>(i) * (3.0f - static_cast<float>(i)));
  }
}

TEST(Kernels, SoftmaxRowsSumToOneAndPaddingIsZero) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t columns : kColumns) {
      for (const float shift : {0.0f, 1e4f, -1e30f}) {
        SCOPED_TRACE(std::string(kernels->name) + ", " + std::to_string(columns) + " columns, shift " +
                     std::to_string(shift));
        const std::size_t stride = padded(columns);
        Numbers numbers(columns);
        Guarded rows(3 * stride, 1);
        for (float& z : rows.values()) z = 4 * numbers.normal() + shift;
        Guarded before = rows;
        kernels->softmax({rows.data(), 3, stride}, columns);
        EXPECT_TRUE(rows.guards_intact());
        for (std::size_t n = 0; n < 3; ++n) {
          double largest = -INFINITY, sum = 0;
          for (std::size_t c = 0; c < columns; ++c)
            largest = std::max<double>(largest, before[at(n, c, stride)]);
          for (std::size_t c = 0; c < columns; ++c) sum += std::exp(before[at(n, c, stride)] - largest);
          for (std::size_t c = 0; c < columns; ++c) {
            const double expected = std::exp(before[at(n, c, stride)] - largest) / sum;
            EXPECT_NEAR(rows[at(n, c, stride)], expected, 4e-6 * expected);
          }
          for (std::size_t c = columns; c < stride; ++c) EXPECT_EQ(rows[at(n, c, stride)], 0.0f);
        }
      }
    }
  }
}

// --- Gathering rows ----------------------------------------------------------------------------------------

template <class T>
void expect_gathered(const Kernels& kernels, std::size_t columns, bool uniform) {
  SCOPED_TRACE(std::string(kernels.name) + ", " + std::to_string(columns) + " columns");
  Numbers numbers(columns);
  Matrix<T> rows(4, columns);
  for (std::size_t i = 0; i < rows.values().size(); ++i) {
    rows.values()[i] =
        std::is_same_v<T, float> ? static_cast<T>(numbers.normal()) : static_cast<T>(255 - i * 7);
  }
  std::vector<float> shift(uniform ? 1 : columns), scale(shift.size());
  for (float& x : shift) x = numbers.normal();
  for (float& x : scale) x = numbers.normal();
  const std::vector<std::uint32_t> index = {3, 0, 3};
  const std::size_t stride = padded(columns);
  Guarded out(index.size() * stride, 1);
  const GatherScaling scaling{shift.data(), scale.data(), uniform};
  const MatrixView<float> to(out.data(), index.size(), stride);
  if constexpr (std::is_same_v<T, float>) {
    kernels.gather_floats(rows, index, scaling, to);
  } else {
    kernels.gather_bytes(rows, index, scaling, to);
  }
  EXPECT_TRUE(out.guards_intact());
  for (std::size_t n = 0; n < index.size(); ++n) {
    for (std::size_t i = 0; i < columns; ++i) {
      const std::size_t s = uniform ? 0 : i;
      ASSERT_EQ(to(n, i), (static_cast<float>(rows(index[n], i)) - shift[s]) * scale[s]) << n << ", " << i;
    }
  }
}

TEST(Kernels, GatheredRowsAreConvertedAndScaled) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t columns : kColumns) {
      for (const bool uniform : {true, false}) {
        expect_gathered<std::uint8_t>(*kernels, columns, uniform);
        expect_gathered<float>(*kernels, columns, uniform);
      }
    }
  }
}

// --- The same bits on every target with fused multiply-add -------------------------------------------------

/// Everything the kernels of one target compute from the same numbers.
std::vector<float> everything(const Kernels& kernels) {
  std::vector<float> results;
  const auto keep = [&](std::span<const float> values) {
    results.insert(results.end(), values.begin(), values.end());
  };
  Numbers numbers(1);
  for (const std::size_t columns : kColumns) {
    const PackedShape shape(23, columns);
    const Matrix<float> X = numbers.normals(19, 23), W = numbers.normals(1, shape.size()),
                        bias = numbers.normals(1, shape.padded_columns());
    Matrix<float> Z(19, shape.padded_columns());
    kernels.affine(X, W.data(), shape, bias.data(), Z);
    keep(Z.values());
    kernels.softmax(Z, columns);
    keep(Z.values());
    for (const UpdateRule::Kind kind : kUpdateKinds) {
      WeightCase c(19, 23, columns, numbers);
      for (float& x : c.X.values()) x = numbers.normal();
      for (float& g : c.dZ.values()) g = numbers.normal();
      for (std::size_t panel = 0; panel < shape.panels(); ++panel) {
        kernels.weight_step(c.inputs(), c.output_gradients(), c.shape, panel, 0, 23, rule_of(kind),
                            c.buffers());
      }
      keep(c.parameters.values());
      kernels.bias_step(c.output_gradients(), rule_of(kind), c.buffers());
      keep(c.parameters.values());
      std::ranges::copy(c.moment1.values(), c.gradients.data());
      kernels.update(rule_of(kind), true, c.buffers(), c.shape.size());
      for (Guarded* buffer : {&c.parameters, &c.moment1, &c.moment2}) keep(buffer->values());
    }
    for (const bool uniform : {true, false}) {
      Matrix<std::uint8_t> bytes(3, columns);
      for (std::size_t i = 0; i < bytes.values().size(); ++i)
        bytes.values()[i] = static_cast<std::uint8_t>(i * 37);
      const Matrix<float> floats = numbers.normals(3, columns), scaling = numbers.normals(2, columns);
      const std::vector<std::uint32_t> index = {2, 1, 0};
      Matrix<float> out(3, padded(columns));
      kernels.gather_bytes(bytes, index, {scaling.row(0).data(), scaling.row(1).data(), uniform}, out);
      keep(out.values());
      kernels.gather_floats(floats, index, {scaling.row(0).data(), scaling.row(1).data(), uniform}, out);
      keep(out.values());
    }
  }
  // Random bits as well as the grid: every exponent there is.
  std::vector<float> z = grid();
  const RandomStream bits(5, RandomPurpose::kTest);
  while (z.size() < 40000) {
    const float any = std::bit_cast<float>(bits.bits(z.size()));
    z.push_back(std::isfinite(any) ? any : 1.0f);
  }
  for (const Activation& activation : all_activations()) {
    std::vector<float> values = z, derivative(z.size());
    kernels.activate(activation, values.data(), derivative.data(), z.size());
    keep(values);
    keep(derivative);
    kernels.multiply(values.data(), derivative.data(), z.size());
    keep(values);
    kernels.multiply_by_derivative_of_output(activation, z.data(), derivative.data(), z.size());
    keep(derivative);
  }
  return results;
}

TEST(Kernels, TargetsWithFusedMultiplyAddAgreeBitForBit) {
  std::vector<const Kernels*> fused;
  for (const Kernels* kernels : targets()) {
    if (kernels->name != "baseline") fused.push_back(kernels);
  }
  if (fused.size() < 2) {
    std::cout << "skipped: this CPU runs " << fused.size() << " targets with fused multiply-add\n";
    return;
  }
  const std::vector<float> expected = everything(*fused.front());
  for (const Kernels* kernels : fused) {
    const std::vector<float> found = everything(*kernels);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(std::bit_cast<std::uint32_t>(found[i]), std::bit_cast<std::uint32_t>(expected[i]))
          << kernels->name << " and " << fused.front()->name << ", number " << i << ": " << found[i]
          << " and " << expected[i];
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
