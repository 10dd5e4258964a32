// Cross-validation, see mlp/cross_validation.h: threads take folds in order, and results are reported in that
// order.
#include "mlp/cross_validation.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <numeric>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "core/cpu.h"
#include "engine/cpu/plan.h"
#include "engine/engine.h"
#include "mlp/error.h"
#include "training/input_density.h"
#include "training/scaling.h"
#include "training/sparse_inputs.h"

namespace mlp {
namespace {

// Each fold in training has a copy of the data set's rows. Where these are large, fewer folds are trained at
// a time.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

/// The prefix of a target's name where there are several: its RMSE.
constexpr const char* kRmseOf = "rmse_";

/// How many threads a training would choose by itself if so many are available.
int helpful_threads(const MultilayerPerceptron& network, const Dataset& dataset,
                    const TrainingOptions& options, int available) {
  if (options.own_loss || options.target == engine::kReferenceTarget) return 1;
  const auto rows = training_split(dataset).training;
  const AffineScaling scaling = options.standardize && !dataset.preprocessing
                                    ? input_scaling_of(dataset.inputs, rows)
                                    : AffineScaling{};
  const engine::Plan plan(network, options.loss, options.optimizer, scaling, {},
                          {.max_batch = std::min(static_cast<std::size_t>(options.batch_size), rows.size()),
                           .available_threads = available,
                           .target = options.target,
                           .input_density = input_density(dataset.inputs, scaling),
                           .choices = {.skips_zeros = skips_zeros(options.sparse_inputs)}});
  return plan.threads();
}

template <class T>
std::size_t bytes_of(const Matrix<T>& inputs) {
  return inputs.values().size_bytes();
}
template <class T>
std::size_t bytes_of(const MappedRows<T>& inputs) {
  return inputs.numbers().size_bytes();
}
std::size_t bytes_of(const Inputs& inputs) {
  return std::visit([](const auto& rows) { return bytes_of(rows); }, inputs);
}

/// How the available threads are divided.
struct Shares {
  std::size_t folds = 1;  ///< trained at a time ...
  int threads = 0;        ///< ... each with so many threads; 0: train() chooses
};

/// Several folds at a time only where a single one would leave threads idle: where threads can share a
/// training, sharing keeps all of them busy while the last folds are trained.
Shares share_out(const DataSplit& first, const MultilayerPerceptron& network, const TrainingOptions& options,
                 std::size_t count) {
  const int available = options.threads == 0 ? available_cores() : options.threads;
  const Shares alone{.folds = 1, .threads = options.threads};
  const bool fits = first.train.rows() > 0 && network.fan_in() == first.train.features();
  if (available <= 1 || !fits) return alone;  // train() refuses what does not fit
  const int each = helpful_threads(network, first.train, options, available);
  const std::size_t bytes = bytes_of(first.train.inputs) + bytes_of(first.test.inputs);
  const std::size_t folds = std::min(
      {static_cast<std::size_t>(available / each), count, kMostBytes / std::max<std::size_t>(bytes, 1)});
  return folds > 1 ? Shares{.folds = folds, .threads = each} : alone;
}

/// The folds of one cross-validation, trained by the calling thread or by threads of their own.
class Folds {
 public:
  Folds(const FoldSplits& splits, const NetworkFor& network_for, const TrainingOptions& options,
        CrossValidationObserver* observer)
      : splits_(splits),
        network_for_(network_for),
        options_(options),
        observer_(observer),
        outcomes_(splits.count),
        first_(splits.split(0)) {
    const Shares shares = share_out(*first_, network_for(first_->train), options, splits.count);
    options_.threads = shares.threads;
    if (shares.folds > 1) start(shares.folds);
  }
  ~Folds() { stopping_ = true; }

  /// Nothing where the observer stopped it. Must be called for each fold in order; throws what its training
  /// threw.
  std::optional<FoldResult> result(std::size_t fold) {
    Outcome& outcome = outcomes_[fold];
    if (threads_.empty()) {
      settle(fold);
    } else {
      std::unique_lock lock(mutex_);
      settled_.wait(lock, [&] { return outcome.settled; });
    }
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    return std::move(outcome.result);
  }

 private:
  struct Outcome {
    bool settled = false;
    std::optional<FoldResult> result;
    std::exception_ptr failure;
  };

  class StopsWithAll : public TrainingObserver {
   public:
    explicit StopsWithAll(const Folds& folds) : folds_(folds) {}
    bool on_step(const StepProgress&) override {
      return !folds_.stopping_ && (folds_.observer_ == nullptr || folds_.observer_->on_step());
    }

