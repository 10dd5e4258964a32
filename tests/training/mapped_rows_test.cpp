// Training, evaluation and prediction of mapped rows: the bits of the same rows in memory.
#include <gtest/gtest.h>

#include <functional>

#include "mlp/cross_validation.h"
#include "mlp/ensemble.h"
#include "mlp/importance.h"
#include "mlp/predictor.h"
#include "mlp/trainer.h"
#include "support/mapped.h"
#include "training/batch_source.h"
#include "training/examples.h"
#include "training/scaling.h"
#include "training/toy.h"

namespace mlp {
namespace {

using test::same_bits;
using testing_support::with_all_mapped;
using testing_support::with_selected_mapped;

/// Bytes, three quarters of them zero, with toy_classes' labels.
Dataset toy_bytes(std::size_t rows, std::size_t features) {
  Dataset dataset = test::toy_classes(rows, features);
  Matrix<std::uint8_t> bytes(rows, features);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t i = 0; i < features; ++i) {
      const auto x = test::mixed(n, i);
      bytes(n, i) = x % 4 == 0 ? static_cast<std::uint8_t>(x >> 8) : std::uint8_t{0};
    }
  }
  dataset.inputs = std::move(bytes);
  return dataset;
}

void expect_same(const Trained& found, const Trained& expected) {
  EXPECT_TRUE(same_bits(found.model.parameters, expected.model.parameters));
  EXPECT_EQ(found.model.input_scaling, expected.model.input_scaling);
  EXPECT_EQ(found.model.examples.inputs, expected.model.examples.inputs);
  ASSERT_EQ(found.history().size(), expected.history().size());
  for (std::size_t i = 0; i < found.history().size(); ++i) {
    EXPECT_TRUE(same_bits(found.history()[i].train_loss, expected.history()[i].train_loss));
    EXPECT_TRUE(same_bits(found.history()[i].validation_loss, expected.history()[i].validation_loss));
    EXPECT_TRUE(same_bits(found.history()[i].validation_metric, expected.history()[i].validation_metric));
  }
}

/// Networks and data that take the engine's ways of gathering rows: in parts, as codes, for each thread.
TEST(MappedRowsTraining, TheBitsAreThoseOfRowsInMemory) {
  struct Setting {
    Dataset dataset;
    const char* network;
  };
  for (const auto& [dataset, network_text] :
       {Setting{test::toy_classes(150), "20:relu:0.2,3:softmax"},
        Setting{test::toy_numbers(150), "9:tanh,1:linear"}, Setting{toy_bytes(150, 40), "17:relu,3:softmax"},
        Setting{toy_bytes(150, 300), "64:relu,3:softmax"},
        Setting{test::toy_classes(90, 270), "130:mish,3:softmax"}}) {
    const auto network = parse_network(network_text, dataset.features());
    for (const int threads : {1, 2}) {
      TrainingOptions options{.epochs = 2, .batch_size = 70, .threads = threads};
      options.validation_fraction = 0.2;
      if (dataset.task() == Task::kRegression) options.loss = MeanSquaredError{};
      const Trained expected = train(network, dataset, options);
      expect_same(train(network, with_all_mapped(dataset), options), expected);
      expect_same(train(network, with_selected_mapped(dataset), options), expected);
    }
  }
}

TEST(MappedRowsTraining, ResumedInTheMiddleOfAnEpoch) {
  struct StopsAfter : TrainingObserver {
    bool on_step(const StepProgress&) override { return ++steps < 7; }
    int steps = 0;
  };
  const Dataset in_memory = toy_bytes(100, 12), mapped = with_selected_mapped(in_memory);
  const auto network = parse_network("6:relu,3:softmax", 12);
  const TrainingOptions options{.epochs = 3, .batch_size = 20, .threads = 1};
  StopsAfter stops;
  const Trained part = train(network, mapped, options, &stops);
  EXPECT_EQ(part.state.step, 7u);
  expect_same(train(network, mapped, options, nullptr, &part.state), train(network, in_memory, options));
}

