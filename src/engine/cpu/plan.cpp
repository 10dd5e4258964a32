#include "engine/cpu/plan.h"

#include <algorithm>

#include "engine/cpu/input_parts.h"
#include "mlp/error.h"
#include "network/facts.h"
#include "network/validate.h"

namespace mlp::engine {

namespace {

// Cost of a first-layer weight relative to others, where zeros in the inputs are skipped: about the time on
// MNIST. (With 1 an epoch on four threads takes 1 to 4% longer, with 0.2 up to 10%.)
constexpr double kSparseCost = 0.4;

// Threads wait for each other in every layer and fetch what others have written, and for two threads that
// takes as long as for four. So four threads are worth it once each has kFlopsOfMany to do, two or three only
// later (kernels::Kernels::least_flops). On the report's network one thread, two and four take, in
// microseconds a step, 27, 35, 27 at batch 16 (4.4 MFLOP); 46, 45, 36 at 32; 64, 58, 43 at 48; on 7-64-64-1
// 26, 26, 20 at batch 128 (3.4 MFLOP), with AVX-512.
constexpr int kMany = 4;
constexpr double kFlopsOfMany = 1.25e6;

/// The largest amount of work of one step.
struct Work {
  double training_flops = 0;  ///< of a training step, zeros multiplied
  double flops = 0;           ///< of training or prediction, without the zeros that are skipped
  std::size_t layers = 1;
};

Work work_of(const MultilayerPerceptron& network, std::size_t rows, bool training, bool skips_zeros) {
  const Layer& first = network.layer(0);
  const double row_count = static_cast<double>(rows);
  const double first_layer = 2.0 * row_count * static_cast<double>(first.fan_in * first.fan_out);
  double forward = 0;
  for (const Layer& layer : network.layers())
    forward += 2.0 * row_count * static_cast<double>(layer.fan_in * layer.fan_out);
  Work work{.training_flops = training_flops(network, rows), .layers = network.depth()};
  work.flops = training ? work.training_flops : forward;
  if (skips_zeros) work.flops -= (1 - kSparseCost) * (training ? 2 : 1) * first_layer;
  return work;
}

int helpful_threads(const Work& work, const kernels::Kernels& kernels, int available) {
  const auto paid = [](double flops, double flops_of_one, int most) {
    return static_cast<int>(std::clamp(flops / flops_of_one, 1.0, static_cast<double>(most)));
  };
  const int many = paid(work.training_flops, kFlopsOfMany, available);
  if (many >= kMany) return many;
  return paid(work.flops, kernels.least_flops * static_cast<double>(work.layers),
              std::min(available, kMany - 1));
}

Derivative derivative_of(const Layer& layer) {
  if (std::holds_alternative<Softmax>(layer.activation)) return Derivative::kSoftmax;
  return slope_below_zero(layer.activation) && layer.dropout == 0.0 ? Derivative::kOfOutput
                                                                    : Derivative::kStored;
}

// Weights smaller than this move between caches in less time than the threads take to wait for each other
// twice.
constexpr std::size_t kSharedColumnsFloats = 32 * 1024;

/// Whether it is faster to share a matrix's columns than the batch's rows. With the rows shared, every step
/// moves the weights; with the columns shared, each row's inputs are gathered by all, and narrow parts load
/// more than they multiply: at 784 x 64 on four cores the two cost the same near 100 rows. Shares must be
/// even.
bool shares_columns(std::size_t columns, std::size_t rows, int members) {
  const std::size_t blocks = kernels::blocks_of(columns), count = static_cast<std::size_t>(members);
  const std::size_t most = (blocks + count - 1) / count;
  return 2 * rows < 3 * columns && most * count * 8 <= blocks * 9;
}

// With more outputs the sums cost more to move than the weights: at 256, two threads that share columns take
// 0.77 to 0.9 of the time; four were measured at 64 only.
constexpr std::size_t kMostSplitOutputs = 256, kMostSplitOutputsOfTwo = 128;
// With fewer rows, two threads are faster sharing columns: 784 x 64 takes 0.88 of the time at 16 and 32 rows,
// the same at 64 (AVX-512).
constexpr std::size_t kLeastSplitRowsOfTwo = 48;

/// Whether threads can share the first layer's inputs in training: each must have as many parts.
bool can_split_inputs(const LayerPlan& first, int members) {
  const std::size_t parts = input_parts(first.layer.fan_in);
  return members > 1 && parts > 1 && parts % static_cast<std::size_t>(members) == 0 && !first.bfloat16;
}

/// Whether that is fastest: 8% less time on two threads, 7 to 18% on four at up to 256 rows.
bool threads_split_inputs(const LayerPlan& first, std::size_t rows, int members) {
  if (!can_split_inputs(first, members)) return false;
  if (members == 2) return first.layer.fan_out <= kMostSplitOutputsOfTwo && rows >= kLeastSplitRowsOfTwo;
  return first.layer.fan_out <= kMostSplitOutputs;
}

/// Which layers' columns the threads share (see plan.h), automatically or as `chosen` says. Softmax needs its
/// whole row in one place, and so does the loss, after the last layer.
void share_columns(std::vector<LayerPlan>& layers, std::size_t rows, int members,
                   std::optional<bool> chosen) {
  if (members == 1) return;
  const auto row_wise = [&](std::size_t index) { return layers[index].derivative == Derivative::kSoftmax; };
  const auto shares = [&](std::size_t columns) {
    if (!chosen) return shares_columns(columns, rows, members);
    return *chosen && kernels::blocks_of(columns) >= static_cast<std::size_t>(members);
  };
  for (std::size_t index = 0; index < layers.size(); ++index) {
    LayerPlan& layer = layers[index];
    if (layer.weights.size() < kSharedColumnsFloats) continue;
    layer.share_outputs = index + 1 < layers.size() && !row_wise(index) && shares(layer.layer.fan_out);
    layer.share_inputs = index > 0 && !row_wise(index - 1) && shares(layer.layer.fan_in);
  }
}

bool shares_some_columns(const LayerPlan& layer) { return layer.share_outputs || layer.share_inputs; }

// Narrower layers would spend their time on rounding and packing operands and on zeros at the tiles' edges.
constexpr std::size_t kLeastBFloat16FanIn = 64, kLeastBFloat16FanOut = 32;

bool wide_enough_for_bfloat16(const Layer& layer) {
  return layer.fan_in >= kLeastBFloat16FanIn && layer.fan_out >= kLeastBFloat16FanOut;
}

// Cutting a batch into chunks of a multiple of so many rows does not change a weight gradient: see
// kernels/bfloat16.h.
constexpr std::size_t kRowsGranule = kernels::kBFloat16Depth;

// A thread's inputs of a chunk should fill at most half of its second-level cache. Fewer rows than kLeastRows
// would not feed it, and more than kMostRows gain nothing - unless the weights outgrow the cache and every
// chunk fetches them again.
constexpr std::size_t kLeastRows = 64, kMostRows = 128, kMostRowsOfWideNetworks = 256;

// Products in bfloat16 take so little time that another pass over weights and gradients dominates a chunk.
constexpr std::size_t kMostRowsInBFloat16 = 1024;

std::size_t chunk_rows_of(const Plan& plan, const PlanOptions& options) {
  const LayerPlan& first = plan.layers().front();
  const std::size_t row_bytes = kernels::padded(first.layer.fan_in) * sizeof(float);
  const std::size_t fitting = options.cache_bytes / 2 / row_bytes / kRowsGranule * kRowsGranule;
  const bool wide = plan.packed_size() * sizeof(float) > options.cache_bytes;
  const bool bfloat16 = std::ranges::any_of(plan.layers(), &LayerPlan::bfloat16);
  const std::size_t rows = bfloat16
                               ? kMostRowsInBFloat16
                               : std::clamp(fitting, kLeastRows, wide ? kMostRowsOfWideNetworks : kMostRows);
  const std::size_t sharing = first.share_outputs ? 1 : static_cast<std::size_t>(plan.threads());
  if (plan.row_sums() != RowSums::kOwnRows) return std::min(options.max_batch, rows * sharing);
  // At least one part per thread, all of them within one turn of kPartedRows rows: see end_of_chunk.
  const std::size_t least = kPartedRows / kRowParts * static_cast<std::size_t>(plan.threads());
  return std::min(options.max_batch, std::clamp(rows * sharing, least, kPartedRows));
}

// Where the sums are at least so many times smaller than the activations, which then need not move, four
// threads that sum their own rows take 4 to 10% less time; where they are 3 times smaller, nothing is saved.
// Larger sums fill the cores' caches.
constexpr std::size_t kLeastSaving = 4, kMostSums = 32 * 1024;

/// Whether the sums of gradients above the first layer are so many times smaller than what is summed.
bool saves_by_row_parts(const std::vector<LayerPlan>& layers, std::size_t rows, std::size_t least) {
  std::size_t sums = 0, columns = 0;
  for (const LayerPlan& layer : std::span(layers).subspan(1)) {
    sums += layer.weights.size();
    columns += kernels::padded(layer.layer.fan_in) + kernels::padded(layer.layer.fan_out);
  }
  return columns > 0 && sums <= kMostSums && rows * columns >= least * sums;
}

/// Whether weight gradients above the first layer are summed in parts: decided by shapes alone, never by the
/// number of threads, as the bits depend on it. bfloat16 needs chunks of more rows.
bool sums_in_row_parts(const std::vector<LayerPlan>& layers, std::size_t rows) {
  return std::ranges::none_of(layers, &LayerPlan::bfloat16) && saves_by_row_parts(layers, rows, kLeastSaving);
}

/// Whether threads can then sum their own rows: each must have as many parts.
bool can_sum_own_rows(bool sums_row_parts, int members) {
  return sums_row_parts && members > 1 && kRowParts % static_cast<std::size_t>(members) == 0;
}

// Two threads move fewer sums, but each works on the activations of more rows: at 4.1 times (784-512-10,
// batch 64) separate sums take 4 to 15% more time, at 7 times (the report's network, batch 256) they take no
// more.
constexpr std::size_t kLeastSavingOfTwo = 5;

bool threads_sum_own_rows(const std::vector<LayerPlan>& layers, std::size_t rows, int members) {
  return can_sum_own_rows(sums_in_row_parts(layers, rows), members) &&
         (members > 2 || saves_by_row_parts(layers, rows, kLeastSavingOfTwo));
}

/// Calls body(row, column, count, at) for each run of a layer's weights that lies together in both forms:
/// `count` weights from W[row, column] on, from float `at` of the packed parameters on.
template <class Body>
void for_each_piece(const LayerPlan& layer, const Body& body) {
  const kernels::BlockedShape& shape = layer.weights;
  for (std::size_t column = 0; column < shape.columns; column += kernels::kBlock) {
    const std::size_t count = std::min(kernels::kBlock, shape.columns - column);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      body(row, column, count, layer.weight_offset + shape.index(row, column));
    }
  }
}

}  // namespace

