// The training loop: epochs of shuffled mini-batches, validation, early stopping, observers. See mlp/train.h.
//
// Every epoch's order is a pure function of (seed, epoch) and every dropout mask of (seed, step), so a
// TrainingState in the middle of an epoch is all it takes to go on as if nothing had happened.
#include "mlp/train.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

#include "core/counted.h"
#include "core/random.h"
#include "engine/step.h"
#include "mlp/split.h"
#include "mlp/version.h"
#include "network/text.h"
#include "network/validate.h"
#include "training/elastic_engine.h"
#include "training/evaluation.h"
#include "training/examples.h"
#include "training/input_density.h"
#include "training/scaling.h"
#include "training/sparse_inputs.h"
#include "training/thread_choice.h"
#include "training/weights.h"

namespace mlp {

namespace {

/// Whether steps, which take denormal numbers for zero, see this one as it was meant.
bool zero_or_float(double value) { return value == 0 || Range::positive_float().contains(value); }

void check_arguments(const MultilayerPerceptron& network, const Dataset& dataset,
                     const TrainingOptions& options) {
  const auto text = [](auto number) { return std::to_string(number); };
  const auto in_range = [](const auto& choice) {
    const std::string problem = range_problem(choice);
    require(problem.empty(), "train: " + problem);
  };
  in_range(options.loss);
  in_range(options.optimizer);
  in_range(options.schedule);
  require(options.epochs > 0, "train: epochs must be at least 1, not " + text(options.epochs));
  require(options.batch_size > 0,
          "train: the batch size must be at least 1, not " + text(options.batch_size));
  require(zero_or_float(options.l2), "train: l2 must be 0, or from 1.2e-38 to 3.4e+38");
  require(zero_or_float(options.clip_norm), "train: clip_norm must be 0, or from 1.2e-38 to 3.4e+38");
  require(options.validation_fraction >= 0 && options.validation_fraction < 1,
          "train: the validation fraction must lie in [0, 1)");
  require(options.early_stopping >= 0, "train: the patience of early stopping must not be negative");
  require(
      !dataset.validation_rows || options.validation_fraction == 0,
      "train: the data set says which rows validate; leave validation_fraction at 0 (a table's is given to "
      "split_table, which learns from the other rows)");
  require(options.early_stopping == 0 || options.validation_fraction > 0 ||
              (dataset.validation_rows && !dataset.validation_rows->empty()),
          "train: early stopping needs validation rows; set validation_fraction");
  require(options.examples >= 0, "train: the number of examples must not be negative");
  require(options.threads >= 0, "train: the number of threads must not be negative");
  require(dataset.rows() > 0, "train: the data set has no rows");
  require(dataset.labels.empty() || !dataset.class_names.empty(),
          "train: the data set has labels but no class_names; give each class a name");
  require(!dataset.preprocessing || dataset.preprocessing->width() == dataset.features(),
          "train: the data set's inputs are not those of its preprocessing");
  require(network.fan_in() == dataset.features(), "train: the network takes " +
                                                      counted(network.fan_in(), "feature") +
                                                      ", the data set has " + text(dataset.features()));
  require(network.fan_out() == dataset.outputs(),
          "train: the network has " + counted(network.fan_out(), "output") + ", the data set " +
              counted(dataset.outputs(), dataset.task() == Task::kClassification ? "class" : "target"));
  require(dataset.task() == Task::kClassification || !std::holds_alternative<CrossEntropy>(options.loss),
          "train: cross_entropy needs classes, and this data set has numbers as targets; "
          "take another loss, such as SquaredError");
  require(options.validation_fraction == 0 || dataset.rows() > 1,
          "train: one row cannot be split for validation");
}

/// As the data set has decided; drawn here where it has not.
RowSplit rows_of(const Dataset& dataset, const TrainingOptions& options) {
  return dataset.validation_rows
             ? training_split(dataset)
             : draw_validation_rows(dataset, options.validation_fraction, options.seed, dataset.name);
}

/// Who draws the validation rows knows their share.
RowUse row_use_of(const Dataset& dataset, const TrainingOptions& options) {
  RowUse use = dataset.row_use;
  if (!dataset.validation_rows) use.validation_fraction = options.validation_fraction;
  return use;
}

/// A number of any size in a message.
std::string brief(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", number);
  return text;
}

AffineScaling learn_input_scaling(const Dataset& dataset, const TrainingOptions& options,
                                  std::span<const std::uint32_t> rows) {
  const bool useful = options.standardize && !dataset.preprocessing;
  return useful ? input_scaling_of(dataset.inputs, rows) : AffineScaling{};
}

AffineScaling learn_target_scaling(const MultilayerPerceptron& network, const Dataset& dataset,
                                   const TrainingOptions& options, std::span<const std::uint32_t> rows) {
  // Only a linear output reaches any target; behind a bounded activation a standardised target might be out
  // of reach.
  const bool unbounded = std::holds_alternative<Linear>(network.layers().back().activation);
  const bool useful = options.standardize && dataset.task() == Task::kRegression && unbounded;
  return useful ? target_scaling_of(dataset.targets, rows) : AffineScaling{};
}

/// What the plan should multiply wide layers with.
const kernels::BFloat16Kernels* bfloat16_for(const TrainingOptions& options) {
  if (options.precision == Precision::kFloat32) return nullptr;
  return &kernels::bfloat16_kernels_for(kernels::kernels_for(options.target));
}

TrainingState initial_state(const MultilayerPerceptron& network, const TrainingOptions& options) {
  TrainingState state{.parameters = initialize(network, options.seed)};
  state.moments.assign(static_cast<std::size_t>(moment_count(options.optimizer)), Parameters(network));
  return state;
}

/// `state`, if a run of these can go on from it.
const TrainingState& checked_state(const TrainingState& state, const MultilayerPerceptron& network,
                                   const TrainingOptions& options, std::uint64_t steps_per_epoch) {
  const ParameterLayout layout(network);
  require(state.parameters.layout() == layout, "train: the state to resume from is of another network");
  require(state.moments.size() == static_cast<std::size_t>(moment_count(options.optimizer)),
          "train: the state to resume from is of another optimizer");
  for (const auto& moment : state.moments) {
    require(moment.layout() == layout, "train: the state to resume from has moments of another network");
  }
  require(state.batch < steps_per_epoch && state.step == state.epoch * steps_per_epoch + state.batch &&
              state.history.size() == state.epoch,
          "train: the state to resume from does not fit this batch size and data set");
  require(
      state.best_epoch <= state.epoch && (state.best_epoch == 0 || state.best_parameters.layout() == layout),
      "train: the state to resume from has no parameters for its best epoch");
  return state;
}

/// One training run; the members are what the loop's parts share.
class Run {
 public:
  Run(const MultilayerPerceptron& network, const Dataset& dataset, const TrainingOptions& options,
      TrainingObserver* observer, const TrainingState* resume_from)
      : dataset_(dataset),
        options_(options),
        observer_(observer),
        rows_(rows_of(dataset, options)),
        batch_size_(std::min(static_cast<std::size_t>(options.batch_size), rows_.training.size())),
        steps_per_epoch_((rows_.training.size() + batch_size_ - 1) / batch_size_),
        input_scaling_(learn_input_scaling(dataset, options, rows_.training)),
        target_scaling_(learn_target_scaling(network, dataset, options, rows_.training)),
        weight_unit_(weight_unit(dataset, rows_.training)),
        state_(resume_from ? checked_state(*resume_from, network, options, steps_per_epoch_)
                           : initial_state(network, options)),
        engine_(plan_maker(network), options.threads, state_.parameters, state_.moments),
        threads_(options.threads > 0 ? std::vector{options.threads} : halved_down(engine_.plan().threads())) {
  }

