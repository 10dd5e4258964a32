// How one network is trained and predicted with on this CPU: everything that can be decided before the first
// batch.
//
// A Plan is immutable and may be shared; a Workspace (workspace.h) holds what changes. A step runs in two
// phases with a barrier between: first each thread takes a share of the batch's rows through gather, forward,
// loss and backward (weights are only read), then each thread takes a share of the weights through gradient
// and update (activations are only read).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/kernels.h"
#include "mlp/loss.h"
#include "mlp/model.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/optimizer.h"

namespace mlp::engine {

/// What the backward pass needs of one layer's forward pass to turn dA into dZ.
enum class Derivative {
  kOfOutput,  ///< nothing more than A: Linear, ReLU, LeakyReLU without dropout
  kStored,    ///< f'(z) * dropout factor, computed on the way forward
  kSoftmax,   ///< p itself, for p (dA - <dA, p>)
};

struct LayerPlan {
  Layer layer;
  kernels::PackedShape weights;     ///< W [fan_in, fan_out]
  kernels::PackedShape transposed;  ///< W^T [fan_out, fan_in], for dX = dZ W^T; unused on the first layer
  std::size_t weight_offset = 0;    ///< in the packed parameters
  std::size_t bias_offset = 0;      ///< likewise
  std::size_t transposed_offset = 0;
  Derivative derivative = Derivative::kOfOutput;
};

/// A thread's share of one layer's weights: rows [begin, end) of one panel, or the layer's bias.
struct WeightTask {
  std::size_t layer = 0;
  std::size_t panel = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool bias = false;
};

struct PlanOptions {
  std::size_t max_batch = 256;  ///< the most rows of one step or one predicted chunk
  int threads = 0;              ///< 0: as many as help, at most `available_threads`
  int available_threads = 1;
  std::string target = {};  ///< CPU target; empty: the best
  bool training = true;     ///< false: prediction and evaluation only
};

class Plan {
 public:
  /// `optimizer` none: a plan for prediction. Throws std::invalid_argument when loss and network are not
  /// compatible.
  Plan(const MultilayerPerceptron& network, const Loss& loss, std::optional<Optimizer> optimizer,
       AffineScaling input_scaling, AffineScaling target_scaling, const PlanOptions& options);

  const MultilayerPerceptron& network() const { return network_; }
  const Loss& loss() const { return loss_; }
  const std::optional<Optimizer>& optimizer() const { return optimizer_; }
  const AffineScaling& target_scaling() const { return target_scaling_; }
  const kernels::Kernels& kernels() const { return *kernels_; }
  const std::vector<LayerPlan>& layers() const { return layers_; }
  std::size_t max_batch() const { return max_batch_; }
  int threads() const { return threads_; }

  /// Floats in the packed parameters (all layers' weights and biases), and in the packed transposes.
  std::size_t packed_size() const { return packed_size_; }
  std::size_t transposed_size() const { return transposed_size_; }
  /// For each thread, the weights it owns.
  const std::vector<std::vector<WeightTask>>& weight_tasks() const { return weight_tasks_; }

  kernels::GatherScaling input_scaling() const {
    return {input_shift_.data(), input_scale_.data(), input_shift_.size() == 1};
  }

  /// Parameters in the packed form and back; `packed` has packed_size() floats.
  void pack(const Parameters& parameters, float* packed) const;
  Parameters unpack(const float* packed) const;
  /// The transposes of all layers but the first, from the packed parameters.
  void transpose(const float* packed, float* transposed) const;
  /// The same for rows [begin, end) of one panel of one layer.
  void transpose(const WeightTask& task, const float* packed, float* transposed) const;

 private:
  MultilayerPerceptron network_;
  Loss loss_;
  std::optional<Optimizer> optimizer_;
  AffineScaling target_scaling_;
  const kernels::Kernels* kernels_;
  std::vector<float> input_shift_, input_scale_;
  std::vector<LayerPlan> layers_;
  std::vector<std::vector<WeightTask>> weight_tasks_;
  std::size_t max_batch_ = 0;
  std::size_t packed_size_ = 0;
  std::size_t transposed_size_ = 0;
  int threads_ = 1;
};

/// Multiply-adds times two of one training step (forward, weight and input gradients) of `rows` rows.
double training_flops(const MultilayerPerceptron& network, std::size_t rows);

}  // namespace mlp::engine