double training_flops(const MultilayerPerceptron& network, std::size_t rows) {
  double flops = 0;
  for (std::size_t index = 0; index < network.depth(); ++index) {
    const Layer& layer = network.layer(index);
    const double products = index == 0 ? 2.0 : 3.0;  // the first layer needs no input gradient
    flops += products * 2.0 * static_cast<double>(layer.fan_in) * static_cast<double>(layer.fan_out);
  }
  return flops * static_cast<double>(rows);
}

Plan::Plan(const MultilayerPerceptron& network, const Loss& loss, std::optional<Optimizer> optimizer,
           AffineScaling input_scaling, AffineScaling target_scaling, const PlanOptions& options)
    : network_(network),
      loss_(loss),
      optimizer_(optimizer),
      target_scaling_(std::move(target_scaling)),
      kernels_(&options.kernels_of(options.target)),
      bfloat16_(options.bfloat16),
      input_shift_(std::move(input_scaling.shift)),
      input_scale_(std::move(input_scaling.scale)),
      max_batch_(options.max_batch),
      fused_(mlp::fused(loss, network.layers().back().activation)),
      averages_outputs_(mlp::averages_outputs(loss)) {
  const Activation output = network.layers().back().activation;
  require_compatible(loss, output);
  require(!optimizer || kernels_->weight_step != nullptr,
          "Plan: training takes all kernels, not those of prediction");
  require(max_batch_ > 0 && max_batch_ <= kMostBatchRows, "a batch must have 1 to " +
                                                              std::to_string(kMostBatchRows) + " rows, not " +
                                                              std::to_string(max_batch_));
  require(input_shift_.size() == input_scale_.size() &&
              (input_shift_.size() <= 1 || input_shift_.size() == network.fan_in()),
          "Plan: the input scaling does not fit the network's inputs");
  require(target_scaling_.shift.size() == target_scaling_.scale.size() &&
              (target_scaling_.shift.size() <= 1 || target_scaling_.shift.size() == network.fan_out()),
          "Plan: the target scaling does not fit the network's outputs");
  require(options.threads >= 0 && options.threads <= kMostThreads,
          "the number of threads must be 0 (as many as help) to " + std::to_string(kMostThreads) + ", not " +
              std::to_string(options.threads));
  if (input_shift_.empty()) {
    input_shift_ = {0.0f};
    input_scale_ = {1.0f};
  }
  for (std::size_t code = 0; input_shift_.size() == 1 && code < code_values_.size(); ++code) {
    code_values_[code] = (static_cast<float>(code) - input_shift_[0]) * input_scale_[0];
    if (code_values_[code] == 0) zero_code_ = static_cast<std::uint8_t>(code);
  }

  for (std::size_t index = 0; index < network.depth(); ++index) {
    const Layer& layer = network.layer(index);
    LayerPlan plan{.layer = layer,
                   .weights = {layer.fan_in, layer.fan_out},
                   .weight_offset = packed_size_,
                   .derivative = derivative_of(layer),
                   .slope = static_cast<float>(slope_below_zero(layer.activation).value_or(1)),
                   .bfloat16 = bfloat16_ && optimizer_ && wide_enough_for_bfloat16(layer)};
    plan.bias_offset = plan.weight_offset + plan.weights.size();
    packed_size_ = plan.bias_offset + kernels::padded(layer.fan_out);
    layers_.push_back(plan);
  }

  const PlanChoices& choices = options.choices;
  const bool training = optimizer_.has_value();
  // A prediction's zeros are not known yet.
  const bool expects_zeros =
      choices.skips_zeros.value_or(training && skips_at(options.input_density)) && !layers_.front().bfloat16;
  threads_ = options.threads > 0
                 ? options.threads
                 : helpful_threads(work_of(network, max_batch_, training, expects_zeros), *kernels_,
                                   std::min(options.available_threads, kMostThreads));
  const bool splits_inputs =
      training && choices.splits_inputs.value_or(threads_split_inputs(layers_.front(), max_batch_, threads_));
  share_columns(layers_, max_batch_, threads_, choices.shares_columns);
  if (splits_inputs) {
    first_layer_ = FirstLayer::kPartsOfInputs;
    layers_.front().share_outputs = false;
  }
  const bool sums_parts = training && sums_in_row_parts(layers_, max_batch_);
  const bool sums_own_rows =
      training && choices.sums_own_rows.value_or(threads_sum_own_rows(layers_, max_batch_, threads_));
  row_sums_ = sums_own_rows ? RowSums::kOwnRows : sums_parts ? RowSums::kParts : RowSums::kWhole;
  require(!splits_inputs || can_split_inputs(layers_.front(), threads_),
          "Plan: these threads cannot share the first layer's inputs");
  require(!choices.shares_columns.value_or(false) || std::ranges::any_of(layers_, shares_some_columns),
          "Plan: these threads can share no layer's columns");
  require(!sums_own_rows || can_sum_own_rows(sums_parts, threads_),
          "Plan: these threads cannot sum their own rows");
  chunk_rows_ = chunk_rows_of(*this, options);
  sparse_inputs_ = training && choices.skips_zeros.value_or(skips_at(options.input_density)) &&
                   lists_inputs() && !layers_.front().bfloat16;
  if (training && !splits_inputs && threads_ > 1 && !layers_.front().bfloat16) {
    const bool codes = sparse_inputs_ && zero_code_.has_value();
    first_layer_ = layers_.front().share_outputs ? FirstLayer::kAllRows
                   : codes                       ? FirstLayer::kCodes
                                                 : FirstLayer::kGathersAgain;
  }
  sparse_prediction_ = lists_inputs() ? choices.skips_zeros : false;
  weight_tasks_ = share_weights(layers_, threads_, gather_blocks(), sparse_inputs_ ? kSparseCost : 1.0);
}

