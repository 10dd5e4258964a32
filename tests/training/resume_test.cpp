// Interrupted = uninterrupted, bit for bit: wherever it stopped, through a file or not, on any number of
// threads before and after.
#include <gtest/gtest.h>

#include "mlp/checkpoint.h"
#include "mlp/train.h"
#include "support/temporary_folder.h"
#include "training/toy.h"

namespace mlp {
namespace {

using test::same_bits;

/// Stops training after `steps` more steps.
class StopAfter : public TrainingObserver {
 public:
  explicit StopAfter(std::uint64_t steps) : left_(steps) {}
  bool on_step(const StepProgress&) override { return --left_ > 0; }

 private:
  std::uint64_t left_;
};

struct Case {
  std::string name;
  MultilayerPerceptron network;
  Dataset dataset;
  TrainingOptions options;
};

/// 100 rows, 90 of them trained on in batches of 16: six steps an epoch, the last one smaller.
std::vector<Case> cases() {
  std::vector<Case> all;
  all.push_back({"Adam, dropout, validation, early stopping that does not come",
                 parse_network("12:gelu:0.3,9:tanh:0.2,3:softmax", 6),
                 test::toy_classes(100),
                 {.loss = CrossEntropy{0.05},
                  .optimizer = Adam{.learning_rate = 0.01},
                  .schedule = OneCycle{},
                  .epochs = 4,
                  .batch_size = 16,
                  .l2 = 0.001,
                  .validation_fraction = 0.1,
                  .early_stopping = 4}});
  all.push_back({"AdamW, early stopping that comes",
                 parse_network("30:relu,1:linear", 4),
                 test::toy_numbers(100, 4, 30.0f),
                 {.loss = MeanSquaredError{},
                  .optimizer = AdamW{.learning_rate = 0.05},
                  .epochs = 200,
                  .batch_size = 16,
                  .validation_fraction = 0.1,
                  .early_stopping = 2,
                  .seed = 3}});
  all.push_back({"momentum, clipping, sample weights, no validation",
                 parse_network("12:leaky_relu:0.5,3:softmax", 6),
                 test::toy_classes(90),
                 {.loss = CrossEntropy{},
                  .optimizer = Momentum{},
                  .schedule = Cosine{},
                  .epochs = 3,
                  .batch_size = 16,
                  .clip_norm = 0.2}});
  for (std::size_t n = 0; n < 90; ++n) {
    all.back().dataset.sample_weights.push_back(0.5f + static_cast<float>(n % 3));
  }
  return all;
}

Trained run(const Case& c, int threads, std::uint64_t stop_after = 0, const TrainingState* from = nullptr) {
  TrainingOptions options = c.options;
  options.threads = threads;
  StopAfter observer(stop_after);
  return train(c.network, c.dataset, options, stop_after > 0 ? &observer : nullptr, from);
}

void expect_same(const Trained& found, const Trained& expected) {
  EXPECT_EQ(found.stopped, expected.stopped);
  EXPECT_TRUE(same_bits(found.model.parameters, expected.model.parameters));
  const TrainingState &a = found.state, &b = expected.state;
  EXPECT_TRUE(same_bits(a.parameters, b.parameters));
  ASSERT_EQ(a.moments.size(), b.moments.size());
  for (std::size_t i = 0; i < a.moments.size(); ++i) EXPECT_TRUE(same_bits(a.moments[i], b.moments[i]));
  EXPECT_EQ(a.step, b.step);
  EXPECT_EQ(a.epoch, b.epoch);
  EXPECT_EQ(a.batch, b.batch);
  EXPECT_TRUE(same_bits(a.epoch_loss, b.epoch_loss));
  EXPECT_EQ(a.best_epoch, b.best_epoch);
  EXPECT_TRUE(same_bits(a.best_parameters, b.best_parameters));
  ASSERT_EQ(a.history.size(), b.history.size());
  for (std::size_t i = 0; i < a.history.size(); ++i) {
    EXPECT_EQ(a.history[i].epoch, b.history[i].epoch);
    EXPECT_TRUE(same_bits(a.history[i].train_loss, b.history[i].train_loss)) << "epoch " << i + 1;
    EXPECT_TRUE(same_bits(a.history[i].validation_loss, b.history[i].validation_loss)) << "epoch " << i + 1;
    EXPECT_TRUE(same_bits(a.history[i].validation_metric, b.history[i].validation_metric));
    EXPECT_TRUE(same_bits(a.history[i].learning_rate, b.history[i].learning_rate));
  }
}

TEST(Resume, TheCasesAreWhatTheySay) {
  const auto all = cases();
  EXPECT_EQ(run(all[0], 1).stopped, StopReason::kFinished);
  EXPECT_EQ(run(all[1], 1).stopped, StopReason::kEarlyStopping);
  for (const Case& c : all) EXPECT_EQ(run(c, 1, 2).stopped, StopReason::kInterrupted);
}

TEST(Resume, EqualsUninterruptedBitForBit) {
  for (const Case& c : cases()) {
    const Trained expected = run(c, 1);
    // The first step, mid-epoch, an epoch's end, the step after it, and the last step of all.
    for (const std::uint64_t stop : {std::uint64_t{1}, std::uint64_t{4}, std::uint64_t{6}, std::uint64_t{7},
                                     std::uint64_t{12}, expected.state.step}) {
      SCOPED_TRACE(c.name + ", stopped after step " + std::to_string(stop));
      const Trained stopped = run(c, 3, stop);
      EXPECT_EQ(stopped.stopped, StopReason::kInterrupted);
      EXPECT_EQ(stopped.state.step, stop);
      expect_same(run(c, 2, 0, &stopped.state), expected);
    }
  }
}

TEST(Resume, EqualsUninterruptedThroughACheckpointAfterEveryStep) {
  const testing_support::TemporaryFolder folder;
  const auto path = folder / "checkpoint.safetensors";
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const Trained expected = run(c, 1);
    Trained trained = run(c, 2, 1);
    for (int part = 0; trained.stopped == StopReason::kInterrupted; ++part) {
      ASSERT_LT(part, 2000);
      save_checkpoint({.network = c.network, .state = trained.state, .fingerprint = "toy"}, path);
      const Checkpoint checkpoint = load_checkpoint(path);
      trained = run(c, 1 + part % 4, 1 + static_cast<std::uint64_t>(part % 5 == 4) * 7, &checkpoint.state);
    }
    expect_same(trained, expected);
  }
}

TEST(Resume, TheStateGivenToObserversIsResumable) {
  class Keep : public TrainingObserver {
   public:
    bool on_epoch(const EpochRecord&, const TrainingState& state) override {
      states.push_back(state);
      return true;
    }
    std::vector<TrainingState> states;
  };
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    Keep keep;
    const Trained expected = train(c.network, c.dataset, c.options, &keep);
    ASSERT_EQ(keep.states.size(), expected.state.epoch);
    for (const TrainingState& state : keep.states) expect_same(run(c, 1, 0, &state), expected);
  }
}

