// Training steps with products on bfloat16 operands, with every set of instructions this CPU has: gradients
// against the reference, updates against the reference's from the same gradients, the same bits for any
// number of threads, and predictions that stay float32's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <numeric>

#include "engine/cpu/step.h"
#include "engine/random_network.h"
#include "mlp/reference.h"
#include "support/same_bits.h"
#include "training/examples.h"

namespace mlp {
namespace {

using test::Draw;

template <class T>
BasicParameters<T> converted(const MultilayerPerceptron& network, const Parameters& from) {
  BasicParameters<T> to(network);
  std::ranges::copy(from.values(), to.values().begin());
  return to;
}

/// Of two vectors: the cosine of the angle between them, the ratio of their lengths, and their distance
/// relative to the second's length.
struct Comparison {
  double cosine, ratio, distance;
};
template <class A, class B>
Comparison compare(const A& a, const B& b) {
  double aa = 0, ab = 0, bb = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    aa += x * x, ab += x * y, bb += y * y;
  }
  return {ab / std::sqrt(aa * bb), std::sqrt(aa / bb), std::sqrt(std::max(0.0, aa - 2 * ab + bb) / bb)};
}

/// A network with layers wide enough for bfloat16 and others, on random rows.
struct Case {
  Case(std::uint64_t seed, std::size_t batch, bool dropout)
      : draw(seed),
        network(random_layers(draw, dropout)),
        rows(batch),
        parameters(initialize(network, seed)) {
    dataset = test::random_dataset(draw, network, batch, true, true);
    std::iota(rows.begin(), rows.end(), 0u);
    for (std::size_t layer = 0; layer < network.depth(); ++layer) {
      for (float& b : parameters.bias(layer)) b = static_cast<float>(0.1 * draw.normal());
    }
  }
  static MultilayerPerceptron random_layers(Draw& draw, bool dropout) {
    std::vector<Layer> layers(4);
    std::size_t width = draw.integer(64, 200);
    for (Layer& layer : layers) {
      layer.fan_in = width;
      layer.fan_out = width = draw.integer(64, 200);
      layer.activation = draw.any(all_activations());
      if (std::holds_alternative<Softmax>(layer.activation))
        layer.activation = ReLU{};  // its gradient is tiny
      if (dropout && draw.chance(0.5)) layer.dropout = draw.uniform(0.1, 0.4);
    }
    layers.back().fan_out = draw.integer(2, 12);
    layers.back().activation = Softmax{};
    layers.back().dropout = 0;
    return MultilayerPerceptron(layers);
  }
  engine::Plan plan(const Optimizer& optimizer, int threads, const kernels::BFloat16Kernels* bfloat16) const {
    return engine::Plan(network, CrossEntropy{0.1}, optimizer, {}, {},
                        {.max_batch = rows.size(), .threads = threads, .bfloat16 = bfloat16});
  }

