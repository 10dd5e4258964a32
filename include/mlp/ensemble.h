// Ensembles: networks of one shape, trained on the same data from different seeds, whose outputs are
// averaged. Their errors differ, and the average errs less than most members (Hansen and Salamon, "Neural
// network ensembles", 1990; Lakshminarayanan, Pritzel and Blundell, "Simple and scalable predictive
// uncertainty estimation using deep ensembles", 2017). Prediction takes nearly as many times longer as there
// are members.
//
//   const auto trained = mlp::train_ensemble(network, data.train, {.epochs = 10}, {.members = 5});
//   const auto report = mlp::evaluate(trained, data.test);
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "mlp/export.h"
#include "mlp/train.h"

namespace MLP_EXPORT mlp {

struct EnsembleOptions {
  std::size_t members = 5;  ///< 1 to Model::kMostMembers
  /// Whether each member draws validation rows by its own seed, so that together the members learn from all
  /// rows. Possible only for a data set without validation_rows of its own. Otherwise all members have the
  /// same.
  bool own_validation_rows = false;
  /// Members trained at the same time, each on its share of the threads. 0: as many as there are threads
  /// where networks are small (262,144 parameters) or more threads would not make a step faster, otherwise
  /// one after the other.
  int at_a_time = 0;
};

/// Follows the training of an ensemble: as TrainingObserver, with the number of the member, from 0. Members
/// trained at the same time take turns to call it, on their own threads: never two calls at once.
class EnsembleObserver {
 public:
  virtual ~EnsembleObserver() = default;
  /// Return false to stop all members.
  virtual bool on_step(std::size_t /*member*/, const StepProgress&) { return true; }
  virtual bool wants_state(std::size_t /*member*/) { return false; }
  virtual void on_state(std::size_t /*member*/, const TrainingState&) {}
  /// Return false to stop all members.
  virtual bool on_epoch(std::size_t /*member*/, const EpochRecord&, const TrainingState&) { return true; }
  /// This member's training has ended or been stopped.
  virtual void on_member(std::size_t /*member*/, const Trained&) {}
};

struct TrainedEnsemble {
  Model model;                                 ///< of all members below
  std::vector<Trained> members;                ///< in order; if stopped early: those that had begun
  StopReason stopped = StopReason::kFinished;  ///< kInterrupted: an observer stopped it; resume to go on

  operator const Model&() const { return model; }
};

/// Trains options.members networks as train() does, member i (from 0) with the seed options.seed + i (modulo
/// 2^64): the first is the network that train() makes. Validation rows, where they are to be drawn, are drawn
/// by options.seed for all. The same bits for any number of threads and of members at a time. With
/// `resume_from`, one state for each member (null: it has not begun), training continues to the bits of the
/// uninterrupted run; a member that had finished is not trained again. Throws as train() does (a
/// DivergenceError names the member), std::invalid_argument for options out of range.
TrainedEnsemble train_ensemble(const MultilayerPerceptron& network, const Dataset& dataset,
                               const TrainingOptions& options = {}, const EnsembleOptions& ensemble = {},
                               EnsembleObserver* observer = nullptr,
                               std::span<const TrainingState* const> resume_from = {});

/// The members of some models, in order, as one model. What they share is taken from the first one, with the
/// outputs of its examples predicted again by the ensemble. Throws std::invalid_argument for no models, too
/// many members, or models that differ in network, loss, names, unit, image, preprocessing or input units.
Model ensemble_of(std::span<const Model> models, const PredictionOptions& options = {});

/// One member of a model, from 0, as a model of its own; without examples where it is one of several, as
/// these hold the ensemble's outputs.
Model member_of(const Model& model, std::size_t member);

}  // namespace mlp
