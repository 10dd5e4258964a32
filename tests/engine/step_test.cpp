// The engine against the reference: random networks, every activation and loss, forward, gradients, optimizer
// steps, on every CPU target, in one chunk and in several; what is refused, and the first layer with a value
// that is not finite.
#include "engine/cpu/step.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "engine/step_case.h"

namespace mlp {
namespace {

using test::Case;
using test::Draw;
using test::plan_of;
using test::random_case;
using test::relative_distance;

void expect_the_references(const Case& c, const engine::PlanOptions& options, ThreadTeam& team, double l2,
                           std::uint64_t step) {
  const engine::Plan plan = plan_of(c, SGD{}, options);
  engine::Workspace workspace(plan);
  workspace.load(plan, c.parameters);
  const auto X = test::inputs_of(c);
  const auto Y = test::targets_of(c.dataset, c.rows);
  const auto weights = test::weights_of(c.dataset, c.rows);
  const auto parameters = test::in_double(c.network, c.parameters);
  const auto expected = reference::loss_and_gradients<double>(
      c.network, parameters, c.loss, X, Y, weights, reference::DropoutMasks{.seed = 7, .step = step}, l2);

  const Parameters gradients = engine::gradients_of(plan, workspace, team, {examples_of(c.dataset), c.rows},
                                                    {.step = step, .seed = 7, .l2 = l2});
  EXPECT_LT(test::distance_of_gradients(gradients, expected.gradients, c.network), 2e-4);
  EXPECT_EQ(engine::first_non_finite_layer(workspace), c.network.depth());

  const auto expected_outputs = reference::forward(c.network, parameters, X);
  const auto [loss_sum, outputs] = test::evaluated(plan, workspace, team, {examples_of(c.dataset), c.rows});
  for (std::size_t n = 0; n < c.rows.size(); ++n) {
    EXPECT_LT(relative_distance(outputs.row(n), expected_outputs.row(n)), 1e-4) << "row " << n;
  }
  const double expected_loss =
      reference::loss_and_gradients<double>(c.network, parameters, c.loss, X, Y, weights, {}, 0.0).loss;
  EXPECT_NEAR(loss_sum / static_cast<double>(c.rows.size()), expected_loss,
              1e-5 * (1 + std::abs(expected_loss)));

  Matrix<float> predicted(c.rows.size(), c.network.fan_out());
  engine::predict_step(plan, workspace, team, view_of(c.dataset.inputs), c.rows, predicted);
  EXPECT_EQ(predicted, outputs);
}

TEST(Step, ForwardLossAndGradientsAreTheReferences) {
  ThreadTeam team(4);
  std::uint64_t seed = 0;
  test::for_each_loss_and_output([&](const std::string& name, const Loss& loss, const Activation& output) {
    for (int repeat = 0; repeat < 3; ++repeat) {
      Draw draw(++seed);
      const Case c = random_case(draw, loss, output, repeat == 1);
      const std::string target = draw.any(kernels::available_targets());
      const std::size_t cache_bytes = draw.chance(0.5) ? 0 : std::size_t{1} << 30;
      SCOPED_TRACE(name + ", " + to_string(c.network) + ", seed " + std::to_string(seed) + ", " +
                   std::to_string(c.rows.size()) + " rows, cache " + std::to_string(cache_bytes) + ", " +
                   target);
      expect_the_references(c, {.threads = 1 + repeat, .target = target, .cache_bytes = cache_bytes}, team,
                            repeat == 2 ? 0.01 : 0.0, seed);
    }
  });
}

TEST(Step, WideLayersAreTheReferences) {
  ThreadTeam team(7);
  Draw draw(11);
  for (const char* text :
       {"512:relu,512:tanh,10:softmax", "300:gelu,512:leaky_relu:0.2,256:softmax,40:softmax"}) {
    const Case c = test::case_of(draw, parse_network(text, 100), CrossEntropy{0.1}, 70, true);
    for (const int threads : {1, 2, 7}) {
      const std::string target = draw.any(kernels::available_targets());
      SCOPED_TRACE(std::string(text) + ", " + target + ", " + std::to_string(threads) + " threads");
      expect_the_references(c, {.threads = threads, .target = target, .cache_bytes = 0}, team, 0.001, 3);
    }
  }
}

TEST(Step, BytesAndZerosThatAreSkippedAreTheReferences) {
  ThreadTeam team(4);
  Draw draw(12);
  for (const bool shifted : {false, true}) {
    for (const char* text : {"70:relu,10:softmax", "256:tanh,10:softmax"}) {  // rows shared, columns shared
      Case c = test::case_of(draw, parse_network(text, 150), CrossEntropy{}, 70, false);
      test::make_bytes(draw, c, shifted);
      for (const std::string& target : kernels::available_targets()) {
        for (const int threads : {1, 4}) {
          for (const double density : {0.0, 1.0}) {
            SCOPED_TRACE(std::string(text) + (shifted ? ", shifted, " : ", ") + target + ", " +
                         std::to_string(threads) + " threads, density " + std::to_string(density));
            expect_the_references(
                c, {.threads = threads, .target = target, .input_density = density, .cache_bytes = 0}, team,
                0.001, 3);
          }
        }
      }
    }
  }
}

TEST(Step, InputsInPartsAreTheReferences) {
  ThreadTeam team(4);
  Draw draw(14);
  for (const char* text : {"64:relu,10:softmax", "40:gelu:0.2,20:tanh,5:softmax", "7:softmax"}) {
    for (const std::size_t inputs : {256u, 784u}) {
      const Case c = test::case_of(draw, parse_network(text, inputs), CrossEntropy{0.1}, 70, true);
      for (const int threads : {1, 2, 3, 4}) {
        for (const double density : {0.0, 1.0}) {
          const std::string target = draw.any(kernels::available_targets());
          SCOPED_TRACE(std::string(text) + ", " + target + ", " + std::to_string(threads) +
                       " threads, density " + std::to_string(density));
          expect_the_references(c, {.threads = threads, .target = target, .input_density = density}, team,
                                0.001, 3);
        }
      }
    }
  }
}

TEST(Step, DeepProductsInPartsAreTheReferences) {
  // Sums over more than 1024 inputs, forward and backward, are computed in parts.
  ThreadTeam team(3);
  Draw draw(13);
  for (const char* text : {"1100:leaky_relu,1040:tanh,3:linear", "20:relu,1500:relu,20:gelu,3:linear"}) {
    const Case c = test::case_of(draw, parse_network(text, 1030), MeanSquaredError{}, 20, false);
    for (const int threads : {1, 3}) {
      const std::string target = draw.any(kernels::available_targets());
      SCOPED_TRACE(std::string(text) + ", " + target + ", " + std::to_string(threads) + " threads");
      expect_the_references(c, {.threads = threads, .target = target}, team, 0.0, 3);
    }
  }
}

TEST(Step, TenOptimizerStepsAreTheReferences) {
  ThreadTeam team(3);
  std::uint64_t seed = 1000;
  std::vector<std::pair<double, std::string>> runs;
  for (const std::string& target : kernels::available_targets()) {
    for (const double clip_norm : {0.0, 0.05}) runs.emplace_back(clip_norm, target);
  }
  for (Optimizer optimizer : all_optimizers()) {
    // Enough decay, and biases that must not decay, so that a decayed bias would show.
    if (weight_decay(optimizer)) optimizer = with_weight_decay(optimizer, 20);
    for (const auto& [clip_norm, target] : runs) {
      // Smooth activations: near a kink, rounding alone could put the two on different sides.
      const MultilayerPerceptron network = parse_network("33:tanh,18:gelu,7:softmax", 21);
      Draw draw(++seed);
      SCOPED_TRACE(to_string(optimizer) + ", clip " + std::to_string(clip_norm) + ", " + target);
      const std::size_t batch = seed % 2 == 0 ? 50 : 100;  // one chunk, or two
      const Dataset dataset = test::random_dataset(draw, network, batch, true, true);
      std::vector<std::uint32_t> rows(batch);
      std::iota(rows.begin(), rows.end(), 0u);
      Parameters start = initialize(network, 3);
      for (std::size_t layer = 0; layer < network.depth(); ++layer) {
        for (float& b : start.bias(layer)) b = static_cast<float>(draw.normal());
      }
      const Loss loss = CrossEntropy{0.1};
      const engine::Plan plan(network, loss, optimizer, {}, {},
                              {.max_batch = batch, .threads = 3, .target = target, .cache_bytes = 0});
      engine::Workspace workspace(plan);
      workspace.load(plan, start);
      auto state = reference::start(optimizer, test::in_double(network, start));
      const auto X = test::inputs_of({network, loss, dataset, rows, start});
      const auto Y = test::targets_of(dataset, rows);
      const auto weights = test::weights_of(dataset, rows);
      for (std::uint64_t step = 0; step < 10; ++step) {
        const double rate_factor = 1.0 / static_cast<double>(step + 1);
        engine::train_step(plan, workspace, team, {examples_of(dataset), rows},
                           {.step = step, .rate_factor = rate_factor, .l2 = 0.01, .clip_norm = clip_norm});
        auto gradients =
            reference::loss_and_gradients<double>(network, state.parameters, loss, X, Y, weights, {}, 0.01)
                .gradients;
        state = reference::update(optimizer, std::move(state),
                                  reference::clip_by_norm(std::move(gradients), clip_norm), rate_factor);
      }
      const Parameters trained = plan.unpack(workspace.parameters.data());
      // Compares what the ten steps changed, not the parameters: in these a missing step would go unnoticed.
      std::vector<double> change, expected_change;
      for (std::size_t i = 0; i < start.values().size(); ++i) {
        change.push_back(static_cast<double>(trained.values()[i]) - start.values()[i]);
        expected_change.push_back(state.parameters.values()[i] - start.values()[i]);
      }
      EXPECT_LT(relative_distance(change, expected_change), 1e-3);
    }
  }
}

TEST(Step, PredictionDoesNotDependOnTheBatchARowIsIn) {
  Draw draw(77);
  const Case c = random_case(draw, CrossEntropy{}, Softmax{}, false);
  ThreadTeam team(2);
  const engine::Plan plan = plan_of(c, std::nullopt, {.threads = 2});
  engine::Workspace workspace(plan);
  workspace.load(plan, c.parameters);
  Matrix<float> together(c.rows.size(), c.network.fan_out()), alone(1, c.network.fan_out());
  engine::predict_step(plan, workspace, team, view_of(c.dataset.inputs), c.rows, together);
  for (std::size_t n = 0; n < c.rows.size(); ++n) {
    engine::predict_step(plan, workspace, team, view_of(c.dataset.inputs), std::span(c.rows).subspan(n, 1),
                         alone);
    EXPECT_TRUE(std::ranges::equal(together.row(n), alone.row(0))) << "row " << n;
  }
}

// What is gathered once for all, with zeros skipped or not, in one chunk or several, rows or columns shared.
TEST(Step, SeveralNetworksPredictAsEachAlone) {
  ThreadTeam team(4);
  Draw draw(78);
  for (const char* text : {"70:relu,10:softmax", "512:relu,10:softmax", "512:relu,512:tanh,10:softmax"}) {
    Case c = test::case_of(draw, parse_network(text, 150), CrossEntropy{}, 400, false);
    if (draw.chance(0.5)) test::make_bytes(draw, c, false);
    const std::size_t rows = c.rows.size();
    for (const int threads : {1, 2, 4}) {
      for (const bool skips : {false, true}) {
        SCOPED_TRACE(std::string(text) + ", " + std::to_string(threads) + " threads, " +
                     (skips ? "zeros skipped" : "dense"));
        const engine::Plan plan = plan_of(
            c, std::nullopt,
            {.threads = threads, .cache_bytes = std::size_t{1} << 17, .choices = {.skips_zeros = skips}});
        ASSERT_LT(plan.chunk_rows(), rows);
        engine::Workspace workspace(plan);
        std::vector<AlignedVector<float>> packed(3);
        std::vector<Matrix<float>> alone(3, Matrix<float>(rows, c.network.fan_out()));
        for (std::size_t i = 0; i < packed.size(); ++i) {
          const Parameters parameters = initialize(c.network, 100 + i);
          packed[i].resize(plan.packed_size());
          plan.pack(parameters, packed[i].data());
          workspace.load(plan, parameters);
          engine::predict_step(plan, workspace, team, view_of(c.dataset.inputs), c.rows, alone[i]);
        }
        ASSERT_NE(alone[0], alone[1]);
        workspace.load(plan, initialize(c.network, 100));
        Matrix<float> all(packed.size() * rows, c.network.fan_out());
        engine::predict_step(plan, workspace, team, view_of(c.dataset.inputs), c.rows, all,
                             std::span(packed).subspan(1));
        for (std::size_t i = 0; i < packed.size(); ++i) {
          for (std::size_t n = 0; n < rows; ++n)
            ASSERT_TRUE(std::ranges::equal(all.row(i * rows + n), alone[i].row(n))) << i << ", row " << n;
        }
      }
    }
  }
}

TEST(Step, ShapesThatDoNotFitAreRefused) {
  Draw draw(1);
  const Case c = random_case(draw, MeanSquaredError{}, Linear{}, false);
  const engine::Plan plan = plan_of(c, SGD{}, {.threads = 2});
  engine::Workspace workspace(plan);
  ThreadTeam team(2);
  EXPECT_THROW(engine::train_step(plan, workspace, team, {examples_of(c.dataset), {}}, {}),
               std::invalid_argument);
  EXPECT_THROW(engine::Plan(c.network, CrossEntropy{}, std::nullopt, {}, {}, {}), std::invalid_argument);
  EXPECT_THROW(engine::Plan(c.network, MeanSquaredError{}, std::nullopt, {}, {}, {.target = "avx1024"}),
               UsageError);
}

TEST(Step, APlanForPredictionNeitherTrainsNorHasGradients) {
  Draw draw(1);
  const Case c = random_case(draw, MeanSquaredError{}, Linear{}, false);
  const engine::Plan plan = plan_of(c, std::nullopt, {});
  engine::Workspace workspace(plan);
  ThreadTeam team(1);
  EXPECT_THROW(engine::train_step(plan, workspace, team, {examples_of(c.dataset), c.rows}, {}),
               std::invalid_argument);
  EXPECT_THROW(engine::gradients_of(plan, workspace, team, {examples_of(c.dataset), c.rows}, {}),
               std::invalid_argument);
}

TEST(Step, ATeamSmallerThanThePlanIsRefused) {
  Draw draw(1);
  const Case c = random_case(draw, MeanSquaredError{}, Linear{}, false);
  const engine::Plan plan = plan_of(c, SGD{}, {.threads = 2});
  engine::Workspace workspace(plan);
  ThreadTeam small(1);
  Matrix<float> outputs(c.rows.size(), c.network.fan_out());
  EXPECT_THROW(engine::train_step(plan, workspace, small, {examples_of(c.dataset), c.rows}, {}),
               std::invalid_argument);
  EXPECT_THROW(test::evaluated(plan, workspace, small, {examples_of(c.dataset), c.rows}),
               std::invalid_argument);
  EXPECT_THROW(engine::gradients_of(plan, workspace, small, {examples_of(c.dataset), c.rows}, {}),
               std::invalid_argument);
  EXPECT_THROW(engine::predict_step(plan, workspace, small, view_of(c.dataset.inputs), c.rows, outputs),
               std::invalid_argument);
}

#if defined(__x86_64__) || defined(__aarch64__)
TEST(Step, DenormalNumbersAreZeroInsideAStepAndTheCallersOwnAfterIt) {
  // Gradients are zero, so moments only decay: from just above the smallest normal number to below it.
  const MultilayerPerceptron network = parse_network("40:linear,3:linear", 30);
  const Dataset dataset{.name = "zeros", .inputs = Matrix<float>(20, 30), .targets = Matrix<float>(20, 3)};
  std::vector<std::uint32_t> rows(20);
  Parameters moments(network);
  for (float& m : moments.values()) m = 1.2e-38f;
  ThreadTeam team(3);
  const engine::Plan plan(network, MeanSquaredError{}, Adam{}, {}, {}, {.max_batch = 20, .threads = 3});
  for (const double clip_norm : {0.0, 1.0}) {
    engine::Workspace workspace(plan);
    workspace.load(plan, Parameters(network), {moments, moments});
    engine::train_step(plan, workspace, team, {examples_of(dataset), rows},
                       {.step = 5, .clip_norm = clip_norm});
    const Parameters first_moments = plan.unpack(workspace.moments[0].data());
    for (const float m : first_moments.values()) ASSERT_EQ(m, 0.0f) << "0.9 * 1.2e-38 is denormal";
    volatile float smallest = std::numeric_limits<float>::min();
    volatile float half = smallest * 0.5f;
    EXPECT_GT(half, 0.0f);
  }
}
#endif

// --- Where numbers stop being finite -----------------------------------------------------------------------

/// Three layers, each of which multiplies its single number by 1e10: 1e30 overflows in layer 0, 1e20 in layer
/// 1, 1e10 in layer 2, 1e-8 in none of them, though its square does in the loss.
struct Tower {
  MultilayerPerceptron network = parse_network("1:linear,1:linear,1:linear", 1);
  Dataset dataset{.name = "tower", .targets = Matrix<float>(150, 1)};
  std::vector<std::uint32_t> rows = std::vector<std::uint32_t>(150);

