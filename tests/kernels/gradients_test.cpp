// Gradients by weights and biases, stored and continued, on sizes around the edges of vectors, blocks and
// tiles, on parts of larger matrices and at unaligned addresses. Over small integers sums must be exact; over
// other numbers they must be the one chain of multiply-adds that kernels.h promises, bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/cases.h"
#include "kernels/update_rules.h"
#include "kernels/weight_case.h"

namespace mlp::kernels {
namespace {

using test::Guarded;
using test::GuardedMatrix;
using test::kColumns;
using test::Numbers;
using test::targets;
using test::WeightCase;

/// Storing dW on every target, anew and as a continued sum, with an L2 term of 2 W.
void expect_exact_gradient(std::size_t batch, std::size_t fan_in, std::size_t fan_out) {
  SCOPED_TRACE(std::to_string(batch) + " rows, " + std::to_string(fan_in) + " x " + std::to_string(fan_out));
  Numbers numbers(batch * 10007 + fan_in * 101 + fan_out);
  const WeightCase before(batch, fan_in, fan_out, numbers);
  const Matrix<float> sums = before.sums();
  for (const Kernels* kernels : targets()) {
    for (const bool continues : {false, true}) {
      WeightCase c = before;
      Prefetch none;
      kernels->weight_step(
          c.X.view(), c.dZ.view(),
          {.kind = UpdateRule::Kind::kStore, .continues = continues, .keep = 0.5f, .l2 = 2.0f}, c.buffers(),
          c.block_stride(), none);
      EXPECT_TRUE(c.parameters.unchanged_since(before.parameters)) << "storing must not update";
      EXPECT_TRUE(c.moment1.unchanged_since(before.moment1) && c.moment2.unchanged_since(before.moment2));
      EXPECT_TRUE(c.gradients.unchanged_outside(c.gradients.view(), before.gradients));
      for (std::size_t i = 0; i < padded(fan_in); ++i) {
        for (std::size_t o = 0; o < padded(fan_out); ++o) {
          const float start = continues ? before.gradients(i, o) : 0;
          const float expected = start + (i < fan_in ? sums(i, o) : 0) + 2 * before.parameters(i, o);
          // A tile may reach into the padding rows of a last block, where X is zero; or leave them alone.
          if (i >= fan_in && c.gradients(i, o) == before.gradients(i, o)) continue;
          ASSERT_EQ(c.gradients(i, o), expected)
              << kernels->name << (continues ? ", continued, " : ", ") << i << ", " << o;
        }
      }
    }
  }
}

TEST(WeightStep, GradientsAreExactOnIntegersForAllInputsAndOutputs) {
  for (std::size_t fan_in = 1; fan_in <= 34; ++fan_in) {
    for (std::size_t fan_out = 1; fan_out <= 130; ++fan_out) {
      expect_exact_gradient((fan_in * 3 + fan_out) % 9, fan_in, fan_out);
    }
  }
}

TEST(WeightStep, GradientsAreExactOnIntegersForAllBatches) {
  for (std::size_t batch = 0; batch <= 40; ++batch) {
    for (const std::size_t fan_out : kColumns) expect_exact_gradient(batch, 1 + batch % 33, fan_out);
    expect_exact_gradient(batch, 100, 33);
  }
}

TEST(WeightStep, EachGradientIsOneChainOfMultiplyAddsOverTheRows) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t fan_out : kColumns) {
      for (const std::size_t fan_in : {1u, 15u, 33u}) {
        for (const bool continues : {false, true}) {
          Numbers numbers(fan_out * 100 + fan_in);
          WeightCase c(21, fan_in, fan_out, numbers);
          c.fill_with_normals(numbers);
          const WeightCase before = c;
          Prefetch none;
          kernels->weight_step(c.X.view(), c.dZ.view(), {.continues = continues}, c.buffers(),
                               c.block_stride(), none);
          for (std::size_t i = 0; i < fan_in; ++i) {
            for (std::size_t o = 0; o < fan_out; ++o) {
              float expected = continues ? before.gradients(i, o) : 0;
              for (std::size_t n = 0; n < c.batch; ++n) {
                expected = test::multiply_add(*kernels, c.X(n, i), c.dZ(n, o), expected);
              }
              ASSERT_EQ(c.gradients(i, o), expected) << kernels->name << ", " << i << ", " << o;
            }
          }
        }
      }
    }
  }
}

