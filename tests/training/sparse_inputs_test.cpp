// Zeros skipped or not: the same bits for every kind of training; and divergence is reported either way.
#include <gtest/gtest.h>

#include "mlp/error.h"
#include "training/benchmark_data.h"
#include "training/toy.h"

namespace mlp {
namespace {

using test::same_bits;

constexpr SparseInputs kChoices[] = {SparseInputs::kAuto, SparseInputs::kOn, SparseInputs::kOff};

Trained trained(const MultilayerPerceptron& network, const Dataset& dataset, TrainingOptions options,
                SparseInputs sparse_inputs, int threads, const TrainingState* from = nullptr,
                TrainingObserver* observer = nullptr) {
  options.sparse_inputs = sparse_inputs;
  options.threads = threads;
  return train(network, dataset, options, observer, from);
}

void expect_same_state(const TrainingState& found, const TrainingState& expected) {
  EXPECT_TRUE(same_bits(found.parameters, expected.parameters));
  ASSERT_EQ(found.moments.size(), expected.moments.size());
  for (std::size_t i = 0; i < found.moments.size(); ++i) {
    EXPECT_TRUE(same_bits(found.moments[i], expected.moments[i])) << "moment " << i;
  }
  ASSERT_EQ(found.history.size(), expected.history.size());
  for (std::size_t epoch = 0; epoch < found.history.size(); ++epoch) {
    EXPECT_TRUE(same_bits(found.history[epoch].train_loss, expected.history[epoch].train_loss));
    EXPECT_TRUE(same_bits(found.history[epoch].validation_loss, expected.history[epoch].validation_loss));
  }
}

/// Every choice on 1 to 4 threads, against the dense run on one; `skips`: whether kAuto skips.
void expect_same_bits(const MultilayerPerceptron& network, const Dataset& dataset,
                      const TrainingOptions& options, bool skips) {
  const Trained expected = trained(network, dataset, options, SparseInputs::kOff, 1);
  EXPECT_NE(expected.state.parameters, initialize(network, options.seed));
  for (const SparseInputs choice : kChoices) {
    for (int threads = 1; threads <= 4; ++threads) {
      SCOPED_TRACE("choice " + std::to_string(static_cast<int>(choice)) + ", " + std::to_string(threads) +
                   " threads");
      const Trained found = trained(network, dataset, options, choice, threads);
      EXPECT_EQ(found.sparse_inputs, choice == SparseInputs::kOn || (choice == SparseInputs::kAuto && skips));
      expect_same_state(found.state, expected.state);
      EXPECT_TRUE(same_bits(found.model.parameters, expected.model.parameters));
    }
  }
}

/// Three columns of categories, one-hot, and, if `measured`, one of numbers.
Dataset one_hot(std::size_t rows, bool measured) {
  constexpr std::size_t kCategories[] = {7, 13, 17};
  Dataset dataset = test::toy_classes(rows, 37 + measured);
  auto& inputs = std::get<Matrix<float>>(dataset.inputs);
  for (std::size_t n = 0; n < rows; ++n) {
    std::size_t first = 0;
    for (const std::size_t count : kCategories) {
      const std::size_t category = test::mixed(n, first) % count;
      for (std::size_t i = 0; i < count; ++i) inputs(n, first + i) = i == category ? 1.0f : 0.0f;
      first += count;
    }
  }
  return dataset;
}

TEST(SparseInputs, ImagesGiveTheSameBits) {
  const MultilayerPerceptron network = parse_network("64:relu,87:relu:0.1,72:leaky_relu,10:softmax", 784);
  const Dataset images = benchmark_data(network, 330);
  for (const Optimizer& optimizer : {Optimizer(Momentum{.learning_rate = 0.01}), Optimizer(Adam{})}) {
    for (const double clip_norm : {0.0, 0.5}) {
      SCOPED_TRACE(to_string(optimizer) + ", clip " + std::to_string(clip_norm));
      expect_same_bits(network, images,
                       {.optimizer = optimizer,
                        .epochs = 2,
                        .batch_size = 32,
                        .clip_norm = clip_norm,
                        .validation_fraction = 0.1},
                       true);
    }
  }
}

TEST(SparseInputs, BatchesOfSeveralChunksGiveTheSameBits) {
  const MultilayerPerceptron network = parse_network("33:relu,10:softmax", 784);
  const Dataset images = benchmark_data(network, 700);
  for (const double clip_norm : {0.0, 0.5}) {
    expect_same_bits(network, images,
                     {.optimizer = AdamW{}, .epochs = 2, .batch_size = 300, .clip_norm = clip_norm}, true);
  }
}

TEST(SparseInputs, OddWidthsGiveTheSameBits) {
  for (const char* layers : {"1:linear,3:softmax", "17:tanh,3:softmax", "130:gelu,3:softmax"}) {
    SCOPED_TRACE(layers);
    expect_same_bits(parse_network(layers, 37), one_hot(90, false),
                     {.epochs = 3, .batch_size = 13, .l2 = 0.01, .standardize = false}, true);
  }
}

TEST(SparseInputs, OneHotTablesGiveTheSameBitsScaledOrNot) {
  const MultilayerPerceptron network = parse_network("19:relu,3:softmax", 38);
  const Dataset table = one_hot(150, true);
  const TrainingOptions options{
      .optimizer = Nesterov{.learning_rate = 0.01}, .epochs = 3, .batch_size = 40, .clip_norm = 0.2};
  TrainingOptions plain = options;
  plain.standardize = false;
  expect_same_bits(network, table, plain, true);
  expect_same_bits(network, table, options, false);  // a standardised zero is none any more
}

TEST(SparseInputs, DataWithoutZerosGivesTheSameBitsAndIsNotSearched) {
  expect_same_bits(parse_network("20:relu,3:softmax", 6), test::toy_classes(100), {.epochs = 2}, false);
}

TEST(SparseInputs, DataOfZerosGivesTheSameBits) {
  Dataset dataset = test::toy_classes(50);
  dataset.inputs = Matrix<std::uint8_t>(50, 6);
  expect_same_bits(parse_network("20:tanh,3:softmax", 6), dataset, {.epochs = 2, .batch_size = 16}, true);
}

class StopAfter : public TrainingObserver {
 public:
  explicit StopAfter(int steps) : left_(steps) {}
  bool on_step(const StepProgress&) override { return --left_ > 0; }

