// The signatures: the parameters of two fixed tiny training runs, hashed. They change when a bit of
// initialisation, shuffling, dropout, forward, backward or optimizer changes, on purpose or not. A change
// must be meant, and explained in the commit that makes it (CONTRIBUTING.md).
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "kernels/kernels.h"
#include "training/toy.h"

namespace mlp {
namespace {

constexpr std::uint64_t kSignature = 0xd0da408995f6253d;
constexpr std::uint64_t kSignatureInParts = 0x207db49f0ef20ec4;

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

/// 20 steps of AdamW with dropout and clipping. Uniform initialisers, so that no bit depends on a logarithm
/// or cosine of this machine's library.
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

/// 12 steps of RMSProp on a network whose first layer sums its inputs in parts, in batches large enough for
/// weight gradients that are summed in parts of the rows (docs/determinism.md).
Parameters trained_in_parts(const std::string& target, int threads) {
  const MultilayerPerceptron network{{
      {.fan_in = 300, .fan_out = 18, .activation = ReLU{}, .dropout = 0.125, .initializer = HeUniform{}},
      {.fan_in = 18, .fan_out = 7, .activation = LeakyReLU{0.125}, .initializer = HeUniform{}},
      {.fan_in = 7, .fan_out = 4, .activation = Softmax{}, .initializer = GlorotUniform{}},
  }};
  const Trained result = train(network, test::toy_classes(770, 300, 4),
                               {.loss = CrossEntropy{},
                                .optimizer = RMSProp{.learning_rate = 0.002},
                                .epochs = 6,
                                .batch_size = 560,
                                .validation_fraction = 0,
                                .seed = 7,
                                .threads = threads,
                                .target = target});
  EXPECT_EQ(result.state.step, 12u);
  return result.model.parameters;
}

std::string hexadecimal(std::uint64_t hash) {
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

TEST(Signature, OfFixedTrainingRunsOnEveryTargetWithFusedMultiplyAdd) {
  for (const std::string& target : kernels::available_targets()) {
    if (target == "baseline") continue;  // rounds twice where the others round once
    for (const int threads : {1, 3, 4}) {
      EXPECT_EQ(hexadecimal(signature_of(trained(target, threads))), hexadecimal(kSignature))
          << target << ", " << threads << " threads";
      EXPECT_EQ(hexadecimal(signature_of(trained_in_parts(target, threads))), hexadecimal(kSignatureInParts))
          << target << ", " << threads << " threads, in parts";
    }
  }
}

}  // namespace
}  // namespace mlp
