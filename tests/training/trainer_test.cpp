// A training loop of the caller's: see mlp/trainer.h.
#include "mlp/trainer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "training/toy.h"

namespace mlp {
namespace {

MultilayerPerceptron network() { return parse_network("9:tanh:0.1,3:softmax", 6); }

TrainingOptions options() {
  return {.optimizer = Adam{},
          .schedule = Cosine{},
          .epochs = 3,
          .batch_size = 32,
          .l2 = 1e-3,
          .validation_fraction = 0.2,
          .seed = 5};
}

TEST(Trainer, ALoopOverItsBatchesIsWhatTrainDoes) {
  const Dataset dataset = test::toy_classes(200);
  const Trained expected = train(network(), dataset, options());
  Trainer trainer(network(), dataset, options());
  EXPECT_EQ(trainer.training_rows().size(), 160u);
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    double loss = 0.0;
    for (const auto rows : trainer.batches(epoch))
      loss += trainer.step(rows) * static_cast<double>(rows.size());
    const EpochRecord& record = expected.history()[epoch];
    EXPECT_NEAR(loss / 160, record.train_loss, 1e-12);
    const RowsEvaluation validation = trainer.evaluate(trainer.validation_rows());
    EXPECT_EQ(validation.loss, record.validation_loss);
    EXPECT_EQ(validation.metric, record.validation_metric);
  }
  EXPECT_EQ(trainer.steps(), expected.state.step);
  EXPECT_EQ(trainer.parameters(), expected.state.parameters);
  EXPECT_EQ(trainer.moments(), expected.state.moments);
  const Model model = trainer.model();
  EXPECT_EQ(model.parameters, expected.model.parameters);
  EXPECT_EQ(model.input_scaling, expected.model.input_scaling);
  EXPECT_EQ(model.examples, expected.model.examples);
  EXPECT_EQ(model.class_names, dataset.class_names);
  EXPECT_EQ(model.record.steps, expected.state.step);
}

TEST(Trainer, GoesOnFromAStateAndTakesTheCallersRows) {
  const Dataset dataset = test::toy_classes(200);
  Trainer trainer(network(), dataset, options());
  const std::vector<std::uint32_t> rows = {3, 3, 7};
  trainer.step(rows);
  const TrainingState state{.parameters = trainer.parameters(), .moments = trainer.moments(), .step = 1};
  trainer.step(rows);
  Trainer again(network(), dataset, options(), &state);
  again.step(rows);
  EXPECT_EQ(again.parameters(), trainer.parameters());
  EXPECT_EQ(again.steps(), 2u);
}

TEST(Trainer, RefusesRowsThatAreNotThere) {
  const Dataset dataset = test::toy_classes(200);
  Trainer trainer(network(), dataset, options());
  const Parameters before = trainer.parameters();
  EXPECT_THROW(trainer.step(std::vector<std::uint32_t>{}), std::invalid_argument);
  EXPECT_THROW(trainer.step(std::vector<std::uint32_t>{0, 200}), std::invalid_argument);
  EXPECT_THROW(trainer.step(std::vector<std::uint32_t>(33, 1)), std::invalid_argument);
  EXPECT_THROW(trainer.evaluate(std::vector<std::uint32_t>{200}), std::invalid_argument);
  EXPECT_EQ(trainer.parameters(), before);
  EXPECT_EQ(trainer.steps(), 0u);
}

TEST(Trainer, SaysWhereTrainingDiverged) {
  const Dataset dataset = test::toy_classes(200);
  TrainingOptions wild = options();
  wild.optimizer = SGD{1e30};
  wild.schedule = Constant{};
  Trainer trainer(network(), dataset, wild);
  try {
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
      for (const auto rows : trainer.batches(epoch)) trainer.step(rows);
    }
    trainer.parameters();
    FAIL() << "nothing was thrown";
  } catch (const DivergenceError& error) {
    EXPECT_NE(std::string(error.what()).find("training diverged in epoch 1, step "), std::string::npos)
        << error.what();
  }
}

