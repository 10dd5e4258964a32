// See step.h.
#include "engine/step.h"

#include <algorithm>
#include <cmath>

#include "engine/row_pass.h"
#include "engine/weight_pass.h"

namespace mlp::engine {

using kernels::UpdateRule;

namespace {

double sum_of_losses(const Workspace& workspace, std::size_t rows) {
  double sum = 0;  // in row order: the same for any number of threads
  for (std::size_t n = 0; n < rows; ++n) sum += static_cast<double>(workspace.row_losses[n]);
  return sum;
}

void check_batch(const Plan& plan, const ThreadTeam& team, const Batch& batch) {
  require(team.size() >= plan.threads(), "the thread team is smaller than the plan's number of threads");
  require(!batch.rows.empty() && batch.rows.size() <= plan.max_batch(),
          "a batch must have 1 to max_batch rows");
  require(batch.dataset.features() == plan.network().fan_in() &&
              batch.dataset.outputs() == plan.network().fan_out(),
          "the data set does not fit the network");
}

}  // namespace

double train_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                  const StepSettings& settings) {
  check_batch(plan, team, batch);
  require(plan.optimizer().has_value(), "train_step: the plan was made for prediction");
  const bool clips = settings.clip_norm > 0;
  if (clips) prepare_gradients(workspace);
  const UpdateRule update = rule_of(*plan.optimizer(), settings);
  UpdateRule first = update;
  if (clips) first.kind = UpdateRule::Kind::kStore;
  const int members = plan.threads();

  team.run(
      [&](int member) {
        const auto& tasks = plan.weight_tasks()[static_cast<std::size_t>(member)];
        train_rows(plan, workspace, batch, share_of(batch.rows.size(), member, members), settings);
        team.barrier();
        weight_steps(plan, workspace, tasks, batch.rows.size(), first);
        if (!clips) return;
        team.barrier();
        sum_squares(workspace, share_of(workspace.square_sums.size(), member, members));
        team.barrier();
        UpdateRule scaled = update;
        scaled.gradient_scale = clipping_scale(workspace, settings.clip_norm);
        stored_updates(plan, workspace, tasks, scaled);
      },
      members);
  return sum_of_losses(workspace, batch.rows.size());
}

double evaluate_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch) {
  check_batch(plan, team, batch);
  const int members = plan.threads();
  team.run(
      [&](int member) {
        evaluate_rows(plan, workspace, batch, share_of(batch.rows.size(), member, members));
      },
      members);
  return sum_of_losses(workspace, batch.rows.size());
}

void predict_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Inputs& inputs,
                  std::span<const std::uint32_t> rows, MatrixView<float> outputs) {
  require(rows.size() <= plan.max_batch() && outputs.rows() == rows.size() &&
              outputs.columns() == plan.network().fan_out() &&
              column_count(inputs) == plan.network().fan_in(),
          "predict_step: inputs or outputs do not fit the network");
  const int members = plan.threads();
  team.run(
      [&](int member) {
        predict_rows(plan, workspace, inputs, rows, share_of(rows.size(), member, members));
      },
      members);
  const auto results = output_of(plan, workspace, rows.size());
  for (std::size_t n = 0; n < rows.size(); ++n)
    std::copy_n(results.row(n).data(), outputs.columns(), outputs.row(n).data());
}

ConstMatrixView<float> output_of(const Plan& plan, const Workspace& workspace, std::size_t rows) {
  const LayerPlan& last = plan.layers().back();
  return {workspace.layers.back().outputs.data(), rows, last.layer.fan_out, last.weights.padded_columns()};
}

Parameters gradients_of(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                        const StepSettings& settings) {
  check_batch(plan, team, batch);
  prepare_gradients(workspace);
  UpdateRule store;
  store.l2 = static_cast<float>(settings.l2);
  const int members = plan.threads();
  team.run(
      [&](int member) {
        train_rows(plan, workspace, batch, share_of(batch.rows.size(), member, members), settings);
        team.barrier();
        weight_steps(plan, workspace, plan.weight_tasks()[static_cast<std::size_t>(member)],
                     batch.rows.size(), store);
      },
      members);
  return plan.unpack(workspace.gradients.data());
}

std::size_t first_non_finite_layer(const Plan& plan, const Workspace& workspace, std::size_t rows) {
  const auto finite = [](float value) { return std::isfinite(value); };
  for (std::size_t index = 0; index < plan.layers().size(); ++index) {
    const auto& layer = plan.layers()[index];
    const bool last = index + 1 == plan.layers().size();
    const auto& buffer = last ? workspace.logits : workspace.layers[index].outputs;
    for (std::size_t n = 0; n < rows; ++n) {
      const auto begin = buffer.begin() + static_cast<std::ptrdiff_t>(n * layer.weights.padded_columns());
      if (!std::all_of(begin, begin + static_cast<std::ptrdiff_t>(layer.layer.fan_out), finite)) return index;
    }
  }
  return plan.layers().size();
}

}  // namespace mlp::engine
