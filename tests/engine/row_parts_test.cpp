// Weight gradients as sums of parts of the rows: where they are used; that threads that sum their own rows
// compute the same bits as one thread; and that the gradients are the reference's.
#include "engine/cpu/row_parts.h"

#include <gtest/gtest.h>

#include "engine/left_by.h"

namespace mlp {
namespace {

using test::Case;
using test::Draw;
using test::How;
using test::left_by;
using test::plan_of;
using test::same_bits;

bool in_parts(const char* layers, std::size_t inputs, std::size_t batch, int threads = 1) {
  return engine::Plan(parse_network(layers, inputs), CrossEntropy{}, SGD{}, {}, {},
                      {.max_batch = batch, .threads = threads})
             .row_sums() != engine::RowSums::kWhole;
}

TEST(RowParts, AreForSumsMuchSmallerThanActivations) {
  const char* const seed = "64:relu,87:relu,72:leaky_relu,10:softmax";
  EXPECT_FALSE(in_parts(seed, 784, 128));
  EXPECT_TRUE(in_parts(seed, 784, 256));
  for (const int threads : {2, 3, 4, 16}) {
    EXPECT_TRUE(in_parts(seed, 784, 256, threads)) << "the bits depend on it";
    EXPECT_FALSE(in_parts(seed, 784, 128, threads));
  }
  EXPECT_FALSE(in_parts("10:softmax", 784, 1000)) << "nothing above the first layer";
  EXPECT_FALSE(in_parts("256:relu,256:relu,10:softmax", 784, 100000)) << "sums of 280 KB for each thread";
  EXPECT_TRUE(in_parts("256:relu,10:softmax", 784, 100));
}

/// Rows of the chunks of a batch, as the members of a team of `threads` see them.
TEST(RowParts, MembersThatSumTheirOwnRowsHaveWholeParts) {
  for (const int threads : {2, 4}) {
    const engine::Plan plan(parse_network("64:relu,10:softmax", 300), CrossEntropy{}, SGD{}, {}, {},
                            {.max_batch = 2000, .threads = threads, .cache_bytes = 0});
    ASSERT_TRUE(plan.row_sums() == engine::RowSums::kOwnRows);
    for (std::size_t rows = 1; rows <= 1100; ++rows) {
      for (std::size_t first = 0, end = 0; first < rows; first = end) {
        end = engine::end_of_chunk(plan, first, rows);
        ASSERT_GT(end, first);
        ASSERT_LE(end, rows);
        ASSERT_LE(end - first, plan.chunk_rows());
        const std::size_t turn = first / engine::kPartedRows * engine::kPartedRows;
        const std::size_t in_turn = std::min(engine::kPartedRows, rows - turn);
        std::vector<std::size_t> edges;
        for (std::size_t p = 0; p <= engine::kRowParts; ++p)
          edges.push_back(turn + in_turn * p / engine::kRowParts);
        for (int member = 0; member <= threads; ++member) {
          const std::size_t edge =
              member < threads ? first + share_of(end - first, member, threads).begin : end;
          ASSERT_TRUE(std::ranges::find(edges, edge) != edges.end())
              << rows << " rows, chunk from " << first << ", " << threads << " threads: " << edge;
        }
      }
    }
  }
}

struct Parted {
  const char* layers;
  std::size_t inputs;
  Loss loss;
};
const std::vector<Parted> kNetworks = {
    {"20:relu,17:leaky_relu,10:softmax", 30, CrossEntropy{0.1}},
    {"33:gelu:0.2,16:tanh,5:softmax", 300, CrossEntropy{}},  // threads share the first layer's inputs
    {"16:softmax,40:relu,3:linear", 7, MeanSquaredError{}},
};

TEST(RowParts, AnyNumberOfThreadsLeavesTheBitsOfOne) {
  for (const Parted& parted : kNetworks) {
    for (const std::size_t batch : {129u, 300u, 512u, 515u, 1100u}) {
      Draw draw(batch);
      Case c = test::case_of(draw, parse_network(parted.layers, parted.inputs), parted.loss, batch, true);
      const How how{.optimizer = draw.any(all_optimizers()),
                    .clip_norm = draw.chance(0.3) ? 0.1 : 0.0,
                    .last_rows = draw.integer(1, 7)};
      const auto expected = left_by(c, how, {.threads = 1});
      for (const int threads : {1, 2, 3, 4, 8}) {
        for (const std::size_t cache_bytes : {std::size_t{0}, std::size_t{1} << 30}) {
          const engine::PlanOptions options{.threads = threads, .cache_bytes = cache_bytes};
          const engine::Plan plan = plan_of(c, SGD{}, options);
          ASSERT_TRUE(plan.row_sums() != engine::RowSums::kWhole) << parted.layers << ", " << batch;
          ASSERT_EQ(plan.row_sums() == engine::RowSums::kOwnRows, threads == 2 || threads == 4);
          EXPECT_TRUE(same_bits(left_by(c, how, options), expected))
              << parted.layers << ", " << batch << " rows, then " << how.last_rows << ", " << threads
              << " threads, " << to_string(how.optimizer);
        }
      }
    }
  }
}

// Where weights outgrow the cache, a chunk of four threads could hold more rows than kPartedRows.
TEST(RowParts, AChunkHasNoMoreThanOneTurn) {
  Draw draw(6);
  const Case c = test::case_of(draw, parse_network("320:relu,5:softmax", 300), CrossEntropy{}, 600, false);
  const auto expected = left_by(c, {}, {.threads = 1});
  for (const int threads : {2, 4}) {
    const engine::PlanOptions options{.threads = threads, .cache_bytes = 390'000};
    const engine::Plan plan = plan_of(c, SGD{}, options);
    ASSERT_TRUE(plan.row_sums() == engine::RowSums::kOwnRows);
    EXPECT_LE(plan.chunk_rows(), engine::kPartedRows);
    EXPECT_TRUE(same_bits(left_by(c, {}, options), expected)) << threads << " threads";
  }
}

TEST(RowParts, EveryFusedTargetLeavesTheSameBits) {
  Draw draw(2);
  const Case c =
      test::case_of(draw, parse_network("64:relu,87:relu,10:softmax", 100), CrossEntropy{}, 260, false);
  std::vector<float> expected;
  for (const std::string& target : kernels::available_targets()) {
    if (target == "baseline") continue;
    for (const int threads : {1, 4}) {
      const engine::PlanOptions options{.threads = threads, .target = target};
      ASSERT_TRUE(plan_of(c, SGD{}, options).row_sums() != engine::RowSums::kWhole);
      const auto left = left_by(c, {}, options);
      if (expected.empty()) expected = left;
      EXPECT_TRUE(same_bits(left, expected)) << target << ", " << threads << " threads";
    }
  }
}

TEST(RowParts, GradientsAreTheReferences) {
  for (const Parted& parted : kNetworks) {
    for (const std::size_t batch : {130u, 515u}) {
      Draw draw(batch + 1);
      const Case c =
          test::case_of(draw, parse_network(parted.layers, parted.inputs), parted.loss, batch, true);
      const auto expected = reference::loss_and_gradients<double>(
          c.network, test::in_double(c.network, c.parameters), c.loss, test::inputs_of(c),
          test::targets_of(c.dataset, c.rows), test::weights_of(c.dataset, c.rows),
          reference::DropoutMasks{.seed = 7, .step = 3}, 1e-2);
      for (const int threads : {1, 3, 4}) {
        const engine::Plan plan = plan_of(c, SGD{}, {.threads = threads});
        ASSERT_TRUE(plan.row_sums() != engine::RowSums::kWhole);
        ThreadTeam team(threads);
        engine::Workspace workspace(plan);
        workspace.load(plan, c.parameters);
        const Parameters gradients = engine::gradients_of(
            plan, workspace, team, {examples_of(c.dataset), c.rows}, {.step = 3, .seed = 7, .l2 = 1e-2});
        EXPECT_LT(test::distance_of_gradients(gradients, expected.gradients, c.network), 2e-4)
            << parted.layers << ", " << batch << " rows, " << threads << " threads";
      }
    }
  }
}

}  // namespace
}  // namespace mlp