void Plan::pack(const Parameters& parameters, float* packed) const {
  require(parameters.layout() == ParameterLayout(network_),
          "Plan::pack: the parameters are not this network's");
  std::fill(packed, packed + packed_size_, 0.0f);
  for (std::size_t index = 0; index < layers_.size(); ++index) {
    const auto W = parameters.weight(index);
    for_each_piece(layers_[index], [&](std::size_t row, std::size_t column, std::size_t count,
                                       std::size_t at) { std::copy_n(&W(row, column), count, packed + at); });
    std::ranges::copy(parameters.bias(index), packed + layers_[index].bias_offset);
  }
}

Parameters Plan::unpack(const float* packed) const {
  Parameters parameters(network_);
  for (std::size_t index = 0; index < layers_.size(); ++index) {
    const auto W = parameters.weight(index);
    for_each_piece(layers_[index], [&](std::size_t row, std::size_t column, std::size_t count,
                                       std::size_t at) { std::copy_n(packed + at, count, &W(row, column)); });
    const auto b = parameters.bias(index);
    std::copy_n(packed + layers_[index].bias_offset, b.size(), b.begin());
  }
  return parameters;
}

std::size_t Plan::gathered_rows() const {
  const bool all = layers_.front().share_outputs || first_layer_ == FirstLayer::kPartsOfInputs;
  const std::size_t sharing = all ? 1 : static_cast<std::size_t>(threads_);
  return (chunk_rows_ + sharing - 1) / sharing;
}

bool Plan::skips_at(double density) const {
  const bool one_block = kernels::blocks_of(layers_.front().layer.fan_out) == 1;
  return density <= (one_block ? kernels_->most_density_of_one_block : kernels_->most_density);
}

bool Plan::lists_inputs() const {
  return kernels::blocks_of(network_.fan_in()) * block_stride() <= std::numeric_limits<std::uint32_t>::max();
}

std::size_t Plan::gather_blocks() const {
  return first_layer_ == FirstLayer::kPartsOfInputs ? input_turn(network_.fan_in())
                                                    : engine::gather_blocks(network_.fan_in(), threads_);
}

std::size_t Plan::first_layer_steps(std::size_t rows) const {
  const LayerPlan& first = layers_.front();
  // Forward, and for the weight gradient again.
  return 2 * rows * first.weights.size() / kernels_->step_products / static_cast<std::size_t>(threads_);
}

}  // namespace mlp::engine
