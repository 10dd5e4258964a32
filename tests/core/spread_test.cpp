#include "core/spread.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "core/cpu.h"
#include "core/thread_team.h"

namespace mlp {
namespace {

std::vector<int> allowed_cores() {
  cpu_set_t set;
  EXPECT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}

void allow_only(const std::vector<int>& cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(core, &set);
  ASSERT_EQ(::sched_setaffinity(0, sizeof set, &set), 0);
}

void wait_until_places_are_free() { std::this_thread::sleep_for(std::chrono::milliseconds(10)); }

/// Runs `work` in a thread of its own, whose cores may be changed.
template <class Work>
void in_a_thread(Work work) {
  std::thread(work).join();
}

// Both members are one thread here, so they are certainly on one core.

TEST(Spread, AMemberOnAnothersCoreMovesForAMoment) {
  if (available_cores() < 2) GTEST_SKIP() << "there is no second core";
  in_a_thread([] {
    const auto before = allowed_cores();
    allow_only({before[0], before[1]});
    Spread spread(2);
    spread.settle(0);
    const int shared = ::sched_getcpu();
    const int other = shared == before[0] ? before[1] : before[0];
    allow_only({shared});
    spread.settle(1);
    allow_only({before[0], before[1]});
    spread.arrange();
    spread.settle(1);
    EXPECT_EQ(allowed_cores(), std::vector<int>{other});
    EXPECT_EQ(::sched_getcpu(), other);
    wait_until_places_are_free();
    spread.arrange();
    spread.settle(1);
    EXPECT_EQ(allowed_cores(), (std::vector<int>{before[0], before[1]})) << "may go anywhere again";
  });
}

TEST(Spread, TheFirstMemberStaysWhereItIs) {
  in_a_thread([] {
    const auto before = allowed_cores();
    Spread spread(2);
    spread.settle(0);
    spread.settle(1);
    spread.arrange();
    spread.settle(0);
    EXPECT_EQ(allowed_cores(), before);
  });
}

TEST(Spread, NobodyMovesWhereCoresAreFewerThanMembers) {
  in_a_thread([] {
    const std::vector<int> one = {allowed_cores().front()};
    allow_only(one);
    Spread spread(2);
    spread.settle(0);
    spread.settle(1);
    spread.arrange();
    spread.settle(1);
    EXPECT_EQ(allowed_cores(), one);
  });
}

TEST(Spread, NobodyMovesBeforeAllHaveBeenSeen) {
  in_a_thread([] {
    const auto before = allowed_cores();
    Spread spread(3);
    spread.settle(0);
    spread.settle(1);
    spread.arrange();
    spread.settle(1);
    EXPECT_EQ(allowed_cores(), before);
  });
}

TEST(Spread, WhereItIsOfNoUseItIsDoneLessOften) {
  if (available_cores() < 2) GTEST_SKIP() << "there is no second core";
  in_a_thread([] {
    const auto before = allowed_cores();
    Spread spread(2);
    int moves = 0;
    bool moved = false;
    for (const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
         std::chrono::steady_clock::now() < end;) {
      spread.settle(0);  // both here again
      spread.arrange();
      spread.settle(1);
      const bool now = allowed_cores().size() == 1;
      moves += now && !moved;
      moved = now;
    }
    EXPECT_GE(moves, 2);
    EXPECT_LE(moves, 8) << "after 5, 10, 20, 40 and 80 milliseconds, not 40 times";
  });
}

TEST(Spread, OnlyThoseOfATeamThatShareACoreLeaveIt) {
  const int cores = available_cores();
  if (cores < 3) GTEST_SKIP() << "there are no three cores";
  in_a_thread([] {
    const auto before = allowed_cores();
    Spread spread(3);
    const auto settle_on = [&](int member, int core) {
      allow_only({core});
      spread.settle(member);
      allow_only(before);
    };
    settle_on(0, before[0]);
    settle_on(1, before[2]);
    settle_on(2, before[2]);
    spread.arrange();
    in_a_thread([&] {
      spread.settle(1);
      EXPECT_EQ(allowed_cores(), std::vector<int>{before[2]});
    });
    in_a_thread([&] {
      spread.settle(2);
      EXPECT_EQ(allowed_cores(), std::vector<int>{before[1]}) << "the first that no member was on";
    });
  });
}

TEST(Spread, MembersOfATeamAreFreeInTheEnd) {
  in_a_thread([] {
    const auto before = allowed_cores();
    ThreadTeam team(4);
    std::vector<std::vector<int>> seen(4);
    const auto all_are_free = [&] {
      return std::ranges::all_of(seen, [&](const auto& cores) { return cores == before; });
    };
    for (int run = 0; run < 2000; ++run) team.run([](int) {});
    // Each time they wake, some may be on one core again.
    for (int time = 0; time < 100 && !all_are_free(); ++time) {
      wait_until_places_are_free();
      team.run([&](int member) { seen[static_cast<std::size_t>(member)] = allowed_cores(); });
    }
    EXPECT_TRUE(all_are_free());
  });
}

}  // namespace
}  // namespace mlp
