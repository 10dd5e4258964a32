// Training in single steps: one step, an evaluation, the model so far. For training loops of your own;
// train() is one, written with it.
//
//   mlp::Trainer trainer(network, data.train, {.epochs = 10, .validation_fraction = 0.1});
//   for (std::uint64_t epoch = 0; epoch < 10; ++epoch) {
//     for (const auto rows : trainer.batches(epoch)) trainer.step(rows);
//     std::cout << trainer.evaluate(trainer.validation_rows()).loss << '\n';
//   }
//   mlp::save_model(trainer.model(), "model.safetensors");
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "mlp/export.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

/// Loss and metric of some rows, without dropout.
struct RowsEvaluation {
  double loss = 0.0;    ///< the training loss function's mean per row, without the L2 term
  double metric = 0.0;  ///< accuracy, or RMSE in the target's unit
};

/// Owns an engine with parameters and moments; refers to the data set, which must outlive it. One thread at a
/// time.
class Trainer {
 public:
  /// As train(), except that the caller writes the loop: options.epochs is only the length of the schedule,
  /// and options.early_stopping is ignored. `from`: the state to continue from, at any step. Throws as
  /// train() does.
  Trainer(const MultilayerPerceptron& network, const Dataset& dataset, const TrainingOptions& options = {},
          const TrainingState* from = nullptr);
  ~Trainer();
  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;

  std::span<const std::uint32_t> training_rows() const;
  std::span<const std::uint32_t> validation_rows() const;
  /// The rows of an epoch's batches, in the order of train(): a permutation that is a function of (seed,
  /// epoch). They last until the next call.
  std::vector<std::span<const std::uint32_t>> batches(std::uint64_t epoch);

  /// One optimizer step on rows of the data set, at most options.batch_size of them. Returns their mean loss
  /// before it, dropout included. Throws DivergenceError where that is no longer finite;
  /// std::invalid_argument for no rows, too many, or one that the data set lacks.
  double step(std::span<const std::uint32_t> rows);
  std::uint64_t steps() const;  ///< taken so far
  int threads() const;          ///< that take the next step

  /// Evaluates at least one row of the data set.
  RowsEvaluation evaluate(std::span<const std::uint32_t> rows);

  /// These three return copies, and throw DivergenceError where a number in them is not finite.
  Parameters parameters();
  std::vector<Parameters> moments();
  /// The model so far; its record holds the number of steps, no epochs and no losses.
  Model model();

 private:
  friend class TrainingLoop;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mlp
