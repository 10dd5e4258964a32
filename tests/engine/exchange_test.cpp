// Several workers train one network together: the same bits for 1, 2 and 4 workers, and with one shard the
// bits of a run without an exchange.
#include "engine/exchange.h"

#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "engine/engine.h"
#include "engine/step_case.h"

namespace mlp {
namespace {

using engine::ShardSum;
using test::Case;
using test::Draw;

/// Workers that are threads of this process.
class Meeting {
 public:
  Meeting(std::size_t shards, std::size_t workers)
      : sums_(shards), barrier_(static_cast<std::ptrdiff_t>(workers)) {}

  class Worker final : public engine::Exchange {
   public:
    Worker(Meeting& meeting, std::size_t first, std::size_t count)
        : meeting_(meeting), first_(first), count_(count) {}
    std::size_t shards() const override { return meeting_.sums_.size(); }
    std::size_t first() const override { return first_; }
    std::size_t count() const override { return count_; }
    void add_up(std::span<const ShardSum> own, ShardSum& total) override {
      for (std::size_t k = 0; k < own.size(); ++k) meeting_.sums_[first_ + k] = &own[k];
      meeting_.barrier_.arrive_and_wait();
      engine::add_shards(meeting_.sums_, total);
      meeting_.barrier_.arrive_and_wait();  // they are about to be written again
    }

   private:
    Meeting& meeting_;
    std::size_t first_, count_;
  };

 private:
  std::vector<const ShardSum*> sums_;
  std::barrier<> barrier_;
};

struct Left {
  Parameters parameters;
  std::vector<Parameters> moments;
  std::vector<double> losses;
  friend bool operator==(const Left&, const Left&) = default;
};

Left train(const Case& c, const Optimizer& optimizer, double clip_norm, int threads,
           engine::Exchange* exchange) {
  const std::vector<Parameters> moments(static_cast<std::size_t>(moment_count(optimizer)),
                                        Parameters(c.network));
  const auto engine = engine::training_engine(
      {c.network, c.loss, c.input_scaling, {}}, optimizer, c.parameters, moments,
      {.common = {.max_batch = c.rows.size(), .threads = threads}, .exchange = exchange});
  Left left;
  for (std::uint64_t step = 0; step < 6; ++step) {
    // The last batch of an epoch is smaller, here smaller than the number of shards.
    const auto rows = std::span(c.rows).first(step == 4 ? 3 : c.rows.size());
    left.losses.push_back(engine->train({examples_of(c.dataset), rows, c.rows},
                                        {.step = step, .seed = 5, .l2 = 0.01, .clip_norm = clip_norm}));
  }
  left.parameters = engine->parameters();
  left.moments = engine->moments();
  return left;
}

/// The state of each of `workers` at the end.
std::vector<Left> together(const Case& c, const Optimizer& optimizer, double clip_norm, std::size_t shards,
                           std::size_t workers) {
  Meeting meeting(shards, workers);
  std::vector<Left> left(workers);
  std::vector<std::thread> threads;
  for (std::size_t worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&, worker] {
      Meeting::Worker exchange(meeting, worker * shards / workers, shards / workers);
      left[worker] = train(c, optimizer, clip_norm, 1 + static_cast<int>(worker % 2), &exchange);
    });
  }
  for (auto& thread : threads) thread.join();
  return left;
}

Case a_case() {
  Draw draw(21);
  Case c =
      test::case_of(draw, parse_network("40:tanh:0.3,20:relu,5:softmax", 300), CrossEntropy{0.1}, 70, true);
  test::make_bytes(draw, c, false);
  return c;
}

TEST(Exchange, TheBitsDoNotDependOnTheNumberOfWorkers) {
  const Case c = a_case();
  for (const Optimizer& optimizer : all_optimizers()) {
    for (const double clip_norm : {0.0, 0.05}) {
      for (const std::size_t shards : {2u, 4u}) {
        SCOPED_TRACE(to_string(optimizer) + ", clip " + std::to_string(clip_norm) + ", shards " +
                     std::to_string(shards));
        const Left expected = together(c, optimizer, clip_norm, shards, 1).front();
        EXPECT_NE(expected.parameters, c.parameters);
        for (std::size_t workers = 2; workers <= shards; workers *= 2) {
          for (const Left& found : together(c, optimizer, clip_norm, shards, workers))
            EXPECT_TRUE(found == expected) << workers << " workers";
        }
      }
    }
  }
}

TEST(Exchange, OneShardIsARunWithoutOneAndMoreAreNearIt) {
  const Case c = a_case();
  for (const Optimizer& optimizer : all_optimizers()) {
    for (const double clip_norm : {0.0, 0.05}) {
      SCOPED_TRACE(to_string(optimizer) + ", clip " + std::to_string(clip_norm));
      const Left alone = train(c, optimizer, clip_norm, 1, nullptr);
      EXPECT_TRUE(together(c, optimizer, clip_norm, 1, 1).front() == alone);
      const Left of_four = together(c, optimizer, clip_norm, 4, 1).front();
      EXPECT_LT(test::relative_distance(of_four.parameters.values(), alone.parameters.values()), 1e-3);
      for (std::size_t step = 0; step < alone.losses.size(); ++step)
        EXPECT_NEAR(of_four.losses[step], alone.losses[step], 1e-3 * alone.losses[step]);
    }
  }
}

TEST(Exchange, ShardsAreAddedInTheirOrder) {
  const ShardSum a{{1e8f, 1}, 1}, b{{1, 2}, 2}, c{{-1e8f, 3}, 4};
  ShardSum sum;
  const std::vector<const ShardSum*> shards = {&a, &b, &c};
  engine::add_shards(shards, sum);
  EXPECT_EQ(sum.gradients, (std::vector<float>{(1e8f + 1) - 1e8f, 6}));
  EXPECT_EQ(sum.loss, 7);
  const ShardSum other{{1}, 0};
  const std::vector<const ShardSum*> unlike = {&a, &other};
  EXPECT_THROW(engine::add_shards(unlike, sum), std::invalid_argument);
}

}  // namespace
}  // namespace mlp
