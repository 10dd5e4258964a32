// Ensembles: averages by hand, members as train() makes them, interrupted = uninterrupted.
#include "mlp/ensemble.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "mlp/digest.h"
#include "mlp/importance.h"
#include "mlp/predictor.h"
#include "mlp/verify.h"
#include "training/toy.h"

namespace mlp {
namespace {

using test::same_bits;
using test::toy_classes;
using test::toy_numbers;

constexpr std::size_t kRows = 200;

MultilayerPerceptron network_for(bool classes) {
  return classes ? parse_network("12:relu:0.2,3:softmax", 6) : parse_network("9:tanh,1:linear", 4);
}
Dataset data_for(bool classes) { return classes ? toy_classes(kRows) : toy_numbers(kRows); }
TrainingOptions options_for(bool classes) {
  TrainingOptions options{.epochs = 3, .batch_size = 32, .validation_fraction = 0.2, .seed = 7};
  if (!classes) options.loss = MeanSquaredError{};
  return options;
}
TrainedEnsemble three(bool classes, const EnsembleOptions& ensemble = {.members = 3}) {
  return train_ensemble(network_for(classes), data_for(classes), options_for(classes), ensemble);
}

void expect_same(const Model& a, const Model& b) {
  EXPECT_EQ(digest(a), digest(b));
  ASSERT_EQ(a.member_count(), b.member_count());
  for (std::size_t i = 0; i < a.member_count(); ++i) {
    const Model one = member_of(a, i), other = member_of(b, i);
    EXPECT_TRUE(same_bits(one.parameters.values(), other.parameters.values())) << "member " << i;
    EXPECT_EQ(one.input_scaling, other.input_scaling);
    EXPECT_EQ(one.target_scaling, other.target_scaling);
    EXPECT_EQ(one.record.seed, other.record.seed);
  }
  EXPECT_EQ(a.examples, b.examples);
}

TEST(Ensemble, AMembersTrainingIsTrainsWithTheNextSeed) {
  for (const bool classes : {true, false}) {
    const auto ensemble = three(classes);
    ASSERT_EQ(ensemble.model.member_count(), 3u);
    ASSERT_EQ(ensemble.members.size(), 3u);
    EXPECT_EQ(ensemble.stopped, StopReason::kFinished);
    for (std::size_t i = 0; i < 3; ++i) {
      TrainingOptions options = options_for(classes);
      options.seed += i;
      options.validation_seed = 7;  // the same rows for all
      const auto alone = train(network_for(classes), data_for(classes), options);
      const Model member = member_of(ensemble.model, i);
      EXPECT_TRUE(same_bits(member.parameters.values(), alone.model.parameters.values())) << i;
      EXPECT_EQ(member.record.seed, 7 + i);
      EXPECT_EQ(member.record.validation_loss, alone.model.record.validation_loss);
    }
    EXPECT_EQ(digest(member_of(ensemble.model, 0)),
              digest(train(network_for(classes), data_for(classes), options_for(classes)).model));
  }
}

TEST(Ensemble, PredictsTheMeanOfItsMembersPredictions) {
  for (const bool classes : {true, false}) {
    // Scalings differ, since they are learned from different training rows.
    const Model model = three(classes, {.members = 3, .own_validation_rows = true}).model;
    if (!classes) {
      EXPECT_NE(model.target_scaling, model.more_members[0].target_scaling);
    }
    const Inputs inputs = data_for(classes).inputs;
    const Matrix<float> found = predict(model, inputs);
    Matrix<double> sum(found.rows(), found.columns());
    for (std::size_t i = 0; i < 3; ++i) {
      const auto one = predict(member_of(model, i), inputs);
      for (std::size_t k = 0; k < one.values().size(); ++k)
        sum.values()[k] += static_cast<double>(one.values()[k]);
    }
    for (std::size_t k = 0; k < found.values().size(); ++k)
      ASSERT_EQ(found.values()[k], static_cast<float>(sum.values()[k] / 3)) << k;
  }
}

TEST(Ensemble, PredictorGivesTheBitsOfPredictOnAnyNumberOfThreads) {
  for (const bool classes : {true, false}) {
    const Model model = three(classes).model;
    const auto inputs = std::get<Matrix<float>>(data_for(classes).inputs);
    const Matrix<float> expected = predict(model, inputs, {.threads = 1});
    for (const std::size_t max_rows : {1u, 7u, 1000u}) {
      for (const int threads : {1, 3}) {
        Predictor predictor(model, {.max_rows = max_rows, .threads = threads});
        Matrix<float> found(kRows, predictor.fan_out());
        predictor.predict(inputs, found);
        EXPECT_TRUE(same_bits(std::as_const(found).values(), expected.values())) << max_rows;
      }
    }
  }
}

/// Two linear members for one input and one target, y = 2x and y = 4x + 2, the second with scalings.
Model by_hand() {
  const MultilayerPerceptron network{{{.fan_in = 1, .fan_out = 1}}};
  Model model{.network = network, .parameters = Parameters(network), .loss = SquaredError{}};
  model.parameters.weight(0)(0, 0) = 2;
  model.target_names = {"y"};
  ModelMember second{.parameters = Parameters(network),
                     .input_scaling = {.shift = {1}, .scale = {2}},
                     .target_scaling = {.shift = {6}, .scale = {0.5f}},
                     .record = {}};
  second.parameters.weight(0)(0, 0) = 1;  // 2(x - 1) / 0.5 + 6 = 4x + 2
  model.more_members.push_back(second);
  return model;
}

TEST(Ensemble, AveragesNumbersInTheirUnitAndTakesTheLossOfTheMean) {
  const Model model = by_hand();
  Dataset data{
      .name = "by hand", .inputs = Matrix<float>(2, 1, {1, 3}), .targets = Matrix<float>(2, 1, {5, 8})};
  data.target_names = {"y"};
  const auto outputs = predict(model, data.inputs);
  EXPECT_EQ(outputs(0, 0), 4.0f);   // (2 + 6) / 2
  EXPECT_EQ(outputs(1, 0), 10.0f);  // (6 + 14) / 2
  // Half the squares of -1 and 2.
  EXPECT_EQ(evaluate(model, data).loss, (0.5 + 2.0) / 2);
  EXPECT_EQ(evaluate(model, data).regression->mse, 2.5);
}

TEST(Ensemble, ALossOfRowsWithWeightsIsWeighted) {
  Dataset data{
      .name = "by hand", .inputs = Matrix<float>(2, 1, {1, 3}), .targets = Matrix<float>(2, 1, {5, 8})};
  data.target_names = {"y"};
  data.sample_weights = {3, 1};
  EXPECT_EQ(evaluate(by_hand(), data).loss, (3 * 0.5 + 1 * 2.0) / 4);
}

TEST(Ensemble, AveragesProbabilitiesAndTakesTheirCrossEntropy) {
  const Model model = three(true).model;
  const Dataset data = toy_classes(kRows);
  const auto outputs = predict(model, data.inputs);
  double loss = 0;
  for (std::size_t n = 0; n < kRows; ++n)
    loss -= std::log(static_cast<double>(outputs(n, static_cast<std::size_t>(data.labels[n]))));
  const auto found = evaluate(model, data);
  EXPECT_NEAR(found.loss, loss / kRows, 1e-12);
  double members = 0;
  for (std::size_t i = 0; i < 3; ++i) members += evaluate(member_of(model, i), data).loss / 3;
  EXPECT_LT(found.loss, members);  // -log is convex
}

TEST(Ensemble, ImportanceIsThatOfTheMean) {
  const Model model = three(false).model;
  const auto found = permutation_importance(model, toy_numbers(kRows));
  EXPECT_EQ(found.score, evaluate(model, toy_numbers(kRows)).regression->rmse);
  EXPECT_EQ(found.columns.front().column, "feature 1");
}

TEST(Ensemble, VerifyChecksTheMean) {
  Model model = three(true).model;
  ASSERT_EQ(model.examples.inputs.rows(), 8u);
  EXPECT_EQ(verify(model).same, 8u);
  model.more_members[1].parameters.values()[3] += 1;
  EXPECT_FALSE(verify(model).passed());
}

TEST(Ensemble, ADigestIsOfAllMembersInTheirOrder) {
  const Model model = three(true).model;
  EXPECT_EQ(digest(member_of(model, 0)), digest(model.network, model.parameters));
  EXPECT_NE(digest(model), digest(member_of(model, 0)));
  Model other = model;
  std::swap(other.more_members[0], other.more_members[1]);
  EXPECT_NE(digest(other), digest(model));
}

TEST(Ensemble, SeveralAtATimeOrOneAfterTheOtherTheBitsAreTheSame) {
  for (const bool classes : {true, false}) {
    const Model one_by_one = three(classes, {.members = 3, .at_a_time = 1}).model;
    for (const int at_a_time : {0, 2, 3, 8})
      expect_same(three(classes, {.members = 3, .at_a_time = at_a_time}).model, one_by_one);
  }
}

TEST(Ensemble, MembersWithValidationRowsOfTheirOwnDrawThemByTheirSeed) {
  const auto ensemble = three(true, {.members = 3, .own_validation_rows = true});
  for (std::size_t i = 0; i < 3; ++i) {
    TrainingOptions options = options_for(true);
    options.seed += i;
    EXPECT_EQ(digest(member_of(ensemble.model, i)),
              digest(train(network_for(true), toy_classes(kRows), options).model));
  }
}

TEST(Ensemble, OfModelsIsTheirMembersInOrder) {
  const Model a = three(true).model, b = member_of(a, 1);
  const Model models[] = {a, b};
  const Model both = ensemble_of(models);
  ASSERT_EQ(both.member_count(), 4u);
  EXPECT_EQ(digest(member_of(both, 3)), digest(b));
  EXPECT_EQ(verify(both).same, 8u);
  const Model other[] = {a, three(false).model};
  EXPECT_THROW(ensemble_of(other), std::invalid_argument);
  EXPECT_THROW(ensemble_of({}), std::invalid_argument);
  EXPECT_THROW(member_of(a, 3), std::invalid_argument);
}

/// Counts calls, stops all after some steps, and keeps each member's last state.
class StopsAll : public EnsembleObserver {
 public:
  explicit StopsAll(int steps) : left_(steps) {}
  bool on_step(std::size_t, const StepProgress&) override { return --left_ > 0; }
  bool on_epoch(std::size_t member, const EpochRecord& record, const TrainingState&) override {
    epochs[member].push_back(record.epoch);
    return true;
  }
  void on_member(std::size_t member, const Trained& trained) override { states[member] = trained.state; }