TEST(WeightStep, ContinuedSumsAreTheWholeBatchsBits) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t fan_out : {10u, 33u, 64u, 87u}) {
      Numbers numbers(fan_out);
      WeightCase whole(40, 37, fan_out, numbers);
      whole.fill_with_normals(numbers);
      WeightCase pieces = whole;
      const UpdateRule adam = test::rule_of(UpdateRule::Kind::kAdam);
      Prefetch none;
      kernels->weight_step(whole.X.view(), whole.dZ.view(), adam, whole.buffers(), whole.block_stride(),
                           none);
      const std::vector<std::size_t> ends = {16, 17, 33, 40};
      for (std::size_t first = 0, piece = 0; piece < ends.size(); first = ends[piece++]) {
        UpdateRule rule = adam;
        rule.continues = first > 0;
        if (ends[piece] < whole.batch) {
          rule.kind = UpdateRule::Kind::kStore;
          rule.l2 = 0;
        }
        kernels->weight_step(pieces.X.view().rows(first, ends[piece] - first),
                             pieces.dZ.view().rows(first, ends[piece] - first), rule, pieces.buffers(),
                             pieces.block_stride(), none);
      }
      EXPECT_TRUE(pieces.moment1.unchanged_since(whole.moment1)) << kernels->name << ", " << fan_out;
      EXPECT_TRUE(pieces.moment2.unchanged_since(whole.moment2)) << kernels->name << ", " << fan_out;
      EXPECT_TRUE(pieces.parameters.unchanged_since(whole.parameters)) << kernels->name << ", " << fan_out;
    }
  }
}

TEST(WeightStep, OnPartsGivesTheWholesBitsAndTouchesNothingElse) {
  const std::size_t fan_in = 70, fan_out = 100;  // 5 and 7 blocks, both with a rest
  for (const Kernels* kernels : targets()) {
    for (const UpdateRule::Kind kind : {UpdateRule::Kind::kStore, UpdateRule::Kind::kMomentum}) {
      Numbers numbers(7);
      WeightCase before(12, fan_in, fan_out, numbers);
      before.fill_with_normals(numbers);
      const UpdateRule rule{.kind = kind, .learning_rate = 0.5f, .l2 = 0.25f, .beta1 = 0.5f};
      WeightCase whole = before;
      Prefetch none;
      kernels->weight_step(whole.X.view(), whole.dZ.view(), rule, whole.buffers(), whole.block_stride(),
                           none);
      for (std::size_t top = 0; top < 5; ++top) {
        for (std::size_t bottom = top; bottom <= 5; ++bottom) {
          for (std::size_t left = 0; left < 7; ++left) {
            const std::size_t right = left + 1 + (top + bottom) % (7 - left);
            SCOPED_TRACE(std::string(kernels->name) + ", inputs " + std::to_string(top) + " to " +
                         std::to_string(bottom) + ", outputs " + std::to_string(left) + " to " +
                         std::to_string(right) + " in blocks");
            WeightCase c = before, expected = before;
            kernels->weight_step(c.X.view().blocks(top, bottom), c.dZ.view().blocks(left, right), rule,
                                 c.buffers(top, left), c.block_stride(), none);
            for (std::size_t buffer = 0; buffer < 4; ++buffer) {
              for (std::size_t i = top * kBlock; i < bottom * kBlock; ++i) {
                for (std::size_t o = left * kBlock; o < right * kBlock; ++o) {
                  // How far a tile reaches into the padding rows depends on its width.
                  const WeightCase& source = i < fan_in ? whole : c;
                  (*expected.all_buffers()[buffer])(i, o) = (*source.all_buffers()[buffer])(i, o);
                }
              }
              ASSERT_TRUE(c.all_buffers()[buffer]->unchanged_since(*expected.all_buffers()[buffer]))
                  << buffer;
            }
          }
        }
      }
    }
  }
}

