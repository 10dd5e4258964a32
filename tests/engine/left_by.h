// The complete state after some steps, for bitwise comparison.
#pragma once

#include <cstring>
#include <span>
#include <vector>

#include "engine/step_case.h"
#include "support/same_bits.h"

namespace mlp::test {

using testing_support::same_bits;

struct How {
  Optimizer optimizer = Adam{};
  double clip_norm = 0;
  bool tells_what_comes = true;
  std::size_t last_rows = 0;  ///< of an epoch's last batch; 0: half of the others'
};

/// The state after some steps of training, an evaluation and a prediction: parameters, moments, losses,
/// outputs, gradients.
inline std::vector<float> left_by(const Case& c, const How& how, const engine::PlanOptions& options) {
  const engine::Plan plan = plan_of(c, with_learning_rate(how.optimizer, 1e-3), options);
  ThreadTeam team(plan.threads());
  engine::Workspace workspace(plan);
  workspace.load(plan, c.parameters);
  std::vector<float> all;
  const auto keep = [&](std::span<const float> values) {
    all.insert(all.end(), values.begin(), values.end());
  };
  const auto keep_sum = [&](double sum) {
    float halves[2];
    std::memcpy(halves, &sum, sizeof sum);
    keep(halves);
  };
  for (std::uint64_t step = 0; step < 5; ++step) {
    // The last batch of an epoch is smaller.
    const std::size_t last = how.last_rows > 0 ? how.last_rows : (c.rows.size() + 1) / 2;
    const auto rows = std::span(c.rows).first(step == 3 ? last : c.rows.size());
    engine::Batch batch{examples_of(c.dataset), rows};
    if (how.tells_what_comes) batch.upcoming = c.rows;
    keep_sum(engine::train_step(plan, workspace, team, batch,
                                {.step = step, .seed = 5, .l2 = 1e-3, .clip_norm = how.clip_norm}));
  }
  const Parameters trained = plan.unpack(workspace.parameters.data());
  EXPECT_NE(trained, c.parameters);
  keep(trained.values());
  for (const auto& moment : workspace.moments) {
    const Parameters unpacked = plan.unpack(moment.data());
    keep(unpacked.values());
  }
  const Evaluated evaluation = evaluated(plan, workspace, team, {examples_of(c.dataset), c.rows});
  keep_sum(evaluation.loss);
  keep(evaluation.outputs.values());
  Matrix<float> predicted(c.rows.size(), c.network.fan_out());
  engine::predict_step(plan, workspace, team, view_of(c.dataset.inputs), c.rows, predicted);
  keep(std::as_const(predicted).values());
  const Parameters gradients = engine::gradients_of(plan, workspace, team, {examples_of(c.dataset), c.rows},
                                                    {.step = 9, .seed = 5, .l2 = 1e-3});
  keep(gradients.values());
  return all;
}

}  // namespace mlp::test
