// The signature: a fixed tiny training run's parameters, hashed. It changes when a bit of initialisation,
// shuffling, dropout, forward, backward or optimizer changes, on purpose or not. A change of kSignature must
// be meant, and explained in the commit that makes it (CONTRIBUTING.md).
#include <gtest/gtest.h>

#include <cstdio>

#include "kernels/kernels.h"
#include "training/toy.h"

namespace mlp {
namespace {

constexpr std::uint64_t kSignature = 0xd0da408995f6253d;

/// FNV-1a, 64 bits (Fowler, Noll and Vo), over the parameters' bytes, least significant first.
std::uint64_t signature_of(const Parameters& parameters) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const float parameter : parameters.values()) {
    const auto bits = std::bit_cast<std::uint32_t>(parameter);
    for (int shift = 0; shift < 32; shift += 8) {
      hash = (hash ^ ((bits >> shift) & 0xff)) * 0x100000001b3u;
    }
  }
  return hash;
}

/// 20 steps of AdamW with dropout and clipping. Uniform initialisers: no logarithm or cosine of this
/// machine's library decides about a bit.
Parameters trained(const std::string& target, int threads) {
  const MultilayerPerceptron network{{
      {.fan_in = 6, .fan_out = 5, .activation = Tanh{}, .dropout = 0.25, .initializer = HeUniform{}},
      {.fan_in = 5, .fan_out = 19, .activation = GELU{}, .dropout = 0.125, .initializer = HeUniform{}},
      {.fan_in = 19, .fan_out = 3, .activation = Softmax{}, .initializer = GlorotUniform{}},
  }};
  const Trained result = train(network, test::toy_classes(75),
                               {.loss = CrossEntropy{0.05},
                                .optimizer = AdamW{.learning_rate = 0.01},
                                .schedule = StepDecay{.factor = 0.5, .every = 2},
                                .epochs = 4,
                                .batch_size = 16,
                                .l2 = 0.001,
                                .clip_norm = 0.5,
                                .seed = 42,
                                .threads = threads,
                                .target = target});
  EXPECT_EQ(result.state.step, 20u);
  return result.model.parameters;
}

TEST(Signature, OfAFixedTrainingRunOnEveryTargetWithFusedMultiplyAdd) {
  for (const std::string& target : kernels::available_targets()) {
    if (target == "baseline") continue;  // rounds twice where the others round once
    for (const int threads : {1, 3}) {
      char found[20], expected[20];
      std::snprintf(found, sizeof found, "%016llx",
                    static_cast<unsigned long long>(signature_of(trained(target, threads))));
      std::snprintf(expected, sizeof expected, "%016llx", static_cast<unsigned long long>(kSignature));
      EXPECT_STREQ(found, expected) << target << ", " << threads << " threads";
    }
  }
}

}  // namespace
}  // namespace mlp
