// The state of a Trainer; train() works on it directly.
#pragma once

#include <memory>

#include "engine/engine.h"
#include "mlp/split.h"
#include "mlp/trainer.h"
#include "training/batch_source.h"

namespace mlp {

// Hidden, as its members' types are.
struct [[gnu::visibility("hidden")]] Trainer::State {
  State(const MultilayerPerceptron& network, const Dataset& dataset, TrainingOptions options,
        const TrainingState& from);

  /// Returns sum_n w_n loss_n; throws DivergenceError where it is not finite.
  double step(engine::Batch batch);
  RowsEvaluation evaluate(std::span<const std::uint32_t> rows);
  Parameters parameters();
  std::vector<Parameters> moments();
  /// A model with these parameters and this record, completed by what is known here.
  Model model(const Parameters& parameters, TrainingRecord record) const;

  double learning_rate_of(std::uint64_t step) const;

  const Dataset& dataset;
  TrainingOptions options;
  RowSplit rows;
  std::size_t batch_size;
  engine::Computation computation;  ///< what the engine computes
  double weight_unit;
  std::unique_ptr<BatchSource> source;
  std::vector<std::uint32_t> epoch_rows;  ///< that Trainer::batches has given out
  std::unique_ptr<engine::TrainingEngine> engine;
  std::uint64_t steps;  ///< taken

 private:
  double rate_factor(std::uint64_t step) const;
  void throw_if_not_finite(const Parameters& numbers, const std::string& what) const;
  DivergenceError divergence(double loss) const;
  DivergenceError diverged(std::uint64_t step, const std::string& what, const std::string& where) const;
  std::string layer_text(std::size_t index) const;

  double last_loss_ = 0.0;  ///< the last step's mean loss
};

/// Where training begins: parameters drawn or those of options.init, moments at zero.
TrainingState initial_state(const MultilayerPerceptron& network, const Dataset& dataset,
                            const TrainingOptions& options);

/// Throws std::invalid_argument or DataError where network, data set and options do not fit together.
void check_training(const MultilayerPerceptron& network, const Dataset& dataset,
                    const TrainingOptions& options);

}  // namespace mlp
