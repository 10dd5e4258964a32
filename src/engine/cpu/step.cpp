// See step.h.
#include "engine/cpu/step.h"

#include <algorithm>

#include "core/cpu.h"
#include "engine/cpu/forward.h"
#include "engine/cpu/row_parts.h"
#include "engine/cpu/row_pass.h"
#include "engine/cpu/weight_pass.h"

namespace mlp::engine {

using kernels::UpdateRule;

namespace {

double sum_of_losses(const Workspace& workspace, std::size_t rows) {
  double sum = 0;  // in row order: the same for any number of threads
  for (std::size_t n = 0; n < rows; ++n) sum += static_cast<double>(workspace.row_losses[n]);
  return sum;
}

void check_team(const Plan& plan, const ThreadTeam& team) {
  require(team.size() >= plan.threads(), "the thread team is smaller than the plan's number of threads");
}

void check_batch(const Plan& plan, const ThreadTeam& team, const Batch& batch) {
  check_team(plan, team);
  require(!batch.rows.empty() && batch.rows.size() <= plan.max_batch(),
          "a batch must have 1 to max_batch rows");
  require(columns_of(batch.examples.inputs) == plan.network().fan_in() &&
              batch.examples.outputs == plan.network().fan_out(),
          "the examples do not fit the network");
  // A callback that throws on one of several threads would leave the others waiting at a barrier.
  require(batch.own_loss == nullptr || (plan.threads() == 1 && !plan.fused()),
          "an own loss takes one thread, and a plan whose loss is not fused with the last activation");
}

/// Rows of the inputs.
struct InputRows {
  std::span<const std::uint32_t> batch;     ///< those of a batch's rows
  std::span<const std::uint32_t> upcoming;  ///< those that the next batch begins with
};

InputRows input_rows_of(const Plan& plan, Workspace& workspace, const Batch& batch) {
  const auto upcoming = batch.upcoming.first(end_of_chunk(plan, 0, batch.upcoming.size()));
  if (batch.examples.input_rows.empty()) return {batch.rows, upcoming};
  auto& numbers = workspace.input_rows;
  numbers.resize(batch.rows.size() + upcoming.size());  // never reallocates: see Workspace
  const auto input_row = [&](std::uint32_t row) { return batch.examples.input_row(row); };
  std::ranges::transform(upcoming, std::ranges::transform(batch.rows, numbers.begin(), input_row).out,
                         input_row);
  return {std::span(numbers).first(batch.rows.size()), std::span(numbers).subspan(batch.rows.size())};
}

/// Calls body(member) in every thread for each chunk of the batch in turn.
template <class Body>
void for_each_chunk(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                    const Body& body) {
  const auto rows = batch.rows;
  const auto [inputs, upcoming] = input_rows_of(plan, workspace, batch);
  team.run(
      [&, inputs = inputs, upcoming = upcoming](int member) {
        const FlushDenormals flush;
        workspace.non_finite_layers[static_cast<std::size_t>(member)] = plan.layers().size();
        for (std::size_t first = 0, end = 0; first < rows.size(); first = end) {
          if (first > 0) team.barrier();  // the buffers are about to be written again
          end = end_of_chunk(plan, first, rows.size());
          const auto next =
              end < rows.size() ? inputs.subspan(end, end_of_chunk(plan, end, rows.size()) - end) : upcoming;
          const Chunk chunk{.rows = rows.subspan(first, end - first),
                            .inputs = inputs.subspan(first, end - first),
                            .first = first,
                            .batch_rows = rows.size(),
                            .first_of_whole = batch.first + first,
                            .whole_rows = batch.whole_rows(),
                            .upcoming = next,
                            .examples = batch.examples,
                            .own_loss = batch.own_loss};
          body(Member{plan, workspace, chunk, team, static_cast<std::size_t>(member)});
        }
      },
      plan.threads());
}

/// Gradients of the whole batch, chunk by chunk; `rule` is applied with the last.
void train_chunk(const Member& member, const StepSettings& settings, UpdateRule rule) {
  Gathered gathered = training_pass(member, settings);
  member.barrier();
  rule.continues = member.chunk.first > 0;
  if (!member.chunk.is_last()) {
    rule.kind = UpdateRule::Kind::kStore;
    rule.l2 = 0;
  }
  weight_steps(member, gathered, rule);
}

/// This member's rows of the last layer's outputs, row-major.
void copy_outputs(const Member& member, MatrixView<float> to) {
  const Share share = member.own_rows();
  const auto A = member.A(member.depth() - 1);
  for (std::size_t n = share.begin; n < share.end; ++n) {
    float* row = &to(member.chunk.first + n, 0);
    for (std::size_t column = 0; column < A.columns(); column += kernels::kBlock) {
      std::copy_n(&A(n, column), std::min(kernels::kBlock, A.columns() - column), row + column);
    }
  }
}

/// Updates this member's parameters from the gradients in memory, L2 penalty included.
void update_from_gradients(const Plan& plan, Workspace& workspace, ThreadTeam& team, int member,
                           const StepSettings& settings) {
  UpdateRule rule = rule_of(*plan.optimizer(), settings);
  if (settings.clip_norm > 0) {
    team.barrier();
    sum_squares(workspace, share_of(workspace.square_sums.size(), member, plan.threads()));
    team.barrier();
    rule.gradient_scale = clipping_scale(workspace, settings.clip_norm);
  }
  stored_updates(plan, workspace, plan.weight_tasks()[static_cast<std::size_t>(member)], rule);
}

/// Stores the gradients of a batch, or of a shard of one; returns the sum of the losses.
double store_gradients(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                       const StepSettings& settings, double l2) {
  check_batch(plan, team, batch);
  require(plan.optimizer().has_value(), "the plan was made for prediction, not for gradients");
  prepare_gradients(workspace);
  UpdateRule store;
  store.l2 = static_cast<float>(l2);
  for_each_chunk(plan, workspace, team, batch,
                 [&](const Member& member) { train_chunk(member, settings, store); });
  return sum_of_losses(workspace, batch.rows.size());
}

}  // namespace

double train_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                  const StepSettings& settings) {
  check_batch(plan, team, batch);
  require(plan.optimizer().has_value(), "train_step: the plan was made for prediction");
  const bool clips = settings.clip_norm > 0;
  if (clips) prepare_gradients(workspace);
  UpdateRule rule = rule_of(*plan.optimizer(), settings);
  if (clips) rule.kind = UpdateRule::Kind::kStore;
  for_each_chunk(plan, workspace, team, batch, [&](const Member& member) {
    train_chunk(member, settings, rule);
    if (clips && member.chunk.is_last())
      update_from_gradients(plan, workspace, team, static_cast<int>(member.index), settings);
  });
  return sum_of_losses(workspace, batch.rows.size());
}