TEST(MappedRowsTraining, EvaluatedAndPredictedWithOneNetworkOrSeveral) {
  const Dataset dataset = test::toy_classes(120, 5), mapped = with_selected_mapped(dataset);
  const auto network = parse_network("8:relu,3:softmax", 5);
  for (const std::size_t members : {1u, 3u}) {
    const Model model =
        train_ensemble(network, dataset, {.epochs = 2, .threads = 1}, {.members = members}).model;
    EXPECT_TRUE(same_bits(predict(model, mapped.inputs).values(), predict(model, dataset.inputs).values()));
    const Evaluation expected = evaluate(model, dataset), found = evaluate(model, mapped);
    EXPECT_TRUE(same_bits(found.loss, expected.loss));
    EXPECT_EQ(found.classification->confusion, expected.classification->confusion);
    const auto importances = permutation_importance(model, dataset),
               of_mapped = permutation_importance(model, mapped);
    ASSERT_EQ(of_mapped.columns.size(), 5u);
    for (std::size_t c = 0; c < 5; ++c) EXPECT_EQ(of_mapped.columns[c].rise, importances.columns[c].rise);
  }
}

TEST(MappedRowsTraining, ThePredictorTakesAnyOfTheirRows) {
  const Dataset dataset = test::toy_numbers(50);
  const Model model = train(parse_network("4:tanh,1:linear", 4), dataset,
                            {.loss = MeanSquaredError{}, .epochs = 1, .threads = 1})
                          .model;
  const Matrix<float> expected = predict(model, dataset.inputs);
  Predictor predictor(model, {.max_rows = 8});
  for (const Inputs& inputs :
       {dataset.inputs, with_all_mapped(dataset).inputs, with_selected_mapped(dataset).inputs}) {
    Matrix<float> outputs(20, 1);
    predictor.predict(inputs, 25, outputs);
    for (std::size_t n = 0; n < 20; ++n) EXPECT_TRUE(same_bits(outputs(n, 0), expected(25 + n, 0)));
    EXPECT_THROW(predictor.predict(inputs, 31, outputs), std::invalid_argument);
    EXPECT_THROW(predictor.predict(inputs, 51, MatrixView<float>(nullptr, 0, 1)), std::invalid_argument);
    Matrix<float> wide(20, 2);
    EXPECT_THROW(predictor.predict(inputs, 0, wide), std::invalid_argument);
  }
}

TEST(MappedRowsTraining, FoldsAreScoredAlike) {
  const Dataset dataset = toy_bytes(90, 12), mapped = with_all_mapped(dataset);
  const TrainingOptions options{.epochs = 2, .threads = 1};
  const auto network = [](const Dataset&) { return parse_network("5:relu,3:softmax", 12); };
  const auto of_memory = fold_splits(dataset, 3, 0.1, 1), of_mapped = fold_splits(mapped, 3, 0.1, 1);
  const auto expected = cross_validate(of_memory, network, options),
             found = cross_validate(of_mapped, network, options);
  ASSERT_EQ(found.scores.size(), expected.scores.size());
  for (std::size_t i = 0; i < found.scores.size(); ++i)
    EXPECT_EQ(found.scores[i].values, expected.scores[i].values);
}

/// Row numbers that others see are the data set's, not the file's.
TEST(MappedRowsTraining, RowsAreNumberedAsInTheDataset) {
  const Dataset dataset = with_selected_mapped(test::toy_classes(30));
  const std::vector<std::uint32_t> rows = {0, 7, 29, 12, 4};
  ShuffledRows source(examples_of(dataset), rows, 2, 1);
  for (std::uint64_t batch = 0; batch < source.batches(); ++batch) {
    for (const auto row : source.batch(0, batch).rows) EXPECT_NE(std::ranges::find(rows, row), rows.end());
  }
  const auto network = parse_network("4:tanh,3:softmax", 6);
  Trainer trainer(network, dataset, {.epochs = 1, .batch_size = 8, .threads = 1});
  for (const auto& batch : trainer.batches(0)) {
    for (const auto row : batch) EXPECT_LT(row, 30u);
  }
}

TEST(MappedRowsTraining, ShiftedImagesAreThoseOfTheSelection) {
  Dataset dataset = toy_bytes(20, 12);
  dataset.image = {3, 4};
  const std::vector<std::uint32_t> rows = {3, 19, 0, 8};
  const Dataset mapped = with_selected_mapped(dataset);
  ShiftedImages expected(std::make_unique<ShuffledRows>(examples_of(dataset), rows, 4, 1), {3, 4}, 1, 0),
      found(std::make_unique<ShuffledRows>(examples_of(mapped), rows, 4, 1), {3, 4}, 1, 0);
  const auto pixels_of = [](ShiftedImages& source) {
    const engine::Batch batch = source.batch(0, 0);
    const auto& view = std::get<ConstMatrixView<std::uint8_t>>(batch.examples.inputs);
    return std::vector<std::uint8_t>(view.data(), view.data() + view.rows() * view.columns());
  };
  EXPECT_EQ(pixels_of(found), pixels_of(expected));
}

}  // namespace
}  // namespace mlp
