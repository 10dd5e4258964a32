// How one network trains and predicts on this CPU: everything that can be decided before the first batch.
//
// A Plan is immutable and may be shared; a Workspace (workspace.h) holds what changes. A batch is processed
// in chunks of rows whose activations stay in a core's second-level cache. For each chunk the threads go
// forward and backward (row_pass.h; weights are only read), wait at a barrier, and then each takes its share
// of the weights through gradient and, with the last chunk, update (weight_pass.h; activations are only read;
// where a batch is large for its network, threads have summed the gradients of their own rows before:
// row_parts.h).
//
// Forward and backward, threads share a layer's rows, or - in a first layer of many inputs - each sums its
// own inputs' part for all rows (input_parts.h), or - where moving its weights between the cores' caches
// would cost more than moving activations, as in wide layers and small batches - its columns: a thread then
// always works on the same weights, with a barrier before and after the layer.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/cpu.h"
#include "engine/cpu/layer_plan.h"
#include "engine/cpu/weight_shares.h"
#include "kernels/bfloat16.h"
#include "kernels/kernels.h"
#include "mlp/affine_scaling.h"
#include "mlp/loss.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/optimizer.h"
#include "mlp/parameters.h"

namespace mlp::engine {

/// More threads than this are refused as a mistake, and so are more rows at a time than row numbers can
/// count.
inline constexpr int kMostThreads = 1024;
inline constexpr std::size_t kMostBatchRows = std::numeric_limits<std::uint32_t>::max();

/// How many parts row_parts.h has, and how many rows are divided among them at a time.
inline constexpr std::size_t kRowParts = kernels::RowParts::kMost, kPartedRows = 512;

/// What a plan decides by itself and a caller may decide instead, to compare alternatives. Empty: the plan's
/// choice. None of these changes a bit of a result, as long as every number is finite.
struct PlanChoices {
  /// Whether zeros in the first layer's inputs are skipped, in training and in prediction. By default
  /// training decides by PlanOptions::input_density and a prediction by its first rows. (A first layer
  /// trained in bfloat16 skips none.)
  std::optional<bool> skips_zeros = {};
  /// Whether in training the threads share the first layer's inputs (input_parts.h).
  std::optional<bool> splits_inputs = {};
  /// Whether the threads share the columns of large weights (except those of a first layer whose inputs they
  /// share) wherever they can: true all, false none.
  std::optional<bool> shares_columns = {};
  /// Whether threads sum the weight gradients of their own rows, where these are sums of parts (row_parts.h).
  std::optional<bool> sums_own_rows = {};
};

struct PlanOptions {
  std::size_t max_batch = 256;  ///< the most rows of one step or one predicted chunk
  int threads = 0;              ///< 0: as many as help, at most `available_threads`
  int available_threads = 1;
  std::string target = {};  ///< CPU target; empty: the best
  /// Where its kernels come from. A plan for prediction may give prediction_kernels_for: a program with only
  /// such plans links no training kernels.
  const kernels::Kernels& (*kernels_of)(std::string_view target) = kernels::kernels_for;
  /// The share of groups of 4 neighbouring inputs, once scaled, that are not all zero. Where it is small,
  /// training skips zeros in the first layer. 1: never, 0: always.
  double input_density = 1.0;
  std::size_t cache_bytes = l2_cache_bytes();  ///< a core's second-level cache
  /// Training multiplies with these where layers are wide enough. Null: in float32.
  const kernels::BFloat16Kernels* bfloat16 = nullptr;
  PlanChoices choices = {};
};

/// How, in training, a thread gets the first layer's inputs X.
enum class FirstLayer {
  kOwnRows,  ///< of its own rows; alone, or where operands are packed for many blocks at once (bfloat16)
  kAllRows,  ///< threads share the layer's columns, and each gathers all rows
  kPartsOfInputs,  ///< threads share the inputs, in parts: each gathers only those whose weights it owns, of
                   ///< all rows (input_parts.h)
  /// Its own rows forward; then, once more, all rows of the inputs whose weights it updates: converting them
  /// again is faster than fetching them from the caches of the others.
  kGathersAgain,
  /// The same where zeros are skipped and a code of the 8-bit inputs stands for zero: they are read as they
  /// are stored, so that nothing is converted twice. 10 to 15% less time for an epoch on four threads. (On
  /// one thread a lookup for each product costs more than one conversion.)
  kCodes,
};

/// How weight gradients above the first layer are summed over a chunk's rows. The bits depend on whether
/// there are parts, which is decided by shapes alone; not on who sums them.
enum class RowSums {
  kWhole,    ///< in one sum
  kParts,    ///< in parts, that each thread adds up for the weights it updates (row_parts.h)
  kOwnRows,  ///< in parts, of which each thread sums those of its own rows, right after its backward pass
};

class Plan {
 public:
  /// `optimizer` none: a plan for prediction. Throws std::invalid_argument when loss and network are not
  /// compatible, a scaling does not fit the network, or options are out of range or ask for a choice that
  /// this network and number of threads do not leave.
  Plan(const MultilayerPerceptron& network, const Loss& loss, std::optional<Optimizer> optimizer,
       AffineScaling input_scaling, AffineScaling target_scaling, const PlanOptions& options);

