#include "engine/cpu/thread_choice.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace mlp {
namespace {

/// The time of a step in seconds, and the share of it in which the calling thread had a processor.
struct Step {
  double seconds;
  double share = 1.0;
};
using Machine = std::map<int, Step>;  ///< by number of threads

const Machine kIdle = {{4, {30e-6}}, {2, {50e-6}}, {1, {90e-6}}};
const Machine kAllCoresTaken = {{4, {12e-3, 0.02}}, {2, {9e-3, 0.03}}, {1, {180e-6, 0.5}}};
const Machine kHalfTaken = {{4, {400e-6, 0.2}}, {2, {50e-6}}, {1, {90e-6}}};

/// Steps on simulated machines, whose clocks advance by the steps' times.
class Simulation {
 public:
  explicit Simulation(std::vector<int> counts = {4, 2, 1})
      : choice(std::move(counts),
               {.wall = [this] { return wall_; }, .processor = [this] { return processor_; }}) {
    choice.begin();
  }

  void run(const Machine& machine, double seconds) {
    for (const double end = wall_ + seconds; wall_ < end;) {
      const int threads = choice.threads();
      const Step& step = machine.at(threads);
      wall_ += step.seconds;
      processor_ += step.share * step.seconds;
      spent[threads] += step.seconds;
      const bool changed = choice.after_step();
      EXPECT_EQ(changed, choice.threads() != threads);
      changes += changed;
    }
  }

  void wait(double seconds) { wall_ += seconds; }

 private:
  double wall_ = 1000.0, processor_ = 10.0;

