// The two engines behind one interface: the reference's trains, evaluates and predicts as mlp/reference.h
// says, and the CPU's comes close to it.
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "engine/reference/reference_training.h"
#include "engine/step_case.h"

namespace mlp {
namespace {

using test::Case;
using test::Draw;

engine::Computation computation_of(const Case& c) { return {c.network, c.loss, c.input_scaling, {}}; }

std::vector<Parameters> zero_moments(const Case& c, const Optimizer& optimizer) {
  return std::vector<Parameters>(static_cast<std::size_t>(moment_count(optimizer)), Parameters(c.network));
}

std::unique_ptr<engine::TrainingEngine> engine_for(const Case& c, const Optimizer& optimizer,
                                                   const std::string& target) {
  return engine::training_engine(computation_of(c), optimizer, c.parameters, zero_moments(c, optimizer),
                                 {.common = {.max_batch = c.rows.size(), .threads = 2, .target = target}});
}

/// The state after ten steps and an evaluation.
struct Left {
  std::vector<double> losses;
  Parameters parameters;
  Matrix<float> outputs;
};
Left left_by(engine::TrainingEngine& engine, const Case& c, double clip_norm) {
  Left left;
  const engine::Batch batch{examples_of(c.dataset), c.rows};
  for (std::uint64_t step = 0; step < 10; ++step) {
    left.losses.push_back(engine.train(
        batch, {.step = step, .rate_factor = 0.5, .seed = 7, .l2 = 0.01, .clip_norm = clip_norm}));
  }
  left.outputs = Matrix<float>(c.rows.size(), c.network.fan_out());
  left.losses.push_back(engine.evaluate(batch, left.outputs));
  Matrix<float> predicted = left.outputs;
  engine.predict(view_of(c.dataset.inputs), c.rows, predicted);
  EXPECT_EQ(predicted, left.outputs);
  left.parameters = engine.parameters();
  return left;
}

TEST(ReferenceEngine, TrainsAsTheFormulasSayAndTheCpuEngineDoesTheSame) {
  Draw draw(3);
  for (const Optimizer& optimizer : all_optimizers()) {
    for (const double clip_norm : {0.0, 0.05}) {
      SCOPED_TRACE(to_string(optimizer) + ", clip " + std::to_string(clip_norm));
      Case c =
          test::case_of(draw, parse_network("9:tanh:0.3,7:gelu,4:softmax", 12), CrossEntropy{0.1}, 33, true);
      test::make_bytes(draw, c, true);
      engine::ReferenceTraining<double> reference(computation_of(c), optimizer, c.parameters,
                                                  zero_moments(c, optimizer));
      const Left expected = left_by(reference, c, clip_norm);
      EXPECT_NE(expected.parameters, c.parameters);
      for (const std::string target : {"reference", ""}) {
        const auto engine = engine_for(c, optimizer, target);
        const Left found = left_by(*engine, c, clip_norm);
        for (std::size_t i = 0; i < found.losses.size(); ++i)
          EXPECT_NEAR(found.losses[i], expected.losses[i], 1e-4 * expected.losses[i]) << target << " " << i;
        EXPECT_LT(test::relative_distance(found.parameters.values(), expected.parameters.values()), 1e-3)
            << target;
        EXPECT_LT(test::relative_distance(found.outputs.values(), expected.outputs.values()), 1e-3) << target;
      }
    }
  }
}

TEST(ReferenceEngine, GradientsAreOfTheMeanLossAndThePenalty) {
  Draw draw(4);
  const Case c = test::case_of(draw, parse_network("6:tanh:0.2,3:linear", 5), MeanSquaredError{}, 20, true);
  const engine::StepSettings settings{.step = 3, .seed = 7, .l2 = 0.1};
  const auto expected = reference::loss_and_gradients<double>(
      c.network, test::in_double(c.network, c.parameters), c.loss, test::inputs_of(c),
      test::targets_of(c.dataset, c.rows), test::weights_of(c.dataset, c.rows),
      reference::DropoutMasks{.seed = 7, .step = 3}, 0.1);
  for (const std::string target : {"reference", ""}) {
    const auto engine = engine_for(c, SGD{}, target);
    const Parameters found = engine->gradients({examples_of(c.dataset), c.rows}, settings);
    EXPECT_LT(test::distance_of_gradients(found, expected.gradients, c.network), 1e-4) << target;
    EXPECT_EQ(engine->parameters(), c.parameters) << "no step was asked for";
  }
}

TEST(ReferenceEngine, NamesTheLayerThatStopsBeingFinite) {
  Draw draw(5);
  for (const std::string target : {"reference", ""}) {
    Case c = test::case_of(draw, parse_network("6:relu,5:relu,3:linear", 5), MeanSquaredError{}, 20, false);
    const auto healthy = engine_for(c, SGD{}, target);
    healthy->train({examples_of(c.dataset), c.rows}, {});
    EXPECT_EQ(healthy->first_non_finite_layer(), 3u) << target;
    for (float& w : c.parameters.bias(1)) w = 1e38f;
    c.parameters.weight(2)(0, 0) = 1e38f;
    const auto sick = engine_for(c, SGD{}, target);
    EXPECT_FALSE(std::isfinite(sick->train({examples_of(c.dataset), c.rows}, {}))) << target;
    EXPECT_EQ(sick->first_non_finite_layer(), 2u) << target;
  }
}

TEST(ReferenceEngine, APredictionEngineIsTheTrainedOnesTwin) {
  Draw draw(6);
  const Case c = test::case_of(draw, parse_network("6:tanh:0.2,3:linear", 5), MeanSquaredError{}, 20, true);
  for (const std::string target : {"reference", ""}) {
    const auto trains = engine_for(c, SGD{}, target);
    const auto predicts = engine::prediction_engine(computation_of(c), c.parameters,
                                                    {.max_batch = c.rows.size(), .target = target});
    const engine::Batch batch{examples_of(c.dataset), c.rows};
    Matrix<float> one(c.rows.size(), 3), other(c.rows.size(), 3);
    EXPECT_EQ(trains->evaluate(batch, one), predicts->evaluate(batch, other)) << target;
    EXPECT_EQ(one, other) << target;
  }
}

}  // namespace
}  // namespace mlp
