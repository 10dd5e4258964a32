// What a plan decides before the first batch: where parameters lie, and which thread works on which of them.
#include "engine/plan.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/random_network.h"
#include "engine/step.h"

namespace mlp {
namespace {

using test::Draw;

engine::Plan plan_of(const MultilayerPerceptron& network, int threads) {
  return engine::Plan(network, MeanSquaredError{}, SGD{}, {}, {}, {.max_batch = 4, .threads = threads});
}

/// Networks whose widths lie around the edges of vectors and panels, and random ones.
std::vector<MultilayerPerceptron> networks() {
  std::vector<MultilayerPerceptron> all;
  for (const std::size_t width :
       {1u, 2u, 15u, 16u, 17u, 31u, 32u, 33u, 48u, 63u, 64u, 65u, 96u, 129u, 200u}) {
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

TEST(Plan, TransposesAreTheWeightsTransposed) {
  for (const MultilayerPerceptron& network : networks()) {
    SCOPED_TRACE(to_string(network));
    const engine::Plan plan = plan_of(network, 2);
    const Parameters parameters = numbered(network);
    std::vector<float> packed(plan.packed_size()), transposed(plan.transposed_size(), NAN);
    plan.pack(parameters, packed.data());
    plan.transpose(packed.data(), transposed.data());
    std::size_t nonzero = 0, expected = 0;
    for (const float p : transposed) nonzero += p != 0;
    for (std::size_t index = 1; index < network.depth(); ++index) {
      const engine::LayerPlan& layer = plan.layers()[index];
      const auto W = parameters.weight(index);
      expected += W.rows() * W.columns();
      for (std::size_t row = 0; row < W.rows(); ++row) {
        for (std::size_t column = 0; column < W.columns(); ++column) {
          ASSERT_EQ(transposed[layer.transposed_offset + layer.transposed.index(column, row)],
                    W(row, column));
        }
      }
    }
    EXPECT_EQ(nonzero, expected);
  }
}

TEST(Plan, EveryWeightHasOneOwnerWhateverTheNumberOfThreads) {
  for (const MultilayerPerceptron& network : networks()) {
    for (int threads = 1; threads <= 9; ++threads) {
      SCOPED_TRACE(to_string(network) + ", " + std::to_string(threads) + " threads");
      const engine::Plan plan = plan_of(network, threads);
      ASSERT_EQ(plan.weight_tasks().size(), static_cast<std::size_t>(threads));
      std::map<std::array<std::size_t, 3>, int> owners;  // of (layer, panel, row)
      std::map<std::size_t, int> bias_owners;
      for (const auto& tasks : plan.weight_tasks()) {
        for (const engine::WeightTask& task : tasks) {
          if (task.bias) {
            ++bias_owners[task.layer];
            continue;
          }
          for (std::size_t row = task.begin; row < task.end; ++row) ++owners[{task.layer, task.panel, row}];
        }
      }
      std::size_t rows = 0;
      for (const engine::LayerPlan& layer : plan.layers())
        rows += layer.weights.panels() * layer.layer.fan_in;
      EXPECT_EQ(owners.size(), rows);
      EXPECT_EQ(bias_owners.size(), network.depth());
      for (const auto& [where, count] : owners) {
        ASSERT_EQ(count, 1);
        ASSERT_LT(where[1], plan.layers()[where[0]].weights.panels());
        ASSERT_LT(where[2], plan.layers()[where[0]].layer.fan_in);
      }
      for (const auto& [layer, count] : bias_owners) ASSERT_EQ(count, 1) << "bias of layer " << layer;
    }
  }
}

TEST(Plan, TheWorkIsSharedEvenly) {
  const MultilayerPerceptron network = parse_network("64:relu,87:relu,72:leaky_relu,10:softmax", 784);
  for (int threads = 1; threads <= 9; ++threads) {
    const engine::Plan plan = plan_of(network, threads);
    const double fair = static_cast<double>(plan.packed_size()) / threads;
    for (const auto& tasks : plan.weight_tasks()) {
      double share = 0;
      for (const engine::WeightTask& task : tasks) {
        const auto& shape = plan.layers()[task.layer].weights;
        share += static_cast<double>(task.bias ? shape.padded_columns()
                                               : (task.end - task.begin) * shape.width(task.panel));
      }
      EXPECT_NEAR(share, fair, 8 * 64 + 96) << threads << " threads";  // a group of rows, and a bias
    }
  }
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
  EXPECT_EQ(threads(1, 3, 1), 3);  // what is asked for is done
}

TEST(Plan, BatchesSmallerThanTheTeam) {
  Draw draw(4);
  const MultilayerPerceptron network = parse_network("19:tanh:0.3,5:softmax", 11);
  const Dataset dataset = test::random_dataset(draw, network, 6, true, true);
  const Parameters start = initialize(network, 1);
  ThreadTeam team(9);
  const auto trained = [&](int threads, std::size_t batch) {
    const engine::Plan plan(network, CrossEntropy{}, Adam{}, {}, {}, {.max_batch = 6, .threads = threads});
    engine::Workspace workspace(plan);
    workspace.load(plan, start);
    std::vector<std::uint32_t> rows(batch);
    std::iota(rows.begin(), rows.end(), 0u);
    for (std::uint64_t step = 0; step < 4; ++step) {
      engine::train_step(plan, workspace, team, {dataset, rows}, {.step = step, .clip_norm = 0.1});
    }
    return plan.unpack(workspace.parameters.data());
  };
  for (std::size_t batch = 1; batch <= 6; ++batch) {
    const Parameters expected = trained(1, batch);
    EXPECT_NE(expected, start);
    for (int threads = 2; threads <= 9; ++threads) {
      EXPECT_EQ(trained(threads, batch), expected) << threads << " threads, " << batch << " rows";
    }
  }
}

TEST(Plan, WhatDoesNotFitIsRefused) {
  const MultilayerPerceptron network = parse_network("4:tanh,2:linear", 3);
  const engine::Plan plan = plan_of(network, 1);
  std::vector<float> packed(plan.packed_size());
  EXPECT_THROW(plan.pack(Parameters(parse_network("4:tanh,2:linear", 4)), packed.data()),
               std::invalid_argument);
  EXPECT_THROW(engine::Plan(network, SquaredError{}, SGD{}, {.shift = {0, 0}, .scale = {1, 1}}, {}, {}),
               std::invalid_argument);
  EXPECT_THROW(engine::Plan(network, SquaredError{}, SGD{}, {}, {}, {.max_batch = 0}), std::invalid_argument);
  engine::Workspace workspace(plan);
  EXPECT_THROW(workspace.load(plan, Parameters(network), {Parameters(network)}), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