double raw_gradients(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                     const StepSettings& settings) {
  return store_gradients(plan, workspace, team, batch, settings, 0.0);
}

void apply_raw_gradients(const Plan& plan, Workspace& workspace, ThreadTeam& team,
                         const StepSettings& settings) {
  check_team(plan, team);
  team.run(
      [&](int member) {
        const FlushDenormals flush;
        UpdateRule penalty;
        penalty.l2 = static_cast<float>(settings.l2);
        stored_updates(plan, workspace, plan.weight_tasks()[static_cast<std::size_t>(member)], penalty);
        update_from_gradients(plan, workspace, team, member, settings);
      },
      plan.threads());
}

double evaluate_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                     MatrixView<float> outputs) {
  check_batch(plan, team, batch);
  require(outputs.rows() == batch.rows.size() && outputs.columns() == plan.network().fan_out(),
          "evaluate_step: the outputs do not fit the network");
  for_each_chunk(plan, workspace, team, batch, [&](const Member& member) {
    evaluation_pass(member);
    copy_outputs(member, outputs);
  });
  return sum_of_losses(workspace, batch.rows.size());
}

void predict_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const InputsView& inputs,
                  std::span<const std::uint32_t> rows, MatrixView<float> outputs,
                  std::span<const AlignedVector<float>> more_parameters) {
  const std::size_t networks = 1 + more_parameters.size();
  require(rows.size() <= plan.max_batch() && outputs.rows() == networks * rows.size() &&
              outputs.columns() == plan.network().fan_out() && columns_of(inputs) == plan.network().fan_in(),
          "predict_step: inputs or outputs do not fit the network");
  check_team(plan, team);
  for_each_chunk(plan, workspace, team, {.examples = {.inputs = inputs}, .rows = rows},
                 [&](const Member& member) {
                   Gathered gathered = prediction_pass(member);
                   copy_outputs(member, outputs.rows(0, rows.size()));
                   for (std::size_t i = 0; i < more_parameters.size(); ++i) {
                     member.barrier();  // the activations are about to be written again
                     Member of_network = member;
                     of_network.other_parameters = more_parameters[i].data();
                     forward(of_network, gathered, nullptr);
                     copy_outputs(of_network, outputs.rows((i + 1) * rows.size(), rows.size()));
                   }
                 });
}

Parameters gradients_of(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                        const StepSettings& settings) {
  store_gradients(plan, workspace, team, batch, settings, settings.l2);
  return plan.unpack(workspace.gradients.data());
}

std::size_t first_non_finite_layer(const Workspace& workspace) {
  return *std::ranges::min_element(workspace.non_finite_layers);
}

}  // namespace mlp::engine