TEST(WeightStep, ANaNStaysInItsRowOrColumn) {
  for (const Kernels* kernels : targets()) {
    const UpdateRule sgd{.kind = UpdateRule::Kind::kSgd, .learning_rate = 0.5f};
    Prefetch none;
    Numbers numbers(3);
    WeightCase input(5, 19, 40, numbers), output = input;
    input.X(3, 17) = std::nanf("");
    kernels->weight_step(input.X.view(), input.dZ.view(), sgd, input.buffers(), input.block_stride(), none);
    output.dZ(2, 33) = std::nanf("");
    kernels->weight_step(output.X.view(), output.dZ.view(), sgd, output.buffers(), output.block_stride(),
                         none);
    for (std::size_t i = 0; i < 19; ++i) {
      for (std::size_t o = 0; o < 40; ++o) {
        ASSERT_EQ(std::isnan(input.parameters(i, o)), i == 17) << i << ", " << o;
        ASSERT_EQ(std::isnan(output.parameters(i, o)), o == 33) << i << ", " << o;
      }
    }
  }
}

/// A sum over rows [first, last): a chain on top of what `before` points at, if anything.
template <class Term>
float chain(const float* before, std::size_t first, std::size_t last, const Term& add) {
  float sum = before ? *before : 0.0f;
  for (std::size_t n = first; n < last; ++n) sum = add(sum, n);
  return sum;
}

// Parts as they occur in a batch's chunks: without rows, with an earlier sum, or both.
struct PartsCase {
  RowParts parts;
  std::vector<bool> has_before;
};
const std::vector<PartsCase> kParts = {
    {{.count = 1, .edges = {0, 23}}, {false}},
    {{.count = 4, .edges = {0, 5, 11, 17, 23}}, {false, false, false, false}},
    {{.count = 4, .edges = {0, 5, 11, 17, 23}}, {true, true, true, true}},
    {{.count = 4, .edges = {0, 0, 0, 9, 23}}, {true, true, true, false}},  // the last chunk of a batch
    {{.count = 3, .edges = {0, 0, 0, 0}}, {true, true, true}},             // all summed before
    {{.count = 2, .edges = {3, 4, 20}}, {false, true}},
};

TEST(WeightStep, PartsOfTheRowsAreChainsAddedInOrder) {
  for (const Kernels* kernels : targets()) {
    for (const std::size_t fan_out : kColumns) {
      for (const std::size_t fan_in : {1u, 17u, 40u}) {
        for (const PartsCase& of : kParts) {
          Numbers numbers(fan_out * 100 + fan_in);
          WeightCase c(23, fan_in, fan_out, numbers);
          c.fill_with_normals(numbers);
          std::vector<GuardedMatrix> sums;
          RowParts parts = of.parts;
          for (std::size_t p = 0; p < parts.count; ++p) sums.push_back(c.gradients);
          for (std::size_t p = 0; p < parts.count; ++p) {
            sums[p].fill([&] { return numbers.normal(); });
            if (of.has_before[p]) parts.before[p] = &sums[p](0, 0);
          }
          const WeightCase before = c;
          Prefetch none;
          kernels->weight_step(c.X.view(), c.dZ.view(), {.parts = &parts}, c.buffers(), c.block_stride(),
                               none);
          EXPECT_TRUE(c.gradients.unchanged_outside(c.gradients.view(), before.gradients));
          for (std::size_t i = 0; i < fan_in; ++i) {
            for (std::size_t o = 0; o < fan_out; ++o) {
              float expected = 0;
              for (std::size_t p = 0; p < parts.count; ++p) {
                const float sum = chain(of.has_before[p] ? &sums[p](i, o) : nullptr, parts.edges[p],
                                        parts.edges[p + 1], [&](float so_far, std::size_t n) {
                                          return test::multiply_add(*kernels, c.X(n, i), c.dZ(n, o), so_far);
                                        });
                expected = p == 0 ? sum : expected + sum;
              }
              ASSERT_EQ(c.gradients(i, o), expected)
                  << kernels->name << ", " << parts.count << " parts, " << i << ", " << o;
            }
          }
        }
      }
    }
  }
}