TEST(Resume, TheStateGivenWithinAnEpochIsResumableAndAskingForItChangesNothing) {
  class Keep : public TrainingObserver {
   public:
    bool on_step(const StepProgress& step) override {
      batches = step.batches;
      return true;
    }
    bool wants_state() override { return ++asked % 3 == 0; }
    void on_state(const TrainingState& state) override {
      EXPECT_GT(state.batch, 0u);
      EXPECT_LT(state.batch, batches);
      states.push_back(state);
    }
    int asked = 0;
    std::uint64_t batches = 0;
    std::vector<TrainingState> states;
  };
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    Keep keep;
    const Trained expected = run(c, 1);
    expect_same(train(c.network, c.dataset, c.options, &keep), expected);
    EXPECT_FALSE(keep.states.empty());
    for (const TrainingState& state : keep.states) expect_same(run(c, 2, 0, &state), expected);
  }
}

TEST(Resume, GoesOnToMoreEpochs) {
  Case c = cases()[2];
  c.options.schedule = Constant{};
  const Trained expected = run(c, 1);
  c.options.epochs = 1;
  const Trained first = run(c, 1);
  c.options.epochs = 3;
  expect_same(run(c, 1, 0, &first.state), expected);
}

TEST(Resume, AStateOfAnotherRunIsRefused) {
  const Case c = cases()[0];
  const TrainingState good = run(c, 1, 8).state;
  const auto refused = [&](auto change) {
    TrainingState state = good;
    change(state);
    EXPECT_THROW(run(c, 1, 1, &state), std::invalid_argument);
  };
  EXPECT_NO_THROW(run(c, 1, 1, &good));
  const MultilayerPerceptron other = parse_network("3:softmax", 6);
  refused([&](TrainingState& s) { s.parameters = Parameters(other); });
  refused([&](TrainingState& s) { s.moments[1] = Parameters(other); });
  refused([&](TrainingState& s) { s.moments.pop_back(); });
  refused([&](TrainingState& s) { s.step += 1; });
  refused([&](TrainingState& s) { s.batch = 6, s.step = 12; });
  refused([&](TrainingState& s) { s.history.clear(); });
  refused([&](TrainingState& s) { s.best_epoch = 2; });
  refused([&](TrainingState& s) { s.best_parameters = Parameters(other); });
}

}  // namespace
}  // namespace mlp
