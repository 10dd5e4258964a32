// Steps that skip zeros in the first layer give the bits of those that do not: on random networks and every
// pattern of zeros, on every CPU target, for any number of threads, in one chunk and in several. And values
// that are not finite are noticed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "engine/left_by.h"
#include "support/sanitizer.h"

namespace mlp {
namespace {

using test::Case;
using test::Draw;
using test::How;
using test::left_by;
using test::same_bits;

constexpr std::size_t kSmallCache = 0, kLargeCache = std::size_t{1} << 30;
constexpr double kAlways = 0, kNever = 1;  // input densities
constexpr float kInfinity = std::numeric_limits<float>::infinity();

enum class Zeros { kNone, kScattered, kClusters, kWholeRows, kWholeColumns, kAll };
constexpr Zeros kEveryKind[] = {Zeros::kNone,      Zeros::kScattered,    Zeros::kClusters,
                                Zeros::kWholeRows, Zeros::kWholeColumns, Zeros::kAll};

bool is_zero(Zeros kind, std::size_t row, std::size_t column) {
  const auto often = [](std::size_t a, std::size_t b) { return Draw(a * 10007 + b).chance(0.7); };
  switch (kind) {
    case Zeros::kNone:
      return false;
    case Zeros::kScattered:
      return often(row, column);
    case Zeros::kClusters:
      return often(row, column / 7);
    case Zeros::kWholeRows:
      return often(row, 5000);
    case Zeros::kWholeColumns:
      return often(5000, column);
    case Zeros::kAll:
      return true;
  }
  return false;
}

template <class T>
void make_zeros(Matrix<T>& inputs, Zeros kind) {
  for (std::size_t n = 0; n < inputs.rows(); ++n) {
    for (std::size_t i = 0; i < inputs.columns(); ++i) {
      if (is_zero(kind, n, i)) inputs(n, i) = T{0};
    }
  }
}

Case case_with(Zeros kind, Draw& draw, const MultilayerPerceptron& network, const Loss& loss,
               std::size_t batch) {
  Case c = test::case_of(draw, network, loss, batch, draw.chance(0.4));
  make_zeros(std::get<Matrix<float>>(c.dataset.inputs), kind);
  return c;
}

/// The sparse step on these numbers of threads, in large chunks and small ones, against the dense one on one
/// thread.
void expect_the_dense_bits(const Case& c, const How& how, const std::vector<int>& threads) {
  for (const std::string& target : kernels::available_targets()) {
    const engine::PlanOptions dense{
        .threads = 1, .target = target, .input_density = kNever, .cache_bytes = kLargeCache};
    ASSERT_FALSE(test::plan_of(c, how.optimizer, dense).sparse_inputs());
    const std::vector<float> expected = left_by(c, how, dense);
    for (const int count : threads) {
      for (const std::size_t cache_bytes : {kSmallCache, kLargeCache}) {
        const engine::PlanOptions sparse{
            .threads = count, .target = target, .input_density = kAlways, .cache_bytes = cache_bytes};
        ASSERT_TRUE(test::plan_of(c, how.optimizer, sparse).sparse_inputs());
        EXPECT_TRUE(same_bits(left_by(c, how, sparse), expected))
            << target << ", " << count << " threads, cache " << cache_bytes;
      }
    }
  }
}

TEST(SparseStep, HasTheBitsOfTheDenseStepOnRandomNetworks) {
  std::uint64_t seed = 9000;
  for (int repeat = 0; repeat < testing_support::cases(5); ++repeat) {
    for (const Zeros kind : kEveryKind) {
      Draw draw(++seed);
      const MultilayerPerceptron network = test::random_network(draw, Softmax{}, true);
      Case c = case_with(kind, draw, network, CrossEntropy{0.1}, draw.integer(1, 130));
      if (repeat == 0) {
        for (float& b : c.parameters.bias(0)) b = 0;  // as training begins
      }
      const How how{.optimizer = draw.any(all_optimizers()), .clip_norm = draw.chance(0.5) ? 0.1 : 0.0};
      SCOPED_TRACE(to_string(network) + ", seed " + std::to_string(seed) + ", zeros of kind " +
                   std::to_string(static_cast<int>(kind)) + ", " + std::to_string(c.rows.size()) + " rows, " +
                   to_string(how.optimizer));
      expect_the_dense_bits(c, how, {1, 2, 3, 4, 7});
    }
  }
}

TEST(SparseStep, HasTheBitsOfTheDenseStepWithEveryOptimizerInSeveralChunks) {
  const MultilayerPerceptron network = parse_network("71:relu:0.2,33:gelu,9:softmax", 45);
  for (const Zeros kind : {Zeros::kScattered, Zeros::kClusters}) {
    for (const std::size_t batch : {65u, 300u}) {
      Draw draw(batch);
      const Case c = case_with(kind, draw, network, CrossEntropy{}, batch);
      for (const Optimizer& optimizer : all_optimizers()) {
        for (const double clip_norm : {0.0, 0.05}) {
          SCOPED_TRACE(to_string(optimizer) + ", clip " + std::to_string(clip_norm) + ", batches of " +
                       std::to_string(batch));
          expect_the_dense_bits(c, {.optimizer = optimizer, .clip_norm = clip_norm}, {1, 3});
        }
      }
    }
  }
}

TEST(SparseStep, HasTheBitsOfTheDenseStepWhereThreadsShareColumns) {
  const MultilayerPerceptron network = parse_network("512:relu,10:softmax", 101);
  for (const Zeros kind : kEveryKind) {
    Draw draw(3);
    const Case c = case_with(kind, draw, network, CrossEntropy{}, 100);
    ASSERT_TRUE(test::plan_of(c, Adam{}, {.threads = 4}).layers().front().share_outputs);
    expect_the_dense_bits(c, {}, {2, 4});
  }
}

TEST(SparseStep, HasTheBitsOfTheDenseStepWithMoreThreadsThanRows) {
  for (const char* layers : {"19:tanh:0.3,5:softmax", "256:relu,5:softmax"}) {
    for (const std::size_t batch : {1u, 2u, 6u, 17u}) {
      Draw draw(batch);
      const Case c = case_with(Zeros::kClusters, draw, parse_network(layers, 111), CrossEntropy{}, batch);
      expect_the_dense_bits(c, {.clip_norm = 0.1}, {5, 8, 2 * available_cores() + 5});
    }
  }
}

TEST(SparseStep, HasTheBitsOfTheDenseStepOnEightBitInputs) {
  const MultilayerPerceptron network = parse_network("64:relu,87:relu,72:leaky_relu,10:softmax", 133);
  for (const Zeros kind : kEveryKind) {
    Draw draw(7);
    Case c = test::case_of(draw, network, CrossEntropy{}, 140, false);
    Matrix<std::uint8_t> inputs(140, 133);
    for (auto& x : inputs.values()) x = static_cast<std::uint8_t>(draw.integer(1, 255));
    make_zeros(inputs, kind);
    c.dataset.inputs = std::move(inputs);
    c.input_scaling = {{0.0f}, {1.0f / 255.0f}};
    expect_the_dense_bits(c, {}, {1, 2, 3, 4});
  }
}

TEST(SparseStep, ReadsEightBitInputsAsTheyAreStoredWhereThreadsWouldConvertThemTwice) {
  Draw draw(8);
  Case c = test::case_of(draw, parse_network("64:relu,10:softmax", 133), CrossEntropy{}, 140, false);
  Matrix<std::uint8_t> inputs(140, 133);
  for (auto& x : inputs.values()) x = static_cast<std::uint8_t>(draw.chance(0.3) ? draw.integer(0, 255) : 7);
  for (std::size_t n = 0; n < inputs.rows(); ++n)
    std::fill_n(&inputs(n, 20), 30, std::uint8_t{0});  // no zeros
  c.dataset.inputs = std::move(inputs);
  const auto reads_codes = [&](const AffineScaling& scaling, const engine::PlanOptions& options) {
    c.input_scaling = scaling;
    return test::plan_of(c, Adam{}, options).first_layer() == engine::FirstLayer::kCodes;
  };
  const AffineScaling seven{{7.0f}, {0.25f}}, between{{6.5f}, {0.25f}},
      by_column{std::vector<float>(133, 7.0f), std::vector<float>(133, 0.25f)};
  const engine::PlanOptions four{.threads = 4, .input_density = kAlways};
  EXPECT_TRUE(reads_codes(seven, four));
  EXPECT_FALSE(reads_codes(seven, {.threads = 1, .input_density = kAlways}));
  EXPECT_FALSE(reads_codes(seven, {.threads = 4, .input_density = kNever}));
  EXPECT_FALSE(reads_codes(between, four)) << "no code stands for zero";
  EXPECT_FALSE(reads_codes(by_column, four));
  for (const AffineScaling& scaling : {seven, between, by_column}) {
    c.input_scaling = scaling;
    expect_the_dense_bits(c, {.clip_norm = 0.1}, {1, 2, 4});
  }
}

TEST(SparseStep, AZeroIsWhatIsZeroOnceScaled) {
  // Column i is shifted by i % 3: stored zeros become other numbers, and some others zeros.
  constexpr std::size_t kInputs = 50;
  Draw draw(11);
  Case c = test::case_of(draw, parse_network("40:relu,5:softmax", kInputs), CrossEntropy{}, 60, false);
  for (std::size_t i = 0; i < kInputs; ++i) {
    c.input_scaling.shift.push_back(static_cast<float>(i % 3));
    c.input_scaling.scale.push_back(0.5f);
  }
  for (float& x : std::get<Matrix<float>>(c.dataset.inputs).values()) {
    x = static_cast<float>(draw.integer(0, 2));
  }
  expect_the_dense_bits(c, {}, {1, 2, 3, 4});
}

TEST(SparseStep, IsTakenWhereFewInputsAreNotZero) {
  Draw draw(1);
  const Case c = test::case_of(draw, parse_network("5:relu,3:softmax", 9), CrossEntropy{}, 10, false);
  const auto sparse = [&](double density) {
    return test::plan_of(c, SGD{}, {.input_density = density}).sparse_inputs();
  };
  EXPECT_TRUE(sparse(0.0));
  EXPECT_TRUE(sparse(0.3)) << "MNIST's";
  EXPECT_FALSE(sparse(0.9));
  EXPECT_FALSE(sparse(1.0));
  EXPECT_FALSE(test::plan_of(c, SGD{}, {}).sparse_inputs()) << "unless told";
}

// --- What is not finite -----------------------------------------------------------------------------------

/// The loss of one training step, and the first layer with a value that is not finite.
std::pair<double, std::size_t> after_a_step(const Case& c, double density, int threads) {
  const engine::Plan plan = test::plan_of(c, SGD{}, {.threads = threads, .input_density = density});
  ThreadTeam team(threads);
  engine::Workspace workspace(plan);
  workspace.load(plan, c.parameters);
  const double loss = engine::train_step(plan, workspace, team, {examples_of(c.dataset), c.rows}, {});
  return {loss, engine::first_non_finite_layer(workspace)};
}

/// 40 rows in order, linear outputs, which hide no value that is not finite.
Case linear_case() {
  Draw draw(5);
  Case c = case_with(Zeros::kScattered, draw, parse_network("20:linear,3:linear", 50), SquaredError{}, 40);
  std::iota(c.rows.begin(), c.rows.end(), 0u);
  return c;
}

TEST(SparseStep, ANaNOrAnInfinityAmongTheInputsIsSeen) {
  for (const float bad : {std::nanf(""), kInfinity, -kInfinity}) {
    for (std::size_t place = 0; place < 50; place += 7) {
      Case c = linear_case();
      std::get<Matrix<float>>(c.dataset.inputs)(place * 39 / 49, place) = bad;
      for (const int threads : {1, 3}) {
        for (const double density : {kAlways, kNever}) {
          const auto [loss, layer] = after_a_step(c, density, threads);
          EXPECT_FALSE(std::isfinite(loss)) << bad << " at " << place << ", density " << density;
          EXPECT_EQ(layer, 0u);
        }
      }
    }
  }
}

TEST(SparseStep, AnInfiniteWeightIsSeenByRowsThatHaveItsInput) {
  for (const float bad : {std::nanf(""), kInfinity}) {
    Case c = linear_case();
    constexpr std::size_t kInput = 23;
    auto& inputs = std::get<Matrix<float>>(c.dataset.inputs);
    for (std::size_t n = 0; n < 40; ++n) inputs(n, kInput) = 0;
    c.parameters.weight(0)(kInput, 4) = bad;
    for (const int threads : {1, 3}) {
      EXPECT_FALSE(std::isfinite(after_a_step(c, kNever, threads).first)) << "0 times " << bad;
      EXPECT_TRUE(std::isfinite(after_a_step(c, kAlways, threads).first)) << "left out";
      inputs(31, kInput) = 1;
      const auto [loss, layer] = after_a_step(c, kAlways, threads);
      EXPECT_FALSE(std::isfinite(loss));
      EXPECT_EQ(layer, 0u);
      inputs(31, kInput) = 0;
    }
  }
}

// --- Prediction -------------------------------------------------------------------------------------------

TEST(SparsePrediction, OfARowIsTheSameInAnyCompany) {
  // Prediction decides by the first rows: here these are all zeros, there they have none.
  constexpr std::size_t kRows = 24;
  for (const std::string& target : kernels::available_targets()) {
    Draw draw(6);
    Case c =
        test::case_of(draw, parse_network("70:relu,33:gelu,9:softmax", 77), CrossEntropy{}, kRows, false);
    auto& inputs = std::get<Matrix<float>>(c.dataset.inputs);
    for (std::size_t n = 0; n < kRows; ++n) {
      const Zeros kind = n < 8 ? Zeros::kAll : n < 16 ? Zeros::kClusters : Zeros::kNone;
      for (std::size_t i = 0; i < 77; ++i) {
        if (is_zero(kind, n, i)) inputs(n, i) = 0;
      }
    }
    const engine::Plan plan = test::plan_of(c, std::nullopt, {.threads = 1, .target = target});
    ThreadTeam team(1);
    engine::Workspace workspace(plan);
    workspace.load(plan, c.parameters);
    std::vector<std::uint32_t> forwards(kRows);
    std::iota(forwards.begin(), forwards.end(), 0u);
    const std::vector<std::uint32_t> backwards(forwards.rbegin(), forwards.rend());
    Matrix<float> there(kRows, 9), back(kRows, 9);
    engine::predict_step(plan, workspace, team, view_of(c.dataset.inputs), forwards, there);
    engine::predict_step(plan, workspace, team, view_of(c.dataset.inputs), backwards, back);
    for (std::size_t n = 0; n < kRows; ++n) {
      EXPECT_EQ(std::memcmp(there.row(n).data(), back.row(kRows - 1 - n).data(), 9 * sizeof(float)), 0)
          << target << ", row " << n;
    }
  }
}

TEST(SparsePrediction, SkipsAsItIsToldAndElseByItsRows) {
  // 0 times an infinite weight is seen where zeros are not skipped.
  const auto sees = [](double zeros, std::optional<bool> skips) {
    Case c = linear_case();
    auto& inputs = std::get<Matrix<float>>(c.dataset.inputs);
    Draw draw(12);
    for (float& x : inputs.values()) x = draw.chance(zeros) ? 0.0f : 1.0f;
    for (std::size_t n = 0; n < inputs.rows(); ++n) inputs(n, 23) = 0;
    c.parameters.weight(0)(23, 4) = kInfinity;
    const engine::Plan plan =
        test::plan_of(c, std::nullopt, {.threads = 1, .choices = {.skips_zeros = skips}});
    ThreadTeam team(1);
    engine::Workspace workspace(plan);
    workspace.load(plan, c.parameters);
    Matrix<float> outputs(c.rows.size(), c.network.fan_out());
    engine::predict_step(plan, workspace, team, view_of(c.dataset.inputs), c.rows, outputs);
    return !std::ranges::all_of(std::as_const(outputs).values(), [](float y) { return std::isfinite(y); });
  };
  for (const double zeros : {0.1, 0.95}) {
    EXPECT_FALSE(sees(zeros, true)) << zeros;
    EXPECT_TRUE(sees(zeros, false)) << zeros;
  }
  EXPECT_TRUE(sees(0.1, std::nullopt));
  EXPECT_FALSE(sees(0.95, std::nullopt));
}

TEST(SparsePrediction, ANaNAmongManyZerosIsSeen) {
  for (const std::string& target : kernels::available_targets()) {
    for (const float bad : {std::nanf(""), kInfinity}) {
      Case c = linear_case();
      auto& inputs = std::get<Matrix<float>>(c.dataset.inputs);
      inputs = Matrix<float>(40, 50);
      inputs(17, 33) = bad;
      const engine::Plan plan = test::plan_of(c, std::nullopt, {.threads = 1, .target = target});
      ThreadTeam team(1);
      engine::Workspace workspace(plan);
      workspace.load(plan, c.parameters);
      Matrix<float> outputs(40, c.network.fan_out());
      engine::predict_step(plan, workspace, team, view_of(c.dataset.inputs), c.rows, outputs);
      for (std::size_t n = 0; n < 40; ++n)
        EXPECT_EQ(std::isfinite(outputs(n, 0)), n != 17) << target << ", " << bad;
    }
  }
}

}  // namespace
}  // namespace mlp