  const MultilayerPerceptron& network() const { return network_; }
  const Loss& loss() const { return loss_; }
  /// Whether the loss is computed from the logits, and its gradient by them at once.
  bool fused() const { return fused_; }
  /// Whether a row's loss is the mean over its outputs, and not the sum.
  bool averages_outputs() const { return averages_outputs_; }
  const std::optional<Optimizer>& optimizer() const { return optimizer_; }
  const AffineScaling& target_scaling() const { return target_scaling_; }
  const kernels::Kernels& kernels() const { return *kernels_; }
  /// For the layers that say so; may be null.
  const kernels::BFloat16Kernels* bfloat16() const { return bfloat16_; }
  const std::vector<LayerPlan>& layers() const { return layers_; }
  std::size_t max_batch() const { return max_batch_; }
  /// The most rows of a chunk; and the distance of blocks in buffers of so many rows.
  std::size_t chunk_rows() const { return chunk_rows_; }
  std::size_t block_stride() const { return (chunk_rows_ | 1) * kernels::kBlock; }
  int threads() const { return threads_; }
  /// Whether training skips zeros in the inputs.
  bool sparse_inputs() const { return sparse_inputs_; }
  /// Whether prediction does; empty: its first rows decide.
  std::optional<bool> sparse_prediction() const { return sparse_prediction_; }
  /// The most rows of a chunk that one thread gathers to go forward.
  std::size_t gathered_rows() const;
  FirstLayer first_layer() const { return first_layer_; }
  /// Whether its inputs are gathered twice.
  bool gathers_again() const {
    return first_layer_ == FirstLayer::kGathersAgain || first_layer_ == FirstLayer::kCodes;
  }
  /// With FirstLayer::kPartsOfInputs: whether part `part` is this member's.
  bool is_part_of(std::size_t part, std::size_t member) const {
    return part % static_cast<std::size_t>(threads_) == member;
  }
  /// How many blocks of inputs a thread takes at a time, where it gathers again or inputs are split.
  std::size_t gather_blocks() const;
  /// Whether zeros are skipped when this share of the inputs' groups of 4 is not all zero.
  bool skips_at(double density) const;
  /// For each code the scaled input; where inputs may be codes.
  const std::array<float, 256>& code_values() const { return code_values_; }
  std::uint8_t zero_code() const { return *zero_code_; }
  RowSums row_sums() const { return row_sums_; }
  /// With RowSums::kParts or kOwnRows: where in the packed parameters the weights of those layers begin.
  std::size_t row_sums_offset() const { return layers_[1].weight_offset; }

  /// Floats in the packed parameters: all layers' weights and biases.
  std::size_t packed_size() const { return packed_size_; }
  /// How many register-tile steps one thread takes for the first layer when it trains on so many rows.
  std::size_t first_layer_steps(std::size_t rows) const;
  /// For each thread, the weights it owns.
  const std::vector<std::vector<WeightTask>>& weight_tasks() const { return weight_tasks_; }

  kernels::GatherScaling input_scaling() const {
    return {input_shift_.data(), input_scale_.data(), input_shift_.size() == 1};
  }

  /// Parameters in the packed form and back; `packed` has packed_size() floats.
  void pack(const Parameters& parameters, float* packed) const;
  Parameters unpack(const float* packed) const;

 private:
  /// Whether a chunk's inputs are few enough for lists of where they lie, in 32 bits (kernels::NonZeros).
  bool lists_inputs() const;

  MultilayerPerceptron network_;
  Loss loss_;
  std::optional<Optimizer> optimizer_;
  AffineScaling target_scaling_;
  const kernels::Kernels* kernels_;
  const kernels::BFloat16Kernels* bfloat16_;
  std::vector<float> input_shift_, input_scale_;
  std::array<float, 256> code_values_ = {};
  std::optional<std::uint8_t> zero_code_;  ///< none where inputs are scaled column by column
  std::vector<LayerPlan> layers_;
  std::vector<std::vector<WeightTask>> weight_tasks_;
  std::size_t max_batch_ = 0;
  bool fused_ = false, averages_outputs_ = false;
  std::size_t chunk_rows_ = 0;
  std::size_t packed_size_ = 0;
  int threads_ = 1;
  bool sparse_inputs_ = false;
  std::optional<bool> sparse_prediction_;
  FirstLayer first_layer_ = FirstLayer::kOwnRows;
  RowSums row_sums_ = RowSums::kWhole;
};

/// Multiply-adds times two of one training step (forward, weight and input gradients) of `rows` rows.
double training_flops(const MultilayerPerceptron& network, std::size_t rows);

}  // namespace mlp::engine
