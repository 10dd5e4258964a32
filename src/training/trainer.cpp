// One step and everything it needs: see mlp/trainer.h.
#include "mlp/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

#include "core/counted.h"
#include "mlp/digest.h"
#include "mlp/version.h"
#include "network/text.h"
#include "network/validate.h"
#include "training/evaluation.h"
#include "training/examples.h"
#include "training/fine_tuning.h"
#include "training/input_density.h"
#include "training/model_examples.h"
#include "training/scaling.h"
#include "training/sparse_inputs.h"
#include "training/trainer_state.h"
#include "training/weights.h"

namespace mlp {

namespace {

/// Whether steps, which treat denormal numbers as zero, see this value as it was meant.
bool zero_or_float(double value) { return value == 0 || Range::positive_float().contains(value); }

/// The rows as the data set has decided; drawn here where it has not.
RowSplit rows_of(const Dataset& dataset, const TrainingOptions& options) {
  return dataset.validation_rows
             ? training_split(dataset)
             : draw_validation_rows(dataset, options.validation_fraction,
                                    options.validation_seed.value_or(options.seed), dataset.name);
}

/// The share of validation rows is known only where they are drawn.
RowUse row_use_of(const Dataset& dataset, const TrainingOptions& options) {
  RowUse use = dataset.row_use;
  if (!dataset.validation_rows) use.validation_fraction = options.validation_fraction;
  return use;
}

/// Whether a step by the decay alone takes weights beyond their negatives: |1 - learning_rate weight_decay|
/// > 1.
bool decays_too_much(const Optimizer& optimizer) {
  return learning_rate(optimizer) * weight_decay(optimizer).value_or(0) > 2;
}

/// A number of any size in a message.
std::string brief(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", number);
  return text;
}

AffineScaling learn_input_scaling(const Dataset& dataset, const TrainingOptions& options,
                                  std::span<const std::uint32_t> rows) {
  if (options.init != nullptr && options.keep_preprocessing) return options.init->input_scaling;
  const bool useful = options.standardize && !dataset.preprocessing;
  return useful ? input_scaling_of(dataset.inputs, rows) : AffineScaling{};
}

AffineScaling learn_target_scaling(const MultilayerPerceptron& network, const Dataset& dataset,
                                   const TrainingOptions& options, std::span<const std::uint32_t> rows) {
  if (options.init != nullptr && options.keep_preprocessing && keeps_output_layer(*options.init, dataset))
    return options.init->target_scaling;
  // Only a linear output reaches any target; behind a bounded activation a standardised target might be out
  // of reach.
  const bool unbounded = std::holds_alternative<Linear>(network.layers().back().activation);
  const bool useful = options.standardize && dataset.task() == Task::kRegression && unbounded;
  return useful ? target_scaling_of(dataset.targets, rows) : AffineScaling{};
}

/// `state`, checked: its parameters and moments fit this network and optimizer.
const TrainingState& checked_state(const TrainingState& state, const MultilayerPerceptron& network,
                                   const TrainingOptions& options) {
  const ParameterLayout layout(network);
  require(state.parameters.layout() == layout, "train: the state to resume from is of another network");
  require(state.moments.size() == static_cast<std::size_t>(moment_count(options.optimizer)),
          "train: the state to resume from is of another optimizer");
  for (const auto& moment : state.moments) {
    require(moment.layout() == layout, "train: the state to resume from has moments of another network");
  }
  return state;
}

}  // namespace

void check_training(const MultilayerPerceptron& network, const Dataset& dataset,
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
  require(dataset.task() == Task::kClassification || options.own_loss ||
              loss_targets(options.loss) != LossTargets::kClasses,
          "train: " + to_string(options.loss) +
              " needs classes, and this data set has numbers as targets; take another loss, such as "
              "SquaredError");
  require(options.validation_fraction == 0 || dataset.rows() > 1,
          "train: one row cannot be split for validation");
  check_init(network, dataset, options);
  validate(dataset);
}

TrainingState initial_state(const MultilayerPerceptron& network, const Dataset& dataset,
                            const TrainingOptions& options) {
  TrainingState state{.parameters = starting_parameters(network, dataset, options)};
  state.moments.assign(static_cast<std::size_t>(moment_count(options.optimizer)), Parameters(network));
  return state;
}

Trainer::State::State(const MultilayerPerceptron& network, const Dataset& the_dataset,
                      TrainingOptions the_options, const TrainingState& from)
    : dataset(the_dataset),
      options(std::move(the_options)),
      rows(rows_of(dataset, options)),
      batch_size(std::min(static_cast<std::size_t>(options.batch_size), rows.training.size())),
      computation{network, options.own_loss ? Loss(SquaredError{}) : options.loss,
                  learn_input_scaling(dataset, options, rows.training),
                  learn_target_scaling(network, dataset, options, rows.training)},
      weight_unit(mlp::weight_unit(dataset, rows.training)),
      source(std::make_unique<ShuffledRows>(examples_of(dataset, weight_unit), rows.training, batch_size,
                                            options.seed)),
      steps(from.step) {
  const TrainingState& state = checked_state(from, network, options);
  engine = engine::training_engine(computation, options.optimizer, state.parameters, state.moments,
                                   {.common = {.max_batch = batch_size,
                                               .threads = options.own_loss ? 1 : options.threads,
                                               .target = options.target,
                                               .skips_zeros = skips_zeros(options.sparse_inputs)},
                                    .input_density = input_density(dataset.inputs, computation.input_scaling),
                                    .bfloat16 = options.precision == Precision::kBFloat16});
}

double Trainer::State::step(engine::Batch batch) {
  if (options.own_loss) batch.own_loss = &options.own_loss;
  const double loss = engine->train(batch, {.step = steps,
                                            .rate_factor = rate_factor(steps),
                                            .seed = options.seed,
                                            .l2 = options.l2,
                                            .clip_norm = options.clip_norm});
  const double mean = loss / static_cast<double>(batch.rows.size());
  if (!std::isfinite(loss)) throw divergence(mean);
  last_loss_ = mean;
  ++steps;
  return loss;
}

RowsEvaluation Trainer::State::evaluate(std::span<const std::uint32_t> some) {
  return evaluate_rows(*engine, computation.target_scaling, batch_size, dataset, some, weight_unit,
                       options.own_loss ? &options.own_loss : nullptr);
}

Parameters Trainer::State::parameters() {
  Parameters result = engine->parameters();
  throw_if_not_finite(result, "a parameter");
  return result;
}

std::vector<Parameters> Trainer::State::moments() {
  auto result = engine->moments();
  for (const auto& moment : result) throw_if_not_finite(moment, "the optimizer's state");
  return result;
}

Model Trainer::State::model(const Parameters& parameters, TrainingRecord record) const {
  record.dataset = dataset.name;
  record.optimizer = to_string(options.optimizer);
  record.schedule = to_string(options.schedule);
  record.library_version = version();
  record.seed = options.seed;
  record.steps = steps;
  record.training_rows = rows.training.size();
  record.learning_rate = learning_rate(options.optimizer);
  record.batch_size = static_cast<std::uint64_t>(options.batch_size);
  record.l2 = options.l2;
  record.row_use = row_use_of(dataset, options);
  if (options.init != nullptr)
    record.fine_tuned_from = {.digest = digest(*options.init),
                              .dataset = options.init->record.dataset,
                              .kept_preprocessing = options.keep_preprocessing};
  Model model{.network = computation.network,
              .parameters = parameters,
              .loss = options.loss,
              .input_scaling = computation.input_scaling,
              .target_scaling = computation.target_scaling,
              .feature_names = dataset.feature_names,
              .class_names = dataset.class_names,
              .target_names = dataset.target_names,
              .unit = dataset.unit,
              .image = dataset.image,
              .preprocessing = dataset.preprocessing,
              .record = std::move(record),
              .examples = {},
              .input_units = dataset.input_units};
  model.examples = make_examples(model, dataset.inputs, rows.training,
                                 static_cast<std::size_t>(options.examples), options.target);
  return model;
}

double Trainer::State::rate_factor(std::uint64_t step) const {
  const std::uint64_t per_epoch = source->batches();
  const std::uint64_t all = per_epoch * static_cast<std::uint64_t>(options.epochs);
  return learning_rate_factor(options.schedule, std::min(step, all - 1), all, per_epoch);
}

double Trainer::State::learning_rate_of(std::uint64_t step) const {
  return learning_rate(options.optimizer) * rate_factor(step);
}

/// The error for the step just computed, not yet counted, with this loss.
DivergenceError Trainer::State::divergence(double loss) const {
  const std::size_t layers = computation.network.depth();
  const std::size_t layer = engine->first_non_finite_layer();
  const std::string where =
      layer < layers
          ? layer_text(layer) + " is the first with a value that is not finite"
          : "the outputs of " + layer_text(layers - 1) + " are finite, but too far from the targets";
  return diverged(steps, std::string("the loss became ") + (std::isnan(loss) ? "NaN" : "infinite"), where);
}

/// For a check after a step.
void Trainer::State::throw_if_not_finite(const Parameters& numbers, const std::string& what) const {
  const auto values = numbers.values();
  const auto bad = std::ranges::find_if_not(values, [](float p) { return std::isfinite(p); });
  if (bad == values.end()) return;
  const auto index = static_cast<std::size_t>(bad - values.begin());
  const auto blocks = numbers.layout().blocks();
  std::size_t layer = 0;
  while (layer + 1 < blocks.size() && blocks[layer + 1].weight <= index) ++layer;
  throw diverged(steps - 1, "the loss was " + brief(last_loss_) + " but " + what + " is no longer finite",
                 layer_text(layer));
}

std::string Trainer::State::layer_text(std::size_t index) const {
  const Layer& layer = computation.network.layer(index);
  return "layer " + std::to_string(index + 1) + " (" + std::to_string(layer.fan_in) + " -> " +
         std::to_string(layer.fan_out) + " " + to_string(layer.activation) + ")";
}

/// `step` counts from 0, as in rate_factor().
DivergenceError Trainer::State::diverged(std::uint64_t step, const std::string& what,
                                         const std::string& where) const {
  const double highest = learning_rate(options.optimizer), rate = learning_rate_of(step);
  return DivergenceError("training diverged in epoch " + std::to_string(step / source->batches() + 1) +
                             ", step " + std::to_string(step + 1) + ": " + what + "; " + where,
                         std::string(decays_too_much(options.optimizer) ? "lower weight_decay, or "
                                     : options.l2 > 0                   ? "lower l2, or "
                                                                        : "") +
                             "lower the learning rate (it was " + brief(rate) +
                             (rate < highest ? " at that step, of " + brief(highest) + " at most" : "") +
                             "), or clip gradients by norm, or look for extreme values in the inputs");
}

Trainer::Trainer(const MultilayerPerceptron& network, const Dataset& dataset, const TrainingOptions& options,
                 const TrainingState* from) {
  check_training(network, dataset, options);
  state_ = std::make_unique<State>(network, dataset, options,
                                   from ? *from : initial_state(network, dataset, options));
}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

std::span<const std::uint32_t> Trainer::training_rows() const { return state_->rows.training; }
std::span<const std::uint32_t> Trainer::validation_rows() const { return state_->rows.held_out; }

std::vector<std::span<const std::uint32_t>> Trainer::batches(std::uint64_t epoch) {
  state_->epoch_rows = state_->source->epoch_rows(epoch);
  std::vector<std::span<const std::uint32_t>> batches;
  for (std::span<const std::uint32_t> left = state_->epoch_rows; !left.empty();) {
    batches.push_back(left.first(std::min(left.size(), state_->source->batch_rows())));
    left = left.subspan(batches.back().size());
  }
  return batches;
}

namespace {

void check_rows(std::span<const std::uint32_t> rows, std::size_t count, const char* who) {
  require(!rows.empty(), std::string(who) + ": no rows");
  require(std::ranges::all_of(rows, [&](std::uint32_t row) { return row < count; }),
          std::string(who) + ": the data set has " + counted(count, "row") + ", and no row " +
              std::to_string(std::ranges::max(rows)));
}

}  // namespace

double Trainer::step(std::span<const std::uint32_t> rows) {
  check_rows(rows, state_->dataset.rows(), "Trainer::step");
  require(rows.size() <= state_->batch_size, "Trainer::step: at most " + std::to_string(state_->batch_size) +
                                                 " rows a step, not " + std::to_string(rows.size()));
  const double loss = state_->step({examples_of(state_->dataset, state_->weight_unit), rows});
  return loss / static_cast<double>(rows.size());
}

std::uint64_t Trainer::steps() const { return state_->steps; }

int Trainer::threads() const { return state_->engine->threads(); }

RowsEvaluation Trainer::evaluate(std::span<const std::uint32_t> rows) {
  check_rows(rows, state_->dataset.rows(), "Trainer::evaluate");
  return state_->evaluate(rows);
}

Parameters Trainer::parameters() { return state_->parameters(); }
std::vector<Parameters> Trainer::moments() { return state_->moments(); }

Model Trainer::model() {
  return state_->model(parameters(),
                       {.train_loss = EpochRecord::kNone, .validation_loss = EpochRecord::kNone});
}

}  // namespace mlp