 private:
  int left_;
};

TEST(SparseInputs, AResumedRunMayChooseAnew) {
  const MultilayerPerceptron network = parse_network("17:relu,10:softmax", 784);
  const Dataset images = benchmark_data(network, 100);
  const TrainingOptions options{.epochs = 3, .batch_size = 16};
  const Trained expected = trained(network, images, options, SparseInputs::kOff, 1);
  for (const SparseInputs before : kChoices) {
    for (const SparseInputs after : kChoices) {
      StopAfter observer(10);
      const Trained stopped = trained(network, images, options, before, 2, nullptr, &observer);
      ASSERT_EQ(stopped.stopped, StopReason::kInterrupted);
      expect_same_state(trained(network, images, options, after, 3, &stopped.state).state, expected.state);
    }
  }
}

// --- Divergence -------------------------------------------------------------------------------------------

TEST(SparseInputs, ARunThatDivergesIsToldSo) {
  const MultilayerPerceptron network = parse_network("17:relu,10:linear", 784);
  Dataset images = benchmark_data(network, 100);
  for (const SparseInputs choice : kChoices) {
    EXPECT_THROW(
        trained(network, images,
                {.loss = SquaredError{}, .optimizer = SGD{.learning_rate = 1e6}, .epochs = 3}, choice, 2),
        DivergenceError);
  }
}

TEST(SparseInputs, AnInfiniteWeightWhoseInputNeverComesBackIsFoundAfterTheEpoch) {
  // Input 0 is zero except in one row, where it is so large that the weight's gradient overflows. 0 times
  // that weight makes the dense run's next step NaN; with zeros skipped that is noticed only when the epoch
  // ends.
  constexpr std::size_t kRows = 8;
  Dataset dataset = test::toy_numbers(kRows, 3, 0.0f);
  auto& inputs = std::get<Matrix<float>>(dataset.inputs);
  for (std::size_t n = 0; n < kRows; ++n) {
    inputs(n, 0) = 0;
    dataset.targets(n, 0) = 10;
  }
  const TrainingOptions options{.loss = SquaredError{},
                                .optimizer = SGD{.learning_rate = 1e-3},
                                .epochs = 2,
                                .batch_size = 1,
                                .standardize = false};
  const MultilayerPerceptron network = parse_network("1:linear", 3);
  const TrainingState zeros{.parameters = Parameters(network)};
  const auto told = [&](SparseInputs choice) -> std::string {
    try {
      trained(network, dataset, options, choice, 1, &zeros);
    } catch (const DivergenceError& error) {
      return error.what();
    }
    return "nothing";
  };
  for (const SparseInputs choice : {SparseInputs::kOff, SparseInputs::kOn})
    EXPECT_EQ(told(choice), "nothing");
  std::size_t sooner = 0;
  for (std::size_t row = 0; row < kRows; ++row) {
    inputs(row, 0) = 3e38f;
    const std::string dense = told(SparseInputs::kOff), sparse = told(SparseInputs::kOn);
    sooner += dense.find("the loss became NaN") != std::string::npos;
    EXPECT_NE(dense, "nothing");
    EXPECT_NE(sparse.find("epoch 1, step 8"), std::string::npos) << sparse;
    EXPECT_NE(sparse.find("a parameter is no longer finite"), std::string::npos) << sparse;
    inputs(row, 0) = 0;
  }
  EXPECT_EQ(sooner, kRows - 1) << "all but where that row was the epoch's last";
}

}  // namespace
}  // namespace mlp
