// The engine against the reference: random networks, every activation and loss, forward, gradients, optimizer
// steps, on every CPU target; and the same bits for any number of threads and on every CPU target with fused
// multiply-add.
#include "engine/step.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numeric>

#include "engine/random_network.h"
#include "mlp/reference.h"

namespace mlp {
namespace {

using test::Draw;

template <class T>
BasicParameters<T> converted(const MultilayerPerceptron& network, const Parameters& from) {
  BasicParameters<T> to(network);
  std::ranges::copy(from.values(), to.values().begin());
  return to;
}

Matrix<double> inputs_of(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  const auto& inputs = std::get<Matrix<float>>(dataset.inputs);
  Matrix<double> X(rows.size(), inputs.columns());
  for (std::size_t n = 0; n < rows.size(); ++n) std::ranges::copy(inputs.row(rows[n]), X.row(n).begin());
  return X;
}

Matrix<double> targets_of(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  Matrix<double> Y(rows.size(), dataset.outputs());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    if (dataset.task() == Task::kClassification) {
      Y(n, static_cast<std::size_t>(dataset.labels[rows[n]])) = 1;
    } else {
      std::ranges::copy(dataset.targets.row(rows[n]), Y.row(n).begin());
    }
  }
  return Y;
}

std::vector<double> weights_of(const Dataset& dataset, std::span<const std::uint32_t> rows) {
  std::vector<double> weights;
  if (dataset.sample_weights.empty()) return weights;
  for (const std::uint32_t row : rows) weights.push_back(dataset.sample_weights[row]);
  return weights;
}

/// The Euclidean distance of two vectors relative to the second's length.
template <class A, class B>
double relative_distance(const A& a, const B& b) {
  double difference = 0, length = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
    length += static_cast<double>(b[i]) * b[i];
  }
  return std::sqrt(difference) / (std::sqrt(length) + 1e-12);
}

/// A case: network, data and a batch of rows in some order.
struct Case {
  MultilayerPerceptron network;
  Loss loss;
  Dataset dataset;
  std::vector<std::uint32_t> rows;
  Parameters parameters;
};

Case random_case(Draw& draw, const Loss& loss, const Activation& output, bool dropout) {
  const MultilayerPerceptron network = test::random_network(draw, output, dropout);
  const bool classes = std::holds_alternative<CrossEntropy>(loss) || draw.chance(0.3);
  const std::size_t rows = draw.integer(1, 130);
  Dataset dataset = test::random_dataset(draw, network, rows, classes, draw.chance(0.4));
  std::vector<std::uint32_t> order(rows);
  for (std::uint32_t& row : order) row = static_cast<std::uint32_t>(draw.integer(0, rows - 1));
  Parameters parameters = initialize(network, draw.integer(1, 1000));
  for (std::size_t layer = 0; layer < network.depth(); ++layer) {
    for (float& b : parameters.bias(layer)) b = static_cast<float>(0.1 * draw.normal());
  }
  return {network, loss, std::move(dataset), std::move(order), std::move(parameters)};
}

engine::Plan plan_of(const Case& c, const std::optional<Optimizer>& optimizer, int threads,
                     std::string target = {}) {
  return engine::Plan(c.network, c.loss, optimizer, {}, {},
                      {.max_batch = c.rows.size(), .threads = threads, .target = std::move(target)});
}

/// Calls body(case description, loss, output activation) for every loss on every output activation it is
/// defined on.
template <class Body>
void for_each_loss_and_output(const Body& body) {
  for (const Loss& loss : all_losses()) {
    for (const Activation& output : all_activations()) {
      if (compatible(loss, output)) body(to_string(loss) + " on " + to_string(output), loss, output);
    }
  }
}

