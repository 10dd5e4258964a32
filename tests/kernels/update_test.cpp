// Every optimizer's update against its formula in double: directly after a gradient, and from memory.
#include <gtest/gtest.h>

#include "kernels/cases.h"
#include "kernels/update_rules.h"
#include "kernels/weight_case.h"

namespace mlp::kernels {
namespace {

using test::Guarded;
using test::kUpdateKinds;
using test::Numbers;
using test::rule_of;
using test::targets;
using test::updated;
using test::Updated;
using test::WeightCase;

std::string described(const Kernels& kernels, UpdateRule::Kind kind, bool weights) {
  return std::string(kernels.name) + ", kind " + std::to_string(static_cast<int>(kind)) +
         (weights ? ", weights" : ", biases");
}

void expect_near(double found, double expected) {
  ASSERT_NEAR(found, expected, 1e-6 * (1 + std::abs(expected)));
}

TEST(Update, AllKindsAreTested) {
  EXPECT_GE(kUpdateKinds.size(), 5u);
  EXPECT_EQ(test::kKinds.size(), kUpdateKinds.size() + 1) << "and kStore";
}

TEST(Update, BehindAGradientIsItsFormula) {
  for (const Kernels* kernels : targets()) {
    for (const UpdateRule::Kind kind : kUpdateKinds) {
      for (const bool weights : {true, false}) {
        for (const bool continues : {true, false}) {
          SCOPED_TRACE(described(*kernels, kind, weights) + (continues ? ", continued" : ""));
          UpdateRule rule = rule_of(kind);
          rule.continues = continues;
          Numbers numbers(static_cast<std::uint64_t>(kind));
          WeightCase c(4, weights ? 37 : 1, 50, numbers);  // whole blocks, and a rest, both ways
          const WeightCase before = c;
          if (weights) {
            Prefetch none;
            kernels->weight_step(c.X.view(), c.dZ.view(), rule, c.buffers(), c.block_stride(), none);
          } else {
            // Biases lie in one piece: the first row of the first block, then on through its padding rows.
            kernels->bias_step(c.dZ.view(), rule, c.buffers());
          }
          EXPECT_TRUE(c.gradients.unchanged_since(before.gradients)) << "only kStore writes gradients";
          for (std::size_t i = 0; i < c.fan_in; ++i) {
            for (std::size_t o = 0; o < padded(c.fan_out); ++o) {
              const auto at = [&](const test::GuardedMatrix& buffer) {
                return weights ? buffer(i, o) : buffer(o / kBlock, o % kBlock);
              };
              double g = continues ? at(before.gradients) : 0;
              for (std::size_t n = 0; n < c.batch; ++n) g += (weights ? c.X(n, i) : 1.0f) * c.dZ(n, o);
              if (weights) g += static_cast<double>(rule.l2) * at(before.parameters);
              const Updated expected =
                  *updated(rule, weights, at(before.parameters), at(before.moment1), at(before.moment2), g);
              expect_near(at(c.parameters), expected.parameter);
              expect_near(at(c.moment1), expected.moment1);
              expect_near(at(c.moment2), expected.moment2);
            }
          }
        }
      }
    }
  }
}

TEST(Update, FromMemoryScalesTheGradientAndAddsNoSecondL2) {
  for (const Kernels* kernels : targets()) {
    for (const UpdateRule::Kind kind : kUpdateKinds) {
      for (const bool weights : {true, false}) {
        for (const std::size_t count : {0u, 16u, 32u, 48u, 240u}) {
          SCOPED_TRACE(described(*kernels, kind, weights) + ", " + std::to_string(count));
          UpdateRule rule = rule_of(kind);
          rule.gradient_scale = 0.5f;
          Numbers numbers(count);
          Guarded parameters(count, 1), moment1(count, 3), moment2(count, 5), gradients(count, 7);
          for (std::size_t i = 0; i < count; ++i) {
            parameters[i] = numbers.normal();
            gradients[i] = numbers.normal();
            moment1[i] = numbers.positive();
            moment2[i] = numbers.positive();
          }
          const Guarded p = parameters, m = moment1, v = moment2, g = gradients;
          kernels->update(rule, weights,
                          {parameters.data(), moment1.data(), moment2.data(), gradients.data()}, count);
          EXPECT_TRUE(parameters.guards_intact() && moment1.guards_intact() && moment2.guards_intact());
          EXPECT_TRUE(test::same_bits(gradients.memory(), g.memory()));
          for (std::size_t i = 0; i < count; ++i) {
            const Updated expected =
                *updated(rule, weights, p[i], m[i], v[i], 0.5 * static_cast<double>(g[i]));
            expect_near(parameters[i], expected.parameter);
            expect_near(moment1[i], expected.moment1);
            expect_near(moment2[i], expected.moment2);
          }
        }
      }
    }
  }
}

TEST(Update, DirectAndFromMemoryAgreeBitForBit) {
  for (const Kernels* kernels : targets()) {
    for (const UpdateRule::Kind kind : kUpdateKinds) {
      Numbers numbers(9);
      WeightCase direct(6, 32, 40, numbers);
      direct.fill_with_normals(numbers);
      WeightCase stored = direct;
      const UpdateRule rule = rule_of(kind);
      UpdateRule store = rule;
      store.kind = UpdateRule::Kind::kStore;
      Prefetch none;
      kernels->weight_step(direct.X.view(), direct.dZ.view(), rule, direct.buffers(), direct.block_stride(),
                           none);
      kernels->weight_step(stored.X.view(), stored.dZ.view(), store, stored.buffers(), stored.block_stride(),
                           none);
      for (std::size_t block = 0; block < 3; ++block) {
        kernels->update(rule, true, stored.buffers(0, block), 32 * kBlock);
      }
      EXPECT_TRUE(stored.parameters.unchanged_since(direct.parameters)) << described(*kernels, kind, true);
      EXPECT_TRUE(stored.moment1.unchanged_since(direct.moment1)) << described(*kernels, kind, true);
      EXPECT_TRUE(stored.moment2.unchanged_since(direct.moment2)) << described(*kernels, kind, true);
    }
  }
}

TEST(Update, NeedsNoMomentsTheOptimizerDoesNotHave) {
  for (const Kernels* kernels : targets()) {
    for (const UpdateRule::Kind kind : kUpdateKinds) {
      if (kind == UpdateRule::Kind::kAdam) continue;
      std::vector<float> parameters(16, 1.0f), moment1(16, 1.0f), gradients(16, 1.0f);
      kernels->update(rule_of(kind), true,
                      {.parameters = parameters.data(),
                       .moment1 = kind == UpdateRule::Kind::kSgd ? nullptr : moment1.data(),
                       .gradients = gradients.data()},
                      16);
      for (const float p : parameters) EXPECT_LT(p, 1.0f) << described(*kernels, kind, true);
    }
  }
}

TEST(Update, ANaNInAGradientReachesItsParameterAlone) {
  for (const Kernels* kernels : targets()) {
    for (const UpdateRule::Kind kind : kUpdateKinds) {
      for (std::size_t place = 0; place < 16; ++place) {
        std::vector<float> parameters(16, 1.0f), moment1(16, 1.0f), moment2(16, 1.0f), gradients(16, 1.0f);
        gradients[place] = std::nanf("");
        kernels->update(rule_of(kind), true,
                        {parameters.data(), moment1.data(), moment2.data(), gradients.data()}, 16);
        for (std::size_t i = 0; i < 16; ++i) {
          EXPECT_EQ(std::isnan(parameters[i]), i == place) << described(*kernels, kind, true);
        }
      }
    }
  }
}

}  // namespace
}  // namespace mlp::kernels
