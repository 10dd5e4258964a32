#include "engine/cpu/elastic_workspace.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <numeric>

#include "engine/cpu/step.h"
#include "mlp/optimizer.h"
#include "mlp/parameters.h"
#include "training/examples.h"
#include "training/toy.h"

namespace mlp {
namespace {

constexpr std::size_t kRows = 192, kBatch = 48;

/// The parameters and moments after 40 steps; `threads_of(step)`: the number of threads of each step.
template <class ThreadsOf>
std::vector<Parameters> left_by(const std::string& optimizer, ThreadsOf threads_of) {
  const Dataset dataset = test::toy_classes(kRows);
  const MultilayerPerceptron network = parse_network("33:tanh:0.1,18:relu,3:softmax", 6);
  const Optimizer method = parse_optimizer(optimizer);
  const Parameters start = initialize(network, 3);
  const std::vector<Parameters> moments(static_cast<std::size_t>(moment_count(method)), Parameters(network));
  engine::ElasticWorkspace elastic(
      [&](int threads) {
        return engine::Plan(network, CrossEntropy{}, method, {}, {},
                            {.max_batch = kBatch, .threads = threads});
      },
      threads_of(0), start, moments);
  std::vector<std::uint32_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), 0u);
  for (std::uint64_t step = 0; step < 40; ++step) {
    if (threads_of(step) != elastic.plan().threads()) elastic.use_threads(threads_of(step));
    EXPECT_EQ(elastic.plan().threads(), threads_of(step));
    EXPECT_EQ(elastic.team().size(), threads_of(step));
    const auto left = std::span<const std::uint32_t>(rows).subspan(step % 4 * kBatch);
    engine::train_step(elastic.plan(), elastic.workspace(), elastic.team(),
                       {examples_of(dataset), left.first(kBatch), left.subspan(kBatch)},
                       {.step = step, .seed = 5});
  }
  std::vector<Parameters> result = elastic.moments();
  result.push_back(elastic.parameters());
  EXPECT_FALSE(result.back() == start);
  return result;
}

TEST(ElasticWorkspace, TheBitsDoNotDependOnWhenThreadsChange) {
  for (const std::string optimizer : {"sgd", "momentum", "adam"}) {
    const auto expected = left_by(optimizer, [](std::uint64_t) { return 1; });
    EXPECT_EQ(expected.size(), static_cast<std::size_t>(moment_count(parse_optimizer(optimizer))) + 1);
    EXPECT_TRUE(left_by(optimizer, [](std::uint64_t) { return 3; }) == expected) << optimizer;
    EXPECT_TRUE(left_by(optimizer, [](std::uint64_t step) { return 1 + static_cast<int>(step / 3 % 4); }) ==
                expected)
        << optimizer << ", changing";
  }
}

// Sanitizers reserve more address space than the limit set here.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/// Leaves the process no address space for another thread's stack.
void refuse_threads() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const std::size_t bytes =
      pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + (std::size_t{6} << 20);
  const rlimit limit{bytes, bytes};
  ::setrlimit(RLIMIT_AS, &limit);
}

TEST(ElasticWorkspace, GoesOnAloneWhereTheSystemGivesNoThreads) {
  const MultilayerPerceptron network = parse_network("9:relu,3:softmax", 6);
  const Parameters start = initialize(network, 3);
  constexpr int kTooMany = 100;  // more threads than have left stacks for reuse
  const auto make_plan = [&](int threads) {
    return engine::Plan(network, CrossEntropy{}, SGD{}, {}, {},
                        {.max_batch = 8, .threads = threads > 0 ? threads : kTooMany});
  };
  const pid_t child = ::fork();
  if (child == 0) {
    refuse_threads();
    try {
      engine::ElasticWorkspace refused(make_plan, kTooMany, start, {});
      ::_exit(1);
    } catch (const ThreadError&) {
    }
    engine::ElasticWorkspace elastic(make_plan, 0, start, {});
    if (elastic.plan().threads() != 1 || elastic.team().size() != 1) ::_exit(2);
    elastic.use_threads(kTooMany);
    if (elastic.plan().threads() != 1 || elastic.team().size() != 1) ::_exit(3);
    ::_exit(elastic.parameters() == start ? 0 : 4);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << "the process died of signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

#endif

}  // namespace
}  // namespace mlp
