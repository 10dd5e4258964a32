// Engines take whole steps. One call is a batch, so virtual calls cost nothing.
//
// There are two: the fast one for this CPU (cpu/), and the reference's plain loops (reference/), which read
// like the formulas and take a hundred times as long: for teaching, and to compare the fast one with.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/batch.h"
#include "engine/exchange.h"
#include "mlp/affine_scaling.h"
#include "mlp/loss.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/optimizer.h"
#include "mlp/parameters.h"

namespace mlp::engine {

/// The name of the engine that computes by the reference; it is chosen like a CPU target.
inline constexpr const char* kReferenceTarget = "reference";

/// What an empty target stands for: itself empty, and then the best target of this CPU, unless a test sets it
/// to run on another engine.
inline std::string& default_target() {
  static std::string target;
  return target;
}

/// What every engine computes: from scaled inputs through a network to its loss against scaled targets.
struct Computation {
  MultilayerPerceptron network;
  Loss loss;
  AffineScaling input_scaling, target_scaling;
};

/// How it is computed. None of these options changes a bit of what one engine computes.
struct EngineOptions {
  std::size_t max_batch = 256;  ///< the most rows of a step
  int threads = 0;              ///< 0: as many as help
  std::string target = {};      ///< CPU target, or kReferenceTarget; empty: the best
  /// Whether zeros in the inputs are skipped; empty: whichever is faster.
  std::optional<bool> skips_zeros = {};
};

/// Options of training alone.
struct TrainingEngineOptions {
  EngineOptions common = {};
  /// The share of groups of 4 neighbouring inputs, once scaled, that are not all zero.
  double input_density = 1.0;
  /// Adds up the gradients of several workers; each of them then calls train() with the same batches. It must
  /// outlive the engine. Null: this is the only one. The reference takes none.
  Exchange* exchange = nullptr;
  bool bfloat16 = false;  ///< wide layers multiply bfloat16 operands: this does change bits
};

/// Evaluates and predicts.
class Engine {
 public:
  virtual ~Engine() = default;

  /// Forward without dropout. Returns sum_n w_n loss_n over the batch's rows, w_n a weight over weight_unit;
  /// `outputs` [rows, O] in the network's own scale.
  virtual double evaluate(const Batch& batch, MatrixView<float> outputs) = 0;
  /// The outputs alone, for `rows` of `inputs`; of an ensemble one network's after the other's, [networks *
  /// rows, O].
  virtual void predict(const InputsView& inputs, std::span<const std::uint32_t> rows,
                       MatrixView<float> outputs) = 0;
};

/// An engine that also trains. It owns parameters and moments; any number of threads gives the same bits.
class TrainingEngine : public Engine {
 public:
  /// One optimizer step. Returns sum_n w_n loss_n, dropout included, before the step.
  virtual double train(const Batch& batch, const StepSettings& settings) = 0;
  /// The gradient of the batch's mean weighted loss, the L2 penalty included, without a step.
  virtual Parameters gradients(const Batch& batch, const StepSettings& settings) = 0;
  /// The first layer (from 0) in whose activations a row with a loss that is not finite had a NaN or an
  /// infinity in the last step; depth() when none did.
  virtual std::size_t first_non_finite_layer() const = 0;

  virtual Parameters parameters() = 0;
  virtual std::vector<Parameters> moments() = 0;

  virtual int threads() const = 0;  ///< that take the next step
  virtual bool skips_zeros() const = 0;
  virtual int bfloat16_layers() const = 0;
};

/// Throws std::invalid_argument where loss, network, scaling or options do not fit together; UsageError for a
/// target that is unknown or not for this CPU; ThreadError where the system gives no more threads.
std::unique_ptr<Engine> prediction_engine(const Computation& computation, const Parameters& parameters,
                                          const EngineOptions& options);

/// For the networks of an ensemble, which differ in scalings and parameters alone. It only predicts;
/// evaluate() is for one network.
std::unique_ptr<Engine> prediction_engine(const std::vector<Computation>& computations,
                                          const std::vector<const Parameters*>& parameters,
                                          const EngineOptions& options);

/// The same for training. `moments`: as many as the optimizer has.
std::unique_ptr<TrainingEngine> training_engine(const Computation& computation, const Optimizer& optimizer,
                                                const Parameters& parameters,
                                                const std::vector<Parameters>& moments,
                                                const TrainingEngineOptions& options);

}  // namespace mlp::engine
