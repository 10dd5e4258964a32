// How fast this machine trains and predicts, compared with how fast it could.
//
// The limit is what its multiply-add units do when they never wait: a tile of registers over operands in the
// first-level cache. It is measured before everything else and again after it, since a shared machine changes
// from minute to minute; the larger of the two counts.
//
// Training is what train() does, on generated images; prediction is the same engine on rows of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mlp/export.h"
#include "mlp/loss.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/optimizer.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

struct BenchmarkOptions {
  MultilayerPerceptron network = parse_network("64:relu,87:relu,72:leaky_relu,10:softmax", 28 * 28);
  std::vector<Optimizer> optimizers = {SGD{}, Adam{}};
  std::vector<std::size_t> batch_sizes = {32, 64, 256, 1024};
  std::vector<std::size_t> prediction_rows = {1, 1024};  ///< rows to predict at once
  std::vector<int> threads = {1, 0};                     ///< 0: as many as help, at most one a core
  std::string target = {};                               ///< CPU target; empty: the best this CPU has
  Precision precision = Precision::kFloat32;             ///< of training, as in TrainingOptions
  SparseInputs sparse_inputs = SparseInputs::kAuto;      ///< kAuto: prediction decides by its first rows
  double seconds = 1.0;       ///< to spend on each number, above 0; a long step may take more
  std::size_t rows = 60'000;  ///< of the generated data; fewer where they would take more than data_bytes,
                              ///< more where an epoch would have less than four batches
  std::size_t data_bytes = std::size_t{256} << 20;  ///< for the generated data, at least four rows; steps
                                                    ///< that would need more have fewer rows than asked for
};

/// Floating-point operations a second, a multiply-add being two, that `threads` threads could do at most.
struct BenchmarkLimit {
  int threads = 1;
  double before = 0.0;
  double after = 0.0;
  double flops() const { return std::max(before, after); }
};

/// Whether other programs seem to have used the cores meanwhile, so that the figures mean little: a limit
/// measured before and after differs by more than a third of the larger value, or several threads, where
/// there are cores for them, do less than 1.3 times what one does. `limits` is BenchmarkResult::limits.
bool disturbed(const std::vector<BenchmarkLimit>& limits, int cores);

/// One kind of step: training on a batch or predicting rows.
struct BenchmarkMeasurement {
  std::optional<Optimizer> optimizer;  ///< none: prediction
  std::size_t rows = 0;                ///< of the step
  int threads = 1;
  double seconds = 0.0;  ///< of one step. Training: the median of several repetitions of many steps;
                         ///< prediction: the median of all calls
  double flops = 0.0;    ///< floating-point operations a second of the dense step: zeros that the engine
                         ///< skips count as done
  double share = 0.0;    ///< of the limit of as many threads
  bool sparse_inputs = false;  ///< training skipped zeros

  double rows_per_second() const { return static_cast<double>(rows) / seconds; }
  /// For an epoch of kEpochRows rows.
  double epoch_seconds() const { return kEpochRows / rows_per_second(); }

  static constexpr double kEpochRows = 60'000;
};

struct BenchmarkResult {
  std::string target;
  int cores = 1;                       ///< that this process may use
  Loss loss;                           ///< cross-entropy behind Softmax, else squared error
  int bfloat16_layers = 0;             ///< trained in bfloat16, as in Trained
  std::size_t rows = 0;                ///< of the generated data
  bool steps_cut = false;              ///< some steps have fewer rows than asked for (data_bytes)
  double nonzero = 0.0;                ///< the share of its values that are not zero, as in MNIST
  std::vector<BenchmarkLimit> limits;  ///< ascending by threads, one thread first
  std::vector<BenchmarkMeasurement> training;
  std::vector<BenchmarkMeasurement> prediction;
};

/// Called before each part: how many are done, of how many, and what comes next.
using BenchmarkProgress = std::function<void(std::size_t done, std::size_t total, const std::string& next)>;

/// Throws std::invalid_argument for options out of range, UsageError for an unknown CPU target.
BenchmarkResult benchmark(const BenchmarkOptions& options = {}, const BenchmarkProgress& progress = {});

}  // namespace mlp
