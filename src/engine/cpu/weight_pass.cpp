// See weight_pass.h.
#include "engine/cpu/weight_pass.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/overloaded.h"
#include "engine/cpu/row_parts.h"

namespace mlp::engine {

using kernels::UpdateBuffers;
using kernels::UpdateRule;

namespace {

// The partial sums of a gradient norm each cover this many floats, whatever the number of threads.
constexpr std::size_t kNormChunk = 4096;

}  // namespace

UpdateRule rule_of(const Optimizer& optimizer, const StepSettings& settings) {
  UpdateRule rule;
  const double rate = learning_rate(optimizer) * settings.rate_factor;
  const double t = static_cast<double>(settings.step + 1);
  rule.learning_rate = static_cast<float>(rate);
  rule.l2 = static_cast<float>(settings.l2);
  const auto momentum = [&](UpdateRule::Kind kind, double share) {
    rule.kind = kind;
    rule.beta1 = static_cast<float>(share);
  };
  const auto adam = [&](const auto& o) {
    rule.kind = UpdateRule::Kind::kAdam;
    rule.learning_rate = static_cast<float>(rate / (1 - std::pow(o.beta1, t)));
    rule.beta1 = static_cast<float>(o.beta1);
    rule.beta2 = static_cast<float>(o.beta2);
    rule.one_minus_beta1 = static_cast<float>(1 - o.beta1);
    rule.one_minus_beta2 = static_cast<float>(1 - o.beta2);
    rule.inverse_correction2 = static_cast<float>(1 / (1 - std::pow(o.beta2, t)));
    rule.epsilon = static_cast<float>(o.epsilon);
  };
  std::visit(Overloaded{
                 [&](const SGD&) { rule.kind = UpdateRule::Kind::kSgd; },
                 [&](const Momentum& o) { momentum(UpdateRule::Kind::kMomentum, o.momentum); },
                 [&](const Nesterov& o) { momentum(UpdateRule::Kind::kNesterov, o.momentum); },
                 [&](const RMSProp& o) {
                   rule.kind = UpdateRule::Kind::kRmsProp;
                   rule.beta2 = static_cast<float>(o.rho);
                   rule.one_minus_beta2 = static_cast<float>(1 - o.rho);
                   rule.epsilon = static_cast<float>(o.epsilon);
                 },
                 [&](const Adam& o) { adam(o); },
                 [&](const AdamW& o) {
                   adam(o);
                   rule.keep = static_cast<float>(1 - rate * o.weight_decay);
                 },
             },
             optimizer);
  return rule;
}

void weight_steps(const Member& member, Gathered& gathered, const UpdateRule& rule) {
  const Plan& plan = member.plan;
  const bool sparse = gathered.non_zeros.bits != nullptr;
  for (const WeightTask& task : plan.weight_tasks()[member.index]) {
    if (plan.row_sums() != RowSums::kWhole && task.layer > 0) {
      row_part_steps(member, task, rule, gathered.prefetch);
      continue;
    }
    const LayerPlan& layer = member.layer(task.layer);
    const kernels::ConstBlockedView<float> dZ =
        member.dZ(task.layer).blocks(task.columns.begin, task.columns.end);
    if (task.bias) {
      member.kernels().bias_step(dZ, rule, member.workspace.buffers_at(offset_of(layer, task)));
      continue;
    }
    const auto buffers_from = [&](std::size_t row) {  // of blocks
      const WeightTask rest{.layer = task.layer, .rows = {row, task.rows.end}, .columns = task.columns};
      return member.workspace.buffers_at(offset_of(layer, rest));
    };
    const std::size_t stride = layer.weights.block_stride();
    const auto step = [&](kernels::ConstBlockedView<float> X, const kernels::NonZeros& non_zeros,
                          std::size_t first_row) {
      const UpdateBuffers buffers = buffers_from(first_row);
      if (layer.bfloat16) {
        plan.bfloat16()->weight_step(member.kernels(), X, dZ, rule, buffers, stride,
                                     member.workspace.bfloat16_scratch(member.index));
      } else if (non_zeros.bits) {
        member.kernels().sparse_weight_step(X, non_zeros, dZ, rule, buffers, stride, gathered.prefetch);
      } else {
        member.kernels().weight_step(X, dZ, rule, buffers, stride, gathered.prefetch);
      }
    };
    if (task.layer == 0 && gathered.codes.values) {
      const auto [X, non_zeros] = gather_code_blocks(member, task.rows);
      member.kernels().sparse_weight_step_coded(X, non_zeros, dZ, rule, buffers_from(task.rows.begin), stride,
                                                gathered.prefetch);
      continue;
    }
    if (task.layer == 0 && plan.gathers_again()) {
      for (std::size_t block = task.rows.begin; block < task.rows.end; ++block) {
        const auto [X, non_zeros] = gather_block(member, block, sparse);
        step(X, non_zeros, block);
      }
      continue;
    }
    step(member.X(task.layer).blocks(task.rows.begin, task.rows.end),
         sparse && task.layer == 0 ? gathered.non_zeros.from_block(task.rows.begin) : kernels::NonZeros{},
         task.rows.begin);
  }
}

void stored_updates(const Plan& plan, Workspace& workspace, const std::vector<WeightTask>& tasks,
                    const UpdateRule& rule) {
  for (const WeightTask& task : tasks) {
    const LayerPlan& layer = plan.layers()[task.layer];
    const std::size_t offset = offset_of(layer, task), columns = task.columns.end - task.columns.begin;
    if (task.bias) {
      plan.kernels().update(rule, false, workspace.buffers_at(offset), columns * kernels::kBlock);
      continue;
    }
    for (std::size_t column = 0; column < columns; ++column) {
      plan.kernels().update(rule, true, workspace.buffers_at(offset + column * layer.weights.block_stride()),
                            (task.rows.end - task.rows.begin) * kernels::kBlock * kernels::kBlock);
    }
  }
}

void sum_squares(Workspace& workspace, Share chunks) {
  for (std::size_t chunk = chunks.begin; chunk < chunks.end; ++chunk) {
    const std::size_t end = std::min(workspace.gradients.size(), (chunk + 1) * kNormChunk);
    double sum = 0;
    for (std::size_t i = chunk * kNormChunk; i < end; ++i) {
      sum += static_cast<double>(workspace.gradients[i]) * static_cast<double>(workspace.gradients[i]);
    }
    workspace.square_sums[chunk] = sum;
  }
}

float clipping_scale(const Workspace& workspace, double clip_norm) {
  const double norm =
      std::sqrt(std::accumulate(workspace.square_sums.begin(), workspace.square_sums.end(), 0.0));
  return norm > clip_norm ? static_cast<float>(clip_norm / norm) : 1.0f;
}

void prepare_gradients(Workspace& workspace) {
  if (!workspace.square_sums.empty()) return;
  workspace.gradients.resize(workspace.parameters.size());
  workspace.square_sums.resize((workspace.gradients.size() + kNormChunk - 1) / kNormChunk);
}

}  // namespace mlp::engine