TEST(Step, ForwardLossAndGradientsAreTheReferences) {
  ThreadTeam team(4);
  std::uint64_t seed = 0;
  for_each_loss_and_output([&](const std::string& name, const Loss& loss, const Activation& output) {
    for (int repeat = 0; repeat < 3; ++repeat) {
      Draw draw(++seed);
      const bool dropout = repeat == 1;
      const Case c = random_case(draw, loss, output, dropout);
      const std::string target = draw.any(kernels::available_targets());
      SCOPED_TRACE(name + ", " + to_string(c.network) + ", seed " + std::to_string(seed) + ", " +
                   std::to_string(c.rows.size()) + " rows, " + target);
      const engine::Plan plan = plan_of(c, SGD{}, 1 + repeat, target);
      engine::Workspace workspace(plan);
      workspace.load(plan, c.parameters);
      const double l2 = repeat == 2 ? 0.01 : 0.0;
      const engine::StepSettings settings{.step = seed, .seed = 7, .l2 = l2};

      const auto X = inputs_of(c.dataset, c.rows);
      const auto Y = targets_of(c.dataset, c.rows);
      const auto weights = weights_of(c.dataset, c.rows);
      const auto parameters = converted<double>(c.network, c.parameters);
      const auto expected = reference::loss_and_gradients<double>(
          c.network, parameters, loss, X, Y, weights, reference::DropoutMasks{.seed = 7, .step = seed}, l2);

      const Parameters gradients = engine::gradients_of(plan, workspace, team, {c.dataset, c.rows}, settings);
      for (std::size_t layer = 0; layer < c.network.depth(); ++layer) {
        const auto dW = gradients.weight(layer);
        const auto expected_dW = expected.gradients.weight(layer);
        EXPECT_LT(relative_distance(std::span(dW.data(), dW.rows() * dW.columns()),
                                    std::span(expected_dW.data(), dW.rows() * dW.columns())),
                  2e-4)
            << "layer " << layer;
        EXPECT_LT(relative_distance(gradients.bias(layer), expected.gradients.bias(layer)), 2e-4)
            << "layer " << layer;
      }

      const auto expected_outputs = reference::forward(c.network, parameters, X);
      const double loss_sum = engine::evaluate_step(plan, workspace, team, {c.dataset, c.rows});
      const auto outputs = engine::output_of(plan, workspace, c.rows.size());
      for (std::size_t n = 0; n < c.rows.size(); ++n) {
        EXPECT_LT(relative_distance(outputs.row(n), expected_outputs.row(n)), 1e-4) << "row " << n;
      }
      if (!dropout && l2 == 0) {
        EXPECT_NEAR(loss_sum / static_cast<double>(c.rows.size()), expected.loss,
                    1e-5 * (1 + std::abs(expected.loss)));
      }
    }
  });
}

TEST(Step, TenOptimizerStepsAreTheReferences) {
  ThreadTeam team(3);
  std::uint64_t seed = 1000;
  std::vector<std::pair<double, std::string>> runs;
  for (const std::string& target : kernels::available_targets()) {
    for (const double clip_norm : {0.0, 0.05}) runs.emplace_back(clip_norm, target);
  }
  for (Optimizer optimizer : all_optimizers()) {
    // Enough decay, and biases to be spared by it, for a decayed bias to show.
    if (auto* adamw = std::get_if<AdamW>(&optimizer)) adamw->weight_decay = 20;
    for (const auto& [clip_norm, target] : runs) {
      // Smooth activations: near a kink, rounding alone could take the two down different branches.
      const MultilayerPerceptron network = parse_network("33:tanh,18:gelu,7:softmax", 21);
      Draw draw(++seed);
      SCOPED_TRACE(to_string(optimizer) + ", clip " + std::to_string(clip_norm) + ", " + target);
      const Dataset dataset = test::random_dataset(draw, network, 50, true, true);
      std::vector<std::uint32_t> rows(50);
      std::iota(rows.begin(), rows.end(), 0u);
      Parameters start = initialize(network, 3);
      for (std::size_t layer = 0; layer < network.depth(); ++layer) {
        for (float& b : start.bias(layer)) b = static_cast<float>(draw.normal());
      }
      const Loss loss = CrossEntropy{0.1};
      const engine::Plan plan(network, loss, optimizer, {}, {},
                              {.max_batch = 50, .threads = 3, .target = target});
      engine::Workspace workspace(plan);
      workspace.load(plan, start);
      auto state = reference::start(optimizer, converted<double>(network, start));
      const auto X = inputs_of(dataset, rows);
      const auto Y = targets_of(dataset, rows);
      const auto weights = weights_of(dataset, rows);
      for (std::uint64_t step = 0; step < 10; ++step) {
        const double rate_factor = 1.0 / static_cast<double>(step + 1);
        engine::train_step(plan, workspace, team, {dataset, rows},
                           {.step = step, .rate_factor = rate_factor, .l2 = 0.01, .clip_norm = clip_norm});
        auto gradients =
            reference::loss_and_gradients<double>(network, state.parameters, loss, X, Y, weights, {}, 0.01)
                .gradients;
        state = reference::update(optimizer, std::move(state),
                                  reference::clip_by_norm(std::move(gradients), clip_norm), rate_factor);
      }
      const Parameters trained = plan.unpack(workspace.parameters.data());
      // What the ten steps changed, not the parameters themselves: a step not taken would hide in the latter.
      std::vector<double> change, expected_change;
      for (std::size_t i = 0; i < start.values().size(); ++i) {
        change.push_back(static_cast<double>(trained.values()[i]) - start.values()[i]);
        expected_change.push_back(state.parameters.values()[i] - start.values()[i]);
      }
      EXPECT_LT(relative_distance(change, expected_change), 1e-3);
    }
  }
}

