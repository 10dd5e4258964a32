// After the first batch a step allocates nothing. A program of its own: it replaces operator new to count.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <numeric>

#include "engine/cpu/step.h"
#include "engine/random_network.h"
#include "training/examples.h"

namespace {

std::atomic<long> allocations{0};

void* counted(std::size_t size, std::size_t alignment) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

/// Never inlined: a free() in sight of a new is a mismatch to GCC, where it does not see the aligned_alloc()
/// too.
[[gnu::noinline]] void release(void* memory) { std::free(memory); }

}  // namespace

void* operator new(std::size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

namespace mlp {
namespace {

template <class Work>
long allocations_of(const Work& work) {
  const long before = allocations;
  work();
  return allocations - before;
}

TEST(Allocation, TheCounterCounts) {
  EXPECT_GE(allocations_of([] { EXPECT_NE(std::make_unique<int>(1), nullptr); }), 1);
  EXPECT_GE(allocations_of([] { EXPECT_EQ(Matrix<float>(3, 3).rows(), 3u); }), 1);
}

/// Steps of every kind allocate nothing after the first, with every optimizer, with clipping and without.
void expect_no_allocation(const MultilayerPerceptron& network, const engine::PlanOptions& options,
                          std::size_t small_batch) {
  test::Draw draw(1);
  const std::size_t batch = options.max_batch;
  const Dataset dataset = test::random_dataset(draw, network, batch, true, true);
  std::vector<std::uint32_t> rows(batch);
  std::iota(rows.begin(), rows.end(), 0u);
  Matrix<float> outputs(batch, network.fan_out());
  for (const Optimizer& optimizer : all_optimizers()) {
    for (const double clip_norm : {0.0, 0.01}) {
      SCOPED_TRACE(to_string(network) + ", " + to_string(optimizer) + ", " + std::to_string(options.threads) +
                   " threads, clip " + std::to_string(clip_norm));
      const engine::Plan plan(network, CrossEntropy{0.1}, optimizer, {}, {}, options);
      engine::Workspace workspace(plan);
      workspace.load(plan, initialize(network, 1));
      ThreadTeam team(options.threads);
      const auto step = [&](std::uint64_t number) {
        // The last batch of an epoch is smaller.
        const auto in_batch =
            std::span<const std::uint32_t>(rows).first(number % 3 == 0 ? batch : small_batch);
        engine::train_step(plan, workspace, team, {examples_of(dataset), in_batch, rows},
                           {.step = number, .l2 = 0.01, .clip_norm = clip_norm});
      };
      step(1);
      EXPECT_EQ(allocations_of([&] {
                  for (std::uint64_t number = 2; number <= 7; ++number) step(number);
                }),
                0);
      EXPECT_EQ(allocations_of([&] {
                  engine::evaluate_step(plan, workspace, team, {examples_of(dataset), rows}, outputs);
                  engine::predict_step(plan, workspace, team, view_of(dataset.inputs), rows, outputs);
                }),
                0);
    }
  }
}

TEST(Allocation, NoneAfterTheFirstBatch) {
  const MultilayerPerceptron network =
      parse_network("70:relu,40:gelu:0.2,33:softmax:0.1,20:leaky_relu,5:softmax", 30);
  for (const int threads : {1, 2, 4}) {
    expect_no_allocation(network, {.max_batch = 64, .threads = threads}, 17);
  }
}

TEST(Allocation, NoneOnWideLayersInSeveralChunks) {
  const MultilayerPerceptron network = parse_network("256:relu,256:gelu:0.2,5:softmax", 130);
  for (const int threads : {1, 2, 4}) {
    const engine::PlanOptions options{.max_batch = 150, .threads = threads, .cache_bytes = 0};
    const engine::Plan plan(network, CrossEntropy{}, SGD{}, {}, {}, options);
    ASSERT_EQ(plan.chunk_rows(), 64u);
    ASSERT_EQ(plan.layers()[1].share_outputs, threads > 1);
    expect_no_allocation(network, options, 70);
  }
}

TEST(Allocation, NoneWhereSumsAreMadeInParts) {
  const MultilayerPerceptron network = parse_network("40:relu,20:gelu,5:softmax", 300);
  for (const int threads : {1, 2, 3, 4}) {
    for (const double density : {0.0, 1.0}) {  // zeros skipped, or not
      const engine::PlanOptions options{
          .max_batch = 600, .threads = threads, .input_density = density, .cache_bytes = 0};
      const engine::Plan plan(network, CrossEntropy{}, SGD{}, {}, {}, options);
      ASSERT_TRUE(plan.row_sums() != engine::RowSums::kWhole);
      ASSERT_EQ(plan.first_layer() == engine::FirstLayer::kPartsOfInputs &&
                    plan.row_sums() == engine::RowSums::kOwnRows,
                threads == 2 || threads == 4);
      expect_no_allocation(network, options, 70);
    }
  }
}

}  // namespace
}  // namespace mlp