  Draw draw;
  MultilayerPerceptron network;
  Dataset dataset;
  std::vector<std::uint32_t> rows;
  Parameters parameters;
};

bool has_kink(const Layer& layer) {
  return std::holds_alternative<ReLU>(layer.activation) ||
         std::holds_alternative<LeakyReLU>(layer.activation) ||
         std::holds_alternative<SELU>(layer.activation);
}

class BFloat16Step : public testing::Test {
 protected:
  void SetUp() override {
    if (!kernels::available_bfloat16_kernels().empty()) return;
    std::puts("this CPU has no instructions for bfloat16: nothing to test");
    GTEST_SKIP();
  }
  template <class Body>
  void for_each_kernels(const Body& body) {
    for (const kernels::BFloat16Kernels* kernels : kernels::available_bfloat16_kernels()) {
      SCOPED_TRACE(std::string(kernels->name));
      body(kernels);
    }
  }
};

TEST_F(BFloat16Step, WideLayersAloneAreInBFloat16AndOnlyInTraining) {
  for_each_kernels([](const kernels::BFloat16Kernels* bfloat16) {
    const auto network = parse_network("32:relu,64:relu,31:relu,200:relu,10:softmax", 64);
    const auto layers_of = [&](const std::optional<Optimizer>& optimizer, const kernels::BFloat16Kernels* k) {
      std::vector<bool> layers;
      const engine::Plan plan(network, CrossEntropy{}, optimizer, {}, {}, {.bfloat16 = k});
      for (const engine::LayerPlan& layer : plan.layers()) layers.push_back(layer.bfloat16);
      return layers;
    };
    EXPECT_EQ(layers_of(SGD{}, bfloat16), (std::vector<bool>{true, false, false, false, false}));
    EXPECT_EQ(layers_of(SGD{}, nullptr), std::vector<bool>(5));
    EXPECT_EQ(layers_of(std::nullopt, bfloat16), std::vector<bool>(5));
  });
}

TEST_F(BFloat16Step, GradientsAreTheReferencesButForRounding) {
  for_each_kernels([](const kernels::BFloat16Kernels* bfloat16) {
    ThreadTeam team(3);
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      const bool dropout = seed % 3 == 0;
      const Case c(seed, 20 + 9 * seed, dropout);
      SCOPED_TRACE(to_string(c.network) + ", seed " + std::to_string(seed));
      const engine::Plan plan = c.plan(SGD{}, 1 + static_cast<int>(seed % 3), bfloat16);
      engine::Workspace workspace(plan);
      workspace.load(plan, c.parameters);
      const double l2 = seed % 2 == 0 ? 0.01 : 0.0;
      const Parameters found = engine::gradients_of(plan, workspace, team, {examples_of(c.dataset), c.rows},
                                                    {.step = seed, .seed = 7, .l2 = l2});

      Matrix<double> X(c.rows.size(), c.network.fan_in()), Y(c.rows.size(), c.network.fan_out());
      std::ranges::copy(std::get<Matrix<float>>(c.dataset.inputs).values(), X.values().begin());
      for (std::size_t n = 0; n < X.rows(); ++n) Y(n, static_cast<std::size_t>(c.dataset.labels[n])) = 1;
      const std::vector<double> weights(c.dataset.sample_weights.begin(), c.dataset.sample_weights.end());
      const auto expected = reference::loss_and_gradients<double>(
          c.network, converted<double>(c.network, c.parameters), CrossEntropy{0.1}, X, Y, weights,
          reference::DropoutMasks{.seed = 7, .step = seed}, l2);
      // Near a kink, rounding alone takes some activations down the other branch.
      const double least_cosine = std::ranges::any_of(c.network.layers(), has_kink) ? 0.995 : 0.999;
      for (std::size_t layer = 0; layer < c.network.depth(); ++layer) {
        SCOPED_TRACE("layer " + std::to_string(layer));
        const auto dW = found.weight(layer);
        const auto expected_dW = expected.gradients.weight(layer);
        const Comparison weight = compare(std::span(dW.data(), dW.rows() * dW.columns()),
                                          std::span(expected_dW.data(), dW.rows() * dW.columns()));
        EXPECT_GT(weight.cosine, least_cosine);
        EXPECT_NEAR(weight.ratio, 1, 0.01);
        EXPECT_GT(weight.distance, 2e-4);  // float32's is below
        const Comparison bias = compare(found.bias(layer), expected.gradients.bias(layer));
        EXPECT_GT(bias.cosine, least_cosine);
        EXPECT_NEAR(bias.ratio, 1, 0.02);
      }
    }
  });
}

TEST_F(BFloat16Step, UpdatesAreTheReferencesFromTheSameGradients) {
  for_each_kernels([](const kernels::BFloat16Kernels* bfloat16) {
    ThreadTeam team(2);
    std::uint64_t seed = 100;
    for (const Optimizer& optimizer : all_optimizers()) {
      for (const double clip_norm : {0.0, 0.05}) {
        const Case c(++seed, 70, false);
        SCOPED_TRACE(to_string(optimizer) + ", clip " + std::to_string(clip_norm));
        const engine::Plan plan = c.plan(optimizer, 2, bfloat16);
        engine::Workspace workspace(plan), asked(plan);
        workspace.load(plan, c.parameters);
        auto state = reference::start(optimizer, converted<double>(c.network, c.parameters));
        for (std::uint64_t step = 0; step < 3; ++step) {
          const engine::StepSettings settings{.step = step, .l2 = 0.01, .clip_norm = clip_norm};
          asked.load(plan, plan.unpack(workspace.parameters.data()));
          const Parameters gradients =
              engine::gradients_of(plan, asked, team, {examples_of(c.dataset), c.rows}, settings);
          engine::train_step(plan, workspace, team, {examples_of(c.dataset), c.rows}, settings);
          state = reference::update(
              optimizer, std::move(state),
              reference::clip_by_norm(converted<double>(c.network, gradients), clip_norm), 1.0);
        }
        const Parameters trained = plan.unpack(workspace.parameters.data());
        std::vector<double> change, expected;
        for (std::size_t i = 0; i < trained.values().size(); ++i) {
          const double start = static_cast<double>(c.parameters.values()[i]);
          change.push_back(static_cast<double>(trained.values()[i]) - start);
          expected.push_back(state.parameters.values()[i] - start);
        }
        EXPECT_LT(compare(change, expected).distance, 1e-3);
      }
    }
  });
}