  std::map<std::size_t, std::vector<std::uint64_t>> epochs;
  std::map<std::size_t, TrainingState> states;

 private:
  int left_;
};

TEST(Ensemble, TellsOfEachMembersEpochs) {
  StopsAll observer(1000);
  train_ensemble(network_for(true), toy_classes(kRows), options_for(true), {.members = 3, .at_a_time = 3},
                 &observer);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(observer.epochs[i], (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(observer.states.size(), 3u);
}

TEST(Ensemble, InterruptedIsUninterruptedAndWhatHadFinishedIsNotTrainedAgain) {
  const Model whole = three(true).model;
  for (const int at_a_time : {1, 2}) {
    for (const int steps : {1, 7, 15, 16, 20, 44}) {  // 15 a member
      StopsAll observer(steps);
      const auto part = train_ensemble(network_for(true), toy_classes(kRows), options_for(true),
                                       {.members = 3, .at_a_time = at_a_time}, &observer);
      EXPECT_EQ(part.stopped, StopReason::kInterrupted) << steps;
      EXPECT_EQ(part.model.member_count(), part.members.size());
      EXPECT_EQ(part.members.size(), observer.states.size());
      std::vector<const TrainingState*> from(3, nullptr);
      for (auto& [member, state] : observer.states) from[member] = &state;
      StopsAll rest(1000);
      const auto resumed = train_ensemble(network_for(true), toy_classes(kRows), options_for(true),
                                          {.members = 3, .at_a_time = at_a_time}, &rest, from);
      EXPECT_EQ(resumed.stopped, StopReason::kFinished);
      expect_same(resumed.model, whole);
      for (const auto& [member, state] : observer.states)
        EXPECT_EQ(rest.epochs[member].size(), 3 - state.epoch) << "member " << member << " after " << steps;
    }
  }
}

TEST(Ensemble, AMemberThatDivergesIsNamed) {
  TrainingOptions options = options_for(false);
  options.optimizer = SGD{.learning_rate = 1e30};
  try {
    train_ensemble(network_for(false), toy_numbers(kRows), options, {.members = 3, .at_a_time = 1});
    FAIL() << "it diverges";
  } catch (const DivergenceError& error) {
    EXPECT_EQ(std::string(error.what()).find("member 1 (seed 7): training diverged in epoch "), 0u)
        << error.what();
  }
}

TEST(Ensemble, AnObserversFailureEndsAllAndComesOut) {
  struct Fails : EnsembleObserver {
    bool on_epoch(std::size_t member, const EpochRecord&, const TrainingState&) override {
      if (member == 1) throw FileError("no room");
      return true;
    }
  } observer;
  for (const int at_a_time : {1, 2}) {
    EXPECT_THROW(train_ensemble(network_for(true), toy_classes(kRows), options_for(true),
                                {.members = 3, .at_a_time = at_a_time}, &observer),
                 FileError);
  }
}

TEST(Ensemble, RefusesWhatDoesNotFit) {
  const auto with = [](const EnsembleOptions& ensemble, const TrainingOptions& options = options_for(true),
                       std::span<const TrainingState* const> from = {}) {
    train_ensemble(network_for(true), toy_classes(kRows), options, ensemble, nullptr, from);
  };
  EXPECT_THROW(with({.members = 0}), std::invalid_argument);
  EXPECT_THROW(with({.members = Model::kMostMembers + 1}), std::invalid_argument);
  EXPECT_THROW(with({.members = 2, .at_a_time = -1}), std::invalid_argument);
  TrainingOptions none = options_for(true);
  none.validation_fraction = 0;
  EXPECT_THROW(with({.members = 2, .own_validation_rows = true}, none), std::invalid_argument);
  const TrainingState* const states[] = {nullptr, nullptr, nullptr};
  EXPECT_THROW(with({.members = 2}, options_for(true), states), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
