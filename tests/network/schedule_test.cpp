#include "mlp/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mlp {
namespace {

std::vector<double> factors(const Schedule& schedule, std::uint64_t total, std::uint64_t steps_per_epoch) {
  std::vector<double> result;
  for (std::uint64_t step = 0; step < total; ++step) {
    result.push_back(learning_rate_factor(schedule, step, total, steps_per_epoch));
  }
  return result;
}

void expect_near(const std::vector<double>& actual, const std::vector<double>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-14) << "step " << i;
}

TEST(Schedule, ConstantIsOne) { expect_near(factors(Constant{}, 3, 2), {1, 1, 1}); }

TEST(Schedule, StepDecayFallsEverySoManyEpochs) {
  expect_near(factors(StepDecay{.factor = 0.1, .every = 2}, 9, 2), {1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01});
  expect_near(factors(StepDecay{.factor = 0.5, .every = 1.5}, 7, 2), {1, 1, 1, 0.5, 0.5, 0.5, 0.25});
}

TEST(Schedule, ExponentialDecayIsSmoothWithinAnEpoch) {
  expect_near(factors(ExponentialDecay{.factor = 0.25}, 5, 2), {1, 0.5, 0.25, 0.125, 0.0625});
}

TEST(Schedule, WarmUpRisesInEqualSteps) {
  expect_near(factors(WarmUp{.fraction = 0.5}, 8, 1), {0.25, 0.5, 0.75, 1, 1, 1, 1, 1});
  expect_near(factors(WarmUp{.fraction = 0.25}, 10, 1), {0.4, 0.8, 1, 1, 1, 1, 1, 1, 1, 1});
  expect_near(factors(WarmUp{.fraction = 0}, 3, 1), {1, 1, 1});
  expect_near(factors(WarmUp{.fraction = 1}, 4, 1), {0.25, 0.5, 0.75, 1});
}

TEST(Schedule, CosineFallsFromOneToItsFloor) {
  const double eighth = (1 - std::sqrt(0.5)) / 2;  // (1 + cos(3 pi / 4)) / 2
  expect_near(factors(Cosine{}, 4, 1), {1, 1 - eighth, 0.5, eighth});
  expect_near(factors(Cosine{.floor = 0.5}, 4, 1), {1, 1 - eighth / 2, 0.75, 0.5 + eighth / 2});
  expect_near(factors(Cosine{.warm_up = 0.5}, 8, 1), {0.25, 0.5, 0.75, 1, 1, 1 - eighth, 0.5, eighth});
  EXPECT_NEAR(learning_rate_factor(Cosine{.floor = 0.125}, 9999, 10000, 1), 0.125, 1e-7);
}

// Expected values: torch.optim.lr_scheduler.OneCycleLR of PyTorch 2 with max_lr=1, pct_start=warm_up,
// div_factor=initial, final_div_factor=final/initial.
TEST(Schedule, OneCycleIsPyTorchs) {
  expect_near(factors(OneCycle{.warm_up = 0.25, .initial = 10, .final = 1000}, 10, 1),
              {0.09999999999999998, 0.7749999999999999, 0.9890847265665359, 0.9046039886902862, 0.75025,
               0.552711967402193, 0.3461460113097138, 0.16626926212375048, 0.044184043907520815, 0.001});
  const std::vector<std::pair<std::uint64_t, double>> of_hundred = {
      {0, 0.040000000000000036},  {1, 0.042813780565907456},   {10, 0.29516394846410077},
      {14, 0.49401332387899954},  {28, 0.9971862194340926},    {29, 1.0},
      {30, 0.9994965352845243},   {50, 0.793893450575732},     {64, 0.500002},
      {90, 0.040239952779819815}, {98, 0.0005074647154757879}, {99, 4e-06}};
  for (const auto& [step, expected] : of_hundred) {
    EXPECT_NEAR(learning_rate_factor(OneCycle{}, step, 100, 7), expected, 1e-14) << "step " << step;
  }
}

TEST(Schedule, OneCycleEndsExactlyAtItsFinalFactor) {
  for (std::uint64_t total = 1; total < 500; ++total) {
    ASSERT_EQ(learning_rate_factor(OneCycle{.final = 1000}, total - 1, total, 1), 1.0 / 1000) << total;
    ASSERT_EQ(learning_rate_factor(OneCycle{.final = 1000}, total + 5, total, 1), 1.0 / 1000) << total;
  }
}

TEST(Schedule, FactorsLieAboveZeroAndUpToOneForAnyLength) {
  std::vector<Schedule> schedules = all_schedules();
  schedules.push_back(WarmUp{.fraction = 1});
  schedules.push_back(Cosine{.warm_up = 0.999});
  schedules.push_back(OneCycle{.warm_up = 0, .initial = 1, .final = 1});
  schedules.push_back(OneCycle{.warm_up = 0.999});
  schedules.push_back(OneCycle{.warm_up = 0.5});  // of two steps: the peak is step 0, no way up at all
  for (const auto& schedule : schedules) {
    for (const std::uint64_t total : {1, 2, 3, 4, 5, 10, 1000}) {
      for (std::uint64_t step = 0; step < total; ++step) {
        const double factor = learning_rate_factor(schedule, step, total, 1 + total / 3);
        ASSERT_TRUE(factor > 0 && factor <= 1)
            << to_string(schedule) << " " << step << "/" << total << ": " << factor;
      }
    }
  }
}

TEST(Schedule, EmptyAndOverlongTrainingsGiveFiniteFactors) {
  const auto huge = std::numeric_limits<std::uint64_t>::max();
  for (const auto& schedule : all_schedules()) {
    for (const std::uint64_t step : {std::uint64_t{0}, std::uint64_t{1}, huge}) {
      for (const std::uint64_t total : {std::uint64_t{0}, std::uint64_t{1}, huge}) {
        const double factor = learning_rate_factor(schedule, step, total, 0);
        EXPECT_TRUE(factor >= 0 && factor <= 1) << to_string(schedule) << " " << step << "/" << total;
      }
    }
  }
}

}  // namespace
}  // namespace mlp
