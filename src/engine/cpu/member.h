// One member of the team of threads at work on a chunk: the matrices of each layer, in the notation of
// docs/backpropagation.md, and which part of them is this member's to compute.
//
// Layers are counted from 0: X(0) are the chunk's inputs, and X(i) = A(i - 1). Matrices have all the chunk's
// rows; a Part is cut out of them. Everything is a view of the workspace's memory.
#pragma once

#include <utility>

#include "core/thread_team.h"
#include "engine/cpu/chunk.h"
#include "engine/cpu/plan.h"
#include "engine/cpu/workspace.h"

namespace mlp::engine {

/// A part of a chunk's matrix: some rows of some columns, in blocks.
struct Part {
  Share rows;
  Share blocks;

  template <class T>
  kernels::BlockedView<T> of(const kernels::BlockedView<T>& matrix) const {
    return matrix.rows(rows.begin, rows.end - rows.begin).blocks(blocks.begin, blocks.end);
  }
};

/// Some rows of a chunk's matrix, and all its columns.
template <class T>
kernels::BlockedView<T> rows_of(const kernels::BlockedView<T>& matrix, const Share& rows) {
  return matrix.rows(rows.begin, rows.end - rows.begin);
}

struct Member {
  const Plan& plan;
  Workspace& workspace;
  const Chunk& chunk;
  ThreadTeam& team;
  std::size_t index = 0;  ///< in the team
  /// Packed, of another network of this shape (an ensemble's); null: the workspace's.
  const float* other_parameters = nullptr;

  const kernels::Kernels& kernels() const { return plan.kernels(); }
  const LayerPlan& layer(std::size_t i) const { return plan.layers()[i]; }
  std::size_t depth() const { return plan.layers().size(); }

  /// W [fan_in, fan_out] and b [fan_out].
  kernels::ConstBlockedView<float> W(std::size_t i) const {
    return layer(i).weights.view(parameters() + layer(i).weight_offset);
  }
  const float* b(std::size_t i) const { return parameters() + layer(i).bias_offset; }
  const float* parameters() const {
    return other_parameters ? other_parameters : std::as_const(workspace.parameters).data();
  }

  /// X [rows, fan_in]; of the first layer, as this member has gathered it.
  kernels::ConstBlockedView<float> X(std::size_t i) const {
    return i == 0 ? inputs() : kernels::ConstBlockedView<float>(A(i - 1));
  }
  kernels::BlockedView<float> inputs() const {
    return matrix(workspace.inputs_of(index), plan.network().fan_in());
  }
  /// A [rows, fan_out], after dropout.
  kernels::BlockedView<float> A(std::size_t i) const {
    return matrix(workspace.layers[i].outputs, layer(i).layer.fan_out);
  }
  /// What the backward pass needs besides A, unless that is nothing: see Derivative.
  kernels::BlockedView<float> derivative(std::size_t i) const {
    return matrix(workspace.layers[i].derivative, layer(i).layer.fan_out);
  }
  /// dA and dZ [rows, fan_out], one memory: the backward pass makes the second of the first.
  kernels::BlockedView<float> dA(std::size_t i) const {
    return matrix(workspace.layers[i].gradient, layer(i).layer.fan_out);
  }
  kernels::BlockedView<float> dZ(std::size_t i) const { return dA(i); }
  /// Z of the last layer, and Y, scaled, labels as one-hot rows; both [rows, outputs].
  kernels::BlockedView<float> logits() const { return matrix(workspace.logits, plan.network().fan_out()); }
  kernels::BlockedView<float> Y() const { return matrix(workspace.targets, plan.network().fan_out()); }

  /// A buffer of the workspace as a matrix of the chunk's rows.
  template <class T>
  kernels::BlockedView<T> matrix(AlignedVector<T>& buffer, std::size_t columns) const {
    return {buffer.data(), chunk.rows.size(), columns, plan.block_stride()};
  }

  /// Which of `count` things are this member's.
  Share share(std::size_t count) const { return share_of(count, static_cast<int>(index), plan.threads()); }
  /// This member's rows, counted from the chunk's first.
  Share own_rows() const { return share(chunk.rows.size()); }
  /// What this member computes of a matrix of `columns` columns: its rows, or, where the threads share
  /// columns, its columns of all rows.
  Part part_of(std::size_t columns, bool share_columns) const;

  /// Waits for the others.
  void barrier() const { team.barrier(); }
};

}  // namespace mlp::engine
