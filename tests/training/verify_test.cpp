#include "mlp/verify.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/kernels.h"
#include "mlp/data.h"
#include "support/temporary_folder.h"
#include "training/model_examples.h"
#include "training/toy.h"

namespace mlp {
namespace {

using test::toy_classes;
using test::toy_numbers;

Model classifier(int examples = 8) {
  return train(parse_network("16:gelu,8:tanh,3:softmax", 6), toy_classes(200),
               {.epochs = 3, .examples = examples});
}
Model regression() {
  return train(parse_network("16:relu,1:linear", 4), toy_numbers(200), {.loss = SquaredError{}, .epochs = 3});
}

TEST(Verify, ExamplesAreTrainingRowsAsTheyStandWithWhatThePredictionIs) {
  const Dataset dataset = toy_numbers(100);
  const TrainingOptions options{.loss = SquaredError{}, .epochs = 2, .validation_fraction = 0.3, .seed = 5};
  const Model model = train(parse_network("8:relu,1:linear", 4), dataset, options);
  ASSERT_EQ(model.examples.inputs.rows(), 8u);
  const auto rows = validation_split(100, 0.3, 5).training;
  const auto& inputs = std::get<Matrix<float>>(dataset.inputs);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_TRUE(std::ranges::equal(model.examples.inputs.row(i), inputs.row(rows[i * 70 / 8]))) << i;
  }
  const auto expected = predict(model, dataset.inputs);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(model.examples.outputs(i, 0), expected(rows[i * 70 / 8], 0));
}

TEST(Verify, ExamplesOfBytesPredictAsTheBytesDid) {
  const auto digits = make_digits(300, 10, 1);
  const Model model = train(parse_network("16:relu,10:softmax", 784), digits.train, {.epochs = 1});
  ASSERT_EQ(model.examples.outputs.rows(), 8u);
  const auto expected = predict(model, digits.train.inputs);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_TRUE(std::ranges::equal(model.examples.outputs.row(i), expected.row(i * 300 / 8))) << i;
  }
}

TEST(Verify, FewerRowsThanExamplesAndNoneAtAll) {
  const Model few =
      train(parse_network("1:linear", 4), toy_numbers(3), {.loss = SquaredError{}, .epochs = 1});
  EXPECT_EQ(few.examples.inputs.rows(), 3u);
  EXPECT_TRUE(verify(few).passed());
  const Verification none = verify(classifier(0));
  EXPECT_EQ(none.examples, 0u);
  EXPECT_FALSE(none.passed());
  EXPECT_THROW(classifier(-1), std::invalid_argument);
}

TEST(Verify, TheSameBitsOnEveryTargetWithFusedMultiplyAddAndRoundingOnTheBaseline) {
  for (const Model& model : {classifier(), regression()}) {
    for (const auto& target : kernels::available_targets()) {
      for (const int threads : {1, 3}) {
        const auto result = verify(model, {.threads = threads, .target = target});
        EXPECT_TRUE(result.passed()) << target;
        EXPECT_EQ(result.examples, 8u);
        if (target != "baseline") {
          EXPECT_EQ(result.same, 8u) << target;
          EXPECT_EQ(result.largest_difference, 0.0) << target;
        } else {
          EXPECT_LT(result.largest_difference, Verification::kTolerance / 50);
        }
      }
    }
  }
}

TEST(Verify, SurvivesAFile) {
  const testing_support::TemporaryFolder folder;
  for (const Model& model : {classifier(), regression()}) {
    save_model(model, folder / "m");
    EXPECT_EQ(verify(load_model(folder / "m")).same, 8u);
  }
}

TEST(Verify, FindsAModelThatComputesSomethingElse) {
  const auto fails = [](Model model, const auto& change) {
    change(model);
    return !verify(model).passed();
  };
  for (const Model& model : {classifier(), regression()}) {
    EXPECT_FALSE(fails(model, [](Model&) {}));
    // The sign of any weight that counts, a scaling, the expected outputs, an activation, a NaN.
    EXPECT_TRUE(fails(model, [](Model& m) { m.parameters.weight(1)(0, 0) *= -1; }));
    EXPECT_TRUE(fails(model, [](Model& m) { m.parameters.weight(0)(1, 2) *= -1; }));
    EXPECT_TRUE(fails(model, [](Model& m) { m.parameters.bias(m.network.depth() - 1)[0] += 0.01f; }));
    EXPECT_TRUE(fails(model, [](Model& m) { m.input_scaling.shift[0] += 0.1f; }));
    EXPECT_TRUE(fails(model, [](Model& m) { m.examples.outputs(7, 0) *= 1.01f; }));
    EXPECT_TRUE(fails(model, [](Model& m) { m.examples.inputs(3, 1) += 1.0f; }));
    EXPECT_TRUE(fails(model, [](Model& m) {
      auto layers = m.network.layers();
      std::vector<Layer> changed(layers.begin(), layers.end());
      changed[0].activation = Sigmoid{};
      m.network = MultilayerPerceptron(std::move(changed));
    }));
    EXPECT_TRUE(fails(model, [](Model& m) { m.parameters.values()[0] = std::nanf(""); }));
    EXPECT_TRUE(fails(model, [](Model& m) { m.parameters.values()[0] = INFINITY; }));
  }
  EXPECT_TRUE(
      fails(regression(), [](Model& m) { m.target_scaling.shift[0] += 0.01f / m.target_scaling.scale[0]; }));
}

TEST(Verify, DifferencesAreMeasuredInTheTargetsOwnSpread) {
  Model model = regression();
  const float spread = 1 / model.target_scaling.scale[0];
  const auto expected = model.examples.outputs;
  model.examples.outputs(0, 0) = 0;  // an expected output far smaller than the spread
  const double found = std::abs(expected(0, 0));
  EXPECT_NEAR(verify(model).largest_difference, found / spread, 1e-5 * found / spread);
  EXPECT_EQ(verify(model).same, 7u);
}

TEST(Verify, WhereAPredictionIsNotFiniteThereAreNoExamples) {
  Model model = regression();
  const Inputs inputs = Matrix<float>(3, 4, {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6});
  const std::vector<std::uint32_t> rows = {0, 1, 2};
  EXPECT_EQ(make_examples(model, inputs, rows, 8, "").inputs.rows(), 3u);
  for (float& weight : model.parameters.values()) weight = 1e38f;
  EXPECT_EQ(make_examples(model, inputs, rows, 8, ""), ModelExamples());
}

}  // namespace
}  // namespace mlp
