#include "engine/plan.h"

#include <algorithm>

#include "core/thread_team.h"
#include "mlp/error.h"
#include "network/validate.h"

namespace mlp::engine {

namespace {

// A step's hand-overs cost a few microseconds; this much work takes a thread about twenty. With less, one
// thread alone is no slower.
constexpr double kFlopsPerThread = 2e6;

Derivative derivative_of(const Layer& layer) {
  if (std::holds_alternative<Softmax>(layer.activation)) return Derivative::kSoftmax;
  const bool from_output = std::holds_alternative<Linear>(layer.activation) ||
                           std::holds_alternative<ReLU>(layer.activation) ||
                           std::holds_alternative<LeakyReLU>(layer.activation);
  return from_output && layer.dropout == 0.0 ? Derivative::kOfOutput : Derivative::kStored;
}

/// All weights in `members` shares of nearly equal cost, cut between rows; a share keeps its place from step
/// to step, so that its weights stay in its core's caches.
std::vector<std::vector<WeightTask>> share_weights(const std::vector<LayerPlan>& layers, int members) {
  std::size_t total = 0;
  for (const auto& layer : layers) total += layer.weights.size() + layer.weights.padded_columns();

  std::vector<std::vector<WeightTask>> shares(static_cast<std::size_t>(members));
  std::size_t member = 0, done = 0;
  const auto limit = [&](std::size_t index) { return total * (index + 1) / shares.size(); };
  const auto advance = [&](std::size_t cost) {
    done += cost;
    while (member + 1 < shares.size() && done >= limit(member)) ++member;
  };
  for (std::size_t index = 0; index < layers.size(); ++index) {
    const auto& shape = layers[index].weights;
    for (std::size_t panel = 0; panel < shape.panels(); ++panel) {
      const std::size_t width = shape.width(panel);
      for (std::size_t row = 0; row < shape.rows();) {
        // As many rows as this member may still take, in whole groups of 8, at least one group.
        const std::size_t room =
            member + 1 < shares.size() ? (limit(member) - done + width - 1) / width : shape.rows();
        const std::size_t rows = std::min(shape.rows() - row, std::max<std::size_t>(8, (room + 7) / 8 * 8));
        shares[member].push_back({index, panel, row, row + rows, false});
        row += rows;
        advance(rows * width);
      }
    }
    shares[member].push_back({index, 0, 0, 0, true});
    advance(shape.padded_columns());
  }
  return shares;
}

/// Calls body(row, column, count, at) for each run of a layer's weights that lies together in both forms:
/// `count` weights from W[row, column] on, from float `at` of the packed parameters on.
template <class Body>
void for_each_piece(const LayerPlan& layer, const Body& body) {
  const kernels::PackedShape& shape = layer.weights;
  for (std::size_t panel = 0; panel < shape.panels(); ++panel) {
    const std::size_t first = shape.first_column(panel), width = shape.width(panel);
    const std::size_t count = std::min(width, shape.columns() - first);
    for (std::size_t row = 0; row < shape.rows(); ++row) {
      body(row, first, count, layer.weight_offset + shape.offset(panel) + row * width);
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
      kernels_(&kernels::kernels_for(options.target)),
      input_shift_(std::move(input_scaling.shift)),
      input_scale_(std::move(input_scaling.scale)),
      max_batch_(options.max_batch) {
  const Activation& output = network.layers().back().activation;
  require_compatible(loss, output);
  require(max_batch_ > 0, "Plan: the batch must have at least one row");
  require(input_shift_.size() == input_scale_.size() &&
              (input_shift_.size() <= 1 || input_shift_.size() == network.fan_in()),
          "Plan: the input scaling does not fit the network's inputs");
  if (input_shift_.empty()) {
    input_shift_ = {0.0f};
    input_scale_ = {1.0f};
  }

  for (std::size_t index = 0; index < network.depth(); ++index) {
    const Layer& layer = network.layer(index);
    LayerPlan plan{.layer = layer,
                   .weights = {layer.fan_in, layer.fan_out},
                   .transposed = {layer.fan_out, layer.fan_in},
                   .weight_offset = packed_size_,
                   .derivative = derivative_of(layer)};
    plan.bias_offset = plan.weight_offset + plan.weights.size();
    packed_size_ = plan.bias_offset + plan.weights.padded_columns();
    if (index > 0) {
      plan.transposed_offset = transposed_size_;
      transposed_size_ += plan.transposed.size();
    }
    layers_.push_back(plan);
  }

  const double work = training_flops(network, max_batch_);
  const int helpful = static_cast<int>(std::clamp(work / kFlopsPerThread, 1.0, 1024.0));
  threads_ = options.threads > 0 ? options.threads : std::min(helpful, options.available_threads);
  weight_tasks_ = share_weights(layers_, threads_);
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

void Plan::transpose(const WeightTask& task, const float* packed, float* transposed) const {
  const LayerPlan& plan = layers_[task.layer];
  if (task.layer == 0 || task.bias) return;
  const std::size_t first = plan.weights.first_column(task.panel);
  const std::size_t width = plan.weights.width(task.panel);
  const std::size_t columns = std::min(width, plan.weights.columns() - first);
  const float* from = packed + plan.weight_offset + plan.weights.offset(task.panel);
  for (std::size_t row = task.begin; row < task.end; ++row) {
    // Row `row` of W is column `row` of W^T, whose elements lie one panel width apart.
    const std::size_t panel = plan.transposed.panel_of(row);
    const std::size_t step = plan.transposed.width(panel);
    float* to = transposed + plan.transposed_offset + plan.transposed.offset(panel) + first * step + row -
                plan.transposed.first_column(panel);
    for (std::size_t column = 0; column < columns; ++column) to[column * step] = from[row * width + column];
  }
}

void Plan::transpose(const float* packed, float* transposed) const {
  std::fill(transposed, transposed + transposed_size_, 0.0f);
  for (const auto& share : weight_tasks_) {
    for (const WeightTask& task : share) transpose(task, packed, transposed);
  }
}

}  // namespace mlp::engine
