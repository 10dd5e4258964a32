// Predictor: the bits of predict(), however rows are grouped, and no allocation.
#include "mlp/predictor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <thread>

#include "core/random.h"
#include "training/toy.h"

namespace mlp {
namespace {

using test::same_bits;

constexpr std::size_t kRows = 300;

Model toy_model(bool classes) {
  return classes ? train(parse_network("30:relu,17:gelu,3:softmax", 6), test::toy_classes(kRows),
                         {.epochs = 2, .batch_size = 50})
                       .model
                 : train(parse_network("19:tanh:0.2,1:linear", 4), test::toy_numbers(kRows),
                         {.loss = SquaredError{}, .epochs = 2})
                       .model;
}

Matrix<float> inputs_of(bool classes) {
  return std::get<Matrix<float>>((classes ? test::toy_classes(kRows) : test::toy_numbers(kRows)).inputs);
}

TEST(Predictor, GivesTheBitsOfPredictHoweverManyRowsItTakesAtATime) {
  for (const bool classes : {true, false}) {
    const Model model = toy_model(classes);
    const Matrix<float> inputs = inputs_of(classes);
    const Matrix<float> expected = predict(model, inputs);
    for (const std::size_t max_rows : {1u, 7u, 64u, 1000u}) {
      for (const int threads : {1, 3}) {
        Predictor predictor(model, {.max_rows = max_rows, .threads = threads});
        Matrix<float> found(kRows, predictor.fan_out());
        predictor.predict(inputs, found);
        EXPECT_TRUE(same_bits(std::as_const(found).values(), expected.values()))
            << max_rows << " rows at a time, " << threads << " threads";
      }
    }
    Predictor predictor(model);
    std::vector<float> output(predictor.fan_out());
    for (std::size_t n = 0; n < kRows; ++n) {
      predictor.predict(inputs.row(n), output);
      ASSERT_TRUE(same_bits(output, expected.row(n))) << "row " << n;
    }
  }
}

TEST(Predictor, ARowsPredictionDoesNotDependOnItsPlace) {
  for (const bool classes : {true, false}) {
    const Model model = toy_model(classes);
    const Matrix<float> inputs = inputs_of(classes);
    const Matrix<float> expected = predict(model, inputs, {.threads = 1});
    for (const int threads : {1, 2, 5}) {
      const auto order =
          permutation(kRows, RandomStream(static_cast<std::uint64_t>(threads), RandomPurpose::kTest));
      Matrix<float> shuffled(kRows, inputs.columns());
      for (std::size_t n = 0; n < kRows; ++n)
        std::ranges::copy(inputs.row(order[n]), shuffled.row(n).begin());
      const Matrix<float> found = predict(model, shuffled, {.threads = threads});
      for (std::size_t n = 0; n < kRows; ++n) {
        ASSERT_TRUE(same_bits(found.row(n), expected.row(order[n]))) << "row " << order[n] << " at " << n;
      }
    }
  }
}

TEST(Predictor, RowsAndOutputsMayBePartsOfWiderMatrices) {
  const Model model = toy_model(true);
  const Matrix<float> inputs = inputs_of(true);
  const Matrix<float> expected = predict(model, inputs);
  Matrix<float> wide(kRows, 11), outputs(kRows, 8);
  for (std::size_t n = 0; n < kRows; ++n) std::ranges::copy(inputs.row(n), &wide(n, 2));
  for (float& x : outputs.values()) x = 42;
  Predictor predictor(model, {.max_rows = 32});
  predictor.predict(ConstMatrixView<float>(&std::as_const(wide)(0, 2), kRows, 6, 11),
                    MatrixView<float>(&outputs(0, 1), kRows, 3, 8));
  for (std::size_t n = 0; n < kRows; ++n) {
    EXPECT_TRUE(same_bits(std::as_const(outputs).row(n).subspan(1, 3), expected.row(n))) << "row " << n;
    for (const std::size_t c : {0u, 4u, 7u}) EXPECT_EQ(outputs(n, c), 42) << "beside row " << n;
  }
}

TEST(Predictor, TakesBytesAsTheyAre) {
  const DataSplit digits = make_digits(200, 20, 1);
  const Model model = train(parse_network("16:relu,10:softmax", 784), digits.train, {.epochs = 1}).model;
  const Matrix<float> expected = predict(model, digits.test.inputs);
  const auto& images = std::get<Matrix<std::uint8_t>>(digits.test.inputs);
  Predictor predictor(model);
  std::vector<float> output(10);
  for (std::size_t n = 0; n < images.rows(); ++n) {
    predictor.predict(images.row(n), output);
    EXPECT_TRUE(same_bits(output, expected.row(n))) << "image " << n;
  }
}

TEST(Predictor, ANaNAmongZerosIsNotSkipped) {
  const Model model{.network = parse_network("5:relu,3:softmax", 64),
                    .parameters = initialize(parse_network("5:relu,3:softmax", 64), 1)};
  for (const char* target : {"", "baseline"}) {
    Predictor predictor(model, {.target = target});
    for (const std::size_t place : {0u, 40u, 63u}) {
      std::vector<float> input(64), output(3);
      input[place] = std::nanf("");
      predictor.predict(input, output);
      for (const float p : output) EXPECT_TRUE(std::isnan(p)) << "input " << place << ", target " << target;
    }
  }
}

/// Whether the call was refused because another thread was in it; if not, its outputs were those expected.
bool refused(Predictor& predictor, ConstMatrixView<float> inputs, const Matrix<float>& expected) {
  Matrix<float> found(inputs.rows(), predictor.fan_out());
  try {
    predictor.predict(inputs, found);
  } catch (const std::logic_error& error) {
    EXPECT_STREQ(error.what(),
                 "Predictor: used by two threads at a time; make one for each thread, of the same Model");
    return true;
  }
  EXPECT_TRUE(same_bits(std::as_const(found).values(), expected.values()));
  return false;
}

TEST(Predictor, RefusesASecondThreadRatherThanMixTheTwoUp) {
  const Model model = toy_model(true);
  const Matrix<float> inputs = inputs_of(true);
  const Matrix<float> expected = predict(model, inputs);
  Predictor predictor(model);
  std::atomic<bool> done = false;
  std::atomic<int> refused_there = 0;
  std::thread other([&] {
    while (!done) refused_there += refused(predictor, inputs, expected);
  });
  int refused_here = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while ((refused_here == 0 || refused_there == 0) && std::chrono::steady_clock::now() < deadline &&
         !HasFailure())
    refused_here += refused(predictor, inputs, expected);
  done = true;
  other.join();
  EXPECT_GT(refused_here, 0);
  EXPECT_GT(refused_there, 0);
  EXPECT_FALSE(refused(predictor, inputs, expected)) << "one thread after another may";
}

TEST(Predictor, ThreadsMayShareTheModelEachWithAPredictorOfItsOwn) {
  const Model model = toy_model(true);
  const Matrix<float> inputs = inputs_of(true);
  const Matrix<float> expected = predict(model, inputs);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Predictor predictor(model);
      for (int turn = 0; turn < 50; ++turn) EXPECT_FALSE(refused(predictor, inputs, expected));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Predictor, AWrongCallLeavesItFree) {
  const Matrix<float> inputs = inputs_of(true);
  Predictor predictor(toy_model(true));
  std::vector<float> output(predictor.fan_out());
  EXPECT_THROW(predictor.predict(inputs.row(0).first(2), output), std::invalid_argument);
  EXPECT_NO_THROW(predictor.predict(inputs.row(0), output));
}

TEST(Predictor, CanBeMoved) {
  const Model model = toy_model(true);
  const Matrix<float> inputs = inputs_of(true);
  Predictor first(model);
  Predictor second = std::move(first);
  std::vector<float> output(3);
  second.predict(inputs.row(5), output);
  EXPECT_TRUE(same_bits(output, predict(model, inputs).row(5)));
  first = Predictor(model);
  first.predict(inputs.row(7), output);
  EXPECT_TRUE(same_bits(output, predict(model, inputs).row(7)));
}

TEST(Predictor, AbsurdOptionsAreRefusedBeforeAnythingIsAllocated) {
  const Model model = toy_model(true);
  const auto problem = [&](const PredictorOptions& options) -> std::string {
    try {
      Predictor predictor(model, options);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(problem({.max_rows = 1 << 20}), "none");
  EXPECT_EQ(problem({.max_rows = 0}), "Predictor: max_rows must be 1 to 1048576, not 0");
  EXPECT_EQ(problem({.max_rows = SIZE_MAX}),
            "Predictor: max_rows must be 1 to 1048576, not 18446744073709551615");
  EXPECT_EQ(problem({.threads = 2'000'000'000}),
            "the number of threads must be 0 (as many as help) to 1024, not 2000000000");
  EXPECT_EQ(problem({.threads = -1}), "the number of threads must be 0 (as many as help) to 1024, not -1");
}

TEST(Predictor, SizesThatDoNotFitAreNamed) {
  Predictor predictor(toy_model(true));
  std::vector<float> input(6), output(3), short_output(2);
  try {
    predictor.predict(std::span<const float>(input).first(5), output);
    FAIL() << "5 features for 6";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("[1, 5]"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("from 6 to 3"), std::string::npos) << error.what();
  }
  EXPECT_THROW(predictor.predict(input, short_output), std::invalid_argument);
  Matrix<float> rows(4, 6), outputs(3, 3);
  EXPECT_THROW(predictor.predict(rows, outputs), std::invalid_argument);
  EXPECT_THROW(Predictor(toy_model(true), {.target = "avx1024"}), UsageError);
}

}  // namespace
}  // namespace mlp
