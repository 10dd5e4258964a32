// The products on bfloat16 operands against plain loops, with every set of instructions this CPU has: exact
// on small integers, which bfloat16 holds, and close to an emulation of the rounding on other numbers.
#include "kernels/bfloat16.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "core/random.h"
#include "kernels/guarded.h"
#include "kernels/update_rules.h"
#include "mlp/error.h"

namespace mlp::kernels {
namespace {

using test::GuardedMatrix;

constexpr std::size_t kSizes[] = {1, 2, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 97, 130};
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Rounded to the nearest bfloat16, ties to even.
float rounded(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return std::bit_cast<float>((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u);
}

class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : stream_(seed, RandomPurpose::kTest) {}
  std::uint32_t bits() { return stream_.bits(next_++); }
  float small_integer() { return static_cast<float>(bits() % 17) - 8; }
  /// In (-2, 2), with all 24 bits of mantissa.
  float any() { return static_cast<float>(static_cast<std::int32_t>(bits())) * 0x1p-30f; }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

/// Random numbers inside; outside, up to whole blocks, values that no product may read as numbers.
template <class Next>
GuardedMatrix matrix(std::size_t rows, std::size_t columns, const Next& next, std::size_t offset = 3) {
  GuardedMatrix m(rows, columns, offset);
  m.fill(next);
  m.fill_padding(kNaN);
  return m;
}

struct Scratch {
  Scratch(std::size_t width, std::size_t depth)
      : left(bfloat16_packed_size(std::min(width, bfloat16_left_rows(depth)), depth)),
        right(bfloat16_packed_size(kBFloat16Panel, depth)) {}
  AlignedVector<std::uint16_t> left, right;
  operator BFloat16Scratch() { return {.left = left.data(), .right = right.data()}; }
};

/// One product of any kind, with the sizes of its result and of its sums.
struct Product {
  std::size_t rows, columns, depth;
};

std::vector<Product> products() {
  std::vector<Product> all;
  for (const std::size_t a : kSizes) {
    for (const std::size_t b : kSizes) all.insert(all.end(), {{a, b, 33}, {a, 47, b}, {17, a, b}});
  }
  all.push_back({bfloat16_left_rows(320) + 70, 20, 320});  // more rows than are packed at a time
  return all;
}

class BFloat16 : public testing::Test {
 protected:
  void SetUp() override {
    if (!available_bfloat16_kernels().empty()) return;
    std::puts("this CPU has no instructions for bfloat16: nothing to test");
    GTEST_SKIP();
  }
  template <class Body>
  void for_each_kernels(const Body& body) {
    for (const BFloat16Kernels* kernels : available_bfloat16_kernels()) {
      SCOPED_TRACE(std::string(kernels->name));
      body(*kernels);
    }
  }
};

std::string text(const Product& p) {
  return std::to_string(p.rows) + " x " + std::to_string(p.columns) + " over " + std::to_string(p.depth);
}

TEST_F(BFloat16, AffineMapsOfSmallIntegersAreExact) {
  for_each_kernels([](const BFloat16Kernels& kernels) {
    Numbers numbers(1);
    for (const Product& p : products()) {
      SCOPED_TRACE(text(p));
      const GuardedMatrix X = matrix(p.rows, p.depth, [&] { return numbers.small_integer(); });
      const GuardedMatrix W = matrix(p.depth, p.columns, [&] { return numbers.small_integer(); });
      AlignedVector<float> bias(padded(p.columns));
      for (std::size_t o = 0; o < p.columns; ++o) bias[o] = numbers.small_integer();
      for (const bool with_bias : {false, true}) {
        for (const Epilogue& epilogue : {Epilogue{}, Epilogue{.kind = Epilogue::Kind::kSlope, .slope = 0.25f},
                                         Epilogue{.kind = Epilogue::Kind::kSlope, .slope = 0.0f}}) {
          GuardedMatrix Z(p.rows, p.columns, 5);
          const GuardedMatrix before = Z;
          kernels.affine(X.view(), W.view(), with_bias ? bias.data() : nullptr, epilogue, Z.view(),
                         Scratch(p.rows, p.depth));
          ASSERT_TRUE(Z.unchanged_outside(Z.view(), before));
          ASSERT_TRUE(Z.padding_is_zero());
          for (std::size_t n = 0; n < p.rows; ++n) {
            for (std::size_t o = 0; o < p.columns; ++o) {
              float z = with_bias ? bias[o] : 0;
              for (std::size_t k = 0; k < p.depth; ++k) z += X(n, k) * W(k, o);
              if (epilogue.kind == Epilogue::Kind::kSlope && z <= 0) z *= epilogue.slope;
              ASSERT_EQ(Z(n, o), z) << "row " << n << ", column " << o;
            }
          }
        }
      }
    }
  });
}

TEST_F(BFloat16, TransposedAffineMapsOfSmallIntegersAreExact) {
  for_each_kernels([](const BFloat16Kernels& kernels) {
    Numbers numbers(2);
    for (const Product& p : products()) {
      SCOPED_TRACE(text(p));
      const GuardedMatrix dZ = matrix(p.rows, p.depth, [&] { return numbers.small_integer(); });
      const GuardedMatrix W = matrix(p.columns, p.depth, [&] { return numbers.small_integer(); });
      GuardedMatrix dX(p.rows, p.columns, 5), A = dX;
      A.fill([&] { return numbers.small_integer(); });
      for (const float slope : {0.0f, 0.25f}) {
        for (const auto kind : {Epilogue::Kind::kNone, Epilogue::Kind::kTimesDerivative}) {
          const GuardedMatrix before = dX;
          kernels.affine_transposed(dZ.view(), W.view(),
                                    {.kind = kind, .slope = slope, .outputs = A.view().data()}, dX.view(),
                                    Scratch(p.rows, p.depth));
          ASSERT_TRUE(dX.unchanged_outside(dX.view(), before));
          ASSERT_TRUE(dX.padding_is_zero());
          for (std::size_t n = 0; n < p.rows; ++n) {
            for (std::size_t i = 0; i < p.columns; ++i) {
              float sum = 0;
              for (std::size_t o = 0; o < p.depth; ++o) sum += dZ(n, o) * W(i, o);
              if (kind == Epilogue::Kind::kTimesDerivative && A(n, i) <= 0) sum *= slope;
              ASSERT_EQ(dX(n, i), sum) << "row " << n << ", column " << i;
            }
          }
        }
      }
    }
  });
}

/// A layer's parameters, moments and gradients, whole blocks of rows, zero in the padding.
struct Parameters {
  Parameters(std::size_t inputs, std::size_t outputs, Numbers& numbers)
      : buffers{{padded(inputs), outputs},
                {padded(inputs), outputs},
                {padded(inputs), outputs},
                {padded(inputs), outputs}} {
    for (GuardedMatrix& m : buffers) {
      m.fill([] { return 0.0f; });
      for (std::size_t i = 0; i < inputs; ++i) {
        for (std::size_t o = 0; o < outputs; ++o) m(i, o) = std::abs(numbers.small_integer());
      }
    }
  }
  UpdateBuffers pointers() {
    return {.parameters = buffers[0].view().data(),
            .moment1 = buffers[1].view().data(),
            .moment2 = buffers[2].view().data(),
            .gradients = buffers[3].view().data()};
  }
  std::size_t block_stride() const { return buffers[0].block_stride(); }
  GuardedMatrix buffers[4];
};

TEST_F(BFloat16, WeightStepsOfSmallIntegersAreThoseInFloat32) {
  const Kernels& float32 = kernels_for("avx512");
  for_each_kernels([&](const BFloat16Kernels& kernels) {
    Numbers numbers(3);
    std::size_t index = 0;
    for (const Product& p : products()) {
      using Kind = UpdateRule::Kind;
      const Kind kind = test::kKinds[index % test::kKinds.size()];
      const bool continues = index++ / test::kKinds.size() % 2 == 1;
      SCOPED_TRACE(text(p) + ", rule " + std::to_string(static_cast<int>(kind)) +
                   (continues ? ", continued" : ""));
      const UpdateRule rule{.kind = kind,
                            .continues = continues,
                            .learning_rate = 0.125f,
                            .keep = 0.5f,
                            .l2 = index % 3 == 0 ? 0.0f : 0.25f,
                            .beta1 = 0.5f,
                            .beta2 = 0.75f,
                            .one_minus_beta1 = 0.5f,
                            .one_minus_beta2 = 0.25f,
                            .inverse_correction2 = 2,
                            .epsilon = 0.5f};
      const GuardedMatrix X = matrix(p.depth, p.rows, [&] { return numbers.small_integer(); });
      const GuardedMatrix dZ = matrix(p.depth, p.columns, [&] { return numbers.small_integer(); });
      Parameters before(p.rows, p.columns, numbers), expected = before, result = before;
      GuardedMatrix X0 = X, dZ0 = dZ;  // float32's kernels take padding to be zero
      X0.fill_padding(0);
      dZ0.fill_padding(0);
      Prefetch nothing;
      float32.weight_step(std::as_const(X0).view(), std::as_const(dZ0).view(), rule, expected.pointers(),
                          expected.block_stride(), nothing);
      kernels.weight_step(float32, X.view(), dZ.view(), rule, result.pointers(), result.block_stride(),
                          Scratch(p.rows, p.depth));
      for (std::size_t b = 0; b < 4; ++b) {
        ASSERT_TRUE(result.buffers[b].unchanged_since(expected.buffers[b])) << "buffer " << b;
      }
      const std::size_t changed = kind == Kind::kStore ? 3 : 0;
      ASSERT_FALSE(result.buffers[changed].unchanged_since(before.buffers[changed]) && p.depth > 4);
    }
  });
}

TEST_F(BFloat16, OperandsAreRoundedAndSumsAreNot) {
  for_each_kernels([](const BFloat16Kernels& kernels) {
    Numbers numbers(4);
    const Product p{45, 50, 300};
    const GuardedMatrix X = matrix(p.rows, p.depth, [&] { return numbers.any(); });
    const GuardedMatrix W = matrix(p.depth, p.columns, [&] { return numbers.any(); });
    GuardedMatrix Z(p.rows, p.columns);
    kernels.affine(X.view(), W.view(), nullptr, {}, Z.view(), Scratch(p.rows, p.depth));
    double from_exact = 0;
    for (std::size_t n = 0; n < p.rows; ++n) {
      for (std::size_t o = 0; o < p.columns; ++o) {
        double emulated = 0, exact = 0, length = 0;
        for (std::size_t k = 0; k < p.depth; ++k) {
          emulated += static_cast<double>(rounded(X(n, k))) * static_cast<double>(rounded(W(k, o)));
          exact += static_cast<double>(X(n, k)) * static_cast<double>(W(k, o));
          length += std::abs(static_cast<double>(X(n, k)) * static_cast<double>(W(k, o)));
        }
        EXPECT_NEAR(static_cast<double>(Z(n, o)), emulated, 1e-6 * length);
        from_exact = std::max(from_exact, std::abs(exact - emulated) / length);
      }
    }
    EXPECT_GT(from_exact, 1e-5);  // rounding to other operands would show
  });
}

TEST_F(BFloat16, TiesRoundToEven) {
  for_each_kernels([](const BFloat16Kernels& kernels) {
    // Half way between neighbours: 1 + 2^-8 and 1 + 3 * 2^-8, of either sign; just beside; and the largest.
    const std::vector<std::pair<float, float>> cases = {
        {1 + 0x1p-8f, 1.0f},           {1 + 0x3p-8f, 1 + 0x1p-6f}, {-1 - 0x1p-8f, -1.0f},
        {1 + 0x1.02p-8f, 1 + 0x1p-7f}, {1 + 0x0.fep-8f, 1.0f},     {0x1.fep127f, 0x1.fep127f},
        {0x1p-126f, 0x1p-126f},        {kInfinity, kInfinity},     {-kInfinity, -kInfinity}};
    for (const auto& [from, to] : cases) {
      GuardedMatrix X(1, 1), W(1, 1), Z(1, 1);
      X(0, 0) = from;
      W(0, 0) = 1;
      kernels.affine(std::as_const(X).view(), std::as_const(W).view(), nullptr, {}, Z.view(), Scratch(1, 1));
      EXPECT_EQ(Z(0, 0), to) << from;
    }
  });
}

TEST_F(BFloat16, WhatIsNotFiniteStaysInItsRow) {
  for_each_kernels([](const BFloat16Kernels& kernels) {
    Numbers numbers(5);
    GuardedMatrix X = matrix(40, 70, [&] { return numbers.small_integer(); });
    const GuardedMatrix W = matrix(70, 20, [] { return 1.0f; });
    X(7, 69) = kNaN;
    X(33, 0) = -kInfinity;
    GuardedMatrix Z(40, 20);
    kernels.affine(std::as_const(X).view(), W.view(), nullptr, {.kind = Epilogue::Kind::kSlope, .slope = 0},
                   Z.view(), Scratch(40, 70));
    for (std::size_t n = 0; n < 40; ++n) {
      for (std::size_t o = 0; o < 20; ++o) {
        EXPECT_EQ(std::isnan(Z(n, o)), n == 7) << n;
        EXPECT_FALSE(std::isinf(Z(n, o)));
      }
    }
    EXPECT_EQ(Z(33, 3), 0);
  });
}

TEST_F(BFloat16, SameBitsHoweverRowsAndColumnsAreCut) {
  for_each_kernels([](const BFloat16Kernels& kernels) {
    Numbers numbers(6);
    const GuardedMatrix X = matrix(100, 75, [&] { return numbers.any(); });
    const GuardedMatrix W = matrix(75, 90, [&] { return numbers.any(); });
    const GuardedMatrix dZ = matrix(100, 90, [&] { return numbers.any(); });
    Scratch scratch(128, 128);
    GuardedMatrix whole(100, 90), cut = whole, whole_dX(100, 75), cut_dX = whole_dX;
    kernels.affine(X.view(), W.view(), nullptr, {}, whole.view(), scratch);
    kernels.affine_transposed(dZ.view(), W.view(), {}, whole_dX.view(), scratch);
    for (const auto& [row, rows] : {std::pair(0, 7), std::pair(7, 50), std::pair(57, 43)}) {
      const auto first = static_cast<std::size_t>(row), count = static_cast<std::size_t>(rows);
      for (std::size_t block = 0; block < 6; block += 3) {
        kernels.affine(X.view().rows(first, count), W.view().blocks(block, block + 3), nullptr, {},
                       cut.view().rows(first, count).blocks(block, block + 3), scratch);
      }
      for (std::size_t block = 0; block < 5; ++block) {
        const auto dX = cut_dX.view().rows(first, count).blocks(block, block + 1);
        kernels.affine_transposed(dZ.view().rows(first, count), W.view().rows(block * kBlock, dX.columns()),
                                  {}, dX, scratch);
      }
    }
    EXPECT_TRUE(cut.unchanged_since(whole));
    EXPECT_TRUE(cut_dX.unchanged_since(whole_dX));

    Parameters once(75, 90, numbers), in_parts = once;
    const Kernels& float32 = kernels_for("avx512");
    UpdateRule rule{.kind = UpdateRule::Kind::kStore};
    kernels.weight_step(float32, X.view(), dZ.view(), rule, once.pointers(), once.block_stride(), scratch);
    for (const auto& [row, rows] : {std::pair(0, 32), std::pair(32, 64), std::pair(96, 4)}) {
      const auto first = static_cast<std::size_t>(row), count = static_cast<std::size_t>(rows);
      kernels.weight_step(float32, X.view().rows(first, count), dZ.view().rows(first, count), rule,
                          in_parts.pointers(), in_parts.block_stride(), scratch);
      rule.continues = true;
    }
    EXPECT_TRUE(in_parts.buffers[3].unchanged_since(once.buffers[3]));
  });
}

TEST(BFloat16Kernels, AreRefusedBesideATargetWithoutThem) {
  const std::string plainest = available_targets().back();  // baseline, or neon on ARM
  try {
    bfloat16_kernels_for(kernels_for(plainest));
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("avx512_bf16"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find(plainest), std::string::npos) << error.what();
    EXPECT_NE(error.hint().find("float32"), std::string::npos);
  }
}

}  // namespace
}  // namespace mlp::kernels
