// A loop of one's own: see mlp/trainer.h.
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

}  // namespace
}  // namespace mlp
