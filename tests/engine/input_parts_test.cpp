// The first layer's inputs in parts: which parts there are, and that threads that share them compute the same
// bits as one thread. (The reference's gradients: step_test.cpp.)
#include "engine/cpu/input_parts.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/left_by.h"

namespace mlp {
namespace {

using test::Case;
using test::Draw;
using test::How;
using test::left_by;
using test::same_bits;

std::vector<std::size_t> blocks_in(const kernels::Depth& depth, std::size_t blocks) {
  std::vector<std::size_t> in;
  for (std::size_t block = depth.first; block < blocks; ++block) {
    if ((block - depth.first) % depth.step < depth.size) in.push_back(block);
  }
  return in;
}

TEST(InputParts, EveryBlockIsInOnePart) {
  for (std::size_t fan_in = 1; fan_in <= 5000; fan_in += 13) {
    const std::size_t blocks = kernels::blocks_of(fan_in);
    std::vector<int> parts_of(blocks);
    std::size_t least = blocks, most = 0;
    for (std::size_t part = 0; part < engine::input_parts(fan_in); ++part) {
      const auto in = blocks_in(engine::input_part(fan_in, part), blocks);
      for (const std::size_t block : in) ++parts_of[block];
      least = std::min(least, in.size());
      most = std::max(most, in.size());
    }
    EXPECT_EQ(parts_of, std::vector<int>(blocks, 1)) << fan_in;
    EXPECT_LE(most - least, engine::input_turn(fan_in)) << fan_in << ": as much for each";
  }
}

TEST(InputParts, AreForManyInputsOnly) {
  EXPECT_EQ(engine::input_parts(255), 1u);
  EXPECT_EQ(engine::input_parts(256), engine::kInputParts);
  EXPECT_EQ(engine::input_parts(4096), engine::kInputParts);
  EXPECT_EQ(engine::input_parts(4097), 1u);
  EXPECT_EQ(engine::input_turn(784), 4u) << "64 bytes of 8-bit inputs, a cache line";
}

struct Wide {
  const char* layers;
  std::size_t inputs;
};
const std::vector<Wide> kNetworks = {{"64:relu,33:leaky_relu,10:softmax", 784},
                                     {"40:gelu:0.2,20:tanh,5:softmax", 256},
                                     {"17:softmax,7:softmax", 301},
                                     {"250:leaky_relu:0.1,64:relu,3:softmax", 1000},
                                     {"10:softmax", 400}};

void make_zeros(Draw& draw, Case& c) {
  for (float& x : std::get<Matrix<float>>(c.dataset.inputs).values()) x = draw.chance(0.8) ? 0 : x;
}

TEST(InputParts, ThreadsThatShareThemLeaveTheBitsOfOne) {
  for (const Wide& wide : kNetworks) {
    for (const std::size_t batch : {1u, 3u, 70u, 300u}) {
      for (const bool bytes : {false, true}) {
        Draw draw(batch);
        Case c = test::case_of(draw, parse_network(wide.layers, wide.inputs), CrossEntropy{0.1}, batch, true);
        if (bytes) {
          test::make_bytes(draw, c, false);
        } else {
          make_zeros(draw, c);
        }
        const How how{.optimizer = draw.any(all_optimizers()), .clip_norm = draw.chance(0.3) ? 0.1 : 0.0};
        const auto expected = left_by(c, how, {.threads = 1});
        for (const int threads : {1, 2, 3, 4, 8}) {
          for (const double density : {0.0, 1.0}) {  // zeros skipped, or not
            const bool splits = threads == 2 || threads == 4;
            const engine::PlanOptions options{.threads = threads,
                                              .input_density = density,
                                              .cache_bytes = 0,
                                              .choices = {.splits_inputs = splits}};
            ASSERT_EQ(test::plan_of(c, SGD{}, options).first_layer() == engine::FirstLayer::kPartsOfInputs,
                      splits);
            EXPECT_TRUE(same_bits(left_by(c, how, options), expected))
                << wide.layers << ", " << batch << " rows, " << threads << " threads, bytes " << bytes
                << ", density " << density << ", " << to_string(how.optimizer);
          }
        }
      }
    }
  }
}

TEST(InputParts, EveryFusedTargetLeavesTheSameBits) {
  Draw draw(2);
  Case c = test::case_of(draw, parse_network("64:relu,10:softmax", 784), CrossEntropy{}, 100, false);
  make_zeros(draw, c);
  std::vector<float> expected;
  for (const std::string& target : kernels::available_targets()) {
    if (target == "baseline") continue;
    for (const int threads : {1, 4}) {
      const auto left = left_by(c, {}, {.threads = threads, .target = target, .input_density = 0.0});
      if (expected.empty()) expected = left;
      EXPECT_TRUE(same_bits(left, expected)) << target << ", " << threads << " threads";
    }
  }
}

}  // namespace
}  // namespace mlp