/// Parameters after some steps of training `c`.
Parameters trained(const Case& c, const Optimizer& optimizer, int threads, double clip_norm,
                   const std::string& target) {
  const engine::Plan plan = plan_of(c, optimizer, threads, target);
  ThreadTeam team(threads);
  engine::Workspace workspace(plan);
  workspace.load(plan, c.parameters);
  for (std::uint64_t step = 0; step < 5; ++step) {
    engine::train_step(plan, workspace, team, {c.dataset, c.rows},
                       {.step = step, .seed = 5, .l2 = 1e-3, .clip_norm = clip_norm});
  }
  return plan.unpack(workspace.parameters.data());
}

TEST(Step, SameBitsForAnyNumberOfThreadsAndOnEveryFusedTarget) {
  std::vector<std::string> fused;
  for (const std::string& target : kernels::available_targets()) {
    if (target != "baseline") fused.push_back(target);
  }
  if (fused.empty()) fused.push_back("baseline");
  std::uint64_t seed = 5000;
  for_each_loss_and_output([&](const std::string& name, const Loss& loss, const Activation& output) {
    Draw draw(++seed);
    const Case c = random_case(draw, loss, output, true);
    SCOPED_TRACE(name + ", " + to_string(c.network) + ", seed " + std::to_string(seed));
    const Optimizer optimizer = with_learning_rate(draw.any(all_optimizers()), 1e-3);
    const double clip_norm = draw.chance(0.5) ? 0.1 : 0.0;
    const Parameters expected = trained(c, optimizer, 1, clip_norm, fused.front());
    for (const std::string& target : fused) {
      for (const int threads : {1, 2, 3, 4, 7}) {
        const Parameters found = trained(c, optimizer, threads, clip_norm, target);
        EXPECT_EQ(std::memcmp(found.values().data(), expected.values().data(), found.values().size_bytes()),
                  0)
            << target << ", " << threads << " threads";
      }
    }
  });
}

TEST(Step, PredictionDoesNotDependOnTheBatchARowIsIn) {
  Draw draw(77);
  const Case c = random_case(draw, CrossEntropy{}, Softmax{}, false);
  ThreadTeam team(2);
  const engine::Plan plan = plan_of(c, std::nullopt, 2);
  engine::Workspace workspace(plan);
  workspace.load(plan, c.parameters);
  Matrix<float> together(c.rows.size(), c.network.fan_out()), alone(1, c.network.fan_out());
  engine::predict_step(plan, workspace, team, c.dataset.inputs, c.rows, together);
  for (std::size_t n = 0; n < c.rows.size(); ++n) {
    engine::predict_step(plan, workspace, team, c.dataset.inputs, std::span(c.rows).subspan(n, 1), alone);
    EXPECT_TRUE(std::ranges::equal(together.row(n), alone.row(0))) << "row " << n;
  }
}

TEST(Step, ShapesThatDoNotFitAreRefused) {
  Draw draw(1);
  const Case c = random_case(draw, MeanSquaredError{}, Linear{}, false);
  const engine::Plan plan = plan_of(c, SGD{}, 2);
  engine::Workspace workspace(plan);
  ThreadTeam small(1), team(2);
  EXPECT_THROW(engine::train_step(plan, workspace, small, {c.dataset, c.rows}, {}), std::invalid_argument);
  EXPECT_THROW(engine::train_step(plan, workspace, team, {c.dataset, {}}, {}), std::invalid_argument);
  EXPECT_THROW(engine::Plan(c.network, CrossEntropy{}, std::nullopt, {}, {}, {}), std::invalid_argument);
  EXPECT_THROW(engine::Plan(c.network, MeanSquaredError{}, std::nullopt, {}, {}, {.target = "avx1024"}),
               UsageError);
}

}  // namespace
}  // namespace mlp