 public:
  engine::ThreadChoice choice;
  std::map<int, double> spent;  ///< seconds
  int changes = 0;
};

TEST(ThreadChoice, NothingIsTriedWhereAllIsWell) {
  Simulation simulation;
  simulation.run(kIdle, 100.0);
  EXPECT_EQ(simulation.choice.threads(), 4);
  EXPECT_EQ(simulation.changes, 0);
}

TEST(ThreadChoice, OneCountIsNoChoice) {
  const auto never = []() -> double {
    ADD_FAILURE() << "a clock is read in vain";
    return 0.0;
  };
  engine::ThreadChoice choice({3}, {.wall = never, .processor = never});
  choice.begin();
  for (int step = 0; step < 100; ++step) EXPECT_FALSE(choice.after_step());
  choice.pause();
  EXPECT_EQ(choice.threads(), 3);
}

TEST(ThreadChoice, OneThreadWhereAllCoresAreTaken) {
  Simulation simulation;
  simulation.run(kAllCoresTaken, 0.5);
  EXPECT_EQ(simulation.choice.threads(), 1);
}

TEST(ThreadChoice, AsManyAsAreFastWhereSomeCoresAreTaken) {
  Simulation simulation;
  simulation.run(kHalfTaken, 0.2);
  EXPECT_EQ(simulation.choice.threads(), 2);
}

TEST(ThreadChoice, CoresThatAreTakenLaterCount) {
  Simulation simulation;
  simulation.run(kIdle, 5.0);
  simulation.run(kHalfTaken, 0.2);
  EXPECT_EQ(simulation.choice.threads(), 2);
  simulation.run(kAllCoresTaken, 0.5);
  EXPECT_EQ(simulation.choice.threads(), 1);
}

TEST(ThreadChoice, AllThreadsAgainWhereCoresAreFreeAgain) {
  Simulation simulation;
  simulation.run(kAllCoresTaken, 60.0);
  EXPECT_EQ(simulation.choice.threads(), 1);
  simulation.run(kIdle, 10.0);
  EXPECT_EQ(simulation.choice.threads(), 4);
  const int changes = simulation.changes;
  simulation.run(kIdle, 10.0);
  EXPECT_EQ(simulation.changes, changes);
}

TEST(ThreadChoice, SoonWhereTheyWereTakenForAMoment) {
  Simulation simulation;
  simulation.run(kIdle, 5.0);
  simulation.run(kHalfTaken, 0.1);
  EXPECT_EQ(simulation.choice.threads(), 2);
  simulation.run(kIdle, 0.6);
  EXPECT_EQ(simulation.choice.threads(), 4);
}

TEST(ThreadChoice, TryingTakesNoMoreThanATwentieth) {
  Simulation simulation;
  simulation.run(kAllCoresTaken, 1.0);
  simulation.spent.clear();
  simulation.run(kAllCoresTaken, 120.0);
  EXPECT_LT(simulation.spent[4] + simulation.spent[2], 120.0 / 20);
  EXPECT_GT(simulation.spent[4], 0.0) << "it is tried, though";
}

TEST(ThreadChoice, TheMoreOftenInVainTheLater) {
  Simulation simulation;
  simulation.run(kHalfTaken, 32.0);
  const int early = simulation.changes;
  simulation.run(kHalfTaken, 32.0);
  EXPECT_LE(simulation.changes - early, 2 * 32 / 8 + 2);  // down and up again, every 8 seconds
  EXPECT_GT(early, simulation.changes - early);
}

TEST(ThreadChoice, SomethingPassingByChangesNothing) {
  Simulation simulation;
  for (int time = 0; time < 100; ++time) {
    simulation.run(kIdle, 0.1);
    simulation.run(kHalfTaken, 0.004);
  }
  EXPECT_EQ(simulation.changes, 0);
}

TEST(ThreadChoice, TwoOnOneCoreAreNoticedByTheStepsTime) {
  Machine collided = kIdle;
  collided[4] = {80e-6, 1.0};  // it spins meanwhile
  Simulation simulation;
  simulation.run(kIdle, 1.0);
  simulation.run(collided, 0.2);
  EXPECT_EQ(simulation.choice.threads(), 2);
}

TEST(ThreadChoice, SlowIsNoReasonWhereFewerAreSlower) {
  const Machine slower = {{4, {60e-6, 0.6}}, {2, {100e-6}}, {1, {200e-6}}};
  Simulation simulation;
  simulation.run(kIdle, 1.0);
  simulation.spent.clear();
  simulation.run(slower, 20.0);
  EXPECT_EQ(simulation.choice.threads(), 4);
  EXPECT_GT(simulation.spent[4], 0.94 * 20.0);
}

TEST(ThreadChoice, MoreThreadsMustGainSomething) {
  const Machine equal = {{4, {49e-6, 0.6}}, {2, {50e-6}}, {1, {90e-6}}};
  Simulation simulation;
  simulation.run(equal, 0.2);
  EXPECT_EQ(simulation.choice.threads(), 2);
}

TEST(ThreadChoice, MoreAreTriedThoughTheFewestAreSlow) {
  Simulation simulation;
  simulation.run(kAllCoresTaken, 1.0);
  Machine idle_but_slow = kIdle;
  idle_but_slow[1] = {180e-6, 0.5};
  simulation.run(idle_but_slow, 10.0);
  EXPECT_EQ(simulation.choice.threads(), 4);
}

TEST(ThreadChoice, LongStepsAreJudgedOneByOne) {
  const Machine large = {{4, {0.3, 0.1}}, {2, {0.3, 0.1}}, {1, {0.2}}};
  Simulation simulation;
  simulation.run(large,
                 3.5);  // a warm-up and two windows of four threads, as much and one more of two and of one
  EXPECT_EQ(simulation.choice.threads(), 1);
}

TEST(ThreadChoice, TimeInAPauseDoesNotCount) {
  Simulation simulation;
  for (int epoch = 0; epoch < 100; ++epoch) {
    simulation.run(kIdle, 0.003);
    simulation.choice.pause();
    simulation.wait(0.5);
    simulation.choice.begin();
  }
  EXPECT_EQ(simulation.changes, 0);
}

TEST(HalvedDown, EndsWithOne) {
  EXPECT_EQ(engine::halved_down(4), (std::vector<int>{4, 2, 1}));
  EXPECT_EQ(engine::halved_down(6), (std::vector<int>{6, 3, 1}));
  EXPECT_EQ(engine::halved_down(1), (std::vector<int>{1}));
}

TEST(ThreadChoice, TheSystemsClocksGoOn) {
  const auto clocks = engine::ThreadChoice::system_clocks();
  const double wall = clocks.wall(), processor = clocks.processor();
  volatile double sum = 0.0;
  while (clocks.processor() - processor < 0.01) sum = sum + 1.0;
  EXPECT_GE(clocks.wall() - wall, 0.0099) << "no thread has more processors than one";
}

}  // namespace
}  // namespace mlp
