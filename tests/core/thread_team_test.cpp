#include "core/thread_team.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>

#include "core/cpu.h"
#include "mlp/error.h"
#include "support/processor_time.h"

namespace mlp {
namespace {

using std::chrono::milliseconds;

TEST(ShareOf, SharesCoverEveryItemOnceInOrder) {
  for (const std::size_t granule : {1u, 2u, 3u, 4u, 8u, 64u}) {
    for (int members = 1; members <= 9; ++members) {
      for (std::size_t count = 0; count <= 300; ++count) {
        std::size_t next = 0, smallest = count, largest = 0;
        for (int member = 0; member < members; ++member) {
          const Share share = share_of(count, member, members, granule);
          ASSERT_EQ(share.begin, next) << count << " items, member " << member << " of " << members;
          ASSERT_LE(share.begin, share.end);
          ASSERT_TRUE(share.begin % granule == 0 || share.begin == count);
          next = share.end;
          const std::size_t granules = (share.end - share.begin + granule - 1) / granule;
          smallest = std::min(smallest, granules);
          largest = std::max(largest, granules);
        }
        ASSERT_EQ(next, count);
        ASSERT_LE(largest - std::min(smallest, largest), 1u);
      }
    }
  }
}

TEST(ShareOf, WorksOnCountsBeyond32Bits) {
  const std::size_t count = (std::size_t{1} << 40) + 17;
  std::size_t next = 0;
  for (int member = 0; member < 7; ++member) {
    const Share share = share_of(count, member, 7, 16);
    EXPECT_EQ(share.begin, next);
    EXPECT_NEAR(static_cast<double>(share.end - share.begin), static_cast<double>(count) / 7, 16);
    next = share.end;
  }
  EXPECT_EQ(next, count);
}

TEST(ThreadTeam, HasAMemberForEachCoreUnlessToldOtherwise) {
  EXPECT_GE(available_cores(), 1);
  EXPECT_EQ(ThreadTeam().size(), available_cores());
  EXPECT_EQ(ThreadTeam(1).size(), 1);
  EXPECT_EQ(ThreadTeam(5).size(), 5);
}

TEST(ThreadTeam, RunsEveryMemberOnce) {
  for (int size = 1; size <= 9; ++size) {
    ThreadTeam team(size);
    std::vector<int> calls(static_cast<std::size_t>(size),
                           0);  // plain ints: run() itself must order the accesses
    for (int run = 1; run <= 20; ++run) {
      team.run([&](int member) { ++calls[static_cast<std::size_t>(member)]; });
      for (const int count : calls) ASSERT_EQ(count, run);
    }
  }
}

TEST(ThreadTeam, MembersAreThreadsAndTheCallerIsMemberZero) {
  ThreadTeam team(4);
  std::vector<std::thread::id> ids(4);
  team.run([&](int member) { ids[static_cast<std::size_t>(member)] = std::this_thread::get_id(); });
  EXPECT_EQ(ids[0], std::this_thread::get_id());
  EXPECT_EQ(std::set<std::thread::id>(ids.begin(), ids.end()).size(), 4u);
}

TEST(ThreadTeam, RunsFewerMembersWhereAsked) {
  ThreadTeam team(4);
  for (int members = 1; members <= 6; ++members) {
    std::vector<int> calls(4, 0);
    team.run(
        [&](int member) {
          ++calls[static_cast<std::size_t>(member)];
          team.barrier();  // waits for those taking part only, else it would hang
        },
        members);
    for (int member = 0; member < 4; ++member) {
      EXPECT_EQ(calls[static_cast<std::size_t>(member)], member < members ? 1 : 0) << members;
    }
  }
}

/// Each member writes its own cell, then reads all the others': without the barrier values are wrong, or
/// there is a data race.
void run_phases(int size, int phases) {
  ThreadTeam team(size);
  std::vector<int> cells(static_cast<std::size_t>(size), 0);
  std::vector<int> mismatches(static_cast<std::size_t>(size), 0);
  team.run([&](int member) {
    for (int phase = 1; phase <= phases; ++phase) {
      cells[static_cast<std::size_t>(member)] = phase;
      team.barrier();
      for (const int cell : cells) mismatches[static_cast<std::size_t>(member)] += cell != phase;
      team.barrier();
    }
  });
  EXPECT_EQ(std::accumulate(mismatches.begin(), mismatches.end(), 0), 0) << size << " members";
}

TEST(ThreadTeam, BarrierHoldsEveryMemberInEveryPhase) {
  for (int size = 1; size <= 4; ++size) run_phases(size, 2000);
}

TEST(ThreadTeam, MoreThreadsThanCoresStillMeet) { run_phases(4 * available_cores() + 1, 100); }

TEST(ThreadTeam, BarrierWaitsForAMemberThatSleeps) {
  ThreadTeam team(3);
  bool written = false;
  std::vector<char> saw(3, false);
  team.run([&](int member) {
    if (member == 1) {
      std::this_thread::sleep_for(milliseconds(50));
      written = true;
    }
    team.barrier();
    saw[static_cast<std::size_t>(member)] = written;
  });
  EXPECT_EQ(saw, std::vector<char>(3, true));
}

TEST(ThreadTeam, ManyShortRunsEachSeeTheOneBefore) {
  ThreadTeam team(4);
  std::vector<long> totals(4, 0);
  for (int run = 0; run < 10000; ++run) {
    // Members read a neighbour's total of the previous run: overlapping runs would show.
    const std::vector<long> before = totals;
    team.run([&](int member) {
      const auto self = static_cast<std::size_t>(member);
      totals[self] = before[(self + 1) % 4] + 1;
    });
  }
  EXPECT_EQ(totals, std::vector<long>(4, 10000));
}

TEST(ThreadTeam, RethrowsTheLowestMembersExceptionAndGoesOn) {
  ThreadTeam team(4);
  const auto message = [&](auto&& work) {
    try {
      team.run(work);
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  for (int run = 0; run < 100; ++run) {
    EXPECT_EQ(message([](int member) { throw std::runtime_error(std::to_string(member)); }), "0");
    EXPECT_EQ(message([](int member) {
                if (member >= 2) throw std::runtime_error(std::to_string(member));
              }),
              "2");
    EXPECT_EQ(message([](int member) {
                if (member == 0) throw std::runtime_error("caller");
              }),
              "caller");
    EXPECT_EQ(message([](int) {}), "none");
  }
}

TEST(ThreadTeam, AllHaveFinishedWhenAnExceptionArrives) {
  ThreadTeam team(4);
  std::vector<int> finished(4, 0);
  EXPECT_THROW(team.run([&](int member) {
    if (member == 0) throw std::runtime_error("at once");
    std::this_thread::sleep_for(milliseconds(20));
    finished[static_cast<std::size_t>(member)] = 1;
  }),
               std::runtime_error);
  EXPECT_EQ(finished, (std::vector<int>{0, 1, 1, 1}));
}

TEST(ThreadTeam, WakesFromSleepAndDiesInIt) {
  ThreadTeam team(4);
  for (int run = 0; run < 3; ++run) {
    std::this_thread::sleep_for(milliseconds(30));  // far beyond spinning and yielding
    std::vector<int> calls(4, 0);
    team.run([&](int member) { calls[static_cast<std::size_t>(member)] = 1; });
    EXPECT_EQ(calls, std::vector<int>(4, 1));
  }
  std::this_thread::sleep_for(milliseconds(30));
}

TEST(ThreadTeam, IdleMembersCostNoProcessorTime) {
  ThreadTeam team(4);
  team.run([](int) {});
  std::this_thread::sleep_for(milliseconds(50));
  const double before = testing_support::processor_seconds();
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_LT(testing_support::processor_seconds() - before,
            0.1);  // three spinning members would use 0.9 s, or a core's 0.3
}

TEST(ThreadTeam, CanBeMadeAndUnmadeAtAnyMoment) {
  for (int i = 0; i < 200; ++i) {
    ThreadTeam unused(1 + i % 5);
    ThreadTeam used(1 + i % 5);
    used.run([](int) {});
  }
}

TEST(ThreadTeam, TeamsDoNotDisturbOneAnother) {
  std::vector<std::thread> owners;
  std::vector<int> sums(3, 0);
  for (std::size_t owner = 0; owner < 3; ++owner) {
    owners.emplace_back([&sums, owner] {
      ThreadTeam team(3);
      std::vector<int> cells(3, 0);
      for (int run = 0; run < 300; ++run) {
        team.run([&](int member) {
          ++cells[static_cast<std::size_t>(member)];
          team.barrier();
        });
      }
      sums[owner] = std::accumulate(cells.begin(), cells.end(), 0);
    });
  }
  for (auto& owner : owners) owner.join();
  EXPECT_EQ(sums, std::vector<int>(3, 900));
}

// Sanitizers reserve more address space than the limit set here.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(ThreadTeam, TooManyThreadsThrowAndLeaveNoneBehind) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{std::size_t{1} << 30, std::size_t{1} << 30};  // room for some hundred stacks
    ::setrlimit(RLIMIT_AS, &limit);
    try {
      ThreadTeam team(100000);
    } catch (const ThreadError& error) {
      if (!std::string(error.what()).starts_with("cannot start 100000 threads: ")) ::_exit(3);
      ThreadTeam small(3);
      int calls = 0;
      small.run([&](int member) { calls += member == 0; });
      ::_exit(calls == 1 ? 0 : 1);
    }
    ::_exit(2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "the process died of signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}
#endif

}  // namespace
}  // namespace mlp