TEST_F(BFloat16Step, SameBitsForAnyNumberOfThreadsAndChunks) {
  for_each_kernels([](const kernels::BFloat16Kernels* bfloat16) {
    std::uint64_t seed = 200;
    for (const Optimizer& optimizer : {Optimizer(SGD{}), Optimizer(Momentum{}), Optimizer(Adam{})}) {
      for (const double clip_norm : {0.0, 0.05}) {
        ++seed;  // 2 chunks on one thread, fewer on more
        const Case c(seed, seed % 2 == 0 ? 1100 : 90, true);
        SCOPED_TRACE(to_string(optimizer) + ", clip " + std::to_string(clip_norm) + ", " +
                     to_string(c.network));
        const auto trained = [&](int threads) {
          const engine::Plan plan = c.plan(optimizer, threads, bfloat16);
          ThreadTeam team(threads);
          engine::Workspace workspace(plan);
          workspace.load(plan, c.parameters);
          for (std::uint64_t step = 0; step < 3; ++step) {
            engine::train_step(plan, workspace, team, {examples_of(c.dataset), c.rows},
                               {.step = step, .seed = 5, .l2 = 1e-3, .clip_norm = clip_norm});
          }
          return plan.unpack(workspace.parameters.data());
        };
        const Parameters expected = trained(1);
        for (const int threads : {1, 2, 3, 4, 7}) {
          const Parameters found = trained(threads);
          EXPECT_EQ(std::memcmp(found.values().data(), expected.values().data(), found.values().size_bytes()),
                    0)
              << threads << " threads";
        }
      }
    }
  });
}

TEST_F(BFloat16Step, SameBitsWhereTheFirstLayerAloneIsWide) {
  const MultilayerPerceptron network = parse_network("64:relu,10:softmax", 100);
  test::Draw draw(3);
  const Dataset dataset = test::random_dataset(draw, network, 700, true, false);
  std::vector<std::uint32_t> rows(700);
  std::iota(rows.begin(), rows.end(), 0u);
  for_each_kernels([&](const kernels::BFloat16Kernels* bfloat16) {
    const auto trained = [&](int threads) {
      const engine::Plan plan(network, CrossEntropy{}, Adam{}, {}, {},
                              {.max_batch = rows.size(), .threads = threads, .bfloat16 = bfloat16});
      EXPECT_TRUE(plan.layers()[0].bfloat16 && !plan.layers()[1].bfloat16);
      EXPECT_EQ(plan.chunk_rows(), rows.size());
      ThreadTeam team(threads);
      engine::Workspace workspace(plan);
      workspace.load(plan, initialize(network, 1));
      for (std::uint64_t step = 0; step < 3; ++step)
        engine::train_step(plan, workspace, team, {examples_of(dataset), rows}, {.step = step, .l2 = 1e-3});
      return plan.unpack(workspace.parameters.data());
    };
    const Parameters expected = trained(1);
    for (const int threads : {2, 3, 4}) {
      EXPECT_TRUE(testing_support::same_bits(trained(threads), expected)) << threads << " threads";
    }
  });
}

TEST_F(BFloat16Step, EvaluationIsFloat32) {
  for_each_kernels([](const kernels::BFloat16Kernels* bfloat16) {
    const Case c(300, 50, false);
    ThreadTeam team(2);
    const auto outputs_of = [&](const kernels::BFloat16Kernels* k) {
      const engine::Plan plan = c.plan(SGD{}, 2, k);
      engine::Workspace workspace(plan);
      workspace.load(plan, c.parameters);
      Matrix<float> outputs(c.rows.size(), c.network.fan_out());
      engine::evaluate_step(plan, workspace, team, {examples_of(c.dataset), c.rows}, outputs);
      return outputs;
    };
    EXPECT_EQ(outputs_of(bfloat16), outputs_of(nullptr));
  });
}

}  // namespace
}  // namespace mlp
