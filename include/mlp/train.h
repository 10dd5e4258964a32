// Training, evaluation, prediction: the main functions.
//
//   const auto data = mlp::make_digits(10'000, 2'000, 1);
//   const auto trained = mlp::train(network, data.train, {.epochs = 10});
//   const auto report = mlp::evaluate(trained, data.test);
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mlp/dataset.h"
#include "mlp/export.h"
#include "mlp/loss.h"
#include "mlp/metrics.h"
#include "mlp/model.h"
#include "mlp/optimizer.h"
#include "mlp/schedule.h"

namespace MLP_EXPORT mlp {

/// Whether training leaves out products with zeros in the inputs (pixels that are black, one-hot columns).
/// Which is faster depends on how many zeros there are. The results are the same bits as long as every number
/// is finite (docs/determinism.md).
enum class SparseInputs { kAuto, kOn, kOff };

/// What training's matrix products multiply. kBFloat16: operands rounded to bfloat16 (a float32's exponent, 8
/// bits of precision); sums, weights, moments and updates stay float32, and so do layers too narrow to gain.
/// Only on CPUs with instructions for it: see bfloat16_target. Evaluation and prediction are always float32.
enum class Precision { kFloat32, kBFloat16 };

/// A loss from outside the library, for rows of the data set: outputs A [n, O] in the network's own scale
/// (targets are standardised for a Linear output: TrainingOptions::standardize), to losses [n] = loss_n and
/// gradients [n, O] = d loss_n / d A. Called on the thread that trains. What it throws ends the training.
using OwnLoss = std::function<void(std::span<const std::uint32_t> rows, ConstMatrixView<float> outputs,
                                   std::span<float> losses, MatrixView<float> gradients)>;

/// The options of training. First those that decide the result, then, each marked, those that mostly decide
/// its speed. Trainings that differ in speed alone give the same bits (docs/determinism.md).
struct TrainingOptions {
  // These decide the result.
  Loss loss = CrossEntropy{};  ///< for classes; for numbers take SquaredError{} or another
  /// Replaces `loss` in training and validation; `loss` is then only used to evaluate the model. Slower: on
  /// one thread, and outputs are copied for it.
  OwnLoss own_loss = {};
  /// Fine-tuning: training starts from this model's parameters rather than from drawn ones; the model must
  /// live as long as the training. The network must be its network, up to dropout and initialisers. The
  /// output layer alone is drawn, and may be another, where the data set's classes or targets are not the
  /// model's: see keeps_output_layer(). Moments start at zero, epochs and schedule at their beginning.
  const Model* init = nullptr;
  /// With `init`: inputs, and the targets of an output layer that is kept, are scaled as the model scales
  /// them, and the data set must be in its input_units, encoded by its preprocessing
  /// (TableDataOptions::preprocessing). False: all of that is learned from the data set.
  bool keep_preprocessing = true;
  Optimizer optimizer = Adam{};
  Schedule schedule = Constant{};
  int epochs = 10;
  int batch_size = 64;
  double l2 = 0.0;         ///< adds l2/2 * sum of squared weights to the loss; 0, or at least 1.2e-38
  double clip_norm = 0.0;  ///< gradients longer than this are scaled down to it; at least 1.2e-38; 0: never
  /// The share of the rows held out of training, in [0, 1): drawn by validation_split() from a data set that
  /// has not decided on its validation_rows. 0 for one that has, as every table's.
  double validation_fraction = 0.0;
  std::optional<std::uint64_t> validation_seed = {};  ///< the seed they are drawn by; empty: `seed`
  int early_stopping = 0;  ///< stop after this many epochs without a better validation loss and keep the
                           ///< best parameters; 0: never (needs validation rows)
  /// Learn from the training rows to scale inputs (8-bit ones: to [0, 1]), unless a table's preprocessing has
  /// done so, and the targets of a regression with a Linear output.
  bool standardize = true;
  std::uint64_t seed = 1;  ///< of every random number; there is no other source of chance

