// The second phase of a step: one thread takes its share of the weights through gradient and update.
// Activations and gradients by the outputs are only read.
#pragma once

#include <vector>

#include "core/thread_team.h"
#include "engine/cpu/gather.h"
#include "engine/cpu/plan.h"
#include "engine/cpu/step.h"
#include "engine/cpu/workspace.h"

namespace mlp::engine {

/// The coefficients of the optimizer's step `settings.step` + 1.
kernels::UpdateRule rule_of(const Optimizer& optimizer, const StepSettings& settings);

/// The gradients of this member's weights over the chunk's rows, each followed at once by `rule`; `gathered`
/// is the row pass's.
void weight_steps(const Member& member, Gathered& gathered, const kernels::UpdateRule& rule);

// Clipping needs all gradients before the first update: they are stored (UpdateRule::Kind::kStore), their
// squares summed, and the updates made from memory.

/// Makes room for stored gradients, once.
void prepare_gradients(Workspace& workspace);

/// Partial sums of the squared gradient norm, one per chunk of the packed buffer; `chunks` of
/// workspace.square_sums.
void sum_squares(Workspace& workspace, Share chunks);

/// The factor that makes the gradients no longer than `clip_norm`.
float clipping_scale(const Workspace& workspace, double clip_norm);

/// The updates of one thread's weights from stored gradients.
void stored_updates(const Plan& plan, Workspace& workspace, const std::vector<WeightTask>& tasks,
                    const kernels::UpdateRule& rule);

}  // namespace mlp::engine
