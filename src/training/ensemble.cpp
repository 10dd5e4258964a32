// See mlp/ensemble.h.
#include "mlp/ensemble.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "core/cpu.h"
#include "mlp/digest.h"
#include "mlp/trainer.h"
#include "network/digest_of.h"
#include "training/evaluation.h"
#include "training/model_examples.h"
#include "training/trainer_state.h"

namespace mlp {
namespace {

// Up to so many parameters each thread trains a member of its own, since threads that share a step wait for
// one another in it. Four members for an epoch of 5,000 images of digits on two busy cores: 784-64-10 (51,000
// parameters) 0.13 s rather than 0.42, 784-256-128-10 (235,000) 0.65 s rather than 1.2. Larger ones were not
// measured.
constexpr std::size_t kSmall = std::size_t{1} << 18;

/// Whether members train fastest with one thread each.
bool one_thread_is_best(const MultilayerPerceptron& network, const Dataset& dataset,
                        TrainingOptions options) {
  if (network.parameter_count() <= kSmall) return true;
  options.threads = 0;
  return Trainer(network, dataset, options).threads() == 1;
}

/// The number of threads, and of members trained at a time.
struct Workers {
  int threads = 1;  ///< 0: as many as help
  int count = 1;

  /// The members of the last round, fewer than the workers, have more threads each.
  int threads_of(std::size_t member, std::size_t members) const {
    if (count == 1) return threads;
    const auto last = static_cast<int>(members % static_cast<std::size_t>(count));
    const bool in_last_round = member + static_cast<std::size_t>(last) >= members;
    return std::max(1, threads / (in_last_round ? last : count));
  }
};

Workers workers_for(const MultilayerPerceptron& network, const Dataset& dataset,
                    const TrainingOptions& options, const EnsembleOptions& ensemble) {
  const int threads = options.threads > 0 ? options.threads : available_cores();
  const auto members = static_cast<int>(ensemble.members);
  check_training(network, dataset, options);
  // own_loss is the caller's function, which may keep a state.
  if (ensemble.at_a_time == 1 || options.own_loss) return {.threads = options.threads};
  if (ensemble.at_a_time > 1) return {.threads = threads, .count = std::min(ensemble.at_a_time, members)};
  if (threads == 1 || members == 1 || !one_thread_is_best(network, dataset, options))
    return {.threads = options.threads};
  return {.threads = threads, .count = std::min(threads, members)};
}

/// The state that the threads share, guarded by its lock.
class Progress {
 public:
  explicit Progress(EnsembleObserver* observer) : observer_(observer) {}

  /// The next member to train; nothing when all have begun or training is stopped.
  std::optional<std::size_t> next(std::size_t members) {
    const std::lock_guard lock(mutex_);
    if (stopped_ || begun_ == members) return std::nullopt;
    return begun_++;
  }
  void fail(std::size_t member, std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_ || member < failed_) {
      failure_ = std::move(failure);
      failed_ = member;
    }
    stopped_ = true;
  }
  /// Calls tell(observer); where it returns false all members are stopped. Returns whether to go on.
  template <class Tell>
  bool tell(const Tell& tell) {
    const std::lock_guard lock(mutex_);
    if (!stopped_ && observer_ != nullptr) stopped_ = !tell(*observer_);
    return !stopped_;
  }
  /// As tell(), for calls that are made even after members were stopped.
  template <class Tell>
  auto always(const Tell& tell) {
    const std::lock_guard lock(mutex_);
    return tell(observer_);
  }

  /// To be called when all threads have ended.
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::mutex mutex_;
  EnsembleObserver* observer_;
  std::size_t begun_ = 0;
  bool stopped_ = false;
  std::exception_ptr failure_;
  std::size_t failed_ = 0;
};

/// One member's observer.
class MemberObserver final : public TrainingObserver {
 public:
  MemberObserver(Progress& progress, std::size_t member) : progress_(progress), member_(member) {}

  bool on_step(const StepProgress& step) override {
    return progress_.tell([&](EnsembleObserver& observer) { return observer.on_step(member_, step); });
  }
  bool wants_state() override {
    return progress_.always(
        [&](EnsembleObserver* observer) { return observer != nullptr && observer->wants_state(member_); });
  }
  void on_state(const TrainingState& state) override {
    progress_.always([&](EnsembleObserver* observer) {
      if (observer != nullptr) observer->on_state(member_, state);
    });
  }
  bool on_epoch(const EpochRecord& record, const TrainingState& state) override {
    return progress_.tell(
        [&](EnsembleObserver& observer) { return observer.on_epoch(member_, record, state); });
  }

 private:
  Progress& progress_;
  std::size_t member_;
};

/// The error with the member's number added to its text.
DivergenceError of_member(const DivergenceError& error, std::size_t member, std::uint64_t seed) {
  return DivergenceError(
      Message("member " + std::to_string(member + 1) + " (seed " + std::to_string(seed) + "): ") +
          error.message(),
      error.advice());
}

void require_alike(const Model& a, const Model& b) {
  const bool alike = a.network == b.network && a.loss == b.loss && a.feature_names == b.feature_names &&
                     a.class_names == b.class_names && a.target_names == b.target_names && a.unit == b.unit &&
                     a.image == b.image && a.preprocessing == b.preprocessing &&
                     a.input_units == b.input_units;
  require(
      alike,
      "ensemble_of: the models differ in network, loss, names, unit, image, preprocessing or input units");
}

}  // namespace