  // Each of these says what it decides.
  /// Speed alone. 0: as many as help, fewer while cores are taken by others.
  int threads = 0;
  /// Speed alone among CPU targets with fused multiply-add ("avx512", "avx2", "neon"); "baseline" and
  /// "reference" have bits of their own. Empty: the best this CPU has.
  std::string target = {};
  /// The result, and speed. kBFloat16: UsageError where the CPU lacks it.
  Precision precision = Precision::kFloat32;
  /// Neither: how many training rows are kept in the model for verify().
  int examples = 8;
  /// Speed alone. kAuto: by the share of zeros in the training data.
  SparseInputs sparse_inputs = SparseInputs::kAuto;
};

/// One finished epoch. Losses are the training loss function's mean per row, without the L2 term.
struct EpochRecord {
  std::uint64_t epoch = 0;           ///< counted from 1
  double train_loss = 0.0;           ///< mean over the epoch's steps, dropout included
  double validation_loss = kNone;    ///< NaN without a validation split
  double validation_metric = kNone;  ///< accuracy, or RMSE in the target's unit; NaN without validation
  double learning_rate = 0.0;        ///< at the epoch's last step
  double seconds = 0.0;              ///< of training in this epoch, validation excluded
  double samples_per_second = 0.0;

  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
};
using History = std::vector<EpochRecord>;

/// The state of a training run: everything that decides how it continues. A checkpoint is this value on disk.
struct TrainingState {
  Parameters parameters;
  std::vector<Parameters> moments;  ///< moment_count(optimizer) of them
  std::uint64_t step = 0;           ///< optimizer steps taken
  std::uint64_t epoch = 0;          ///< finished epochs
  std::uint64_t batch = 0;          ///< steps taken in the current epoch
  double epoch_loss = 0.0;          ///< sum of loss * rows over those steps
  double epoch_seconds = 0.0;
  History history;
  Parameters best_parameters;    ///< of the epoch with the lowest validation loss; empty before there is one
  std::uint64_t best_epoch = 0;  ///< 0: none yet
};

/// Progress within an epoch, for observers.
struct StepProgress {
  std::uint64_t epoch = 0;  ///< current, counted from 1
  std::uint64_t epochs = 0;
  std::uint64_t batch = 0;    ///< finished in this epoch
  std::uint64_t batches = 0;  ///< in an epoch
  double mean_loss = 0.0;     ///< over this epoch so far
};

/// Follows a training run. Every function is called on the thread that called train(), between steps.
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  /// After each step; return false to stop here (the state stays resumable).
  virtual bool on_step(const StepProgress&) { return true; }
  /// Within an epoch, after a step: return true to receive the state, which costs a copy of all parameters.
  virtual bool wants_state() { return false; }
  virtual void on_state(const TrainingState&) {}
  /// After each epoch, with what may be saved; return false to stop here, as in on_step.
  virtual bool on_epoch(const EpochRecord&, const TrainingState&) { return true; }
};

/// kInterrupted: an observer asked to stop before the last epoch's end.
enum class StopReason { kFinished, kEarlyStopping, kInterrupted };

/// The result of training: a model (final parameters, or the best ones under early stopping) and how it came
/// about.
struct Trained {
  Model model;
  TrainingState state;
  StopReason stopped = StopReason::kFinished;
  int threads = 1;             ///< that took the last step
  bool sparse_inputs = false;  ///< zeros in the inputs were left out
  int bfloat16_layers = 0;  ///< whose products had bfloat16 operands: with Precision::kBFloat16 the wide ones

  const History& history() const { return state.history; }
  operator const Model&() const { return model; }
};

/// Trains `network` on `dataset`. A pure function of its arguments: the same bits for any number of threads.
/// Sample weights are divided by their mean over the rows trained on, so that their unit changes nothing.
/// With `resume_from` it continues that state to exactly the bits of the uninterrupted run. Throws
/// std::invalid_argument when network, data set and options do not fit together (names both sides), DataError
/// for unusable data, DivergenceError when a loss or parameter is no longer finite.
Trained train(const MultilayerPerceptron& network, const Dataset& dataset,
              const TrainingOptions& options = {}, TrainingObserver* observer = nullptr,
              const TrainingState* resume_from = nullptr);

/// Whether a training on `dataset` that starts from `model` (TrainingOptions::init) takes over its output
/// layer, too: where the data set has the model's classes, in its order, or targets of the same names.
bool keeps_output_layer(const Model& model, const Dataset& dataset);

struct Evaluation {
  std::size_t rows = 0;
  /// The model's loss function, mean over the rows, weighted where they have weights. Of an ensemble it is
  /// that of the averaged outputs, by reference::loss_per_row_by_outputs in double; a regression's are scaled
  /// as the first member scales targets.
  double loss = 0.0;
  std::optional<ClassificationMetrics> classification;
  std::optional<RegressionMetrics> regression;
};

struct PredictionOptions {
  int threads = 0;
  std::string target = {};
};

/// Throws std::invalid_argument when model and data set do not fit (features, classes, input units).
Evaluation evaluate(const Model& model, const Dataset& dataset, const PredictionOptions& options = {});

/// Network outputs [N, O] for raw inputs, in the model's input_units: class probabilities (or whatever the
/// last layer gives), or targets in their unit. Of an ensemble the mean of what its members predict, summed
/// in double in their order.
Matrix<float> predict(const Model& model, const Inputs& inputs, const PredictionOptions& options = {});

/// The same for a table's rows, read in the columns of the model's preprocessing. Throws as encode() does;
/// std::invalid_argument where the model has none.
Matrix<float> predict(const Model& model, const Table& table, const PredictionOptions& options = {});

}  // namespace mlp