  Trained finish(StopReason reason) && {
    const bool best =
        options_.early_stopping > 0 && state_.best_epoch > 0 && reason != StopReason::kInterrupted;
    const EpochRecord* kept = state_.history.empty() ? nullptr
                              : best                 ? &state_.history[state_.best_epoch - 1]
                                                     : &state_.history.back();
    double seconds = state_.epoch_seconds;
    for (const auto& record : state_.history) seconds += record.seconds;
    const engine::Plan& plan = engine_.plan();
    Model model{.network = plan.network(),
                .parameters = best ? state_.best_parameters : state_.parameters,
                .loss = options_.loss,
                .input_scaling = input_scaling_,
                .target_scaling = target_scaling_,
                .feature_names = dataset_.feature_names,
                .class_names = dataset_.class_names,
                .target_names = dataset_.target_names,
                .unit = dataset_.unit,
                .image = dataset_.image,
                .preprocessing = dataset_.preprocessing,
                .record = {.dataset = dataset_.name,
                           .optimizer = to_string(options_.optimizer),
                           .schedule = to_string(options_.schedule),
                           .library_version = version(),
                           .seed = options_.seed,
                           .epochs = state_.epoch,
                           .steps = state_.step,
                           .training_rows = rows_.training.size(),
                           .learning_rate = learning_rate(options_.optimizer),
                           .batch_size = static_cast<std::uint64_t>(options_.batch_size),
                           .l2 = options_.l2,
                           .train_loss = kept ? kept->train_loss : EpochRecord::kNone,
                           .validation_loss = kept ? kept->validation_loss : EpochRecord::kNone,
                           .seconds = seconds,
                           .row_use = row_use_of(dataset_, options_)},
                .examples = {},
                .input_units = dataset_.input_units};
    model.examples = make_examples(model, dataset_.inputs, rows_.training,
                                   static_cast<std::size_t>(options_.examples), options_.target);
    return {.model = std::move(model),
            .state = std::move(state_),
            .stopped = reason,
            .threads = plan.threads(),
            .sparse_inputs = plan.sparse_inputs(),
            .bfloat16_layers =
                static_cast<int>(std::ranges::count_if(plan.layers(), &engine::LayerPlan::bfloat16))};
  }