TrainedEnsemble train_ensemble(const MultilayerPerceptron& network, const Dataset& dataset,
                               const TrainingOptions& options, const EnsembleOptions& ensemble,
                               EnsembleObserver* observer,
                               std::span<const TrainingState* const> resume_from) {
  const std::size_t count = ensemble.members;
  require(count >= 1 && count <= Model::kMostMembers, "train_ensemble: 1 to " +
                                                          std::to_string(Model::kMostMembers) +
                                                          " members, not " + std::to_string(count));
  require(ensemble.at_a_time >= 0, "train_ensemble: the number of members at a time must not be negative");
  require(resume_from.empty() || resume_from.size() == count,
          "train_ensemble: " + std::to_string(resume_from.size()) + " states to resume " +
              std::to_string(count) + " members from");
  require(!ensemble.own_validation_rows || (!dataset.validation_rows && options.validation_fraction > 0),
          "train_ensemble: members with validation rows of their own need a validation_fraction, and a data "
          "set that has not decided on its validation_rows");
  const Workers workers = workers_for(network, dataset, options, ensemble);
  Progress progress(observer);
  std::vector<std::optional<Trained>> trained(count);
  const auto train_member = [&](std::size_t member) {
    TrainingOptions own = options;
    own.seed = options.seed + member;
    own.threads = workers.threads_of(member, count);
    if (!ensemble.own_validation_rows && !own.validation_seed) own.validation_seed = options.seed;
    std::optional<Model> init;  // the member that this one starts from
    if (options.init != nullptr) {
      init = member_of(*options.init, member % options.init->member_count());
      own.init = &*init;
    }
    MemberObserver told(progress, member);
    const TrainingState* from = resume_from.empty() ? nullptr : resume_from[member];
    try {
      trained[member] = train(network, dataset, own, &told, from);
    } catch (const DivergenceError& error) {
      throw of_member(error, member, own.seed);
    }
    progress.always([&](EnsembleObserver* all) {
      if (all != nullptr) all->on_member(member, *trained[member]);
    });
  };
  const auto work = [&] {
    while (const auto member = progress.next(count)) {
      try {
        train_member(*member);
      } catch (...) {
        progress.fail(*member, std::current_exception());
      }
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      for (int i = 1; i < workers.count; ++i) others.emplace_back(work);
    } catch (const std::system_error&) {
      // The system gives no more threads: the ones already running train all members.
    }
    work();
  }
  progress.rethrow();

  TrainedEnsemble result{.model = trained.front()->model, .members = {}};
  std::vector<Model> models;
  for (auto& member : trained) {
    if (!member) break;  // stopped before it began
    models.push_back(member->model);
    result.members.push_back(std::move(*member));
  }
  result.model = ensemble_of(models, {.target = options.target});
  const bool all_ended =
      result.members.size() == count && std::ranges::none_of(result.members, [](const Trained& member) {
        return member.stopped == StopReason::kInterrupted;
      });
  const bool early = std::ranges::any_of(
      result.members, [](const Trained& member) { return member.stopped == StopReason::kEarlyStopping; });
  result.stopped = !all_ended ? StopReason::kInterrupted
                   : early    ? StopReason::kEarlyStopping
                              : StopReason::kFinished;
  return result;
}

Model ensemble_of(std::span<const Model> models, const PredictionOptions& options) {
  require(!models.empty(), "ensemble_of: no models");
  Model ensemble = models.front();
  for (const Model& model : models.subspan(1)) {
    require_alike(ensemble, model);
    ensemble.more_members.push_back(
        {model.parameters, model.input_scaling, model.target_scaling, model.record});
    ensemble.more_members.insert(ensemble.more_members.end(), model.more_members.begin(),
                                 model.more_members.end());
  }
  require(ensemble.member_count() <= Model::kMostMembers,
          "ensemble_of: more than " + std::to_string(Model::kMostMembers) + " members");
  if (models.size() > 1) {
    const Inputs inputs = std::move(ensemble.examples.inputs);
    const auto rows = all_rows(row_count(inputs));
    ensemble.examples = make_examples(ensemble, inputs, rows, rows.size(), options.target);
  }
  return ensemble;
}

std::string digest(const Model& model) {
  std::vector<const Parameters*> parameters = {&model.parameters};
  for (const auto& member : model.more_members) parameters.push_back(&member.parameters);
  return digest_of(model.network, parameters);
}

Model member_of(const Model& model, std::size_t member) {
  require(member < model.member_count(), "member_of: the model has " + std::to_string(model.member_count()) +
                                             " members, and no member " + std::to_string(member));
  Model result = model;
  result.more_members.clear();
  if (model.member_count() > 1) result.examples = {};
  if (member > 0) {
    const ModelMember& one = model.more_members[member - 1];
    result.parameters = one.parameters;
    result.input_scaling = one.input_scaling;
    result.target_scaling = one.target_scaling;
    result.record = one.record;
  }
  return result;
}

}  // namespace mlp
