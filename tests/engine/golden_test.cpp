// The engine, on every CPU target, against what PyTorch computed.
#include "golden/golden.h"

#include <gtest/gtest.h>

#include <numeric>

#include "engine/cpu/step.h"
#include "training/examples.h"

namespace mlp {
namespace {

Dataset dataset_of(const golden::Problem<float>& problem, std::vector<float> weights = {}) {
  return {
      .name = problem.name, .inputs = problem.X, .targets = problem.Y, .sample_weights = std::move(weights)};
}

std::vector<std::uint32_t> all_rows(const Dataset& dataset) {
  std::vector<std::uint32_t> rows(dataset.rows());
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

engine::Plan plan_of(const golden::Problem<float>& problem, const Optimizer& optimizer,
                     const std::string& target) {
  return engine::Plan(problem.network, problem.loss, optimizer, {}, {},
                      {.max_batch = problem.X.rows(), .threads = 2, .target = target});
}

TEST(EngineGolden, OutputsLossesAndGradients) {
  constexpr double kTolerance = golden::kTolerance<float>;
  ThreadTeam team(2);
  for (const std::string& target : kernels::available_targets()) {
    for (const auto& golden : golden::gradient_cases<float>()) {
      SCOPED_TRACE(target + ", " + golden.name);
      const Dataset dataset = dataset_of(golden, golden.weights);
      const auto rows = all_rows(dataset);
      const engine::Plan plan = plan_of(golden, SGD{}, target);
      engine::Workspace workspace(plan);
      workspace.load(plan, golden.parameters);

      if (golden.outputs) {
        Matrix<float> outputs(rows.size(), golden.network.fan_out());
        engine::predict_step(plan, workspace, team, view_of(dataset.inputs), rows, outputs);
        EXPECT_LE(golden::distance(std::as_const(outputs).values(), golden.outputs->values()), kTolerance);
      }
      double penalty = 0;  // the step's loss is without the L2 term
      for (std::size_t layer = 0; layer < golden.network.depth(); ++layer) {
        const auto W = golden.parameters.weight(layer);
        for (std::size_t i = 0; i < W.rows() * W.columns(); ++i) {
          penalty += golden.l2 / 2 * static_cast<double>(W.data()[i]) * static_cast<double>(W.data()[i]);
        }
      }
      Matrix<float> evaluated(rows.size(), golden.network.fan_out());
      const double loss =
          engine::evaluate_step(plan, workspace, team, {examples_of(dataset), rows}, evaluated);
      EXPECT_NEAR(loss / static_cast<double>(rows.size()) + penalty, golden.value, kTolerance * golden.value);

      const Parameters gradients =
          engine::gradients_of(plan, workspace, team, {examples_of(dataset), rows}, {.l2 = golden.l2});
      for (std::size_t layer = 0; layer < golden.network.depth(); ++layer) {
        const auto dW = gradients.weight(layer);
        const auto expected = golden.gradients.weight(layer);
        EXPECT_LE(
            golden::distance(std::span<const float>(dW.data(), dW.rows() * dW.columns()),
                             std::span<const double>(expected.data(), expected.rows() * expected.columns())),
            kTolerance)
            << "dW of layer " << layer;
        EXPECT_LE(golden::distance(gradients.bias(layer), golden.gradients.bias(layer)), kTolerance)
            << "db of layer " << layer;
      }
    }
  }
}

TEST(EngineGolden, OptimizerTrajectories) {
  ThreadTeam team(2);
  for (const std::string& target : kernels::available_targets()) {
    for (const auto& golden : golden::trajectories<float>()) {
      SCOPED_TRACE(target + ", " + golden.name);
      const Dataset dataset = dataset_of(golden);
      const auto rows = all_rows(dataset);
      const engine::Plan plan = plan_of(golden, golden.optimizer, target);
      engine::Workspace workspace(plan);
      workspace.load(plan, golden.parameters);
      std::uint64_t step = 0;
      for (const auto& point : golden.points) {
        for (; step < point.step; ++step) {
          const double factor =
              learning_rate_factor(golden.schedule, step, golden.total_steps, golden.total_steps);
          engine::train_step(plan, workspace, team, {examples_of(dataset), rows},
                             {.step = step, .rate_factor = factor});
        }
        const Parameters trained = plan.unpack(workspace.parameters.data());
        EXPECT_LE(golden::distance(trained.values(), point.parameters.values()), golden::kTolerance<float>)
            << "after step " << point.step;
      }
    }
  }
}

}  // namespace
}  // namespace mlp
