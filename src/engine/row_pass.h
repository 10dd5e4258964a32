// The first phase of a step: one thread takes its share of the batch's rows through gather, forward, loss and
// backward. Weights are only read; nothing is shared with another thread's rows.
#pragma once

#include <span>

#include "core/thread_team.h"
#include "engine/plan.h"
#include "engine/step.h"
#include "engine/workspace.h"

namespace mlp::engine {

/// Rows [share.begin, share.end) of a buffer `stride` floats wide.
inline MatrixView<float> rows_of(AlignedVector<float>& buffer, std::size_t stride, Share share) {
  return {buffer.data() + share.begin * stride, share.end - share.begin, stride};
}
inline ConstMatrixView<float> rows_of(const AlignedVector<float>& buffer, std::size_t stride, Share share) {
  return {buffer.data() + share.begin * stride, share.end - share.begin, stride};
}

/// Where layer `index` reads its input rows.
ConstMatrixView<float> input_of(const Plan& plan, const Workspace& workspace, std::size_t index, Share share);

/// X to outputs: gather and forward without dropout.
void predict_rows(const Plan& plan, Workspace& workspace, const Inputs& inputs,
                  std::span<const std::uint32_t> rows, Share share);

/// The same, then the rows' weighted losses.
void evaluate_rows(const Plan& plan, Workspace& workspace, const Batch& batch, Share share);

/// Forward with dropout, losses, and dZ of every layer.
void train_rows(const Plan& plan, Workspace& workspace, const Batch& batch, Share share,
                const StepSettings& settings);

}  // namespace mlp::engine
