// What a plan decides before the first batch: where parameters lie, how a batch is cut, and which thread
// works on which weights.
#include "engine/cpu/plan.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/cpu/workspace.h"
#include "engine/random_network.h"

namespace mlp {
namespace {

using kernels::blocks_of;
using test::Draw;

engine::Plan plan_of(const MultilayerPerceptron& network, int threads) {
  return engine::Plan(network, MeanSquaredError{}, SGD{}, {}, {}, {.max_batch = 4, .threads = threads});
}

/// Networks whose widths lie around the edges of vectors and blocks, wide ones, and random ones.
std::vector<MultilayerPerceptron> networks() {
  std::vector<MultilayerPerceptron> all;
  for (const std::size_t width :
       {1u, 2u, 15u, 16u, 17u, 31u, 32u, 33u, 48u, 63u, 64u, 65u, 96u, 129u, 200u, 513u}) {
    all.emplace_back(std::vector<Layer>{{.fan_in = width, .fan_out = 33},
                                        {.fan_in = 33, .fan_out = width},
                                        {.fan_in = width, .fan_out = width},
                                        {.fan_in = width, .fan_out = 1}});
  }
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Draw draw(seed);
    all.push_back(test::random_network(draw, Linear{}, false));
  }
  return all;
}

Parameters numbered(const MultilayerPerceptron& network) {
  Parameters parameters(network);
  float next = 0;
  for (float& p : parameters.values()) p = next += 1;
  return parameters;
}

// --- Where parameters lie ----------------------------------------------------------------------------------

TEST(Plan, PackingAndBackIsTheIdentityAndPaddingIsZero) {
  for (const MultilayerPerceptron& network : networks()) {
    SCOPED_TRACE(to_string(network));
    const engine::Plan plan = plan_of(network, 3);
    const Parameters parameters = numbered(network);
    std::vector<float> packed(plan.packed_size(), NAN);
    plan.pack(parameters, packed.data());
    EXPECT_EQ(plan.unpack(packed.data()), parameters);

    std::size_t nonzero = 0;
    for (const float p : packed) nonzero += p != 0;
    EXPECT_EQ(nonzero, network.parameter_count());
    for (std::size_t index = 0; index < network.depth(); ++index) {
      const engine::LayerPlan& layer = plan.layers()[index];
      const auto W = parameters.weight(index);
      for (std::size_t row = 0; row < W.rows(); ++row) {
        for (std::size_t column = 0; column < W.columns(); ++column) {
          ASSERT_EQ(packed[layer.weight_offset + layer.weights.index(row, column)], W(row, column));
        }
      }
      EXPECT_TRUE(std::equal(parameters.bias(index).begin(), parameters.bias(index).end(),
                             packed.begin() + static_cast<std::ptrdiff_t>(layer.bias_offset)));
    }
  }
}

TEST(Plan, LayersLieOneAfterTheOtherOnCacheLines) {
  for (const MultilayerPerceptron& network : networks()) {
    SCOPED_TRACE(to_string(network));
    const engine::Plan plan = plan_of(network, 1);
    std::size_t offset = 0;
    for (const engine::LayerPlan& layer : plan.layers()) {
      EXPECT_EQ(layer.weight_offset, offset);
      EXPECT_EQ(layer.weights.rows, layer.layer.fan_in);
      EXPECT_EQ(layer.weights.columns, layer.layer.fan_out);
      EXPECT_EQ(layer.bias_offset, offset + layer.weights.size());
      offset = layer.bias_offset + kernels::padded(layer.layer.fan_out);
      EXPECT_EQ(layer.bias_offset % 16, 0u);
    }
    EXPECT_EQ(plan.packed_size(), offset);
    EXPECT_EQ(offset % 16, 0u);
  }
}

// --- How a batch is cut ------------------------------------------------------------------------------------

std::size_t chunk_rows(std::size_t inputs, std::size_t batch, std::size_t cache_bytes) {
  const engine::Plan plan(parse_network("4:linear", inputs), MeanSquaredError{}, SGD{}, {}, {},
                          {.max_batch = batch, .cache_bytes = cache_bytes});
  // Blocks lie far enough apart for that many rows, and an odd number of cache lines: powers of two would all
  // fall into one set of the cache.
  EXPECT_GE(plan.block_stride(), plan.chunk_rows() * kernels::kBlock);
  EXPECT_EQ(plan.block_stride() % (2 * kernels::kBlock), kernels::kBlock);
  return plan.chunk_rows();
}

TEST(Plan, AChunksInputsFillHalfTheCacheWithinBounds) {
  const std::size_t kib = 1024, large = kib * kib;
  EXPECT_EQ(chunk_rows(1024, 1000, 1024 * kib), 128u);  // 128 rows of 4 KiB
  EXPECT_EQ(chunk_rows(1100, 1000, 1024 * kib), 96u);   // 118 rows, padded, down to a multiple of 32
  EXPECT_EQ(chunk_rows(784, 1000, 0), 64u);             // never fewer ...
  EXPECT_EQ(chunk_rows(100000, 1000, 1024 * kib), 64u);
  EXPECT_EQ(chunk_rows(1, 1000, large * kib), 128u);  // ... nor more
  for (const std::size_t batch : {1u, 15u, 63u, 64u}) {
    EXPECT_EQ(chunk_rows(784, batch, 0), batch);
    EXPECT_EQ(chunk_rows(784, batch, large), batch);
  }
  for (std::size_t cache = 64 * kib; cache < large; cache += 64 * kib) {
    EXPECT_LE(chunk_rows(500, 1000, cache), chunk_rows(500, 1000, cache + 64 * kib));
  }
}

TEST(Plan, WideWeightsAreFetchedForMoreRowsAtATime) {
  const auto chunk = [](const char* layers, int threads) {
    return engine::Plan(parse_network(layers, 784), CrossEntropy{}, SGD{}, {}, {},
                        {.max_batch = 10000, .threads = threads, .cache_bytes = std::size_t{2} << 20})
        .chunk_rows();
  };
  EXPECT_EQ(chunk("64:relu,10:softmax", 1), 128u);
  EXPECT_EQ(chunk("64:relu,10:softmax", 3), 3 * 128u);  // each thread gathers its own rows
  EXPECT_EQ(chunk("2048:relu,2048:relu,10:softmax", 1), 256u);
}

TEST(Plan, BuffersAreThoseOfAChunkAndLossesThoseOfABatch) {
  const MultilayerPerceptron network = parse_network("40:gelu,10:relu,3:linear", 784);
  const engine::Plan plan(network, MeanSquaredError{}, Adam{}, {}, {}, {.max_batch = 1000, .cache_bytes = 0});
  const engine::Workspace workspace(plan);
  ASSERT_EQ(plan.chunk_rows(), 64u);
  EXPECT_EQ(workspace.inputs.size(), 1u);
  EXPECT_EQ(workspace.inputs[0].size(), blocks_of(784) * plan.block_stride());
  EXPECT_EQ(workspace.layers[0].outputs.size(), 3 * plan.block_stride());
  EXPECT_EQ(workspace.row_losses.size(), 1000u);
  EXPECT_EQ(workspace.gradients.size(), plan.packed_size());  // sums continue from chunk to chunk
}

TEST(Plan, ZerosAreToldOfForWhatAThreadGathersAtATime) {
  const auto room = [](const char* layers, std::optional<Optimizer> optimizer, int threads) {
    const engine::Plan plan(parse_network(layers, 784), MeanSquaredError{}, optimizer, {}, {},
                            {.max_batch = 200, .threads = threads, .cache_bytes = 0});
    return engine::Workspace(plan).non_zeros.front().size();
  };
  constexpr std::size_t kLine = 32;  // numbers of 16 bits; a block has an odd number of lines
  const std::size_t blocks = blocks_of(784);
  EXPECT_EQ(room("40:relu,3:linear", SGD{}, 1), blocks * 3 * kLine) << "64 rows";
  EXPECT_EQ(room("40:relu,3:linear", SGD{}, 3), blocks * 3 * kLine) << "64 of 192 rows";
  EXPECT_EQ(room("40:relu,3:linear", SGD{}, 4), blocks * 7 * kLine) << "its inputs of 200 rows";
  EXPECT_EQ(room("40:relu,3:linear", SGD{}, 16), blocks * kLine) << "13 rows";
  EXPECT_EQ(room("512:relu,3:linear", std::nullopt, 4), blocks * 3 * kLine) << "each needs all of the chunk";
  const engine::Plan narrow(parse_network("4:relu,3:linear", 8), MeanSquaredError{}, SGD{}, {}, {},
                            {.max_batch = 200, .threads = 16, .cache_bytes = 0});
  EXPECT_EQ(engine::Workspace(narrow).non_zeros.front().size(), 7 * kLine)
      << "a block of all rows, gathered again";
}

// --- Which thread works on what ----------------------------------------------------------------------------

TEST(Plan, EveryWeightHasOneOwnerWhateverTheNumberOfThreads) {
  for (const MultilayerPerceptron& network : networks()) {
    for (const int threads : {1, 2, 3, 4, 5, 6, 7, 8, 9, 33}) {
      SCOPED_TRACE(to_string(network) + ", " + std::to_string(threads) + " threads");
      const engine::Plan plan = plan_of(network, threads);
      ASSERT_EQ(plan.weight_tasks().size(), static_cast<std::size_t>(threads));
      std::map<std::array<std::size_t, 3>, int> owners;       // of (layer, block of inputs, of outputs)
      std::map<std::array<std::size_t, 2>, int> bias_owners;  // of (layer, block of outputs)
      for (const auto& tasks : plan.weight_tasks()) {
        for (const engine::WeightTask& task : tasks) {
          ASSERT_LT(task.layer, network.depth());
          ASSERT_LE(task.columns.end, blocks_of(network.layer(task.layer).fan_out));
          ASSERT_LE(task.rows.end, blocks_of(network.layer(task.layer).fan_in));
          for (std::size_t column = task.columns.begin; column < task.columns.end; ++column) {
            if (task.bias) ++bias_owners[{task.layer, column}];
            for (std::size_t row = task.rows.begin; row < task.rows.end; ++row) {
              ASSERT_FALSE(task.bias) << "a bias has no rows";
              ++owners[{task.layer, row, column}];
            }
          }
        }
      }
      std::size_t blocks = 0, bias_blocks = 0;
      for (const Layer& layer : network.layers()) {
        blocks += blocks_of(layer.fan_in) * blocks_of(layer.fan_out);
        bias_blocks += blocks_of(layer.fan_out);
      }
      EXPECT_EQ(owners.size(), blocks);
      EXPECT_EQ(bias_owners.size(), bias_blocks);
      for (const auto& [where, count] : owners) ASSERT_EQ(count, 1);
      for (const auto& [where, count] : bias_owners) ASSERT_EQ(count, 1);
    }
  }
}

/// What each thread has to do: weights and biases, in floats.
std::vector<double> costs(const engine::Plan& plan) {
  std::vector<double> all;
  for (const auto& tasks : plan.weight_tasks()) {
    double cost = 0;
    for (const engine::WeightTask& task : tasks) {
      const std::size_t fan_in = plan.layers()[task.layer].layer.fan_in;
      const std::size_t rows =
          task.bias ? 1
                    : std::min(task.rows.end * kernels::kBlock, fan_in) - task.rows.begin * kernels::kBlock;
      cost += static_cast<double>(rows * (task.columns.end - task.columns.begin) * kernels::kBlock);
    }
    all.push_back(cost);
  }
  return all;
}

TEST(Plan, TheWorkIsSharedEvenly) {
  const MultilayerPerceptron network = parse_network("64:relu,87:relu,72:leaky_relu,10:softmax", 784);
  for (int threads = 1; threads <= 9; ++threads) {
    const std::vector<double> all = costs(plan_of(network, threads));
    const double total = std::accumulate(all.begin(), all.end(), 0.0);
    // 16 inputs by 64 outputs are one task, which cannot be cut.
    for (const double cost : all) EXPECT_NEAR(cost, total / threads, 16 * 64 + 96) << threads << " threads";
  }
}

TEST(Plan, TheFirstLayersInputsAreTakenInTurns) {
  // Zeros come in clusters: each thread gets inputs from all over.
  const auto plan_for = [](const char* layers, int threads) {
    return engine::Plan(parse_network(layers, 784), CrossEntropy{}, SGD{}, {}, {},
                        {.max_batch = 256, .threads = threads});
  };
  for (const int threads : {3, 4}) {
    const engine::Plan plan = plan_for("64:relu,10:softmax", threads);
    ASSERT_EQ(plan.gathers_again(), threads == 3);
    ASSERT_EQ(plan.first_layer() == engine::FirstLayer::kPartsOfInputs, threads == 4);
    const auto members = static_cast<std::size_t>(threads);
    for (std::size_t member = 0; member < members; ++member) {
      std::size_t turns = 0;
      for (const engine::WeightTask& task : plan.weight_tasks()[member]) {
        if (task.layer != 0 || task.bias) continue;
        EXPECT_EQ(task.rows.begin, (members * turns + member) * plan.gather_blocks());
        EXPECT_EQ(task.rows.end, std::min(task.rows.begin + plan.gather_blocks(), blocks_of(784)));
        EXPECT_EQ(task.columns.end - task.columns.begin, blocks_of(64)) << "all columns of what it gathers";
        ++turns;
      }
      EXPECT_GE(turns, 3u);
    }
  }
  EXPECT_FALSE(plan_for("64:relu,10:softmax", 1).gathers_again()) << "it has all rows";
  EXPECT_FALSE(plan_for("512:relu,10:softmax", 4).gathers_again()) << "so has each here";
}

TEST(Plan, InputsAreSplitWhereTheyAreManyAndEachThreadHasAsManyParts) {
  const auto splits = [](const char* layers, std::size_t inputs, int threads) {
    return engine::Plan(parse_network(layers, inputs), CrossEntropy{}, SGD{}, {}, {},
                        {.max_batch = 256, .threads = threads})
               .first_layer() == engine::FirstLayer::kPartsOfInputs;
  };
  for (int threads = 1; threads <= 9; ++threads)
    EXPECT_EQ(splits("64:relu,10:softmax", 784, threads), threads == 2 || threads == 4) << threads;
  EXPECT_TRUE(splits("64:relu,10:softmax", 256, 4));
  EXPECT_FALSE(splits("64:relu,10:softmax", 255, 4));
  EXPECT_TRUE(splits("64:relu,10:softmax", 4096, 4));
  EXPECT_FALSE(splits("64:relu,10:softmax", 4097, 4));
  EXPECT_TRUE(splits("256:relu,10:softmax", 784, 4));
  EXPECT_FALSE(splits("257:relu,10:softmax", 784, 4));
  EXPECT_TRUE(splits("10:softmax", 784, 4)) << "of one layer, too";
  const engine::Plan predicts(parse_network("64:relu,10:softmax", 784), CrossEntropy{}, std::nullopt, {}, {},
                              {.threads = 4});
  EXPECT_FALSE(predicts.first_layer() == engine::FirstLayer::kPartsOfInputs) << "nobody owns weights";
}

TEST(Plan, ZerosAreSkippedInTrainingWhereThereAreMany) {
  const auto skips = [](double density, std::optional<Optimizer> optimizer) {
    return engine::Plan(parse_network("4:tanh,2:linear", 30), MeanSquaredError{}, optimizer, {}, {},
                        {.input_density = density})
        .sparse_inputs();
  };
  EXPECT_TRUE(skips(0, SGD{}));
  EXPECT_TRUE(skips(0.3, SGD{}));
  EXPECT_FALSE(skips(0.9, SGD{}));
  EXPECT_FALSE(skips(1, SGD{}));
  EXPECT_FALSE(skips(0, std::nullopt)) << "a prediction looks at its own rows";
}

TEST(Plan, SharedColumnsAreSharedEvenlyToo) {
  const MultilayerPerceptron network = parse_network("512:relu,512:relu,10:softmax", 100);
  for (int threads = 2; threads <= 9; ++threads) {
    const std::vector<double> all = costs(plan_of(network, threads));
    const double fair = std::accumulate(all.begin(), all.end(), 0.0) / threads;
    for (const double cost : all) {
      EXPECT_LE(cost, 1.125 * fair + 16 * 64) << threads << " threads";
      EXPECT_GT(cost, 0.5 * fair) << threads << " threads";
    }
  }
}

TEST(Plan, ThreadsShareTheColumnsOfLargeWeightsOnly) {
  // 100 x 512 (padded 112) and 512 x 512 are large, 512 x 16 and 16 x 512 not.
  const auto layers_of = [](const char* text, std::size_t inputs, int threads) {
    return plan_of(parse_network(text, inputs), threads).layers();
  };
  const auto layers = layers_of("512:relu,512:gelu,16:relu,512:tanh,10:linear", 100, 4);
  EXPECT_TRUE(layers[0].share_outputs);
  EXPECT_FALSE(layers[0].share_inputs) << "nothing goes back through the first layer";
  EXPECT_TRUE(layers[1].share_outputs);
  EXPECT_TRUE(layers[1].share_inputs);
  for (std::size_t index = 2; index < layers.size(); ++index) {
    EXPECT_FALSE(layers[index].share_outputs || layers[index].share_inputs) << index;
  }
  for (const engine::LayerPlan& layer : layers_of("512:relu,512:gelu,10:linear", 100, 1)) {
    EXPECT_FALSE(layer.share_outputs || layer.share_inputs) << "one thread has no one to share with";
  }
  EXPECT_TRUE(layers_of("256:relu,1:linear", 128, 2)[0].share_outputs);  // 32 Ki floats are large
  EXPECT_FALSE(layers_of("256:relu,1:linear", 112, 2)[0].share_outputs);
}

TEST(Plan, ColumnsAreSharedInSmallBatchesOnly) {
  const auto shares = [](std::size_t batch) {
    return engine::Plan(parse_network("48:relu,10:softmax", 784), CrossEntropy{}, SGD{}, {}, {},
                        {.max_batch = batch, .threads = 3})
        .layers()[0]
        .share_outputs;
  };
  EXPECT_TRUE(shares(16));
  EXPECT_TRUE(shares(71));
  EXPECT_FALSE(shares(72));  // one and a half times the columns
  EXPECT_FALSE(shares(1024));
}

TEST(Plan, RowsOfTheOutputAndOfSoftmaxStayWithOneThread) {
  const auto last = plan_of(parse_network("512:relu,512:relu", 512), 2).layers();
  EXPECT_FALSE(last[1].share_outputs) << "the loss needs the whole row";
  EXPECT_TRUE(last[1].share_inputs);
  const auto softmax = plan_of(parse_network("512:softmax,512:relu,512:relu,10:linear", 512), 2).layers();
  EXPECT_FALSE(softmax[0].share_outputs);
  EXPECT_FALSE(softmax[1].share_inputs) << "the gradient of a softmax needs the whole row";
  EXPECT_TRUE(softmax[1].share_outputs);
  EXPECT_TRUE(softmax[2].share_inputs);
}

TEST(Plan, ColumnsAreSharedOnlyWhereNoThreadIsLeftWaitingForLong) {
  for (std::size_t blocks = 8; blocks <= 64; ++blocks) {
    const MultilayerPerceptron network(
        {{.fan_in = 255, .fan_out = 16 * blocks}, {.fan_in = 16 * blocks, .fan_out = 1}});
    for (int threads = 2; threads <= 12; ++threads) {
      const auto layer = plan_of(network, threads).layers()[0];
      std::size_t most = 0;
      for (int member = 0; member < threads; ++member) {
        const Share share = share_of(blocks, member, threads);
        most = std::max(most, share.end - share.begin);
      }
      const double longest =
          static_cast<double>(most) * threads / static_cast<double>(blocks);  // 1: all even
      EXPECT_EQ(layer.share_outputs, longest <= 1.125) << blocks << " blocks, " << threads << " threads";
    }
  }
}

TEST(Plan, WhoSharesColumnsUpdatesTheWeightsItReads) {
  for (int threads = 2; threads <= 9; ++threads) {
    const engine::Plan plan = plan_of(parse_network("512:relu,512:relu,10:linear", 100), threads);
    for (int member = 0; member < threads; ++member) {
      for (const engine::WeightTask& task : plan.weight_tasks()[static_cast<std::size_t>(member)]) {
        const engine::LayerPlan& layer = plan.layers()[task.layer];
        if (!layer.share_outputs) continue;
        const Share columns = share_of(blocks_of(layer.layer.fan_out), member, threads);
        EXPECT_EQ(task.columns.begin, columns.begin);
        EXPECT_EQ(task.columns.end, columns.end);
        EXPECT_EQ(task.rows.end - task.rows.begin, task.bias ? 0 : blocks_of(layer.layer.fan_in));
      }
    }
  }
}

TEST(Plan, EachThreadHasItsOwnInputsWhereTheFirstLayersColumnsAreShared) {
  EXPECT_EQ(engine::Workspace(plan_of(parse_network("512:relu,10:linear", 100), 4)).inputs.size(), 4u);
  EXPECT_EQ(engine::Workspace(plan_of(parse_network("64:relu,10:linear", 100), 4)).inputs.size(), 1u);
}

TEST(Plan, SmallWorkIsLeftToOneThreadAndNoneIsIdleOnLargeWork) {
  const MultilayerPerceptron network = parse_network("64:relu,64:relu,1:linear", 7);
  const auto threads = [&](std::size_t batch, int asked, int available) {
    return engine::Plan(network, MeanSquaredError{}, SGD{}, {}, {},
                        {.max_batch = batch, .threads = asked, .available_threads = available})
        .threads();
  };
  EXPECT_EQ(threads(1, 0, 4), 1);
  EXPECT_EQ(threads(100000, 0, 4), 4);
  EXPECT_EQ(threads(100000, 0, 1), 1);
  // 26,752 operations a row: 1.25 million pay for each of four.
  EXPECT_NE(threads(186, 0, 4), 4);
  EXPECT_EQ(threads(187, 0, 4), 4);
  EXPECT_EQ(threads(300, 0, 8), 6);
  // Of two and three each needs what the CPU target says, for each of three layers.
  const double needed = 3 * kernels::kernels_for("").least_flops / 26752;
  for (const int count : {2, 3}) {
    const auto rows = static_cast<std::size_t>(std::ceil(count * needed));
    EXPECT_EQ(threads(rows - 1, 0, count), count - 1);
    EXPECT_EQ(threads(rows, 0, count), count);
  }
  EXPECT_EQ(threads(1, 3, 1), 3);  // a number that is asked for is used
}

TEST(Plan, ZerosThatAreSkippedAreNoWork) {
  const MultilayerPerceptron network = parse_network("64:relu,10:softmax", 784);
  const auto threads = [&](std::size_t batch, double density) {
    return engine::Plan(network, CrossEntropy{}, SGD{}, {}, {},
                        {.max_batch = batch, .available_threads = 2, .input_density = density})
        .threads();
  };
  // 204,544 operations a row, of which 120,422 are the first layer's zeros.
  const double needed = 2 * 2 * kernels::kernels_for("").least_flops;
  const auto rows = static_cast<std::size_t>(std::ceil(needed / 204544));
  EXPECT_EQ(threads(rows, 1.0), 2);
  EXPECT_EQ(threads(rows, 0.0), 1);
  EXPECT_EQ(threads(static_cast<std::size_t>(std::ceil(needed / (204544 - 120422))), 0.0), 2);
}

TEST(Plan, TwoThreadsShareTheFirstLayersInputsWhereRowsAreManyAndOutputsFew) {
  const auto splits = [](const char* layers, int threads, std::size_t rows) {
    return engine::Plan(parse_network(layers, 784), CrossEntropy{}, SGD{}, {}, {},
                        {.max_batch = rows, .threads = threads})
               .first_layer() == engine::FirstLayer::kPartsOfInputs;
  };
  EXPECT_TRUE(splits("64:relu,10:softmax", 2, 48));
  EXPECT_FALSE(splits("64:relu,10:softmax", 2, 47));
  EXPECT_FALSE(splits("129:relu,10:softmax", 2, 256));
  EXPECT_TRUE(splits("64:relu,10:softmax", 4, 16));
  EXPECT_TRUE(splits("256:relu,10:softmax", 4, 256));
}

// --- Choices -----------------------------------------------------------------------------------------------

engine::Plan chosen_plan(const char* layers, int threads, const engine::PlanChoices& choices,
                         const std::optional<Optimizer>& optimizer = SGD{}) {
  return engine::Plan(parse_network(layers, 300), CrossEntropy{}, optimizer, {}, {},
                      {.max_batch = 400, .threads = threads, .choices = choices});
}

TEST(Plan, AChoiceMadeForItIsTaken) {
  const char* const narrow = "64:relu,10:softmax";
  for (const bool choice : {false, true}) {
    EXPECT_EQ(chosen_plan(narrow, 2, {.skips_zeros = choice}).sparse_inputs(), choice);
    EXPECT_EQ(chosen_plan(narrow, 2, {.skips_zeros = choice}).sparse_prediction(), choice);
    EXPECT_EQ(
        chosen_plan(narrow, 2, {.splits_inputs = choice}).first_layer() == engine::FirstLayer::kPartsOfInputs,
        choice);
    EXPECT_EQ(chosen_plan(narrow, 2, {.sums_own_rows = choice}).row_sums() == engine::RowSums::kOwnRows,
              choice);
    EXPECT_TRUE(chosen_plan(narrow, 2, {.sums_own_rows = choice}).row_sums() != engine::RowSums::kWhole)
        << "that is no choice";
    const engine::Plan columns = chosen_plan("300:relu,512:relu,512:relu,10:softmax", 2,
                                             {.splits_inputs = false, .shares_columns = choice});
    EXPECT_EQ(columns.layers()[0].share_outputs, choice);
    for (const std::size_t index : {1u, 2u}) {
      EXPECT_EQ(columns.layers()[index].share_outputs, choice) << index;
      EXPECT_EQ(columns.layers()[index].share_inputs, choice) << index;
    }
    EXPECT_FALSE(columns.layers()[3].share_outputs || columns.layers()[3].share_inputs) << "small";
  }
  const engine::Plan by_itself = chosen_plan(narrow, 2, {});
  EXPECT_FALSE(by_itself.sparse_inputs());
  EXPECT_FALSE(by_itself.sparse_prediction().has_value()) << "by its rows";
  EXPECT_TRUE(by_itself.first_layer() == engine::FirstLayer::kPartsOfInputs);
  EXPECT_TRUE(by_itself.row_sums() == engine::RowSums::kOwnRows);
  const engine::Plan wide = chosen_plan("512:relu,10:softmax", 2, {.splits_inputs = true});
  EXPECT_TRUE(wide.first_layer() == engine::FirstLayer::kPartsOfInputs);
  EXPECT_FALSE(wide.layers()[0].share_outputs) << "each thread sums its inputs' part for all columns";
}

TEST(Plan, AChoiceThatIsNotThereIsRefused) {
  const char* const narrow = "64:relu,10:softmax";
  for (const int threads : {1, 3}) {
    EXPECT_THROW(chosen_plan(narrow, threads, {.splits_inputs = true}), std::invalid_argument) << threads;
    EXPECT_THROW(chosen_plan(narrow, threads, {.sums_own_rows = true}), std::invalid_argument) << threads;
    EXPECT_NO_THROW(chosen_plan(narrow, threads, {.splits_inputs = false, .sums_own_rows = false}));
  }
  EXPECT_THROW(chosen_plan("2048:relu,512:relu,10:softmax", 2, {.sums_own_rows = true}),
               std::invalid_argument)
      << "its gradients are no sums of parts";
  EXPECT_THROW(chosen_plan("512:relu,10:softmax", 1, {.shares_columns = true}), std::invalid_argument);
  EXPECT_THROW(chosen_plan(narrow, 2, {.shares_columns = true}), std::invalid_argument) << "none is large";
  EXPECT_THROW(chosen_plan("512:relu,10:softmax", 33, {.shares_columns = true}), std::invalid_argument)
      << "32 blocks of columns";
  EXPECT_NO_THROW(chosen_plan(narrow, 2, {.splits_inputs = true}, std::nullopt)) << "nothing is trained";
}

TEST(Plan, WhatDoesNotFitIsRefused) {
  const MultilayerPerceptron network = parse_network("4:tanh,2:linear", 3);
  const engine::Plan plan = plan_of(network, 1);
  std::vector<float> packed(plan.packed_size());
  EXPECT_THROW(plan.pack(Parameters(parse_network("4:tanh,2:linear", 4)), packed.data()),
               std::invalid_argument);
  EXPECT_THROW(engine::Plan(network, SquaredError{}, SGD{}, {.shift = {0, 0}, .scale = {1, 1}}, {}, {}),
               std::invalid_argument);
  EXPECT_THROW(engine::Plan(network, SquaredError{}, SGD{}, {}, {.shift = {0, 0, 0}, .scale = {1, 1, 1}}, {}),
               std::invalid_argument);
  EXPECT_THROW(engine::Plan(network, SquaredError{}, SGD{}, {}, {.shift = {0, 0}, .scale = {1}}, {}),
               std::invalid_argument);
  EXPECT_THROW(engine::Plan(network, SquaredError{}, SGD{}, {}, {}, {.max_batch = 0}), std::invalid_argument);
  EXPECT_THROW(engine::Plan(network, SquaredError{}, SGD{}, {}, {}, {.max_batch = std::size_t{1} << 32}),
               std::invalid_argument);
  EXPECT_THROW(engine::Plan(network, SquaredError{}, SGD{}, {}, {}, {.threads = -1}), std::invalid_argument);
  EXPECT_THROW(engine::Plan(network, SquaredError{}, SGD{}, {}, {}, {.threads = 1025}),
               std::invalid_argument);
  engine::Workspace workspace(plan);
  EXPECT_THROW(workspace.load(plan, Parameters(network), {Parameters(network)}), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