/// Squared error written by the caller, with targets as training scales them.
OwnLoss squared_error(const Dataset& dataset, const AffineScaling& scaling) {
  return [&dataset, scaling](std::span<const std::uint32_t> rows, ConstMatrixView<float> outputs,
                             std::span<float> losses, MatrixView<float> gradients) {
    for (std::size_t n = 0; n < rows.size(); ++n) {
      losses[n] = 0;
      for (std::size_t c = 0; c < outputs.columns(); ++c) {
        const float residual = outputs(n, c) - scaling.apply(dataset.targets(rows[n], c), c);
        losses[n] += residual * residual / 2;
        gradients(n, c) = residual;
      }
    }
  };
}

TEST(OwnLoss, OneThatTheLibraryKnowsGivesTheSameBits) {
  Dataset dataset = test::toy_numbers(200);
  for (std::size_t n = 0; n < dataset.rows(); ++n)
    dataset.sample_weights.push_back(1.0f + static_cast<float>(n % 2));
  const MultilayerPerceptron network = parse_network("9:tanh:0.1,1:linear", 4);
  TrainingOptions options{
      .loss = SquaredError{}, .epochs = 3, .batch_size = 150, .validation_fraction = 0.2, .threads = 2};
  const Trained expected = train(network, dataset, options);
  options.own_loss = squared_error(dataset, expected.model.target_scaling);
  const Trained found = train(network, dataset, options);
  EXPECT_EQ(found.threads, 1);
  EXPECT_EQ(found.model.parameters, expected.model.parameters);
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    EXPECT_EQ(found.history()[epoch].train_loss, expected.history()[epoch].train_loss);
    EXPECT_EQ(found.history()[epoch].validation_loss, expected.history()[epoch].validation_loss);
  }
}

TEST(OwnLoss, ClassesMayHaveOneAndWhatItThrowsEndsTheTraining) {
  const Dataset dataset = test::toy_classes(200);
  TrainingOptions own = options();
  // Brier's score, on softmax outputs.
  own.own_loss = [&](std::span<const std::uint32_t> rows, ConstMatrixView<float> outputs,
                     std::span<float> losses, MatrixView<float> gradients) {
    for (std::size_t n = 0; n < rows.size(); ++n) {
      losses[n] = 0;
      for (std::size_t c = 0; c < outputs.columns(); ++c) {
        const float y = dataset.labels[rows[n]] == static_cast<std::int32_t>(c) ? 1.0f : 0.0f;
        losses[n] += (outputs(n, c) - y) * (outputs(n, c) - y);
        gradients(n, c) = 2 * (outputs(n, c) - y);
      }
    }
  };
  own.epochs = 30;
  own.optimizer = Adam{.learning_rate = 0.02};
  const Trained trained = train(network(), dataset, own);
  EXPECT_LT(trained.history().back().validation_loss, 0.7 * trained.history().front().validation_loss);
  EXPECT_TRUE(trained.model.loss == own.loss);
  own.own_loss = [](auto...) { throw std::runtime_error("mine"); };
  EXPECT_THROW(train(network(), dataset, own), std::runtime_error);
}

TEST(TrainingObserver, StopsAfterAnEpochWithAModel) {
  struct Stopper : TrainingObserver {
    bool on_epoch(const EpochRecord& record, const TrainingState&) override {
      return record.epoch < stop_after;
    }
    std::uint64_t stop_after = 2;
  } stopper;
  const Dataset dataset = test::toy_classes(200);
  const Trained stopped = train(network(), dataset, options(), &stopper);
  EXPECT_EQ(stopped.stopped, StopReason::kInterrupted);
  EXPECT_EQ(stopped.state.epoch, 2u);
  EXPECT_EQ(stopped.model.parameters, stopped.state.parameters);
  const Trained whole = train(network(), dataset, options());
  EXPECT_EQ(train(network(), dataset, options(), nullptr, &stopped.state).model.parameters,
            whole.model.parameters);
  stopper.stop_after = 3;
  EXPECT_EQ(train(network(), dataset, options(), &stopper).stopped, StopReason::kFinished)
      << "nothing was left to stop";
}

}  // namespace
}  // namespace mlp
