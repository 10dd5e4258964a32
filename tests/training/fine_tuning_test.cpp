// Training that starts from a model: what it takes over, what it learns anew, and what it refuses.
#include <gtest/gtest.h>

#include <stdexcept>

#include "mlp/digest.h"
#include "mlp/ensemble.h"
#include "mlp/trainer.h"
#include "training/toy.h"

namespace mlp {
namespace {

using test::same_bits;
using test::toy_classes;
using test::toy_numbers;

/// Steps too small to change any parameter.
constexpr SGD kStandingStill{.learning_rate = 1e-30};

MultilayerPerceptron classifier(std::size_t classes = 3, const std::string& hidden = "12:relu") {
  return parse_network(hidden + "," + std::to_string(classes) + ":softmax", 6);
}

Model trained_on_classes() {
  return train(classifier(), toy_classes(200), {.epochs = 3, .batch_size = 32, .seed = 7}).model;
}

TrainingOptions for_numbers(const Model* init = nullptr) {
  return {.loss = MeanSquaredError{}, .init = init, .epochs = 3, .batch_size = 32, .seed = 7};
}
Model trained_on_numbers() {
  return train(parse_network("9:tanh,1:linear", 4), toy_numbers(200), for_numbers()).model;
}

/// Other inputs and targets than the toys', by far.
Dataset elsewhere(Dataset dataset) {
  for (float& x : std::get<Matrix<float>>(dataset.inputs).values()) x = 3 * x + 50;
  for (float& y : dataset.targets.values()) y = 10 * y - 400;
  return dataset;
}

bool same_weights(const Parameters& a, const Parameters& b, std::size_t layer) {
  const auto weights = [&](const Parameters& parameters) {
    const auto& block = parameters.layout().blocks()[layer];
    return parameters.values().subspan(block.weight, block.fan_in * block.fan_out);
  };
  return same_bits(weights(a), weights(b));
}

TEST(FineTuning, BeginsWhereTheModelIs) {
  const Model model = trained_on_classes();
  const Dataset data = elsewhere(toy_classes(100));
  Trainer trainer(classifier(), data, {.init = &model, .batch_size = 32, .seed = 8});
  EXPECT_EQ(trainer.steps(), 0u);
  EXPECT_TRUE(same_bits(trainer.parameters().values(), model.parameters.values()));
  for (const auto& moment : trainer.moments())
    EXPECT_TRUE(std::ranges::all_of(moment.values(), [](float m) { return m == 0; }));
  EXPECT_EQ(predict(trainer.model(), data.inputs), predict(model, data.inputs));
  // And goes on from there.
  for (const auto rows : trainer.batches(0)) trainer.step(rows);
  EXPECT_FALSE(same_bits(trainer.parameters().values(), model.parameters.values()));
}

TEST(FineTuning, KeepsScalingsOrLearnsThemAnew) {
  const Model model = trained_on_numbers();
  const Dataset data = elsewhere(toy_numbers(100));
  TrainingOptions options = for_numbers(&model);
  const Model kept = train(model.network, data, options).model;
  EXPECT_EQ(kept.input_scaling, model.input_scaling);
  EXPECT_EQ(kept.target_scaling, model.target_scaling);
  EXPECT_TRUE(kept.record.fine_tuned_from->kept_preprocessing);

  options.keep_preprocessing = false;
  const Model learned = train(model.network, data, options).model;
  const Model alone = train(model.network, data, for_numbers()).model;
  EXPECT_EQ(learned.input_scaling, alone.input_scaling);
  EXPECT_EQ(learned.target_scaling, alone.target_scaling);
  EXPECT_NE(learned.input_scaling, model.input_scaling);
  EXPECT_NE(digest(learned), digest(alone));  // it did not start where that one did
  EXPECT_FALSE(learned.record.fine_tuned_from->kept_preprocessing);
  EXPECT_FALSE(alone.record.fine_tuned_from);
}

TEST(FineTuning, TheOutputLayerIsDrawnForOtherClassesAlone) {
  const Model model = trained_on_classes();
  Dataset others = toy_classes(100, 6, 4);
  EXPECT_FALSE(keeps_output_layer(model, others));
  EXPECT_TRUE(keeps_output_layer(model, toy_classes(100)));
  EXPECT_FALSE(keeps_output_layer(model, toy_numbers(100, 6)));
  for (const std::size_t classes : {4u, 3u}) {
    Dataset data = toy_classes(100, 6, static_cast<int>(classes));
    data.class_names.back() = "a class of its own";  // as many as the model has are others, too
    const auto network = classifier(classes);
    const Parameters drawn = initialize(network, 8);
    const Parameters found =
        Trainer(network, data, {.init = &model, .batch_size = 32, .seed = 8}).parameters();
    EXPECT_TRUE(same_weights(found, model.parameters, 0));
    EXPECT_TRUE(same_bits(found.bias(0), model.parameters.bias(0)));
    EXPECT_TRUE(same_weights(found, drawn, 1)) << classes;
    EXPECT_FALSE(same_weights(drawn, model.parameters, 0));
  }
}

TEST(FineTuning, TheModelsRecordSaysWhatItStartedFrom) {
  const Model model = trained_on_classes();
  const Model tuned =
      train(classifier(), toy_classes(100), {.init = &model, .epochs = 1, .batch_size = 32}).model;
  ASSERT_TRUE(tuned.record.fine_tuned_from);
  EXPECT_EQ(tuned.record.fine_tuned_from->digest, digest(model));
  EXPECT_EQ(tuned.record.fine_tuned_from->dataset, "toy classes");
  EXPECT_EQ(tuned.record.steps, 4u);
}

TEST(FineTuning, AnEnsemblesMembersStartFromTheMembersOfOne) {
  const auto pair = train_ensemble(classifier(), toy_classes(200), {.epochs = 2, .batch_size = 32, .seed = 7},
                                   {.members = 2});
  const auto three = train_ensemble(
      classifier(), toy_classes(100),
      {.init = &pair.model, .optimizer = kStandingStill, .epochs = 1, .batch_size = 32, .seed = 3},
      {.members = 3});
  const auto values = [](const Model& model, std::size_t member) {
    return member_of(model, member).parameters;
  };
  EXPECT_NE(values(pair.model, 0), values(pair.model, 1));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(values(three.model, i), values(pair.model, i % 2)) << i;
}

TEST(FineTuning, GoesOnFromACheckpointToTheSameBits) {
  const Model model = trained_on_numbers();
  const Dataset data = elsewhere(toy_numbers(100));
  const auto whole = train(model.network, data, for_numbers(&model));
  class StopsAfterOne : public TrainingObserver {
    bool on_epoch(const EpochRecord&, const TrainingState&) override { return false; }
  } observer;
  const auto part = train(model.network, data, for_numbers(&model), &observer);
  ASSERT_EQ(part.state.epoch, 1u);
  const auto resumed = train(model.network, data, for_numbers(&model), nullptr, &part.state);
  EXPECT_EQ(digest(resumed.model), digest(whole.model));
}

TEST(FineTuning, DropoutAndInitialisersMayDiffer) {
  const Model model = trained_on_classes();
  EXPECT_NO_THROW(train(classifier(3, "12:relu:0.5"), toy_classes(100), {.init = &model, .epochs = 1}));
}

std::string refusal(const MultilayerPerceptron& network, const Dataset& data,
                    const TrainingOptions& options) {
  try {
    Trainer(network, data, options);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(FineTuning, RefusesWhatDoesNotGoWithTheModel) {
  Model model = trained_on_classes();
  const Dataset data = toy_classes(100);
  const TrainingOptions options{.init = &model};
  const auto says = [&](const MultilayerPerceptron& network, const Dataset& dataset,
                        const std::string& what) {
    const std::string message = refusal(network, dataset, options);
    EXPECT_NE(message.find(what), std::string::npos) << what << "\nin: " << message;
  };
  EXPECT_EQ(refusal(classifier(), data, options), "");
  says(classifier(3, "13:relu"), data, "cannot start from a model of 12:relu,3:softmax");
  says(classifier(3, "12:tanh"), data, "cannot start from a model of 12:relu,3:softmax");
  says(classifier(3, "12:relu,12:relu"), data, "cannot start from a model of 12:relu,3:softmax");

  Dataset named = data;
  named.feature_names = {"a", "b", "c", "d", "e", "f"};
  model.feature_names = {"a", "b", "c", "d", "f", "e"};
  says(classifier(), named, "the data set's features are not those");
  model.feature_names = {};

  Dataset in_units = data;
  in_units.input_units = {.origin = std::vector<double>(6, 1e9), .unit = std::vector<double>(6, 1)};
  says(classifier(), in_units, "not in the units of the model");

  Dataset encoded = data;
  encoded.preprocessing = Preprocessing{};
  for (int i = 0; i < 6; ++i)
    encoded.preprocessing->inputs.push_back(
        {{.name = std::string(1, static_cast<char>('a' + i))}, NumericEncoding{}});
  says(classifier(), encoded, "not made by the preprocessing of the model");
  model.preprocessing = encoded.preprocessing;
  EXPECT_EQ(refusal(classifier(), encoded, options), "");
  std::get<NumericEncoding>(model.preprocessing->inputs[2].encoding).center = 4;
  says(classifier(), encoded, "not made by the preprocessing of the model");
  TrainingOptions anew = options;
  anew.keep_preprocessing = false;
  EXPECT_EQ(refusal(classifier(), encoded, anew), "");
}

}  // namespace
}  // namespace mlp
