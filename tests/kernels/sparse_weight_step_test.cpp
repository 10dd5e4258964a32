// dW = X^T dZ and the update with it, with the zeros in X skipped: exact over small integers, the dense
// step's bits over other numbers and by every rule, on sizes around the edges of vectors, blocks and tiles.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/sparse_case.h"
#include "kernels/update_rules.h"
#include "kernels/weight_case.h"

namespace mlp::kernels {
namespace {

using test::Bits;
using test::CodedCase;
using test::GuardedMatrix;
using test::kColumns;
using test::kEveryKind;
using test::make_zeros;
using test::Numbers;
using test::targets;
using test::WeightCase;
using test::Zeros;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
const float kNaN = std::nanf("");

/// Storing dW on every target, anew and as a continued sum, with an L2 term of 2 W.
void expect_exact_gradient(std::size_t batch, std::size_t fan_in, std::size_t fan_out, Zeros zeros) {
  SCOPED_TRACE(std::to_string(batch) + " rows, " + std::to_string(fan_in) + " x " + std::to_string(fan_out) +
               ", zeros of kind " + std::to_string(static_cast<int>(zeros)));
  Numbers numbers(batch * 10007 + fan_in * 101 + fan_out);
  WeightCase before(batch, fan_in, fan_out, numbers);
  make_zeros(before.X, zeros, numbers);
  const Matrix<float> sums = before.sums();
  Bits bits(before.X);
  for (const Kernels* kernels : targets()) {
    for (const bool continues : {false, true}) {
      WeightCase c = before;
      Prefetch none;
      kernels->sparse_weight_step(
          c.X.view(), bits.from(0, 0), c.dZ.view(),
          {.kind = UpdateRule::Kind::kStore, .continues = continues, .keep = 0.5f, .l2 = 2.0f}, c.buffers(),
          c.block_stride(), none);
      EXPECT_TRUE(bits.guards_intact());
      EXPECT_TRUE(c.parameters.unchanged_since(before.parameters)) << "storing must not update";
      EXPECT_TRUE(c.moment1.unchanged_since(before.moment1) && c.moment2.unchanged_since(before.moment2));
      EXPECT_TRUE(c.gradients.unchanged_outside(c.gradients.view(), before.gradients));
      for (std::size_t i = 0; i < fan_in; ++i) {
        for (std::size_t o = 0; o < padded(fan_out); ++o) {
          const float start = continues ? before.gradients(i, o) : 0;
          ASSERT_EQ(c.gradients(i, o), start + sums(i, o) + 2 * before.parameters(i, o))
              << kernels->name << (continues ? ", continued, " : ", ") << i << ", " << o;
        }
      }
    }
  }
}

TEST(SparseWeightStep, GradientsAreExactOnIntegersForAllInputsAndOutputs) {
  for (std::size_t fan_in = 1; fan_in <= 34; ++fan_in) {
    for (std::size_t fan_out = 1; fan_out <= 130; ++fan_out) {
      expect_exact_gradient((fan_in * 3 + fan_out) % 9, fan_in, fan_out, kEveryKind[(fan_in + fan_out) % 6]);
    }
  }
  for (std::size_t fan_in = 35; fan_in <= 130; ++fan_in) {
    expect_exact_gradient(5, fan_in, 1 + fan_in * 7 % 130, kEveryKind[fan_in % 6]);
  }
}

TEST(SparseWeightStep, GradientsAreExactOnIntegersForAllBatches) {
  for (std::size_t batch = 0; batch <= 70; ++batch) {
    for (const std::size_t fan_out : {1u, 16u, 17u, 33u, 64u, 87u, 130u}) {
      expect_exact_gradient(batch, 1 + batch % 33, fan_out, kEveryKind[(batch + fan_out) % 6]);
    }
  }
}

TEST(SparseWeightStep, HasTheBitsOfTheDenseStepByEveryRule) {
  for (const Kernels* kernels : targets()) {
    for (const Zeros zeros : kEveryKind) {
      for (const std::size_t fan_out : kColumns) {
        for (const auto kind : test::kKinds) {
          for (const bool continues : {false, true}) {
            const std::size_t fan_in = 1 + (fan_out * 3 + static_cast<std::size_t>(kind)) % 37;
            Numbers numbers(fan_out * 100 + fan_in);
            WeightCase c(37, fan_in, fan_out, numbers);
            c.fill_with_normals(numbers);
            make_zeros(c.X, zeros, numbers);
            Bits bits(c.X);
            WeightCase dense = c, sparse = c;
            UpdateRule rule = test::rule_of(kind);
            rule.continues = continues;
            Prefetch none;
            kernels->weight_step(c.X.view(), c.dZ.view(), rule, dense.buffers(), c.block_stride(), none);
            kernels->sparse_weight_step(c.X.view(), bits.from(0, 0), c.dZ.view(), rule, sparse.buffers(),
                                        c.block_stride(), none);
            for (std::size_t b = 0; b < 4; ++b) {
              for (std::size_t block = 0; block < blocks_of(fan_out); ++block) {
                const auto of = [&](const WeightCase& w) {
                  return std::span(std::as_const(*w.all_buffers()[b]).view().block(block), fan_in * kBlock);
                };
                ASSERT_TRUE(test::same_bits(of(sparse), of(dense)))
                    << kernels->name << ", buffer " << b << ", " << fan_in << " x " << fan_out << ", kind "
                    << static_cast<int>(kind) << ", zeros of kind " << static_cast<int>(zeros);
              }
            }
          }
        }
      }
    }
  }
}

TEST(SparseWeightStep, PaddingRowsOfZerosStayZeros) {
  for (const Kernels* kernels : targets()) {
    for (const auto kind : test::kUpdateKinds) {
      for (const std::size_t fan_in : {1u, 3u, 9u, 13u, 23u}) {
        Numbers numbers(fan_in);
        WeightCase c(20, fan_in, 35, numbers);
        for (GuardedMatrix* buffer : c.all_buffers()) {
          for (std::size_t i = fan_in; i < padded(fan_in); ++i) {
            for (std::size_t o = 0; o < padded(35); ++o) (*buffer)(i, o) = 0;
          }
        }
        Bits bits(c.X);
        Prefetch none;
        kernels->sparse_weight_step(c.X.view(), bits.from(0, 0), c.dZ.view(), test::rule_of(kind),
                                    c.buffers(), c.block_stride(), none);
        for (const GuardedMatrix* buffer : std::as_const(c).all_buffers()) {
          for (std::size_t i = fan_in; i < padded(fan_in); ++i) {
            for (std::size_t o = 0; o < padded(35); ++o) ASSERT_EQ((*buffer)(i, o), 0) << kernels->name;
          }
        }
      }
    }
  }
}

TEST(SparseWeightStep, OfSomeBlocksTouchesNothingElse) {
  Numbers numbers(9);
  WeightCase before(19, 70, 100, numbers);
  make_zeros(before.X, Zeros::kScattered, numbers);
  const Matrix<float> sums = before.sums();
  Bits bits(before.X);
  for (const Kernels* kernels : targets()) {
    for (const auto& [row_begin, row_end] : {std::pair(0u, 1u), std::pair(1u, 3u), std::pair(2u, 5u)}) {
      for (const auto& [begin, end] : {std::pair(0u, 7u), std::pair(1u, 4u), std::pair(6u, 7u)}) {
        WeightCase c = before;
        Prefetch none;
        kernels->sparse_weight_step(c.X.view().blocks(row_begin, row_end), bits.from(0, row_begin),
                                    c.dZ.view().blocks(begin, end), {.kind = UpdateRule::Kind::kStore},
                                    c.buffers(row_begin, begin), c.block_stride(), none);
        const auto part =
            c.gradients.view().rows(row_begin * kBlock, (row_end - row_begin) * kBlock).blocks(begin, end);
        EXPECT_TRUE(c.gradients.unchanged_outside(part, before.gradients) && bits.guards_intact());
        for (std::size_t i = row_begin * kBlock; i < std::min<std::size_t>(70, row_end * kBlock); ++i) {
          for (std::size_t o = begin * kBlock; o < std::min<std::size_t>(100, end * kBlock); ++o) {
            ASSERT_EQ(c.gradients(i, o), sums(i, o)) << kernels->name << ", " << i << ", " << o;
          }
        }
      }
    }
  }
}

TEST(SparseWeightStep, LeavesOutWhatIsZeroAndNothingElse) {
  constexpr std::size_t kRows = 37, kInputs = 40;
  for (const Kernels* kernels : targets()) {
    for (const std::size_t outputs : {10u, 64u, 87u}) {
      for (std::size_t row = 0; row < kRows; ++row) {
        SCOPED_TRACE(std::string(kernels->name) + ", " + std::to_string(outputs) + " outputs, row " +
                     std::to_string(row));
        Numbers numbers(row);
        WeightCase before(kRows, kInputs, outputs, numbers);
        make_zeros(before.X, Zeros::kScattered, numbers);
        const auto gradients = [&] {
          WeightCase c = before;
          Bits bits(c.X);
          Prefetch none;
          kernels->sparse_weight_step(c.X.view(), bits.from(0, 0), c.dZ.view(),
                                      {.kind = UpdateRule::Kind::kStore}, c.buffers(), c.block_stride(),
                                      none);
          return c.gradients;
        };
        // A row of zeros: its dZ is not looked at.
        for (std::size_t i = 0; i < kInputs; ++i) before.X(row, i) = 0;
        const GuardedMatrix expected = gradients();
        for (std::size_t o = 0; o < outputs; ++o) before.dZ(row, o) = o % 2 ? kNaN : kInfinity;
        EXPECT_TRUE(gradients().unchanged_since(expected));
        const std::size_t input = row;
        before.X(row, input) = -1;
        const GuardedMatrix one = gradients();
        for (std::size_t o = 0; o < outputs; ++o) {
          EXPECT_TRUE(o % 2 ? std::isnan(one(input, o)) : one(input, o) == -kInfinity) << o;
        }
        for (std::size_t o = 0; o < outputs; ++o) before.dZ(row, o) = 1;
        before.X(row, input) = kNaN;
        const GuardedMatrix both = gradients();
        for (std::size_t i = 0; i < kInputs; ++i) {
          for (std::size_t o = 0; o < outputs; ++o) EXPECT_EQ(std::isnan(both(i, o)), i == input) << i;
        }
      }
    }
  }
}
TEST(SparseWeightStepCoded, HasTheBitsOfTheStepOnWhatTheCodesStandFor) {
  for (const Kernels* kernels : targets()) {
    for (const Zeros zeros : kEveryKind) {
      for (const std::size_t fan_out : kColumns) {
        for (const bool continues : {false, true}) {
          const std::size_t fan_in = 1 + fan_out * 3 % 37;
          Numbers numbers(fan_out * 100 + fan_in);
          const CodedCase coded(37, fan_in, zeros, numbers);
          WeightCase c(37, fan_in, fan_out, numbers);
          c.fill_with_normals(numbers);
          Bits bits(coded.X);
          WeightCase on_floats = c, on_codes = c;
          UpdateRule rule = test::rule_of(UpdateRule::Kind::kAdam);
          rule.continues = continues;
          Prefetch none;
          kernels->sparse_weight_step(coded.X.view(), bits.from(0, 0), c.dZ.view(), rule, on_floats.buffers(),
                                      c.block_stride(), none);
          kernels->sparse_weight_step_coded(coded.view(), bits.from(0, 0), c.dZ.view(), rule,
                                            on_codes.buffers(), c.block_stride(), none);
          for (std::size_t b = 0; b < 4; ++b) {
            ASSERT_TRUE(on_codes.all_buffers()[b]->unchanged_since(*on_floats.all_buffers()[b]))
                << kernels->name << ", buffer " << b << ", " << fan_in << " x " << fan_out
                << ", zeros of kind " << static_cast<int>(zeros);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
