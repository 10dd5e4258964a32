// The training loop: what it trains on, what it keeps, what it reports, what it refuses.
#include "mlp/train.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <set>
#include <thread>

#include "mlp/reference.h"
#include "training/toy.h"

namespace mlp {
namespace {

using test::same_bits;

TEST(Train, SameBitsForAnyNumberOfThreads) {
  const Dataset dataset = test::toy_classes(200);
  const MultilayerPerceptron network = parse_network("40:relu:0.2,33:mish,3:softmax", 6);
  TrainingOptions options{.optimizer = AdamW{}, .epochs = 3, .batch_size = 32, .clip_norm = 0.5};
  options.validation_fraction = 0.2;
  options.threads = 1;
  const Trained expected = train(network, dataset, options);
  EXPECT_FALSE(same_bits(expected.model.parameters, initialize(network, options.seed)));
  for (const int threads : {2, 3, 4}) {
    options.threads = threads;
    const Trained found = train(network, dataset, options);
    EXPECT_EQ(found.threads, threads);
    EXPECT_TRUE(same_bits(found.model.parameters, expected.model.parameters)) << threads << " threads";
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(same_bits(found.history()[i].train_loss, expected.history()[i].train_loss));
      EXPECT_TRUE(same_bits(found.history()[i].validation_loss, expected.history()[i].validation_loss));
    }
  }
}

TEST(Train, TheSeedDecides) {
  const Dataset dataset = test::toy_classes(60);
  const MultilayerPerceptron network = parse_network("5:tanh,3:softmax", 6);
  const auto trained = [&](std::uint64_t seed) {
    return train(network, dataset, {.epochs = 2, .seed = seed});
  };
  EXPECT_TRUE(same_bits(trained(1).model.parameters, trained(1).model.parameters));
  EXPECT_FALSE(same_bits(trained(1).model.parameters, trained(2).model.parameters));
}

/// Row n has feature n alone, so that weight n tells how often row n was trained on: under the absolute error
/// and a target out of reach every visit adds learning rate / rows in the batch.
TEST(Train, EachEpochVisitsEveryTrainingRowOnceAndNoOther) {
  constexpr std::size_t kRows = 25;
  Dataset dataset{.inputs = Matrix<float>(kRows, kRows), .targets = Matrix<float>(kRows, 1)};
  for (std::size_t n = 0; n < kRows; ++n) {
    std::get<Matrix<float>>(dataset.inputs)(n, n) = 1;
    dataset.targets(n, 0) = 1e6f;
  }
  const MultilayerPerceptron network = parse_network("1:linear", kRows);
  const TrainingOptions options{.loss = MeanAbsoluteError{},
                                .optimizer = SGD{0.5},
                                .epochs = 3,
                                .batch_size = 5,
                                .validation_fraction = 0.2,
                                .standardize = false};
  const Trained trained = train(network, dataset, options);
  const Parameters start = initialize(network, options.seed);
  const RowSplit split = validation_split(kRows, 0.2, options.seed);
  ASSERT_EQ(split.training.size(), 20u);
  for (std::uint32_t n = 0; n < kRows; ++n) {
    const bool validation = std::ranges::binary_search(split.held_out, n);
    const float change = trained.model.parameters.weight(0)(n, 0) - start.weight(0)(n, 0);
    EXPECT_NEAR(change, validation ? 0 : 3 * 0.5 / 5, 1e-6) << "row " << n;
  }
}

TEST(Train, TheDataSetSaysWhichRowsValidate) {
  const MultilayerPerceptron network = parse_network("7:tanh,3:softmax", 6);
  TrainingOptions options{.epochs = 3, .batch_size = 8, .seed = 4};
  Dataset dataset = test::toy_classes(90);
  options.validation_fraction = 0.3;
  const Trained drawn = train(network, dataset, options);
  options.validation_fraction = 0;

  // Decided: the rows that would have been drawn.
  dataset.validation_rows = draw_validation_rows(dataset, 0.3, 4, dataset.name).held_out;
  ASSERT_EQ(dataset.validation_rows->size(), 27u);
  const Trained decided = train(network, dataset, options);
  EXPECT_TRUE(same_bits(decided.model.parameters, drawn.model.parameters));
  EXPECT_TRUE(same_bits(decided.history()[2].validation_loss, drawn.history()[2].validation_loss));
  EXPECT_EQ(decided.model.record.training_rows, 63u);
  EXPECT_EQ(drawn.model.record.row_use, RowUse{.validation_fraction = 0.3});
  EXPECT_EQ(decided.model.record.row_use, RowUse{}) << "who decided may say how in the data set";
  dataset.row_use = {.validation_fraction = 0.3, .weight_column = "w", .balanced_classes = true};
  EXPECT_EQ(train(network, dataset, options).model.record.row_use, dataset.row_use);

  // Other rows are followed, with or without early stopping; their content does not change the parameters.
  dataset.validation_rows = std::vector<std::uint32_t>{0, 7, 8, 89};
  const Trained others = train(network, dataset, options);
  EXPECT_EQ(others.model.record.training_rows, 86u);
  const auto held_out = evaluate(others, test::subset(dataset, *dataset.validation_rows));
  EXPECT_NEAR(held_out.loss, others.history()[2].validation_loss, 1e-6);
  for (const std::uint32_t row : *dataset.validation_rows) {
    for (float& x : std::get<Matrix<float>>(dataset.inputs).row(row)) x = 1000;
    dataset.labels[row] = (dataset.labels[row] + 1) % 3;
  }
  const Trained spoiled = train(network, dataset, options);
  EXPECT_TRUE(same_bits(spoiled.model.parameters, others.model.parameters));
  EXPECT_EQ(spoiled.model.input_scaling.shift, others.model.input_scaling.shift);
  EXPECT_FALSE(same_bits(spoiled.history()[2].validation_loss, others.history()[2].validation_loss));
  options.early_stopping = 3;
  EXPECT_EQ(train(network, dataset, options).model.record.training_rows, 86u);

  const auto refused = [&] { EXPECT_THROW(train(network, dataset, options), std::invalid_argument); };
  dataset.validation_rows->clear();
  refused();  // nothing to watch
  options.early_stopping = 0;
  EXPECT_EQ(train(network, dataset, options).model.record.training_rows, 90u);
  options.validation_fraction = 0.1;
  refused();  // two settings for the same thing
}

/// Records what train() reports.
class Recorder : public TrainingObserver {
 public:
  bool on_step(const StepProgress& progress) override {
    steps.push_back(progress);
    events += 's';
    thread = std::this_thread::get_id();
    return true;
  }
  bool on_epoch(const EpochRecord& record, const TrainingState& state) override {
    records.push_back(record);
    parameters.push_back(state.parameters);
    events += 'e';
    return true;
  }
  std::vector<StepProgress> steps;
  std::vector<EpochRecord> records;
  std::vector<Parameters> parameters;
  std::string events;
  std::thread::id thread;
};

/// The rows in the order in which one epoch trains on them, found from the losses of batches of one row,
/// whose targets differ.
std::vector<std::vector<int>> orders_of_epochs(std::uint64_t seed) {
  constexpr std::size_t kRows = 12;
  Dataset dataset{.inputs = Matrix<float>(kRows, 1), .targets = Matrix<float>(kRows, 1)};
  for (std::size_t n = 0; n < kRows; ++n) dataset.targets(n, 0) = static_cast<float>(n);
  Recorder recorder;
  train(parse_network("1:linear", 1), dataset,
        {.loss = MeanAbsoluteError{},
         .optimizer = SGD{1e-30},
         .epochs = 2,
         .batch_size = 1,
         .standardize = false,
         .seed = seed},
        &recorder);
  std::vector<std::vector<int>> orders(2);
  double before = 0;
  for (const StepProgress& step : recorder.steps) {
    if (step.batch == 1) before = 0;
    const double sum = step.mean_loss * static_cast<double>(step.batch);
    orders.at(step.epoch - 1).push_back(static_cast<int>(std::lround(sum - before)));
    before = sum;
  }
  return orders;
}

TEST(Train, EveryEpochIsShuffledAnew) {
  const auto orders = orders_of_epochs(1);
  std::vector<int> identity(12);
  std::iota(identity.begin(), identity.end(), 0);
  for (std::vector<int> order : orders) {
    EXPECT_NE(order, identity);
    std::ranges::sort(order);
    EXPECT_EQ(order, identity);
  }
  EXPECT_NE(orders[0], orders[1]);
  EXPECT_EQ(orders_of_epochs(1), orders);
  EXPECT_NE(orders_of_epochs(2), orders);
}

TEST(Train, OneFullBatchStepIsTheReferences) {
  const Dataset dataset = test::toy_numbers(40);
  const MultilayerPerceptron network = parse_network("7:tanh,1:linear", 4);
  const TrainingOptions options{.loss = SquaredError{},
                                .optimizer = SGD{0.1},
                                .epochs = 1,
                                .batch_size = 40,
                                .l2 = 0.01,
                                .standardize = false,
                                .seed = 5};
  const Trained trained = train(network, dataset, options);
  const Parameters start = initialize(network, 5);
  BasicParameters<double> parameters(network);
  std::ranges::copy(start.values(), parameters.values().begin());
  Matrix<double> X(40, 4), Y(40, 1);
  std::ranges::copy(std::get<Matrix<float>>(dataset.inputs).values(), X.values().begin());
  std::ranges::copy(dataset.targets.values(), Y.values().begin());
  const auto [loss, gradients] =
      reference::loss_and_gradients<double>(network, parameters, SquaredError{}, X, Y, {}, {}, 0.01);
  double penalty = 0;
  for (std::size_t layer = 0; layer < 2; ++layer) {
    const auto W = parameters.weight(layer);
    for (std::size_t i = 0; i < W.rows() * W.columns(); ++i) penalty += 0.01 / 2 * W.data()[i] * W.data()[i];
  }
  EXPECT_NEAR(trained.history().at(0).train_loss, loss - penalty, 1e-5 * loss);
  for (std::size_t i = 0; i < gradients.values().size(); ++i) {
    EXPECT_NEAR(trained.model.parameters.values()[i], parameters.values()[i] - 0.1 * gradients.values()[i],
                1e-5);
  }
}

// --- Validation and early stopping -------------------------------------------------------------------------

TEST(Train, ValidationRowsTeachNothing) {
  const Dataset clean = test::toy_numbers(80);
  const MultilayerPerceptron network = parse_network("9:tanh,1:linear", 4);
  const TrainingOptions options{
      .loss = SquaredError{}, .epochs = 4, .batch_size = 16, .validation_fraction = 0.25, .seed = 11};
  const RowSplit split = validation_split(80, 0.25, 11);
  Dataset poisoned = clean;
  for (const std::uint32_t row : split.held_out) {
    poisoned.targets(row, 0) = -1e4f;
    for (float& x : std::get<Matrix<float>>(poisoned.inputs).row(row)) x = 500;
  }
  const Trained expected = train(network, clean, options), found = train(network, poisoned, options);
  EXPECT_TRUE(same_bits(found.model.parameters, expected.model.parameters));
  EXPECT_EQ(found.model.input_scaling, expected.model.input_scaling);
  EXPECT_EQ(found.model.target_scaling, expected.model.target_scaling);
  EXPECT_EQ(found.history().back().train_loss, expected.history().back().train_loss);
  EXPECT_GT(found.history().back().validation_loss, 100 * expected.history().back().validation_loss);

  poisoned = clean;
  poisoned.targets(split.training.front(), 0) = -1e4f;
  EXPECT_FALSE(same_bits(train(network, poisoned, options).model.parameters, expected.model.parameters));
}

TEST(Train, ScalingIsLearnedFromTheTrainingRows) {
  const Dataset dataset = test::toy_numbers(50);
  const TrainingOptions options{.loss = SquaredError{}, .epochs = 1, .validation_fraction = 0.3};
  const Trained trained = train(parse_network("1:linear", 4), dataset, options);
  const auto rows = validation_split(50, 0.3, options.seed).training;
  const auto expect_standardised = [&](const AffineScaling& scaling, const Matrix<float>& values) {
    ASSERT_EQ(scaling.shift.size(), values.columns());
    for (std::size_t column = 0; column < values.columns(); ++column) {
      double sum = 0, squares = 0;
      for (const std::uint32_t row : rows) {
        const double x = scaling.apply(values(row, column), column);
        sum += x;
        squares += x * x;
      }
      EXPECT_NEAR(sum / static_cast<double>(rows.size()), 0, 1e-6);
      EXPECT_NEAR(squares / static_cast<double>(rows.size()), 1, 1e-5);
    }
  };
  expect_standardised(trained.model.input_scaling, std::get<Matrix<float>>(dataset.inputs));
  expect_standardised(trained.model.target_scaling, dataset.targets);

  TrainingOptions plain = options;
  plain.standardize = false;
  const Trained raw = train(parse_network("1:linear", 4), dataset, plain);
  EXPECT_TRUE(raw.model.input_scaling.identity() && raw.model.target_scaling.identity());
  // A bounded output could not reach a standardised target.
  const Trained bounded = train(parse_network("1:sigmoid", 4), dataset, options);
  EXPECT_TRUE(bounded.model.target_scaling.identity());
}

TEST(Train, ValidationNumbersAreThoseOfEvaluate) {
  const Dataset dataset = test::toy_numbers(60);
  Recorder recorder;
  const TrainingOptions options{.loss = SquaredError{}, .epochs = 2, .validation_fraction = 0.3};
  const Trained trained = train(parse_network("8:tanh:0.5,1:linear", 4), dataset, options, &recorder);
  const Dataset held_out = test::subset(dataset, validation_split(60, 0.3, options.seed).held_out);
  const Evaluation evaluation = evaluate(trained, held_out);
  EXPECT_NEAR(trained.history().back().validation_loss, evaluation.loss, 1e-9);
  EXPECT_NEAR(trained.history().back().validation_metric, evaluation.regression->rmse, 1e-9);
  EXPECT_EQ(trained.model.record.validation_loss, trained.history().back().validation_loss);
  // The training loss is a mean over the training rows alone.
  EXPECT_DOUBLE_EQ(trained.history().back().train_loss, recorder.steps.back().mean_loss);

  const Dataset classes = test::toy_classes(60);
  const Trained classifier =
      train(parse_network("8:tanh,3:softmax", 6), classes, {.epochs = 2, .validation_fraction = 0.3});
  const Evaluation found =
      evaluate(classifier, test::subset(classes, validation_split(classes, 0.3, 1).held_out));
  EXPECT_EQ(classifier.history().back().validation_metric, found.classification->accuracy);
  EXPECT_NEAR(classifier.history().back().validation_loss, found.loss, 1e-9);
}

TEST(Train, WithoutAValidationSplitThereAreNoValidationNumbers) {
  const Trained trained = train(parse_network("3:softmax", 6), test::toy_classes(20), {.epochs = 1});
  EXPECT_TRUE(std::isnan(trained.history().at(0).validation_loss));
  EXPECT_TRUE(std::isnan(trained.history().at(0).validation_metric));
}

TEST(Train, EarlyStoppingKeepsTheBestParametersAndStopsInTime) {
  // Noise that can be learned by heart.
  const Dataset dataset = test::toy_numbers(40, 4, 40);
  const MultilayerPerceptron network = parse_network("50:relu,1:linear", 4);
  for (const int patience : {1, 2, 5}) {
    SCOPED_TRACE("patience " + std::to_string(patience));
    TrainingOptions options{.loss = SquaredError{},
                            .optimizer = Adam{.learning_rate = 0.01},
                            .epochs = 400,
                            .batch_size = 8,
                            .validation_fraction = 0.25,
                            .early_stopping = patience};
    Recorder recorder;
    const Trained trained = train(network, dataset, options, &recorder);
    EXPECT_EQ(trained.stopped, StopReason::kEarlyStopping);
    ASSERT_LT(trained.history().size(), 400u);
    // By hand, from the losses: the first epoch that is `patience` epochs behind the best one so far.
    std::size_t best = 0, epoch = 0;
    for (; epoch < trained.history().size(); ++epoch) {
      if (trained.history()[epoch].validation_loss < trained.history()[best].validation_loss) best = epoch;
      if (epoch - best == static_cast<std::size_t>(patience)) break;
    }
    EXPECT_EQ(epoch + 1, trained.history().size());
    EXPECT_GT(best, 0u);
    EXPECT_EQ(trained.state.best_epoch, best + 1);
    EXPECT_TRUE(same_bits(trained.model.parameters, recorder.parameters.at(best)));
    EXPECT_FALSE(same_bits(trained.model.parameters, trained.state.parameters));
    EXPECT_EQ(trained.model.record.validation_loss, trained.history()[best].validation_loss);
    const Dataset held_out = test::subset(dataset, validation_split(40, 0.25, options.seed).held_out);
    EXPECT_NEAR(evaluate(trained, held_out).loss, trained.history()[best].validation_loss, 1e-9);

    // With one epoch less the run is finished, not stopped; the best parameters are kept all the same.
    options.epochs = static_cast<int>(trained.history().size()) - 1;
    const Trained finished = train(network, dataset, options);
    EXPECT_EQ(finished.stopped, StopReason::kFinished);
    EXPECT_TRUE(same_bits(finished.model.parameters, trained.model.parameters));
  }
}

TEST(Train, WithoutEarlyStoppingTheLastParametersAreKept) {
  const Trained trained = train(parse_network("50:relu,1:linear", 4), test::toy_numbers(40, 4, 40),
                                {.loss = SquaredError{},
                                 .optimizer = Adam{.learning_rate = 0.01},
                                 .epochs = 60,
                                 .batch_size = 8,
                                 .validation_fraction = 0.25});
  EXPECT_EQ(trained.stopped, StopReason::kFinished);
  EXPECT_EQ(trained.history().size(), 60u);
  EXPECT_TRUE(same_bits(trained.model.parameters, trained.state.parameters));
}

// --- Sample weights ----------------------------------------------------------------------------------------

TEST(Train, TheUnitOfWeightsChangesNothing) {
  const auto trained = [](float unit) {
    Dataset dataset = test::toy_numbers(60);
    for (std::size_t n = 0; n < 60; ++n)
      dataset.sample_weights.push_back(unit * static_cast<float>(1 + n % 3));
    return train(parse_network("6:tanh,1:linear", 4), dataset,
                 {.loss = SquaredError{}, .epochs = 5, .batch_size = 8, .validation_fraction = 0.2});
  };
  const Trained expected = trained(1);
  EXPECT_GT(expected.model.record.train_loss, 0.01);
  for (const float unit : {0x1p-30f, 0x1p66f, 0x1p-120f, 0x1p120f}) {  // whose quotients are the same bits
    const Trained found = trained(unit);
    EXPECT_TRUE(same_bits(found.model.parameters, expected.model.parameters)) << unit;
    EXPECT_EQ(found.model.record.train_loss, expected.model.record.train_loss) << unit;
    EXPECT_EQ(found.model.record.validation_loss, expected.model.record.validation_loss) << unit;
  }
}

TEST(Train, WeightsThatAreAllTheSameAreNone) {
  Dataset dataset = test::toy_numbers(40);
  const auto parameters_of = [](const Dataset& data) {
    return train(parse_network("6:tanh,1:linear", 4), data, {.loss = SquaredError{}, .epochs = 3})
        .model.parameters;
  };
  const Parameters expected = parameters_of(dataset);
  dataset.sample_weights.assign(40, 1e-9f);
  EXPECT_TRUE(same_bits(parameters_of(dataset), expected));
}

TEST(Train, TrainingRowsThatAllWeighNothingAreRefused) {
  Dataset dataset = test::toy_numbers(40);
  const TrainingOptions options{.loss = SquaredError{}, .epochs = 1, .validation_fraction = 0.25};
  dataset.sample_weights.assign(40, 0.0f);
  for (const auto row : validation_split(dataset, 0.25, options.seed).held_out)
    dataset.sample_weights[row] = 1;
  try {
    train(parse_network("1:linear", 4), dataset, options);
    ADD_FAILURE() << "no error";
  } catch (const DataError& error) {
    EXPECT_EQ(std::string(error.what()), "toy numbers: the sample weight of every training row is 0");
  }
}

TEST(Train, AWeightOfTwoIsTheRowTwice) {
  Dataset weighted = test::toy_numbers(30);
  std::vector<std::uint32_t> repeated;
  for (std::uint32_t n = 0; n < 30; ++n) {
    weighted.sample_weights.push_back(static_cast<float>(n % 3));  // 0, 1 or 2 times
    for (std::uint32_t i = 0; i < n % 3; ++i) repeated.push_back(n);
  }
  Dataset twice = test::subset(weighted, repeated);
  twice.sample_weights.clear();
  ASSERT_EQ(repeated.size(), 30u);  // the mean is over rows: 30 on both sides
  Dataset unweighted = weighted;
  unweighted.sample_weights.clear();
  const auto parameters_of = [&](const Dataset& dataset) {
    return train(parse_network("6:tanh,1:linear", 4), dataset,
                 {.loss = SquaredError{},
                  .optimizer = SGD{0.01},
                  .epochs = 30,
                  .batch_size = 30,
                  .standardize = false})
        .model.parameters;
  };
  const Parameters found = parameters_of(weighted), expected = parameters_of(twice),
                   other = parameters_of(unweighted);
  double difference = 0, effect = 0;
  for (std::size_t i = 0; i < found.values().size(); ++i) {
    difference = std::max<double>(difference, std::abs(found.values()[i] - expected.values()[i]));
    effect = std::max<double>(effect, std::abs(found.values()[i] - other.values()[i]));
  }
  EXPECT_LT(difference, 1e-5);
  EXPECT_GT(effect, 0.01);
}

// --- Observers ---------------------------------------------------------------------------------------------

TEST(Train, ObserversAreCalledInOrderOnTheCallersThread) {
  Recorder recorder;
  const Trained trained = train(parse_network("5:relu,3:softmax", 6), test::toy_classes(50),
                                {.epochs = 3, .batch_size = 16}, &recorder);
  EXPECT_EQ(recorder.events, "ssssessssesssse");
  EXPECT_EQ(recorder.thread, std::this_thread::get_id());
  for (std::size_t i = 0; i < recorder.steps.size(); ++i) {
    const StepProgress& step = recorder.steps[i];
    EXPECT_EQ(step.epoch, i / 4 + 1);
    EXPECT_EQ(step.epochs, 3u);
    EXPECT_EQ(step.batch, i % 4 + 1);
    EXPECT_EQ(step.batches, 4u);
    if (step.batch == 4) {
      EXPECT_DOUBLE_EQ(step.mean_loss, recorder.records.at(i / 4).train_loss);
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(recorder.records[i].epoch, i + 1);
    EXPECT_EQ(recorder.records[i].train_loss, trained.history()[i].train_loss);
    EXPECT_GE(recorder.records[i].seconds, 0);
    EXPECT_GT(recorder.records[i].samples_per_second, 0);
  }
  EXPECT_TRUE(same_bits(recorder.parameters.back(), trained.model.parameters));
}

TEST(Train, TheRecordSaysHowTheModelCameToBe) {
  const Trained trained = train(parse_network("5:relu,3:softmax", 6), test::toy_classes(50),
                                {.optimizer = Adam{.learning_rate = 0.02, .beta2 = 0.99},
                                 .schedule = Cosine{},
                                 .epochs = 3,
                                 .batch_size = 16,
                                 .l2 = 0.25,
                                 .validation_fraction = 0.2,
                                 .seed = 9});
  const TrainingRecord& record = trained.model.record;
  EXPECT_EQ(record.dataset, "toy classes");
  EXPECT_EQ(record.optimizer, "adam(beta2=0.99)");
  EXPECT_EQ(record.schedule, "cosine");
  EXPECT_EQ(record.seed, 9u);
  EXPECT_EQ(record.epochs, 3u);
  EXPECT_EQ(record.training_rows, 40u);
  EXPECT_EQ(record.steps, 9u);
  EXPECT_EQ(record.learning_rate, 0.02);
  EXPECT_EQ(record.batch_size, 16u);
  EXPECT_EQ(record.l2, 0.25);
  EXPECT_EQ(record.train_loss, trained.history().back().train_loss);
  EXPECT_EQ(trained.model.class_names.size(), 3u);
}

TEST(Train, ABatchLargerThanTheDataIsTheWholeData) {
  const Trained trained =
      train(parse_network("3:softmax", 6), test::toy_classes(20), {.epochs = 2, .batch_size = 1000000});
  EXPECT_EQ(trained.state.step, 2u);
}

// --- Schedules ---------------------------------------------------------------------------------------------

TEST(Train, TheScheduleDrivesTheLearningRate) {
  Recorder recorder;
  const Trained trained = train(parse_network("1:linear", 4), test::toy_numbers(30),
                                {.loss = SquaredError{},
                                 .optimizer = SGD{0.08},
                                 .schedule = StepDecay{.factor = 0.5, .every = 2},
                                 .epochs = 6,
                                 .batch_size = 10},
                                &recorder);
  const std::vector<double> expected = {0.08, 0.08, 0.04, 0.04, 0.02, 0.02};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_DOUBLE_EQ(trained.history()[i].learning_rate, expected[i]);

  // Steps follow the schedule: after the first epoch this rate is too small to move anything.
  Recorder frozen;
  train(parse_network("1:linear", 4), test::toy_numbers(30),
        {.loss = SquaredError{},
         .optimizer = SGD{0.08},
         .schedule = StepDecay{.factor = 1e-30, .every = 1},
         .epochs = 3,
         .batch_size = 10},
        &frozen);
  EXPECT_TRUE(same_bits(frozen.parameters[1], frozen.parameters[0]));
  EXPECT_TRUE(same_bits(frozen.parameters[2], frozen.parameters[0]));
  EXPECT_FALSE(same_bits(recorder.parameters[1], recorder.parameters[0]));
}

TEST(Train, EveryScheduleSeesTheWholeRun) {
  for (const Schedule& schedule : all_schedules()) {
    const Trained trained = train(parse_network("1:linear", 4), test::toy_numbers(30),
                                  {.loss = SquaredError{},
                                   .optimizer = SGD{0.05},
                                   .schedule = schedule,
                                   .epochs = 4,
                                   .batch_size = 10});
    for (std::uint64_t epoch = 0; epoch < 4; ++epoch) {
      EXPECT_EQ(trained.history()[epoch].learning_rate,
                0.05 * learning_rate_factor(schedule, 3 * epoch + 2, 12, 3))
          << to_string(schedule) << ", epoch " << epoch + 1;
    }
  }
}

}  // namespace
}  // namespace mlp