TEST(BiasStep, PartsOfTheRowsAreChainsAddedInOrder) {
  const std::size_t batch = 23, fan_out = 75;
  for (const Kernels* kernels : targets()) {
    for (const PartsCase& of : kParts) {
      Numbers numbers(9);
      const GuardedMatrix dZ = numbers.normals(batch, fan_out, 3);
      Guarded parameters(padded(fan_out), 5), gradients(padded(fan_out), 11);
      RowParts parts = of.parts;
      std::vector<std::vector<float>> sums(parts.count, std::vector<float>(padded(fan_out)));
      for (std::size_t p = 0; p < parts.count; ++p) {
        for (float& sum : sums[p]) sum = numbers.normal();
        if (of.has_before[p]) parts.before[p] = sums[p].data();
      }
      kernels->bias_step(dZ.view(), {.parts = &parts},
                         {.parameters = parameters.data(), .gradients = gradients.data()});
      EXPECT_TRUE(gradients.guards_intact());
      for (std::size_t o = 0; o < fan_out; ++o) {
        float expected = 0;
        for (std::size_t p = 0; p < parts.count; ++p) {
          const float sum =
              chain(of.has_before[p] ? &sums[p][o] : nullptr, parts.edges[p], parts.edges[p + 1],
                    [&](float so_far, std::size_t n) { return so_far + dZ(n, o); });
          expected = p == 0 ? sum : expected + sum;
        }
        ASSERT_EQ(gradients[o], expected) << kernels->name << ", " << parts.count << " parts, column " << o;
      }
    }
  }
}

TEST(BiasStep, GradientsAreExactOnIntegers) {
  for (const Kernels* kernels : targets()) {
    for (std::size_t fan_out = 1; fan_out <= 130; ++fan_out) {
      for (const std::size_t batch : {0u, 1u, 2u, 15u, 64u}) {
        for (const bool continues : {false, true}) {
          Numbers numbers(batch * 1009 + fan_out);
          const GuardedMatrix dZ = numbers.integers(batch, fan_out, 3);
          Guarded parameters(padded(fan_out), 5), gradients(padded(fan_out), 11);
          for (float& p : parameters.values()) p = numbers.small_integer();
          for (float& g : gradients.values()) g = numbers.small_integer();
          const Guarded start = gradients, parameters_before = parameters;
          // Neither decay nor L2 is for biases.
          kernels->bias_step(
              dZ.view(), {.kind = UpdateRule::Kind::kStore, .continues = continues, .keep = 0.5f, .l2 = 2.0f},
              {.parameters = parameters.data(), .gradients = gradients.data()});
          EXPECT_TRUE(gradients.guards_intact());
          EXPECT_TRUE(test::same_bits(parameters.memory(), parameters_before.memory()));
          for (std::size_t o = 0; o < padded(fan_out); ++o) {
            float expected = continues ? start[o] : 0;
            for (std::size_t n = 0; n < batch; ++n) expected += dZ(n, o);
            ASSERT_EQ(gradients[o], expected)
                << kernels->name << ", " << batch << " x " << fan_out << ", column " << o;
          }
        }
      }
    }
  }
}

TEST(BiasStep, SumsInRowOrderAndOnParts) {
  const std::size_t batch = 37, fan_out = 75;
  for (const Kernels* kernels : targets()) {
    for (const bool continues : {false, true}) {
      Numbers numbers(8);
      const GuardedMatrix dZ = numbers.normals(batch, fan_out, 3);
      Guarded parameters(padded(fan_out), 5), before(padded(fan_out), 11);
      for (float& p : parameters.values()) p = numbers.normal();
      for (float& g : before.values()) g = numbers.normal();
      for (std::size_t begin = 0; begin < 5; ++begin) {
        for (std::size_t end = begin; end <= 5; ++end) {
          Guarded gradients = before;
          kernels->bias_step(dZ.view().rows(2, 30).blocks(begin, end), {.continues = continues},
                             {.parameters = parameters.data() + begin * kBlock,
                              .gradients = gradients.data() + begin * kBlock});
          Guarded expected = before;
          for (std::size_t o = begin * kBlock; o < std::min(end * kBlock, fan_out); ++o) {
            expected[o] = continues ? before[o] : 0;
            for (std::size_t n = 2; n < 32; ++n) expected[o] += dZ(n, o);
          }
          for (std::size_t o = fan_out; o < end * kBlock; ++o) expected[o] = gradients[o];  // padding
          ASSERT_TRUE(test::same_bits(gradients.memory(), expected.memory()))
              << kernels->name << ", blocks " << begin << " to " << end;
        }
      }
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
