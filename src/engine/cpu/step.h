// Whole steps on this CPU: with a plan, a workspace and a team of threads.
#pragma once

#include <cstdint>
#include <span>

#include "core/thread_team.h"
#include "engine/batch.h"
#include "engine/cpu/plan.h"
#include "engine/cpu/workspace.h"

namespace mlp::engine {

/// One optimizer step on the workspace's parameters. Returns sum_n w_n loss_n over the batch's rows, added in
/// row order; w_n is a weight over weight_unit. At most plan.max_batch() rows.
double train_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                  const StepSettings& settings);

/// The gradients of sum_n w_n loss_n / batch.whole_rows(), to workspace.gradients: before the L2 penalty and
/// before clipping. Returns sum_n w_n loss_n.
double raw_gradients(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                     const StepSettings& settings);
/// The rest of a step, from workspace.gradients: penalty, clipping, update. For a whole batch,
/// raw_gradients() and this equal train_step(), bit for bit.
void apply_raw_gradients(const Plan& plan, Workspace& workspace, ThreadTeam& team,
                         const StepSettings& settings);

/// Forward without dropout. Returns sum_n w_n loss_n; `outputs` [rows, fan_out] in the network's own scale.
double evaluate_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                     MatrixView<float> outputs);

/// The network's outputs for rows of `inputs`; `outputs` [rows, fan_out] in the network's own scale. With
/// `more_parameters`, those of further networks, packed by the plan: `outputs` [networks * rows, fan_out] are
/// one network's after the other's, of inputs that are gathered once.
void predict_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const InputsView& inputs,
                  std::span<const std::uint32_t> rows, MatrixView<float> outputs,
                  std::span<const AlignedVector<float>> more_parameters = {});

/// The gradient of the batch's mean weighted loss, the L2 penalty included, without a step: for tests. Throws
/// std::invalid_argument for a plan without an optimizer.
Parameters gradients_of(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                        const StepSettings& settings);

/// The first layer (from 0) in whose activations a row with a loss that is not finite had a NaN or an
/// infinity in the last step; depth() when none did.
std::size_t first_non_finite_layer(const Workspace& workspace);

}  // namespace mlp::engine
