// What a step is given: views of examples in someone else's memory, and which of their rows.
//
// No step sees a data set or a table. Whoever makes a batch - of rows in memory, of a mapped file, of rows
// made on the way (training/batch_source.h) - says here where its numbers lie.
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
  InputsView inputs;                          ///< [N, I]; or those of more rows, see `input_rows`
  std::size_t outputs = 0;                    ///< O: of the network they are for
  std::span<const std::int32_t> labels = {};  ///< [N], each in [0, O): one-hot targets; or empty,
  ConstMatrixView<float> targets = {};        ///< and then [N, O]
  std::span<const float> weights = {};        ///< [N], not negative; empty: all 1
  double weight_unit = 1.0;                   ///< weights are divided by it
  /// [N]: the row of `inputs` that each has, as of some rows of a mapped file; empty: its own number.
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
  /// The next batch's, of the same examples, if known: fetched from memory meanwhile.
  std::span<const std::uint32_t> upcoming = {};
  /// Where they are a shard of a larger batch: its row that they begin with, and how many rows it has (0:
  /// they are the whole batch). Dropout masks and means are the larger batch's.
  std::size_t first = 0;
  std::size_t whole = 0;

  /// Takes the place of the plan's loss, which must not be fused with the last activation. Engines call it on
  /// one thread only.
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