  /// `exceptions`: rows and what their inputs are instead of 1e-30.
  explicit Tower(const std::vector<std::pair<std::size_t, float>>& exceptions) {
    Matrix<float> inputs(150, 1, std::vector<float>(150, 1e-30f));
    for (const auto& [row, x] : exceptions) inputs(row, 0) = x;
    dataset.inputs = std::move(inputs);
    std::iota(rows.begin(), rows.end(), 0u);
  }
};

/// The layer that an evaluation and a training step report, which must be the same, in one chunk and in
/// several, with one thread and with several.
std::size_t first_bad_layer(const Tower& tower) {
  std::vector<std::size_t> found;
  for (const std::size_t cache_bytes : {std::size_t{0}, std::size_t{1} << 30}) {
    for (const int threads : {1, 3}) {
      ThreadTeam team(threads);
      const engine::Plan plan(tower.network, MeanSquaredError{}, SGD{}, {}, {},
                              {.max_batch = 150, .threads = threads, .cache_bytes = cache_bytes});
      engine::Workspace workspace(plan);
      Parameters parameters(tower.network);
      for (std::size_t layer = 0; layer < 3; ++layer) parameters.weight(layer)(0, 0) = 1e10f;
      workspace.load(plan, parameters);
      test::evaluated(plan, workspace, team, {examples_of(tower.dataset), tower.rows});
      found.push_back(engine::first_non_finite_layer(workspace));
      engine::train_step(plan, workspace, team, {examples_of(tower.dataset), tower.rows}, {});
      found.push_back(engine::first_non_finite_layer(workspace));
      // The next step starts anew.
      workspace.load(plan, Parameters(tower.network));
      const std::vector<std::uint32_t> healthy = {1};
      test::evaluated(plan, workspace, team, {examples_of(tower.dataset), healthy});
      EXPECT_EQ(engine::first_non_finite_layer(workspace), 3u);
    }
  }
  for (const std::size_t layer : found) EXPECT_EQ(layer, found.front());
  return found.front();
}

TEST(Step, TheFirstLayerThatIsNotFiniteIsNamed) {
  EXPECT_EQ(first_bad_layer(Tower({})), 3u);
  for (const std::size_t row : {0u, 63u, 64u, 149u}) {
    EXPECT_EQ(first_bad_layer(Tower({{row, 1e30f}})), 0u) << row;
    EXPECT_EQ(first_bad_layer(Tower({{row, -1e20f}})), 1u) << row;
    EXPECT_EQ(first_bad_layer(Tower({{row, 1e10f}})), 2u) << row;
    EXPECT_EQ(first_bad_layer(Tower({{row, std::nanf("")}})), 0u) << row;
  }
  EXPECT_EQ(first_bad_layer(Tower({{5, 1e-8f}})), 3u);  // the loss alone
  // The lowest layer of any row, wherever the row is.
  EXPECT_EQ(first_bad_layer(Tower({{3, 1e10f}, {140, 1e20f}})), 1u);
  EXPECT_EQ(first_bad_layer(Tower({{3, 1e20f}, {140, 1e10f}})), 1u);
  EXPECT_EQ(first_bad_layer(Tower({{70, 1e10f}, {71, 1e30f}, {149, 1e20f}})), 0u);
}

TEST(Step, ANaNAmongTheParametersNamesItsLayer) {
  ThreadTeam team(4);
  // The wide layers' columns are shared, and the NaN is in one thread's.
  const MultilayerPerceptron network = parse_network("512:relu,512:gelu,33:tanh,10:softmax", 100);
  Draw draw(9);
  const Case c = test::case_of(draw, network, CrossEntropy{}, 90, false);
  for (const int threads : {1, 4}) {
    const engine::Plan plan = plan_of(c, SGD{}, {.threads = threads, .cache_bytes = 0});
    engine::Workspace workspace(plan);
    for (std::size_t layer = 0; layer < network.depth(); ++layer) {
      Parameters parameters = c.parameters;
      parameters.bias(layer).back() = std::numeric_limits<float>::quiet_NaN();
      workspace.load(plan, parameters);
      EXPECT_FALSE(
          std::isfinite(test::evaluated(plan, workspace, team, {examples_of(c.dataset), c.rows}).loss));
      EXPECT_EQ(engine::first_non_finite_layer(workspace), layer);
      EXPECT_FALSE(
          std::isfinite(engine::train_step(plan, workspace, team, {examples_of(c.dataset), c.rows}, {})));
      EXPECT_EQ(engine::first_non_finite_layer(workspace), layer);
    }
  }
}

}  // namespace
}  // namespace mlp
