#include "training/elastic_engine.h"

#include <gtest/gtest.h>

#include <numeric>

#include "engine/step.h"
#include "mlp/parameters.h"
#include "mlp/optimizer.h"
#include "training/toy.h"

namespace mlp {
namespace {

constexpr std::size_t kRows = 192, kBatch = 48;

/// Parameters and moments that 40 steps leave; `threads_of(step)`: with how many each is taken.
template <class ThreadsOf>
std::vector<Parameters> left_by(const std::string& optimizer, ThreadsOf threads_of) {
  const Dataset dataset = test::toy_classes(kRows);
  const MultilayerPerceptron network = parse_network("33:tanh:0.1,18:relu,3:softmax", 6);
  const Optimizer method = parse_optimizer(optimizer);
  const Parameters start = initialize(network, 3);
  const std::vector<Parameters> moments(static_cast<std::size_t>(moment_count(method)), Parameters(network));
  ElasticEngine engine(
      [&](int threads) {
        return engine::Plan(network, CrossEntropy{}, method, {}, {},
                            {.max_batch = kBatch, .threads = threads});
      },
      threads_of(0), start, moments);
  std::vector<std::uint32_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), 0u);
  for (std::uint64_t step = 0; step < 40; ++step) {
    if (threads_of(step) != engine.plan().threads()) engine.use_threads(threads_of(step));
    EXPECT_EQ(engine.plan().threads(), threads_of(step));
    EXPECT_EQ(engine.team().size(), threads_of(step));
    const auto left = std::span<const std::uint32_t>(rows).subspan(step % 4 * kBatch);
    engine::train_step(engine.plan(), engine.workspace(), engine.team(),
                       {dataset, left.first(kBatch), left.subspan(kBatch)}, {.step = step, .seed = 5});
  }
  std::vector<Parameters> result = engine.moments();
  result.push_back(engine.parameters());
  EXPECT_FALSE(result.back() == start);
  return result;
}

TEST(ElasticEngine, TheBitsDoNotDependOnWhenThreadsChange) {
  for (const std::string optimizer : {"sgd", "momentum", "adam"}) {
    const auto expected = left_by(optimizer, [](std::uint64_t) { return 1; });
    EXPECT_EQ(expected.size(), static_cast<std::size_t>(moment_count(parse_optimizer(optimizer))) + 1);
    EXPECT_TRUE(left_by(optimizer, [](std::uint64_t) { return 3; }) == expected) << optimizer;
    EXPECT_TRUE(left_by(optimizer, [](std::uint64_t step) { return 1 + static_cast<int>(step / 3 % 4); }) ==
                expected)
        << optimizer << ", changing";
  }
}

}  // namespace
}  // namespace mlp