   private:
    const Folds& folds_;
  };

  /// Starts as many threads as the system gives; where it gives none, result() does the work.
  void start(std::size_t threads) {
    threads_.reserve(threads);
    try {
      for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
    }
  }

  void work() {
    for (std::size_t fold = next_++; fold < splits_.count && !stopping_; fold = next_++) settle(fold);
  }

  void settle(std::size_t fold) {
    Outcome outcome{.settled = true, .result = {}, .failure = {}};
    try {
      outcome.result = tested(fold);
    } catch (...) {
      outcome.failure = std::current_exception();
    }
    if (!outcome.result) next_ = splits_.count;  // no further fold is started
    {
      const std::scoped_lock lock(mutex_);
      outcomes_[fold] = std::move(outcome);
    }
    settled_.notify_all();
  }

  std::optional<FoldResult> tested(std::size_t fold) {
    const DataSplit split = fold == 0 ? *std::exchange(first_, std::nullopt) : splits_.split(fold);
    StopsWithAll observer(*this);
    const Trained trained = train(network_for_(split.train), split.train, options_, &observer);
    if (trained.stopped == StopReason::kInterrupted) return std::nullopt;
    FoldResult result{
        .fold = fold,
        .evaluation = evaluate(trained, split.test, {.threads = options_.threads, .target = options_.target}),
        .scores = {}};
    result.scores = fold_scores(result.evaluation, split.test);
    return result;
  }

  const FoldSplits& splits_;
  const NetworkFor& network_for_;
  TrainingOptions options_;  ///< with the threads of one fold
  CrossValidationObserver* observer_;
  std::vector<Outcome> outcomes_;
  std::optional<DataSplit> first_;  ///< fold 0's data, until it is trained on
  std::mutex mutex_;                ///< guards outcomes_
  std::condition_variable settled_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopping_{false};
  std::vector<std::jthread> threads_;  ///< last, so that they end before the members they use
};

}  // namespace

std::vector<NamedScore> fold_scores(const Evaluation& evaluation, const Dataset& tested) {
  if (const auto& classes = evaluation.classification) {
    return {{"accuracy", classes->accuracy},
            {"balanced_accuracy", classes->balanced_accuracy},
            {"macro_f1", classes->macro_f1},
            {"roc_auc", classes->roc_auc},
            {"log_loss", classes->log_loss}};
  }
  const auto& all = *evaluation.regression;
  if (all.targets.size() == 1) return {{"rmse", all.rmse}, {"mae", all.mae}, {"r2", all.r2}};
  std::vector<NamedScore> scores = {{"r2", all.r2}};
  for (std::size_t target = 0; target < all.targets.size(); ++target) {
    const bool named = target < tested.target_names.size();
    scores.push_back({kRmseOf + (named ? tested.target_names[target] : "target_" + std::to_string(target)),
                      all.targets[target].rmse});
  }
  return scores;
}

FoldScores over_folds(std::string name, std::vector<double> values) {
  FoldScores scores{.name = std::move(name), .values = std::move(values)};
  const auto count = static_cast<double>(scores.values.size());
  scores.mean = std::accumulate(scores.values.begin(), scores.values.end(), 0.0) / count;
  double squares = 0.0;
  for (const double value : scores.values) squares += (value - scores.mean) * (value - scores.mean);
  scores.deviation = std::sqrt(squares / (count - 1));
  return scores;
}

CrossValidation cross_validate(const FoldSplits& folds, const NetworkFor& network_for,
                               const TrainingOptions& options, CrossValidationObserver* observer) {
  require(folds.count > 0 && folds.split != nullptr && network_for != nullptr,
          "cross_validate: there must be folds and a network for each");
  CrossValidation result;
  std::vector<NamedScore> names;
  std::vector<std::vector<double>> values;
  Folds trained(folds, network_for, options, observer);
  for (std::size_t fold = 0; fold < folds.count; ++fold) {
    const auto done = trained.result(fold);
    if (!done) break;
    if (observer != nullptr) observer->on_fold(*done);
    result.rows.push_back(done->evaluation.rows);
    names = done->scores;
    values.resize(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) values[i].push_back(done->scores[i].value);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::ranges::all_of(values[i], [](double value) { return std::isfinite(value); }))
      result.scores.push_back(over_folds(names[i].name, std::move(values[i])));
  }
  return result;
}

}  // namespace mlp
