// The same bits for any number of threads, whether they share rows or columns, in one chunk and in several,
// and on every CPU target with fused multiply-add.
#include <gtest/gtest.h>

#include <numeric>

#include "engine/left_by.h"
#include "support/sanitizer.h"

namespace mlp {
namespace {

using test::Case;
using test::Draw;
using test::How;
using test::left_by;
using test::plan_of;
using test::same_bits;

constexpr std::size_t kSmallCache = 0, kLargeCache = std::size_t{1} << 30;

std::vector<std::string> fused_targets() {
  std::vector<std::string> fused;
  for (const std::string& target : kernels::available_targets()) {
    if (target != "baseline") fused.push_back(target);
  }
  if (fused.empty()) fused.push_back("baseline");
  return fused;
}

TEST(SameBits, ForAnyNumberOfThreadsAndOnEveryFusedTarget) {
  const std::vector<std::string> fused = fused_targets();
  std::uint64_t seed = 5000;
  test::for_each_loss_and_output([&](const std::string& name, const Loss& loss, const Activation& output) {
    Draw draw(++seed);
    if (seed % testing_support::kOneOf != 0) return;
    const Case c = test::random_case(draw, loss, output, true);
    SCOPED_TRACE(name + ", " + to_string(c.network) + ", seed " + std::to_string(seed));
    const How how{.optimizer = draw.any(all_optimizers()), .clip_norm = draw.chance(0.5) ? 0.1 : 0.0};
    const std::vector<float> expected =
        left_by(c, how, {.threads = 1, .target = fused.front(), .cache_bytes = kLargeCache});
    for (const std::string& target : fused) {
      for (const int threads : {1, 2, 3, 4, 7}) {
        const std::size_t cache_bytes = threads % 2 == 0 ? kSmallCache : kLargeCache;
        EXPECT_TRUE(same_bits(
            left_by(c, how, {.threads = threads, .target = target, .cache_bytes = cache_bytes}), expected))
            << target << ", " << threads << " threads";
      }
    }
  });
}

TEST(SameBits, InOneChunkAndInSeveral) {
  const MultilayerPerceptron network =
      parse_network("70:relu:0.2,40:gelu,33:softmax:0.1,20:leaky_relu,9:softmax", 45);
  for (const std::size_t batch : {64u, 65u, 128u, 250u, 600u}) {
    Draw draw(batch);
    const Case c = test::case_of(draw, network, CrossEntropy{0.1}, batch, true);
    // Chunks of up to 128 rows, or of 64.
    ASSERT_EQ(plan_of(c, SGD{}, {.cache_bytes = kLargeCache}).chunk_rows(),
              std::min<std::size_t>(batch, 128));
    ASSERT_EQ(plan_of(c, SGD{}, {.cache_bytes = kSmallCache}).chunk_rows(), std::min<std::size_t>(batch, 64));
    for (const Optimizer& optimizer : all_optimizers()) {
      for (const double clip_norm : {0.0, 0.05}) {
        const How how{.optimizer = optimizer, .clip_norm = clip_norm};
        const std::vector<float> expected = left_by(c, how, {.threads = 1, .cache_bytes = kLargeCache});
        for (const int threads : {1, 3}) {
          EXPECT_TRUE(same_bits(left_by(c, how, {.threads = threads, .cache_bytes = kSmallCache}), expected))
              << to_string(optimizer) << ", clip " << clip_norm << ", batches of " << batch << ", " << threads
              << " threads";
        }
      }
    }
  }
}

TEST(SameBits, WhereThreadsShareColumns) {
  struct Wide {
    const char* layers;
    std::size_t inputs;
    Loss loss;
  };
  const std::vector<Wide> networks = {
      {"512:relu,512:leaky_relu,10:softmax", 100, CrossEntropy{0.1}},
      {"512:gelu:0.2,512:tanh:0.1,10:softmax", 100, CrossEntropy{}},
      {"64:tanh,512:relu,640:linear:0.3,200:sigmoid", 30, BinaryCrossEntropy{}},  // not the first; the last
      {"512:relu,520:softmax:0.1,512:silu,3:linear", 100, MeanSquaredError{}},    // a softmax between
      {"128:relu,300:relu,5:linear", 300, Huber{}},  // 8 blocks: fewer than 9 threads
  };
  for (const Wide& wide : networks) {
    Draw draw(21);
    const Case c = test::case_of(draw, parse_network(wide.layers, wide.inputs), wide.loss, 100, true);
    for (const double clip_norm : {0.0, 0.05}) {
      const How how{.clip_norm = clip_norm};
      const std::vector<float> expected = left_by(c, how, {.threads = 1, .cache_bytes = kLargeCache});
      bool shared = false;
      for (const int threads : {2, 3, 4, 7, 9}) {
        const std::size_t cache_bytes = threads % 2 == 0 ? kSmallCache : kLargeCache;
        const engine::PlanOptions options{.threads = threads, .cache_bytes = cache_bytes};
        const engine::Plan plan = plan_of(c, Adam{}, options);
        for (const engine::LayerPlan& layer : plan.layers()) {
          shared = shared || layer.share_outputs || layer.share_inputs;
        }
        EXPECT_TRUE(same_bits(left_by(c, how, options), expected))
            << wide.layers << ", " << threads << " threads, clip " << clip_norm;
      }
      EXPECT_TRUE(shared) << wide.layers << ": the threads share no columns, nothing was tested";
    }
  }
}

TEST(SameBits, WithMoreThreadsThanCoresAndBatchesSmallerThanThreads) {
  const int many = 2 * available_cores() + 5;
  for (const char* layers : {"19:tanh:0.3,5:softmax", "256:relu,256:gelu:0.1,5:softmax"}) {
    for (const std::size_t batch : {1u, 2u, 6u, 70u}) {
      Draw draw(4);
      const Case c = test::case_of(draw, parse_network(layers, 111), CrossEntropy{}, batch, true);
      const How how{.clip_norm = 0.1};
      const std::vector<float> expected = left_by(c, how, {.threads = 1});
      for (const int threads : {2, 3, 5, 8, 9, many}) {
        EXPECT_TRUE(same_bits(left_by(c, how, {.threads = threads, .cache_bytes = kSmallCache}), expected))
            << layers << ", " << threads << " threads, " << batch << " rows";
      }
    }
  }
}

TEST(SameBits, WhetherZerosAreSkippedOrNot) {
  for (const char* layers : {"70:relu:0.1,10:softmax", "512:gelu,512:relu,10:softmax"}) {
    for (const bool shifted : {false, true}) {
      Draw draw(31);
      Case c = test::case_of(draw, parse_network(layers, 150), CrossEntropy{}, 140, true);
      test::make_bytes(draw, c, shifted);
      const How how{.clip_norm = shifted ? 0.05 : 0.0};
      const std::vector<float> expected = left_by(c, how, {.threads = 1, .cache_bytes = kLargeCache});
      for (const std::string& target : fused_targets()) {
        for (const int threads : {1, 2, 3, 7}) {
          for (const double density : {0.0, 1.0}) {
            EXPECT_TRUE(same_bits(left_by(c, how,
                                          {.threads = threads,
                                           .target = target,
                                           .input_density = density,
                                           .cache_bytes = kSmallCache}),
                                  expected))
                << layers << ", " << target << ", " << threads << " threads, density " << density;
          }
        }
      }
    }
  }
}

/// All combinations of choices except those that a plan for `options` refuses.
std::vector<engine::PlanChoices> choices_for(const Case& c, engine::PlanOptions options) {
  std::vector<engine::PlanChoices> possible;
  for (unsigned bits = 0; bits < 16; ++bits) {
    options.choices = {.skips_zeros = (bits & 1) != 0,
                       .splits_inputs = (bits & 2) != 0,
                       .shares_columns = (bits & 4) != 0,
                       .sums_own_rows = (bits & 8) != 0};
    try {
      plan_of(c, Adam{}, options);
      possible.push_back(options.choices);
    } catch (const std::invalid_argument&) {
    }
  }
  return possible;
}

TEST(SameBits, WhateverIsChosenForAPlan) {
  struct Work {
    const char* layers;
    std::size_t inputs, batch;
    std::vector<std::size_t> choices;  ///< on two, three and four threads
  };
  const std::vector<Work> works = {
      {"144:relu,87:gelu:0.1,72:leaky_relu,10:softmax", 300, 200, {12, 4, 12}},  // sums parts of the rows
      {"144:relu,16:relu,10:softmax", 300, 600, {12, 4, 12}},                    // in two turns
      {"512:relu,512:tanh,10:softmax", 300, 60, {8, 4, 8}},
  };
  for (const Work& work : works) {
    Draw draw(51);
    Case c = test::case_of(draw, parse_network(work.layers, work.inputs), CrossEntropy{}, work.batch, true);
    test::make_bytes(draw, c, false);
    const How how;
    const std::vector<float> expected = left_by(c, how, {.threads = 1});
    for (const int threads : {2, 3, 4}) {
      engine::PlanOptions options{.threads = threads,
                                  .cache_bytes = threads % 2 == 0 ? kSmallCache : kLargeCache};
      const auto possible = choices_for(c, options);
      EXPECT_EQ(possible.size(), work.choices[static_cast<std::size_t>(threads - 2)])
          << work.layers << ", " << threads << " threads";
      for (const engine::PlanChoices& choices : possible) {
        options.choices = choices;
        EXPECT_TRUE(same_bits(left_by(c, how, options), expected))
            << work.layers << ", " << threads << " threads: zeros " << *choices.skips_zeros << ", inputs "
            << *choices.splits_inputs << ", columns " << *choices.shares_columns << ", own rows "
            << *choices.sums_own_rows;
      }
    }
  }
}

TEST(SameBits, WhereSumsAreMadeInParts) {
  Draw draw(41);
  const Case c = test::case_of(draw, parse_network("1100:leaky_relu,1040:silu,3:linear", 1030),
                               MeanSquaredError{}, 40, false);
  const How how{.clip_norm = 0.05};
  const std::vector<float> expected = left_by(c, how, {.threads = 1});
  for (const std::string& target : fused_targets()) {
    for (const int threads : {1, 3, 4}) {
      EXPECT_TRUE(same_bits(left_by(c, how, {.threads = threads, .target = target}), expected))
          << target << ", " << threads << " threads";
    }
  }
}

TEST(SameBits, WhetherTheNextRowsAreToldOrNot) {
  Draw draw(8);
  const Case c = test::case_of(draw, parse_network("40:relu,10:softmax", 100), CrossEntropy{}, 130, false);
  const How told{.tells_what_comes = true}, untold{.tells_what_comes = false};
  for (const int threads : {1, 3}) {
    const engine::PlanOptions options{.threads = threads, .cache_bytes = kSmallCache};
    EXPECT_TRUE(same_bits(left_by(c, told, options), left_by(c, untold, options)));
  }
}

}  // namespace
}  // namespace mlp
