// Whole steps, the seam between trainers and engines: train on this batch, evaluate this batch, predict these
// rows.
#pragma once

#include <cstdint>
#include <span>
#include <variant>

#include "core/thread_team.h"
#include "engine/plan.h"
#include "engine/workspace.h"
#include "mlp/dataset.h"

namespace mlp::engine {

/// Rows of a data set, by index, in batch order; at most plan.max_batch() of them.
struct Batch {
  const Dataset& dataset;
  std::span<const std::uint32_t> rows;
  std::span<const std::uint32_t> upcoming =
      {};                    ///< the next batch's, if known: fetched from memory meanwhile
  double weight_unit = 1.0;  ///< the data set's sample weights are divided by it
};

/// Inputs as they are stored, in someone else's memory.
using InputsView = std::variant<ConstMatrixView<std::uint8_t>, ConstMatrixView<float>>;
InputsView view_of(const Inputs& inputs);

struct StepSettings {
  std::uint64_t step = 0;    ///< optimizer steps taken before this one
  double rate_factor = 1.0;  ///< the schedule's
  std::uint64_t seed = 1;    ///< of the dropout masks
  double l2 = 0.0;
  double clip_norm = 0.0;  ///< 0: no clipping
};

/// One optimizer step on the workspace's parameters. Returns sum_n w_n loss_n over the batch's rows, added in
/// row order; w_n is a sample weight over weight_unit.
double train_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                  const StepSettings& settings);

/// Forward without dropout. Returns sum_n w_n loss_n; the network's outputs are left in workspace.outputs, a
/// row for each of the batch's.
double evaluate_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch);

/// The network's outputs for rows of `inputs`; `outputs` [rows, fan_out] in the network's own scale.
void predict_step(const Plan& plan, Workspace& workspace, ThreadTeam& team, const InputsView& inputs,
                  std::span<const std::uint32_t> rows, MatrixView<float> outputs);

/// The gradient of the batch's mean weighted loss, the L2 penalty included, without a step: for tests. Throws
/// std::invalid_argument for a plan without an optimizer.
Parameters gradients_of(const Plan& plan, Workspace& workspace, ThreadTeam& team, const Batch& batch,
                        const StepSettings& settings);

/// The first layer (from 0) in whose activations a row with a loss that is not finite had a NaN or an
/// infinity in the last step; depth() when none did.
std::size_t first_non_finite_layer(const Workspace& workspace);

}  // namespace mlp::engine
