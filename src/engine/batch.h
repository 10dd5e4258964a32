// The input of a step: views of examples in memory that others own, and row indices.
//
// No step sees a data set or a table. A batch only says where its numbers lie: in memory, in a mapped file,
// or in rows made on the way (training/batch_source.h).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <variant>

#include "mlp/matrix.h"

namespace mlp::engine {

/// Inputs as they are stored, 8-bit or float.
using InputsView = std::variant<ConstMatrixView<std::uint8_t>, ConstMatrixView<float>>;

inline std::size_t columns_of(const InputsView& inputs) {
  return std::visit([](const auto& view) { return view.columns(); }, inputs);
}

/// N examples: inputs as they are stored and what they should become, unscaled.
struct Examples {
  InputsView inputs;                          ///< [N, I]; or more rows, see `input_rows`
  std::size_t outputs = 0;                    ///< O, of the network they are for
  std::span<const std::int32_t> labels = {};  ///< [N], each in [0, O): one-hot targets; or empty,
  ConstMatrixView<float> targets = {};        ///< and then [N, O]
  std::span<const float> weights = {};        ///< [N], not negative; empty: all 1
  double weight_unit = 1.0;                   ///< weights are divided by it
  /// [N]: the row of `inputs` that each example has, for example some rows of a mapped file; empty: example n
  /// has row n.
  std::span<const std::uint32_t> input_rows = {};

  std::uint32_t input_row(std::uint32_t row) const { return input_rows.empty() ? row : input_rows[row]; }
};

/// See mlp/train.h.
using OwnLoss = std::function<void(std::span<const std::uint32_t> rows, ConstMatrixView<float> outputs,
                                   std::span<float> losses, MatrixView<float> gradients)>;

/// Rows of some examples, by index, in batch order.
struct Batch {
  Examples examples;
  std::span<const std::uint32_t> rows;
  /// The rows of the next batch, of the same examples, if known, so that they are prefetched.
  std::span<const std::uint32_t> upcoming = {};
  /// For a shard of a larger batch: the row of that batch it begins with, and how many rows that batch has
  /// (0: this is the whole batch). Dropout masks and means are the larger batch's.
  std::size_t first = 0;
  std::size_t whole = 0;

  /// Replaces the plan's loss, which must not be fused with the last activation. Engines call it on one
  /// thread only.
  const OwnLoss* own_loss = nullptr;

  std::size_t whole_rows() const { return whole > 0 ? whole : rows.size(); }
};

struct StepSettings {
  std::uint64_t step = 0;    ///< optimizer steps taken before this one
  double rate_factor = 1.0;  ///< the schedule's
  std::uint64_t seed = 1;    ///< of the dropout masks
  double l2 = 0.0;
  double clip_norm = 0.0;  ///< 0: no clipping
};

}  // namespace mlp::engine