  StopReason run() {
    if (early_stop_due()) return StopReason::kEarlyStopping;
    while (state_.epoch < static_cast<std::uint64_t>(options_.epochs)) {
      if (!run_steps()) return StopReason::kInterrupted;
      finish_epoch();
      if (early_stop_due()) return StopReason::kEarlyStopping;
    }
    return StopReason::kFinished;
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::function<engine::Plan(int)> plan_maker(const MultilayerPerceptron& network) const {
    return [this, &network, density = input_density(dataset_.inputs, input_scaling_),
            bfloat16 = bfloat16_for(options_)](int threads) {
      return engine::Plan(network, options_.loss, options_.optimizer, input_scaling_, target_scaling_,
                          {.max_batch = batch_size_,
                           .threads = threads,
                           .available_threads = available_cores(),
                           .target = options_.target,
                           .input_density = density,
                           .bfloat16 = bfloat16,
                           .choices = {.skips_zeros = skips_zeros(options_.sparse_inputs)}});
    };
  }

  /// The rest of the current epoch's steps; false when the observer asked to stop.
  bool run_steps() {
    std::vector<std::uint32_t> order = permutation(
        rows_.training.size(), RandomStream(options_.seed, RandomPurpose::kShuffle, 0, state_.epoch));
    for (std::uint32_t& row : order) row = rows_.training[row];

    auto start = Clock::now();
    threads_.begin();
    const auto stop_the_clock = [&] {
      threads_.pause();
      const auto now = Clock::now();
      state_.epoch_seconds += std::chrono::duration<double>(now - start).count();
      start = now;
    };
    while (state_.batch < steps_per_epoch_) {
      const std::size_t begin = static_cast<std::size_t>(state_.batch) * batch_size_;
      const auto left = std::span<const std::uint32_t>(order).subspan(begin);
      const auto rows = left.first(std::min(batch_size_, left.size()));
      const double loss = engine::train_step(engine_.plan(), engine_.workspace(), engine_.team(),
                                             {dataset_, rows, left.subspan(rows.size()), weight_unit_},
                                             {.step = state_.step,
                                              .rate_factor = rate_factor(state_.step),
                                              .seed = options_.seed,
                                              .l2 = options_.l2,
                                              .clip_norm = options_.clip_norm});
      if (!std::isfinite(loss)) throw divergence(loss / static_cast<double>(rows.size()));
      state_.epoch_loss += loss;
      ++state_.step;
      ++state_.batch;
      if (threads_.after_step()) engine_.use_threads(threads_.threads());
      if (observer_ && !observer_->on_step(progress(begin + rows.size()))) {
        stop_the_clock();
        if (state_.batch == steps_per_epoch_) finish_epoch();
        export_state();
        return false;
      }
      if (observer_ && state_.batch < steps_per_epoch_ && observer_->wants_state()) {
        stop_the_clock();
        export_state();
        observer_->on_state(state_);
        start = Clock::now();
        threads_.begin();
      }
    }
    stop_the_clock();
    return true;
  }

  void finish_epoch() {
    export_state();
    const double rows = static_cast<double>(rows_.training.size());
    EpochRecord record{.epoch = state_.epoch + 1,
                       .train_loss = state_.epoch_loss / rows,
                       .learning_rate = learning_rate(options_.optimizer) * rate_factor(state_.step - 1),
                       .seconds = state_.epoch_seconds,
                       .samples_per_second = rows / std::max(state_.epoch_seconds, 1e-9)};
    if (!rows_.held_out.empty()) {
      const auto [loss, metric] = evaluate_rows(engine_.plan(), engine_.workspace(), engine_.team(), dataset_,
                                                rows_.held_out, weight_unit_);
      record.validation_loss = loss;
      record.validation_metric = metric;
    }
    state_.history.push_back(record);
    ++state_.epoch;
    state_.batch = 0;
    state_.epoch_loss = 0;
    state_.epoch_seconds = 0;
    remember_best(record);
    if (observer_) observer_->on_epoch(record, state_);
  }

  void remember_best(const EpochRecord& record) {
    if (options_.early_stopping == 0) return;
    const double best = state_.best_epoch == 0 ? std::numeric_limits<double>::infinity()
                                               : state_.history[state_.best_epoch - 1].validation_loss;
    if (!(record.validation_loss < best)) return;  // a NaN is never the best
    state_.best_epoch = record.epoch;
    state_.best_parameters = state_.parameters;
  }

  bool early_stop_due() const {
    return options_.early_stopping > 0 && state_.best_epoch > 0 &&
           state_.epoch - state_.best_epoch >= static_cast<std::uint64_t>(options_.early_stopping);
  }

  /// Parameters and moments from the engine's packed form to the state, and all of them finite.
  void export_state() {
    state_.parameters = engine_.parameters();
    throw_if_not_finite(state_.parameters, "a parameter");
    state_.moments = engine_.moments();
    for (const auto& moment : state_.moments) throw_if_not_finite(moment, "the optimizer's state");
  }

  double rate_factor(std::uint64_t step) const {
    return learning_rate_factor(options_.schedule, step,
                                steps_per_epoch_ * static_cast<std::uint64_t>(options_.epochs),
                                steps_per_epoch_);
  }

  StepProgress progress(std::size_t rows_done) const {
    return {.epoch = state_.epoch + 1,
            .epochs = static_cast<std::uint64_t>(options_.epochs),
            .batch = state_.batch,
            .batches = steps_per_epoch_,
            .mean_loss = state_.epoch_loss / static_cast<double>(rows_done)};
  }

  /// The step just computed, not yet counted, has this loss.
  DivergenceError divergence(double loss) const {
    const std::size_t layers = engine_.plan().network().depth();
    const std::size_t layer = engine::first_non_finite_layer(engine_.workspace());
    const std::string where =
        layer < layers
            ? layer_text(layer) + " is the first with a value that is not finite"
            : "the outputs of " + layer_text(layers - 1) + " are finite, but too far from the targets";
    return diverged(state_.step, std::string("the loss became ") + (std::isnan(loss) ? "NaN" : "infinite"),
                    where);
  }

  /// After a step.
  void throw_if_not_finite(const Parameters& numbers, const std::string& what) const {
    const auto values = numbers.values();
    const auto bad = std::ranges::find_if_not(values, [](float p) { return std::isfinite(p); });
    if (bad != values.end()) throw divergence_of(what, static_cast<std::size_t>(bad - values.begin()));
  }

  DivergenceError divergence_of(const std::string& what, std::size_t index) const {
    const auto blocks = state_.parameters.layout().blocks();
    std::size_t layer = 0;
    while (layer + 1 < blocks.size() && blocks[layer + 1].weight <= index) ++layer;
    const std::size_t rows =
        std::min(static_cast<std::size_t>(state_.batch) * batch_size_, rows_.training.size());
    const double mean_loss = state_.epoch_loss / static_cast<double>(rows);
    return diverged(state_.step - 1,
                    "the loss was " + brief(mean_loss) + " but " + what + " is no longer finite",
                    layer_text(layer));
  }

  std::string layer_text(std::size_t index) const {
    const Layer& layer = engine_.plan().network().layer(index);
    return "layer " + std::to_string(index + 1) + " (" + std::to_string(layer.fan_in) + " -> " +
           std::to_string(layer.fan_out) + " " + to_string(layer.activation) + ")";
  }

  /// `step` counted from 0, as in rate_factor().
  DivergenceError diverged(std::uint64_t step, const std::string& what, const std::string& where) const {
    const double highest = learning_rate(options_.optimizer);
    const double rate = highest * rate_factor(step);
    return DivergenceError("training diverged in epoch " + std::to_string(state_.epoch + 1) + ", step " +
                               std::to_string(step + 1) + ": " + what + "; " + where,
                           std::string(options_.l2 > 0 ? "lower l2, or " : "") +
                               "lower the learning rate (it was " + brief(rate) +
                               (rate < highest ? " at that step, of " + brief(highest) + " at most" : "") +
                               "), or clip gradients by norm, or look for extreme values in the inputs");
  }

  const Dataset& dataset_;
  const TrainingOptions& options_;
  TrainingObserver* observer_;
  RowSplit rows_;
  std::size_t batch_size_;
  std::uint64_t steps_per_epoch_;
  AffineScaling input_scaling_, target_scaling_;
  double weight_unit_;
  TrainingState state_;
  ElasticEngine engine_;
  ThreadChoice threads_;
};

}  // namespace

Trained train(const MultilayerPerceptron& network, const Dataset& dataset, const TrainingOptions& options,
              TrainingObserver* observer, const TrainingState* resume_from) {
  check_arguments(network, dataset, options);
  validate(dataset);
  Run run(network, dataset, options, observer, resume_from);
  const StopReason reason = run.run();
  return std::move(run).finish(reason);
}

}  // namespace mlp
